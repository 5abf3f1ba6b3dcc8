//! Strands that leave after others of their fetch: an entity that the fetch has asked about before is not asked about again, its
//! objects share that answer.

use super::Run;
use crate::asked::Asked;
use crate::compile::fetches::CompiledCall;
use crate::compile::scan_shape::ScanId;
use crate::representations::Representations;
use crate::store::{ObjectId, Value};
use std::ops::Range;

impl Run<'_> {
    /// Notes what a later portion of a fetch asks about: only what no portion before it had.
    pub(super) fn note_more(
        &mut self,
        portion: usize,
        calls: &[CompiledCall],
        collected: Vec<Asked>,
    ) -> Vec<Range<usize>> {
        let fetch = self.portions[portion].fetch;
        let groups = self.fetches[fetch].asked.iter();
        let before: Vec<usize> = groups.map(|asked| asked.representations.len()).collect();
        for mut asked in collected {
            let own = self.group_like(fetch, &mut asked);
            let wider = calls[asked.call].wider_calls.iter();
            let wider: Vec<usize> = wider
                .filter_map(|wider| {
                    let mut groups = self.fetches[fetch].asked.iter();
                    groups.position(|known| known.call == *wider as usize)
                })
                .collect();
            for group in wider.into_iter().chain([own]) {
                self.join(portion, calls, group, &mut asked.representations);
            }
            let known = &mut self.fetches[fetch].asked[own].representations;
            known.append(&asked.representations);
        }
        let groups = self.fetches[fetch].asked.iter().enumerate();
        groups
            .map(|(group, asked)| {
                let start = before.get(group).copied().unwrap_or_default();
                start..asked.representations.len()
            })
            .collect()
    }

    /// The group of a fetch that those entities belong to: a new one where none takes the same values.
    fn group_like(&mut self, fetch: usize, asked: &mut Asked) -> usize {
        let known = &mut self.fetches[fetch].asked;
        let same = known
            .iter()
            .position(|known| known.call == asked.call && known.values == asked.values);
        same.unwrap_or_else(|| {
            let of_call = known.iter().filter(|known| known.call == asked.call);
            known.push(Asked {
                call: asked.call,
                number: of_call.count(),
                values: std::mem::take(&mut asked.values),
                ..Asked::default()
            });
            known.len() - 1
        })
    }

    /// Takes out what a group of the fetch has asked about before: its objects get that answer, now or when it comes.
    fn join(
        &mut self,
        portion: usize,
        calls: &[CompiledCall],
        group: usize,
        representations: &mut Representations,
    ) {
        let fetch = self.portions[portion].fetch;
        let mut joined = vec![false; representations.len()];
        for (position, has_joined) in joined.iter_mut().enumerate() {
            let asked = &self.fetches[fetch].asked[group];
            let Some(known) = asked.representations.find(representations.key(position)) else {
                continue;
            };
            let objects = representations.objects_of(position);
            *has_joined = match asked.answers.get(known).copied().flatten() {
                Some(answer) => self.share(answer, calls[asked.call].scan, &objects),
                None => self.follow(portion, group, known, &objects),
            };
        }
        if joined.contains(&true) {
            representations.retain(|position| !joined[position]);
        }
    }

    /// Objects get an answer that is there, where that makes no circle of objects.
    fn share(&mut self, answer: Value, scan: ScanId, objects: &[ObjectId]) -> bool {
        let mut merger = self.merger();
        if let Value::Object(from) = answer
            && !objects.iter().all(|object| merger.may_share(from, *object))
        {
            return false;
        }
        for object in objects {
            match answer {
                Value::Object(from) => merger.object(from, *object),
                Value::Failed(error) => merger.fail(scan, *object, error),
                _ => {}
            }
        }
        true
    }

    /// Objects get an answer that is under way.
    fn follow(
        &mut self,
        portion: usize,
        group: usize,
        position: usize,
        objects: &[ObjectId],
    ) -> bool {
        let fetch = self.portions[portion].fetch;
        let Some(before) = self.portion_with(fetch, group, position) else {
            return false;
        };
        let position = super::narrow(position);
        let known = &mut self.fetches[fetch].asked[group].representations.objects;
        known.extend(objects.iter().map(|object| (*object, position)));
        if before != portion && !self.portions[before].followers.contains(&portion) {
            self.portions[before].followers.push(portion);
            self.portions[portion].waits_for += 1;
        }
        true
    }
}
