//! Takes in the answers of calls: what is of use is merged at its targets, what is not becomes errors there.

use super::{Call, Run, narrow};
use crate::client::{FetchError, FetchErrorCode, SubgraphResponse};
use crate::compile::fetches::{Target, Work};
use crate::compile::scan_shape::ScanId;
use crate::compile::types::UNKNOWN;
use crate::errors::Cause;
use crate::json::{Cursor, Malformed};
use crate::merge::Merger;
use crate::reported;
use crate::scan::{Answer, Data, ExpectedCall, ReportedError, Scanner};
use crate::store::{ErrorId, ObjectId, Value};
use bytes::Bytes;

impl<'run> Run<'run> {
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
        // One that was given up counts no more.
        if let Some(left) = self.portions[call.portion].under_way.checked_sub(1) {
            self.portions[call.portion].under_way = left;
            self.end_if_done(call.portion, ready);
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
        self.place(call, &expected, answer, number, &body)
    }

    fn expected(&self, call: &Call) -> Vec<ExpectedCall<'run>> {
        let variant = self.variant;
        let Work::Entities(entity_calls) = &variant.fetches[call.fetch].work else {
            return Vec::new();
        };
        let asked = self.fetches[call.fetch].asked.iter();
        asked
            .zip(&call.ranges)
            .map(|(asked, range)| {
                let (entity_call, representations) =
                    (&entity_calls[asked.call], &asked.representations);
                let mut types = vec![UNKNOWN; range.len()];
                for (object, position) in &representations.objects {
                    let known = (*position as usize).checked_sub(range.start);
                    if let Some(slot) = known.and_then(|known| types.get_mut(known)) {
                        *slot = self.store.object(*object).type_id;
                    }
                }
                ExpectedCall {
                    key: asked.key(entity_call),
                    scan: entity_call.scan,
                    types,
                }
            })
            .collect()
    }

    /// Where the answer reports errors, nothing is passed on as it is: they stand at the values that they explain.
    fn scan(
        &mut self,
        call: &Call,
        body: &Bytes,
        number: u16,
        expected: &[ExpectedCall<'_>],
    ) -> Result<Answer, Malformed> {
        self.store.reserve(body.len());
        let (before, errors) = (self.store.mark(), self.errors.len());
        // What is passed on as it is cannot fail in part.
        let may_pass_on = !self.lacks_values(call);
        let (answer, has_passed_on) = self.scan_once(call, body, number, expected, may_pass_on)?;
        if answer.errors.is_empty() || !has_passed_on {
            return Ok(answer);
        }
        self.store.reset(before);
        self.errors.truncate(errors);
        let (answer, _) = self.scan_once(call, body, number, expected, false)?;
        Ok(answer)
    }

    fn lacks_values(&self, call: &Call) -> bool {
        let asked = self.fetches[call.fetch].asked.iter().zip(&call.ranges);
        let mut sent = asked.filter(|(_, range)| !range.is_empty());
        sent.any(|(asked, _)| asked.lacks_values())
    }

    fn scan_once(
        &mut self,
        call: &Call,
        body: &Bytes,
        number: u16,
        expected: &[ExpectedCall<'_>],
        may_pass_on: bool,
    ) -> Result<(Answer, bool), Malformed> {
        let mut scanner = Scanner {
            variant: self.variant,
            store: &mut self.store,
            errors: &mut self.errors,
            cursor: Cursor::new(body, self.options.limits.body_depth),
            body: number,
            fetch: narrow(call.fetch),
            error_limit: self.options.limits.errors,
            items: Vec::new(),
            may_pass_on,
            has_passed_on: false,
        };
        let answer = match &self.variant.fetches[call.fetch].work {
            Work::Root { scan, .. } => scanner.root(*scan)?,
            Work::Entities(_) => scanner.entities(expected)?,
        };
        Ok((answer, scanner.has_passed_on))
    }

    /// Merges an answer at its targets.
    fn place(
        &mut self,
        call: &Call,
        expected: &[ExpectedCall<'_>],
        answer: Answer,
        number: u16,
        body: &Bytes,
    ) -> Result<(), Cause> {
        let variant = self.variant;
        match &variant.fetches[call.fetch].work {
            Work::Root { scan, target } => {
                self.place_root(call, *scan, target, answer, number, body)
            }
            Work::Entities(_) => self.place_entities(call, expected, answer, number, body)?,
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
        expected: &[ExpectedCall<'_>],
        answer: Answer,
        number: u16,
        body: &Bytes,
    ) -> Result<(), Cause> {
        let lists = match answer.data {
            Data::Entities(lists) => lists,
            _ => expected.iter().map(|_| None).collect(),
        };
        let has_list: Vec<_> = lists.iter().map(Option::is_some).collect();
        let mut lists = self.check_lengths(call, lists, answer.errors.is_empty())?;
        let mut first = None;
        for reported in &answer.errors {
            let error = self.report(call, reported, number, None);
            first.get_or_insert(error);
            reported::locate_entity(self, call, expected, &mut lists, reported, body, error);
        }
        for (position, (expected, list)) in expected.iter().zip(&mut lists).enumerate() {
            if let (false, Some(first)) = (has_list[position], first) {
                for value in list.iter_mut().filter(|value| **value == Value::Null) {
                    *value = Value::Failed(first);
                    self.errors.get_mut(first).is_located = true;
                }
            }
            self.attach(call, position, expected.scan, list);
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
        let state = &mut self.fetches[call.fetch];
        let may_be_asked_again = state.left > 0;
        let Some(asked) = state.asked.get_mut(position) else {
            return;
        };
        if may_be_asked_again {
            asked.note(range, list);
        }
        if let Work::Entities(calls) = &variant.fetches[call.fetch].work {
            asked.fail_fields(variant, &mut self.store, &calls[asked.call], list);
        }
        let representations = &asked.representations;
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
        reported: &ReportedError,
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
        let asked = self.fetches[call.fetch].asked.get(position);
        let object = asked.and_then(|asked| {
            let mut objects = asked.representations.objects.iter();
            objects.find(|(_, known)| *known as usize == start + index)
        });
        self.errors.get_mut(error).object = object.map(|(object, _)| *object);
    }

    /// All that a call would have brought failed.
    fn fail_call(&mut self, call: &Call, error: ErrorId) {
        let variant = self.variant;
        match &variant.fetches[call.fetch].work {
            Work::Root { scan, target } => {
                let objects = self.objects_at(std::slice::from_ref(target));
                self.fail_objects(*scan, &objects, error);
            }
            Work::Entities(calls) => {
                for (position, range) in call.ranges.iter().enumerate() {
                    let list = vec![Value::Failed(error); range.len()];
                    let scan = calls[self.fetches[call.fetch].asked[position].call].scan;
                    self.attach(call, position, scan, &list);
                }
            }
        }
    }

    /// All that a portion would have brought failed.
    pub(super) fn fail_portion(&mut self, portion: usize, error: ErrorId) {
        let call = Call {
            fetch: self.portions[portion].fetch,
            portion,
            body: Vec::new(),
            ranges: self.portions[portion].ranges.clone(),
        };
        self.fail_call(&call, error);
    }

    pub(super) fn fail_objects(&mut self, scan: ScanId, objects: &[ObjectId], error: ErrorId) {
        for object in objects {
            self.merger().fail(scan, *object, error);
            self.errors.get_mut(error).object.get_or_insert(*object);
        }
    }
}
