//! What leaves together: collects what ready strands of a fetch ask about, makes requests of it, and notes when all of it is there.

use super::{Call, Run};
use crate::asked::{Asked, by_context};
use crate::compile::fetches::{CompiledCall, CompiledFetch};
use crate::compile::memo::MemoSource;
use crate::errors::Cause;
use crate::memo;
use crate::representations::Representations;
use crate::store::{ErrorId, ObjectId, Value};
use apollo_compiler::Name;
use std::ops::Range;

/// Strands of one fetch that left together.
#[derive(Default)]
pub(super) struct Portion {
    /// The fetch.
    pub(super) fetch: usize,
    strands: Vec<usize>,
    /// For each group of entities of the fetch, the representations that no portion before had.
    pub(super) ranges: Vec<Range<usize>>,
    /// How many of its calls are under way.
    pub(super) under_way: usize,
    /// How many portions before it bring some of what it asks.
    pub(super) waits_for: usize,
    /// The portions that wait for this one.
    pub(super) followers: Vec<usize>,
    /// Strands of other fetches that have nothing to ask but what is being asked here and in others under way.
    held: Vec<(usize, Vec<usize>)>,
    /// Fields of entities that were sent although an input of those fields is not there, and its error.
    failed_fields: Vec<(ObjectId, Name, Option<ErrorId>)>,
    has_ended: bool,
}

impl<'run> Run<'run> {
    /// Strands leave; what they ask about follows.
    pub(super) fn depart(&mut self, fetch: usize, strands: Vec<usize>) -> usize {
        let portion = self.portions.len();
        let state = &mut self.fetches[fetch];
        state.left -= strands.len();
        state.portions.push(portion);
        self.portions.push(Portion {
            fetch,
            strands,
            ..Portion::default()
        });
        portion
    }

    pub(super) fn begin_entities(
        &mut self,
        fetch: usize,
        strands: Vec<usize>,
        calls: &'run [CompiledCall],
        ready: &mut Vec<Call>,
    ) {
        let mut collected = self.collect(fetch, &strands, calls);
        if let Some(source) = self.source_under_way(calls, &collected) {
            self.portions[source].held.push((fetch, strands));
            return;
        }
        let portion = self.depart(fetch, strands);
        for asked in &mut collected {
            let scan = calls[asked.call].scan;
            for (object, error) in asked.representations.failed.drain(..) {
                self.merger().fail(scan, object, error);
            }
            let failed_fields = &mut asked.representations.failed_fields;
            self.portions[portion].failed_fields.append(failed_fields);
        }
        self.portions[portion].ranges = match self.fetches[fetch].asked.is_empty() {
            true => self.note_first(fetch, collected),
            false => self.note_more(portion, calls, collected),
        };
        self.send_entities(portion, calls, ready);
        self.end_if_done(portion, ready);
    }

    /// What each call has to ask about; no entity goes along twice where one call asks all that the other does.
    fn collect(&mut self, fetch: usize, strands: &[usize], calls: &[CompiledCall]) -> Vec<Asked> {
        let mut collected = Vec::with_capacity(calls.len());
        for (position, call) in calls.iter().enumerate() {
            let targets = strands
                .iter()
                .map(|strand| self.variant.strands[*strand].target);
            let targets = targets.filter(|(call, _)| *call == position);
            let targets: Vec<usize> = targets.map(|(_, target)| target).collect();
            collected.extend(self.asked_by(fetch, position, call, &targets));
        }
        let position = |collected: &[Asked], call: usize| {
            collected.iter().position(|asked| asked.call == call)
        };
        for (number, call) in calls.iter().enumerate() {
            for wider in &call.wider_calls {
                let narrow = position(&collected, number).unwrap_or_default();
                let wide = position(&collected, *wider as usize).unwrap_or_default();
                if let Ok([narrow, wide]) = collected.get_disjoint_mut([narrow, wide]) {
                    narrow.representations.hand_over(&mut wide.representations);
                }
            }
        }
        collected
    }

    /// The entities that a call asks about at some of its targets, in groups.
    fn asked_by(
        &mut self,
        fetch: usize,
        position: usize,
        call: &CompiledCall,
        targets: &[usize],
    ) -> Vec<Asked> {
        if call.contexts.is_empty() {
            let representations = self.representations_of(call, targets);
            return vec![Asked {
                call: position,
                representations,
                ..Asked::default()
            }];
        }
        let (variant, store, errors) = (self.variant, &mut self.store, &mut self.errors);
        let call = (position, call);
        by_context(
            variant,
            store,
            errors,
            self.root,
            super::narrow(fetch),
            call,
            targets,
        )
    }

    /// What a call has to ask about: what is not known from an earlier fetch.
    fn representations_of(&mut self, call: &CompiledCall, targets: &[usize]) -> Representations {
        let (variant, store) = (self.variant, &mut self.store);
        let targets = targets.iter().map(|target| &call.targets[*target]);
        let mut representations =
            Representations::collect(variant, store, self.root, call, targets);
        for source in &call.memo {
            let has_ended = self.strands[source.strand].has_ended;
            if has_ended && representations.len() > 0 {
                memo::reuse(variant, store, self.root, source, &mut representations);
            }
        }
        representations
    }

    /// A portion under way that asks about something of what is left to ask, where others under way ask about the rest.
    fn source_under_way(&self, calls: &[CompiledCall], collected: &[Asked]) -> Option<usize> {
        let mut found = None;
        for asked in collected {
            for position in 0..asked.representations.len() {
                let key = asked.representations.key(position);
                let mut sources = calls[asked.call].memo.iter();
                found = Some(sources.find_map(|source| self.portion_asking(source, key))?);
            }
        }
        found
    }

    fn portion_asking(&self, source: &MemoSource, key: &[u8]) -> Option<usize> {
        let mut groups = self.fetches[source.fetch].asked.iter().enumerate();
        groups.find_map(|(group, asked)| {
            let is_same = Some(asked.call) == source.call;
            let position = asked.representations.find(key).filter(|_| is_same)?;
            let portion = self.portion_with(source.fetch, group, position)?;
            (!self.portions[portion].has_ended).then_some(portion)
        })
    }

    /// The portion of a fetch that brings that representation of that group.
    pub(super) fn portion_with(
        &self,
        fetch: usize,
        group: usize,
        position: usize,
    ) -> Option<usize> {
        let mut portions = self.fetches[fetch].portions.iter().copied();
        portions.find(|portion| {
            let range = self.portions[*portion].ranges.get(group);
            range.is_some_and(|range| range.contains(&position))
        })
    }

    /// Notes what the first portion of a fetch asks about.
    fn note_first(&mut self, fetch: usize, collected: Vec<Asked>) -> Vec<Range<usize>> {
        let groups = collected.iter();
        let ranges = groups.map(|asked| 0..asked.representations.len()).collect();
        self.fetches[fetch].asked = collected;
        ranges
    }

    /// Makes requests of what is new in a portion.
    fn send_entities(&mut self, portion: usize, calls: &[CompiledCall], ready: &mut Vec<Call>) {
        let fetch = self.portions[portion].fetch;
        let ranges = self.portions[portion].ranges.clone();
        let total: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        if total == 0 {
            return;
        }
        self.representations += total;
        if self.gave_up {
            let error = self.push_timeout(fetch);
            self.fail_portion(portion, error);
        } else if self.representations > self.options.limits.representations {
            let cause =
                Cause::Limit("the request asks for too many entities: ask for less at once");
            let error = self.errors.push(super::narrow(fetch), cause);
            self.fail_portion(portion, error);
        } else {
            let most = self.options.limits.representations_per_request.max(1);
            for ranges in batches(&ranges, most) {
                let body = self.entity_body(fetch, calls, &ranges);
                self.send(portion, body, ranges, ready);
            }
        }
    }

    fn entity_body(
        &self,
        fetch: usize,
        calls: &[CompiledCall],
        ranges: &[Range<usize>],
    ) -> Vec<u8> {
        let compiled: &CompiledFetch = &self.variant.fetches[fetch];
        let asked = self.fetches[fetch].asked.iter().zip(ranges);
        // A document in parts leaves out what has nothing to ask.
        let is_sent = |range: &Range<usize>| compiled.template.is_none() || !range.is_empty();
        let sent: Vec<_> = asked.filter(|(_, range)| is_sent(range)).collect();
        let groups: Vec<_> = sent
            .iter()
            .map(|(asked, _)| (asked.call, asked.number))
            .collect();
        compiled.body(self.variables, &groups, |out| {
            for (asked, range) in &sent {
                asked.write_variables(&calls[asked.call], out);
                out.push(b'[');
                asked.representations.write((*range).clone(), out);
                out.push(b']');
            }
        })
    }

    /// Ends a portion that waits for nothing any more.
    pub(super) fn end_if_done(&mut self, portion: usize, ready: &mut Vec<Call>) {
        let done = &mut self.portions[portion];
        if done.under_way > 0 || done.waits_for > 0 || done.has_ended {
            return;
        }
        done.has_ended = true;
        let strands = std::mem::take(&mut done.strands);
        let followers = std::mem::take(&mut done.followers);
        let held = std::mem::take(&mut done.held);
        let failed_fields = std::mem::take(&mut done.failed_fields);
        self.fail_fields(&failed_fields);
        self.end_strands(&strands, ready);
        for follower in followers {
            self.portions[follower].waits_for -= 1;
            self.end_if_done(follower, ready);
        }
        for (fetch, strands) in held {
            self.begin(fetch, strands, ready);
        }
    }

    /// Whatever the subgraph made of fields whose inputs were not there, it does not count.
    fn fail_fields(&mut self, fields: &[(ObjectId, Name, Option<ErrorId>)]) {
        for (object, field, error) in fields {
            let layout = self.variant.layout(self.store.object(*object).layout);
            if let Some(slot) = layout.slot(field) {
                let value = error.map_or(Value::Absent, Value::Failed);
                self.store.set(*object, slot, value);
            }
        }
    }
}

/// Which representations of each group go together: all at once, or one group's at a time where they are too many.
fn batches(all: &[Range<usize>], most: usize) -> Vec<Vec<Range<usize>>> {
    if all.iter().map(ExactSizeIterator::len).sum::<usize>() <= most {
        return vec![all.to_vec()];
    }
    let mut batches = Vec::new();
    for (position, range) in all.iter().enumerate() {
        for start in range.clone().step_by(most) {
            let mut ranges: Vec<_> = all.iter().map(|range| range.start..range.start).collect();
            ranges[position] = start..(start + most).min(range.end);
            batches.push(ranges);
        }
    }
    batches
}
