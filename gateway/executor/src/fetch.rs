//! The state of a request between fetches: builds bodies when inputs are there, takes in answers.

use crate::client::{FetchError, FetchErrorCode, SubgraphResponse};
use crate::compile::Variant;
use crate::compile::client_shape::Source;
use crate::compile::fetches::{CompiledCall, CompiledFetch, Target, Work};
use crate::compile::scan_shape::ScanId;
use crate::errors::{Cause, Errors};
use crate::json::Cursor;
use crate::memo;
use crate::merge::{Merger, objects_at};
use crate::options::ExecutionOptions;
use crate::reported;
use crate::representations::Representations;
use crate::scan::{Answer, Data, ExpectedCall, Scanner};
use crate::store::{ErrorId, ObjectId, Store, Value};
use crate::variables::CoercedVariables;
use bytes::Bytes;
use std::ops::Range;

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
    /// For each of its entity calls, what it asks about.
    representations: Vec<Representations>,
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Call {
    /// The fetch, by position in the plan.
    pub(crate) fetch: usize,
    /// Its JSON.
    pub(crate) body: Vec<u8>,
    /// For each entity call of the fetch, the representations that it carries.
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
                    self.begin_entities(fetch, entity_calls, &mut calls)
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
            body: self.variant.fetches[fetch].body(self.variables, |_| {}),
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

    fn begin_entities(
        &mut self,
        fetch: usize,
        entity_calls: &[CompiledCall],
        calls: &mut Vec<Call>,
    ) {
        let collected: Vec<_> = entity_calls
            .iter()
            .map(|call| self.representations_of(call))
            .collect();
        for (call, representations) in entity_calls.iter().zip(&collected) {
            for (object, error) in &representations.failed {
                self.merger().fail(call.scan, *object, *error);
            }
        }
        let counts: Vec<_> = collected.iter().map(Representations::len).collect();
        self.states[fetch].representations = collected;
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
        let representations = &self.states[fetch].representations;
        let body = self.variant.fetches[fetch].body(self.variables, |out| {
            for ((call, range), representations) in
                entity_calls.iter().zip(&ranges).zip(representations)
            {
                separate(out);
                out.extend_from_slice(&call.variable);
                out.push(b'[');
                representations.write(range.clone(), out);
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
    }

    /// Whatever the subgraph made of fields whose inputs failed, they failed.
    fn fail_dependents(&mut self, fetch: usize) {
        for representations in &self.states[fetch].representations {
            for (object, field, error) in &representations.failed_fields {
                let layout = self.variant.layout(self.store.object(*object).layout);
                if let Some(slot) = layout.slot(field) {
                    self.store.set(*object, slot, Value::Failed(*error));
                }
            }
        }
    }

    /// Takes in the answer of a call.
    pub(crate) fn absorb(
        &mut self,
        call: Call,
        result: Result<SubgraphResponse, FetchError>,
        ready: &mut Vec<Call>,
    ) {
        let fetch = call.fetch;
        let taken = match result {
            Ok(response) => self.take(&call, response),
            Err(error) => Err(Cause::fetch(error)),
        };
        if let Err(cause) = taken {
            let error = self.errors.push(narrow(fetch), cause);
            self.fail_call(&call, error);
        }
        self.states[fetch].under_way -= 1;
        if self.states[fetch].under_way == 0 {
            self.end(fetch, ready);
        }
    }

    /// An error where the whole answer is of no use.
    fn take(&mut self, call: &Call, response: SubgraphResponse) -> Result<(), Cause> {
        let limits = &self.options.limits;
        if response.body.len() > limits.body_bytes {
            let detail = format!("{} bytes", response.body.len());
            let error = FetchError::new(FetchErrorCode::TooLarge, detail);
            return Err(Cause::fetch(error));
        }
        let status = response.status;
        let unusable = |detail: String| match status {
            400.. => Cause::status(status),
            _ => Cause::malformed(detail),
        };
        if simdutf8::basic::from_utf8(&response.body).is_err() {
            return Err(unusable("the body is not UTF-8".to_owned()));
        }
        let body = response.body.clone();
        let number = self
            .store
            .keep(response.body)
            .ok_or_else(|| Cause::malformed("more bodies than one request may have"))?;
        let expected = self.expected(call);
        let answer = self
            .scan(call, &body, number, &expected)
            .map_err(|malformed| {
                let media_type = response.content_type.as_deref().unwrap_or("no media type");
                unusable(format!(
                    "{} at byte {} ({media_type})",
                    malformed.problem, malformed.at
                ))
            })?;
        if answer.errors.is_empty() && matches!(answer.data, Data::Missing | Data::Null) {
            return Err(unusable("it has neither data nor errors".to_owned()));
        }
        self.place(call, answer, number, &body)
    }

    fn expected(&self, call: &Call) -> Vec<ExpectedCall<'run>> {
        let variant = self.variant;
        let Work::Entities(entity_calls) = &variant.fetches[call.fetch].work else {
            return Vec::new();
        };
        let representations = &self.states[call.fetch].representations;
        entity_calls
            .iter()
            .zip(&call.ranges)
            .zip(representations)
            .map(|((entity_call, range), representations)| {
                let mut types = vec![crate::compile::types::UNKNOWN; range.len()];
                for (object, position) in &representations.objects {
                    let known = (*position as usize).checked_sub(range.start);
                    if let Some(slot) = known.and_then(|known| types.get_mut(known)) {
                        *slot = self.store.object(*object).type_id;
                    }
                }
                ExpectedCall {
                    key: &entity_call.response_key,
                    scan: entity_call.scan,
                    types,
                }
            })
            .collect()
    }

    fn scan(
        &mut self,
        call: &Call,
        body: &Bytes,
        number: u16,
        expected: &[ExpectedCall<'_>],
    ) -> Result<Answer, crate::json::Malformed> {
        self.store.reserve(body.len());
        let mut scanner = Scanner {
            variant: self.variant,
            store: &mut self.store,
            errors: &mut self.errors,
            cursor: Cursor::new(body, self.options.limits.body_depth),
            body: number,
            fetch: narrow(call.fetch),
            error_limit: self.options.limits.errors,
            items: Vec::new(),
        };
        match &self.variant.fetches[call.fetch].work {
            Work::Root { scan, .. } => scanner.root(*scan),
            Work::Entities(_) => scanner.entities(expected),
        }
    }

    /// Merges an answer at its targets.
    fn place(
        &mut self,
        call: &Call,
        answer: Answer,
        number: u16,
        body: &Bytes,
    ) -> Result<(), Cause> {
        let variant = self.variant;
        match &variant.fetches[call.fetch].work {
            Work::Root { scan, target } => {
                self.place_root(call, *scan, target, answer, number, body)
            }
            Work::Entities(calls) => self.place_entities(call, calls, answer, number, body)?,
        }
        Ok(())
    }

    fn place_root(
        &mut self,
        call: &Call,
        scan: ScanId,
        target: &Target,
        answer: Answer,
        number: u16,
        body: &Bytes,
    ) {
        let object = match answer.data {
            Data::Root(object) => object,
            _ => self.empty_object(scan),
        };
        let has_data = matches!(answer.data, Data::Root(_));
        let objects = self.objects_at(std::slice::from_ref(target));
        let mut first = None;
        for reported in &answer.errors {
            let error = self.report(call, reported, number, objects.first().copied());
            first.get_or_insert(error);
            match reported.path.as_slice() {
                [] => self.fail_nulls(scan, object, error),
                path => drop(reported::locate(
                    self,
                    Value::Object(object),
                    scan,
                    path,
                    body,
                    error,
                )),
            }
        }
        if let (false, Some(first)) = (has_data, first) {
            self.merger().fail(scan, object, first);
            self.errors.get_mut(first).is_located = true;
        }
        for target in objects {
            self.merger().object(object, target);
        }
    }

    /// An error without a path explains the nulls at the top.
    fn fail_nulls(&mut self, scan: ScanId, object: ObjectId, error: ErrorId) {
        for slot in 0..self.variant.layout(self.variant.scan(scan).layout).slots() {
            if self.store.get(object, slot) == Value::Null {
                self.store.set(object, slot, Value::Failed(error));
                self.errors.get_mut(error).is_located = true;
            }
        }
    }

    fn empty_object(&mut self, scan: ScanId) -> ObjectId {
        let scan = self.variant.scan(scan);
        let slots = self.variant.layout(scan.layout).slots();
        self.store.new_object(scan.layout, slots, scan.type_id)
    }

    fn place_entities(
        &mut self,
        call: &Call,
        entity_calls: &[CompiledCall],
        answer: Answer,
        number: u16,
        body: &Bytes,
    ) -> Result<(), Cause> {
        let lists = match answer.data {
            Data::Entities(lists) => lists,
            _ => entity_calls.iter().map(|_| None).collect(),
        };
        let has_list: Vec<_> = lists.iter().map(Option::is_some).collect();
        let mut lists = self.check_lengths(call, lists, answer.errors.is_empty())?;
        let mut first = None;
        for reported in &answer.errors {
            let error = self.report(call, reported, number, None);
            first.get_or_insert(error);
            reported::locate_entity(self, call, entity_calls, &mut lists, reported, body, error);
        }
        for (position, (entity_call, list)) in entity_calls.iter().zip(&mut lists).enumerate() {
            if let (false, Some(first)) = (has_list[position], first) {
                for value in list.iter_mut().filter(|value| **value == Value::Null) {
                    *value = Value::Failed(first);
                    self.errors.get_mut(first).is_located = true;
                }
            }
            self.attach(call, position, entity_call.scan, list);
        }
        Ok(())
    }

    /// Lists of the wrong length cannot be matched with what was asked.
    fn check_lengths(
        &mut self,
        call: &Call,
        lists: Vec<Option<Vec<Value>>>,
        is_silent: bool,
    ) -> Result<Vec<Vec<Value>>, Cause> {
        let mut checked = Vec::with_capacity(lists.len());
        for (list, range) in lists.into_iter().zip(&call.ranges) {
            checked.push(match list {
                Some(list) if list.len() == range.len() => list,
                None if !is_silent || range.is_empty() => vec![Value::Null; range.len()],
                list => {
                    let found = list.map_or(0, |list| list.len());
                    let asked = range.len();
                    let detail =
                        format!("`_entities` has {found} items for {asked} representations");
                    let cause = Cause::malformed(detail);
                    let error = self.errors.push(narrow(call.fetch), cause);
                    vec![Value::Failed(error); asked]
                }
            });
        }
        Ok(checked)
    }

    fn attach(&mut self, call: &Call, position: usize, scan: ScanId, list: &[Value]) {
        let variant = self.variant;
        let Some(range) = call.ranges.get(position) else {
            return;
        };
        let Some(representations) = self.states[call.fetch].representations.get(position) else {
            return;
        };
        let mut merger = Merger::new(variant, &mut self.store);
        for (object, representation) in &representations.objects {
            let index = (*representation as usize).checked_sub(range.start);
            match index.and_then(|index| list.get(index)) {
                Some(Value::Object(from)) => merger.object(*from, *object),
                Some(Value::Failed(error)) => {
                    merger.fail(scan, *object, *error);
                    self.errors.get_mut(*error).object.get_or_insert(*object);
                }
                _ => {}
            }
        }
    }

    /// Notes an error that a subgraph reported.
    fn report(
        &mut self,
        call: &Call,
        reported: &crate::scan::ReportedError,
        body: u16,
        object: Option<ObjectId>,
    ) -> ErrorId {
        let cause = Cause::Reported {
            body,
            message: reported.message.clone(),
            extensions: reported.extensions.clone(),
        };
        let error = self.errors.push(narrow(call.fetch), cause);
        let record = self.errors.get_mut(error);
        record.object = object;
        record.is_located = false;
        error
    }

    /// Notes which object an error is about: the first with that representation.
    pub(crate) fn note_entity(
        &mut self,
        call: &Call,
        position: usize,
        index: usize,
        error: ErrorId,
    ) {
        let start = call.ranges.get(position).map_or(0, |range| range.start);
        let representations = self.states[call.fetch].representations.get(position);
        let object = representations.and_then(|representations| {
            let mut objects = representations.objects.iter();
            objects.find(|(_, known)| *known as usize == start + index)
        });
        self.errors.get_mut(error).object = object.map(|(object, _)| *object);
    }

    /// All that a call would have brought failed.
    fn fail_call(&mut self, call: &Call, error: ErrorId) {
        let variant = self.variant;
        match &variant.fetches[call.fetch].work {
            Work::Root { .. } => self.fail_all(call.fetch, error),
            Work::Entities(calls) => {
                for (position, (entity_call, range)) in calls.iter().zip(&call.ranges).enumerate() {
                    let list = vec![Value::Failed(error); range.len()];
                    self.attach(call, position, entity_call.scan, &list);
                }
            }
        }
    }

    /// All that a fetch would have brought failed.
    fn fail_all(&mut self, fetch: usize, error: ErrorId) {
        let variant = self.variant;
        match &variant.fetches[fetch].work {
            Work::Root { scan, target } => {
                let objects = self.objects_at(std::slice::from_ref(target));
                self.fail_objects(*scan, &objects, error);
            }
            Work::Entities(calls) => {
                let ranges = self.states[fetch].representations.iter();
                let call = Call {
                    fetch,
                    body: Vec::new(),
                    ranges: ranges
                        .map(|representations| 0..representations.len())
                        .collect(),
                };
                for (position, entity_call) in calls.iter().enumerate() {
                    let range = call.ranges.get(position).cloned().unwrap_or_default();
                    let list = vec![Value::Failed(error); range.len()];
                    self.attach(&call, position, entity_call.scan, &list);
                }
            }
        }
    }

    fn fail_objects(&mut self, scan: ScanId, objects: &[ObjectId], error: ErrorId) {
        for object in objects {
            self.merger().fail(scan, *object, error);
            self.errors.get_mut(error).object.get_or_insert(*object);
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
    /// The body of a request; `representations` writes more variables.
    pub(crate) fn body(
        &self,
        variables: &CoercedVariables,
        representations: impl FnOnce(&mut Vec<u8>),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.head.len() + 256);
        out.extend_from_slice(&self.head);
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

fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
