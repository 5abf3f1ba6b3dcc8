//! Errors that subgraphs report: their paths lead to the values that they explain.

use crate::compile::scan_shape::{MemberTarget, ScanId, ScanKind};
use crate::errors::Segment;
use crate::fetch::{Call, Run};
use crate::scan::{ExpectedCall, ReportedError, ReportedSegment};
use crate::store::{ErrorId, ObjectId, Value};
use weft_query_plan::response_key_of;

/// Marks the value at `path` below `value` as failed by `error`.
pub(crate) fn locate(
    run: &mut Run<'_>,
    value: Value,
    scan: ScanId,
    path: &[ReportedSegment],
    body: &[u8],
    error: ErrorId,
) -> Value {
    let kind = ScanKind::Object(scan);
    let mut locator = Locator { run, body, error };
    locator.below(value, &kind, path)
}

/// The same for an error of an entity call, whose path starts with the call's response key and an index.
pub(crate) fn locate_entity(
    run: &mut Run<'_>,
    call: &Call,
    calls: &[ExpectedCall<'_>],
    lists: &mut [Vec<Value>],
    reported: &ReportedError,
    body: &[u8],
    error: ErrorId,
) {
    let Some((ReportedSegment::Key(key), rest)) = reported.path.split_first() else {
        // An error without a path explains the entities that are null.
        for value in lists
            .iter_mut()
            .flatten()
            .filter(|value| **value == Value::Null)
        {
            *value = Value::Failed(error);
            run.errors.get_mut(error).is_located = true;
        }
        return;
    };
    let key = body.get(key.clone()).unwrap_or_default();
    let Some(position) = calls.iter().position(|call| *call.key == *key) else {
        return;
    };
    let (scan, list) = (calls[position].scan, &mut lists[position]);
    match rest.split_first() {
        Some((ReportedSegment::Index(index), rest)) => {
            run.note_entity(call, position, *index, error);
            if let Some(value) = list.get_mut(*index) {
                *value = locate(run, *value, scan, rest, body, error);
            }
        }
        _ => {
            for value in list.iter_mut().filter(|value| **value == Value::Null) {
                *value = Value::Failed(error);
                run.errors.get_mut(error).is_located = true;
            }
        }
    }
}

struct Locator<'locate, 'run> {
    run: &'locate mut Run<'run>,
    body: &'locate [u8],
    error: ErrorId,
}

impl Locator<'_, '_> {
    /// The value, failed where the path ends at it or at nothing below it.
    fn below(&mut self, value: Value, kind: &ScanKind, path: &[ReportedSegment]) -> Value {
        match (value, kind, path.split_first()) {
            (Value::Absent | Value::Null, _, _) => {
                self.run.errors.get_mut(self.error).is_located = true;
                self.run.errors.get_mut(self.error).rest = self.rest(kind, path);
                Value::Failed(self.error)
            }
            (Value::Failed(first), _, _) => {
                let rest = self.rest(kind, path);
                let record = self.run.errors.get_mut(self.error);
                record.rest = rest;
                record.is_located = true;
                self.run.errors.chain(first, self.error);
                value
            }
            (
                Value::Object(object),
                ScanKind::Object(scan),
                Some((ReportedSegment::Key(key), rest)),
            ) => {
                self.member(object, *scan, key, rest);
                value
            }
            (
                Value::List { start, length },
                ScanKind::List(item),
                Some((ReportedSegment::Index(index), rest)),
            ) => {
                if *index < length as usize {
                    let at = start as usize + index;
                    let located = self.below(self.run.store.values[at], item, rest);
                    self.run.store.values[at] = located;
                }
                value
            }
            _ => value,
        }
    }

    fn member(
        &mut self,
        object: ObjectId,
        scan: ScanId,
        key: &std::ops::Range<usize>,
        rest: &[ReportedSegment],
    ) {
        if let Some((slot, kind, _)) = self.find(Some(object), scan, key) {
            let value = self.run.store.get(object, slot);
            let located = self.below(value, kind, rest);
            self.run.store.set(object, slot, located);
        }
    }

    /// The field that a response key stands for, by the runtime type where that decides.
    fn find<'variant>(
        &self,
        object: Option<ObjectId>,
        scan: ScanId,
        key: &std::ops::Range<usize>,
    ) -> Option<(u32, &'variant ScanKind, &'variant str)>
    where
        Self: 'variant,
    {
        let variant = self.run.variant;
        let key = self.body.get(key.clone())?;
        let scan = variant.scan(scan);
        let member = scan.members.iter().find(|member| member.key() == key)?;
        let fitting = object.and_then(|object| {
            let type_id = self.run.store.object(object).type_id;
            member.targets.iter().find(|(types, _)| match types {
                Some(types) => variant.types.fits(type_id, types),
                None => true,
            })
        });
        match &fitting.or_else(|| member.targets.first())?.1 {
            MemberTarget::Field {
                slot,
                kind,
                stored_as,
                ..
            } => Some((*slot, kind, stored_as.as_str())),
            MemberTarget::Typename => None,
        }
    }

    /// The rest of a path in the client's keys, as far as they are known.
    fn rest(&self, kind: &ScanKind, path: &[ReportedSegment]) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut kind = kind;
        for segment in path {
            match (segment, kind) {
                (ReportedSegment::Index(index), ScanKind::List(item)) => {
                    segments.push(Segment::Index(*index));
                    kind = item;
                }
                (ReportedSegment::Key(key), ScanKind::Object(scan)) => {
                    let Some((_, below, stored_as)) = self.find(None, *scan, key) else {
                        break;
                    };
                    let Some(key) = self.client_key(stored_as) else {
                        break;
                    };
                    segments.push(Segment::Key(key.into()));
                    kind = below;
                }
                _ => break,
            }
        }
        segments
    }

    /// The client's key of what is stored under a key; none for what the client did not ask for.
    fn client_key<'k>(&self, stored_as: &'k str) -> Option<&'k str> {
        if !stored_as.starts_with("__weft") {
            return Some(stored_as);
        }
        let types = &self.run.variant.types;
        response_key_of(stored_as, |name| types.find(name.as_bytes()).is_some())
    }
}
