//! The state of a request between fetches: builds bodies when inputs are there. Answers come in through `answer`.

mod answer;

use crate::asked::{Asked, by_context, separate};
use crate::client::{FetchError, FetchErrorCode, SubgraphResponse};
use crate::compile::Variant;
use crate::compile::client_shape::Source;
use crate::compile::fetches::{CompiledCall, CompiledFetch, Target, Work};
use crate::compile::memo::MemoSource;
use crate::compile::scan_shape::ScanId;
use crate::errors::{Cause, Errors};
use crate::memo;
use crate::merge::{Merger, objects_at};
use crate::options::ExecutionOptions;
use crate::representations::Representations;
use crate::store::{ErrorId, ObjectId, Store, Value};
use crate::variables::CoercedVariables;
use bytes::Bytes;
use std::ops::Range;
use weft_query_plan::QueryPlan;

/// One request while it runs.
pub(crate) struct Run<'run> {
    pub(crate) variant: &'run Variant,
    pub(crate) store: Store,
    pub(crate) errors: Errors,
    /// The response's root object.
    pub(crate) root: ObjectId,
    /// How many requests were sent.
    pub(crate) sent: usize,
    variables: &'run CoercedVariables,
    options: &'run ExecutionOptions,
    states: Vec<State>,
    representations: usize,
    gave_up: bool,
}

/// A fetch while the request runs.
#[derive(Default)]
struct State {
    /// How many fetches it still waits for.
    waits_for: u32,
    /// Whether all its answers are in.
    has_ended: bool,
    /// How many of its calls are under way.
    under_way: u32,
    /// What it asks about.
    asked: Vec<Asked>,
    /// Fetches that have nothing to ask but what this one is asking.
    held: Vec<u32>,
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Call {
    /// The fetch, by position in the plan.
    pub(crate) fetch: usize,
    /// Its JSON.
    pub(crate) body: Vec<u8>,
    /// For each group of entities that the fetch asks about, the representations that it carries.
    ranges: Vec<Range<usize>>,
}

impl Call {
    /// How many representations it carries.
    pub(crate) fn representations(&self) -> usize {
        self.ranges.iter().map(ExactSizeIterator::len).sum()
    }
}

impl<'run> Run<'run> {
    /// Before the first fetch.
    pub(crate) fn new(
        variant: &'run Variant,
        variables: &'run CoercedVariables,
        options: &'run ExecutionOptions,
    ) -> Self {
        let mut store = Store::default();
        let root = store.new_object(
            variant.root_layout,
            variant.layout(variant.root_layout).slots(),
            variant.root_type,
        );
        let state = |fetch: &CompiledFetch| State {
            waits_for: fetch.dependencies,
            ..State::default()
        };
        Self {
            variant,
            store,
            errors: Errors::default(),
            root,
            sent: 0,
            variables,
            options,
            states: variant.fetches.iter().map(state).collect(),
            representations: 0,
            gave_up: false,
        }
    }

    /// The fetches that wait for nothing. With an event, the first fetch is answered by it.
    pub(crate) fn start(&mut self, event: Option<Bytes>) -> Vec<Call> {
        let mut ready = Vec::new();
        let roots: Vec<_> = (0..self.states.len())
            .filter(|fetch| self.states[*fetch].waits_for == 0)
            .collect();
        for fetch in roots {
            match &event {
                Some(event) if fetch == 0 => self.take_event(event, &mut ready),
                _ => self.begin(fetch, &mut ready),
            }
        }
        ready
    }

    fn take_event(&mut self, event: &Bytes, ready: &mut Vec<Call>) {
        let call = Call {
            fetch: 0,
            body: Vec::new(),
            ranges: Vec::new(),
        };
        let response = SubgraphResponse {
            status: 200,
            content_type: None,
            body: event.clone(),
        };
        self.states[0].under_way = 1;
        self.absorb(call, Ok(response), ready);
    }

    /// Whether all fetches have ended that are for such parts of the answer.
    pub(crate) fn has_ended(&self, is_for: impl Fn(&[usize]) -> bool, plan: &QueryPlan) -> bool {
        let mut fetches = plan.fetches.iter().zip(&self.states);
        fetches.all(|(fetch, state)| state.has_ended || !is_for(&fetch.parts))
    }

    /// No more answers will come.
    pub(crate) fn give_up(&mut self) {
        self.gave_up = true;
        for fetch in 0..self.states.len() {
            if self.states[fetch].under_way > 0 {
                let error = self.push_timeout(fetch);
                self.fail_all(fetch, error);
                let mut none = Vec::new();
                self.end(fetch, &mut none);
            }
        }
    }

    fn push_timeout(&mut self, fetch: usize) -> ErrorId {
        let cause = Cause::fetch(FetchError::new(
            FetchErrorCode::Timeout,
            "the deadline of the request passed",
        ));
        self.errors.push(narrow(fetch), cause)
    }

    /// Starts a fetch whose inputs are there; where it has nothing to ask it ends at once.
    fn begin(&mut self, fetch: usize, ready: &mut Vec<Call>) {
        let variant = self.variant;
        let compiled = &variant.fetches[fetch];
        let mut calls = Vec::new();
        if compiled.is_included {
            match &compiled.work {
                Work::Root { scan, target } => self.begin_root(fetch, *scan, target, &mut calls),
                Work::Entities(entity_calls) => {
                    let collected = self.collect(fetch, entity_calls);
                    if let Some(source) = self.source_under_way(entity_calls, &collected) {
                        self.states[source].held.push(narrow(fetch));
                        return;
                    }
                    self.begin_entities(fetch, entity_calls, collected, &mut calls);
                }
            }
        }
        self.states[fetch].under_way = narrow(calls.len());
        self.sent += calls.len();
        match calls.is_empty() {
            true => self.end(fetch, ready),
            false => ready.append(&mut calls),
        }
    }

    fn begin_root(&mut self, fetch: usize, scan: ScanId, target: &Target, calls: &mut Vec<Call>) {
        let objects = self.objects_at(std::slice::from_ref(target));
        if objects.is_empty() || self.is_doomed_mutation() {
            return;
        }
        if self.gave_up {
            let error = self.push_timeout(fetch);
            self.fail_objects(scan, &objects, error);
            return;
        }
        calls.push(Call {
            fetch,
            body: self.variant.fetches[fetch].body(self.variables, &[], |_| {}),
            ranges: Vec::new(),
        });
    }

    /// After a root field that cannot be null has failed, a mutation's answer is null: nothing more is changed.
    /// <https://spec.graphql.org/draft/#ExecuteSelectionSet()>, "serially"
    fn is_doomed_mutation(&self) -> bool {
        let shapes = &self.variant.shapes;
        let root_shape = &shapes.composites[self.variant.root_shape.0 as usize];
        let Some(shape) = root_shape.any.filter(|_| self.variant.is_mutation) else {
            return false;
        };
        shapes.objects[shape as usize].fields.iter().any(|field| {
            let Source::Slot(slot) = field.source else {
                return false;
            };
            let value = self.store.get(self.root, slot);
            field.ty.non_null && matches!(value, Value::Null | Value::Failed(_))
        })
    }

    /// What each call has to ask about; no entity goes along twice where one call asks all that the other does.
    fn collect(&mut self, fetch: usize, entity_calls: &[CompiledCall]) -> Vec<Asked> {
        let mut collected = Vec::with_capacity(entity_calls.len());
        for (position, call) in entity_calls.iter().enumerate() {
            collected.extend(self.asked_by(fetch, position, call));
        }
        let position = |collected: &[Asked], call: usize| {
            collected.iter().position(|asked| asked.call == call)
        };
        for (number, call) in entity_calls.iter().enumerate() {
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

    /// A fetch under way that asks about something of what is left to ask, where others under way ask about the rest.
    fn source_under_way(
        &self,
        entity_calls: &[CompiledCall],
        collected: &[Asked],
    ) -> Option<usize> {
        let mut found = None;
        for asked in collected {
            for position in 0..asked.representations.len() {
                let key = asked.representations.key(position);
                let mut sources = entity_calls[asked.call].memo.iter();
                let source = sources.find(|source| self.is_asking(source, key))?;
                found = Some(source.fetch as usize);
            }
        }
        found
    }

    fn is_asking(&self, source: &MemoSource, key: &[u8]) -> bool {
        let state = &self.states[source.fetch as usize];
        state.under_way > 0
            && state.asked.iter().any(|asked| {
                Some(asked.call) == source.call && asked.representations.find(key).is_some()
            })
    }

    fn begin_entities(
        &mut self,
        fetch: usize,
        entity_calls: &[CompiledCall],
        collected: Vec<Asked>,
        calls: &mut Vec<Call>,
    ) {
        for asked in &collected {
            for (object, error) in &asked.representations.failed {
                let scan = entity_calls[asked.call].scan;
                self.merger().fail(scan, *object, *error);
            }
        }
        let groups = collected.iter();
        let counts: Vec<_> = groups.map(|asked| asked.representations.len()).collect();
        self.states[fetch].asked = collected;
        let total: usize = counts.iter().sum();
        if total == 0 {
            return;
        }
        self.representations += total;
        if self.gave_up {
            let error = self.push_timeout(fetch);
            self.fail_all(fetch, error);
        } else if self.representations > self.options.limits.representations {
            let cause =
                Cause::Limit("the request asks for too many entities: ask for less at once");
            let error = self.errors.push(narrow(fetch), cause);
            self.fail_all(fetch, error);
        } else {
            let most = self.options.limits.representations_per_request.max(1);
            for ranges in batches(&counts, most) {
                calls.push(self.entity_request(fetch, entity_calls, ranges));
            }
        }
    }

    /// The entities that a call asks about, in groups.
    fn asked_by(&mut self, fetch: usize, position: usize, call: &CompiledCall) -> Vec<Asked> {
        if call.contexts.is_empty() || !call.is_included {
            let representations = self.representations_of(call);
            return vec![Asked {
                call: position,
                representations,
                ..Asked::default()
            }];
        }
        let (variant, store, errors) = (self.variant, &mut self.store, &mut self.errors);
        by_context(
            variant,
            store,
            errors,
            self.root,
            narrow(fetch),
            (position, call),
        )
    }

    /// What a call has to ask about: what is not known from an earlier fetch.
    fn representations_of(&mut self, call: &CompiledCall) -> Representations {
        if !call.is_included {
            return Representations::default();
        }
        let (variant, store) = (self.variant, &mut self.store);
        let mut representations = Representations::collect(variant, store, self.root, call);
        for source in &call.memo {
            let has_ended = self.states[source.fetch as usize].has_ended;
            if has_ended && representations.len() > 0 {
                memo::reuse(variant, store, self.root, source, &mut representations);
            }
        }
        representations
    }

    fn entity_request(
        &self,
        fetch: usize,
        entity_calls: &[CompiledCall],
        ranges: Vec<Range<usize>>,
    ) -> Call {
        let compiled = &self.variant.fetches[fetch];
        let asked = self.states[fetch].asked.iter().zip(&ranges);
        // A document in parts leaves out what has nothing to ask.
        let is_sent = |range: &Range<usize>| compiled.template.is_none() || !range.is_empty();
        let sent: Vec<_> = asked.filter(|(_, range)| is_sent(range)).collect();
        let groups: Vec<_> = sent
            .iter()
            .map(|(asked, _)| (asked.call, asked.number))
            .collect();
        let body = compiled.body(self.variables, &groups, |out| {
            for (asked, range) in &sent {
                asked.write_variables(&entity_calls[asked.call], out);
                out.push(b'[');
                asked.representations.write((*range).clone(), out);
                out.push(b']');
            }
        });
        Call {
            fetch,
            body,
            ranges,
        }
    }

    /// A fetch has ended: those that waited for it may start.
    fn end(&mut self, fetch: usize, ready: &mut Vec<Call>) {
        self.states[fetch].under_way = 0;
        self.states[fetch].has_ended = true;
        self.fail_dependents(fetch);
        let variant = self.variant;
        for dependent in &variant.fetches[fetch].dependents {
            let dependent = *dependent as usize;
            self.states[dependent].waits_for -= 1;
            if self.states[dependent].waits_for == 0 {
                self.begin(dependent, ready);
            }
        }
        for held in std::mem::take(&mut self.states[fetch].held) {
            self.begin(held as usize, ready);
        }
    }

    /// Whatever the subgraph made of fields whose inputs were not there, it does not count.
    fn fail_dependents(&mut self, fetch: usize) {
        for asked in &self.states[fetch].asked {
            for (object, field, error) in &asked.representations.failed_fields {
                let layout = self.variant.layout(self.store.object(*object).layout);
                if let Some(slot) = layout.slot(field) {
                    let value = error.map_or(Value::Absent, Value::Failed);
                    self.store.set(*object, slot, value);
                }
            }
        }
    }

    fn objects_at(&mut self, targets: &[Target]) -> Vec<ObjectId> {
        let mut objects = Vec::new();
        objects_at(
            self.variant,
            &mut self.store,
            self.root,
            targets,
            |_, object| {
                objects.push(object);
            },
        );
        objects
    }

    /// Merges into this request's objects.
    pub(crate) fn merger(&mut self) -> Merger<'_> {
        Merger::new(self.variant, &mut self.store)
    }
}

impl CompiledFetch {
    /// The body of a request with those groups of entities; `representations` writes more variables.
    pub(crate) fn body(
        &self,
        variables: &CoercedVariables,
        groups: &[(usize, usize)],
        representations: impl FnOnce(&mut Vec<u8>),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.head.len() + 256);
        match &self.template {
            Some(template) => template.write(groups, &mut out),
            None => out.extend_from_slice(&self.head),
        }
        for (name, key) in &self.variables {
            if let Some(value) = variables.get(name) {
                separate(&mut out);
                out.extend_from_slice(key);
                out.extend_from_slice(value);
            }
        }
        representations(&mut out);
        out.extend_from_slice(b"}}");
        out
    }
}

/// Which representations of each call go together: all at once, or one call's at a time where they are too many.
fn batches(counts: &[usize], most: usize) -> Vec<Vec<Range<usize>>> {
    if counts.iter().sum::<usize>() <= most {
        return vec![counts.iter().map(|count| 0..*count).collect()];
    }
    let mut batches = Vec::new();
    for (position, count) in counts.iter().enumerate() {
        for start in (0..*count).step_by(most) {
            let mut ranges = vec![0..0; counts.len()];
            ranges[position] = start..(start + most).min(*count);
            batches.push(ranges);
        }
    }
    batches
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
