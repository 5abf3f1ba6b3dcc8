//! Writes the client's response: one walk over shapes and slots, nulls travel up by truncating what was written.
//!
//! Errors get their paths here: a failed value is met at every place of the client's that it stands at.
//! <https://spec.graphql.org/draft/#CompleteValue()>

mod deferred;

use crate::compile::Variant;
use crate::compile::client_shape::{ClientKind, ClientType, CompositeId, ShapeField, Source};
use crate::errors::{Errors, Segment};
use crate::execute::PrerenderedField;
use crate::json::write_string;
use crate::options::ExecutionOptions;
use crate::response::{ResponseBody, ResponseWriter};
use crate::store::{ErrorId, ObjectId, Slice, Store, Value};
use std::ops::Range;
use weft_query_plan::QueryPlan;

pub(crate) use deferred::{Part, Pending, Said, write_path};

/// The response as bytes, and what it says.
#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) body: ResponseBody,
    /// How much of it was written here.
    pub(crate) written: usize,
    pub(crate) data_is_null: bool,
    /// What comes later.
    pub(crate) pending: Vec<Pending>,
    /// Where a null travelled to, although there are objects: nothing comes later below.
    pub(crate) nulled: Vec<Vec<u8>>,
    pub(crate) errors: usize,
}

/// What completion reads.
pub(crate) struct Completer<'run> {
    pub(crate) variant: &'run Variant,
    pub(crate) plan: &'run QueryPlan,
    pub(crate) store: &'run Store,
    pub(crate) errors: &'run mut Errors,
    pub(crate) introspection: &'run [PrerenderedField],
    pub(crate) options: &'run ExecutionOptions,
    /// The response so far.
    pub(crate) out: ResponseWriter,
    /// The items of `errors` so far.
    pub(crate) error_list: Vec<u8>,
    pub(crate) error_count: usize,
    /// What comes later, of what was written so far.
    pub(crate) pending: Vec<Pending>,
    /// The paths at which objects became null, where something may come later.
    pub(crate) nulled: Vec<Vec<u8>>,
}

/// A null that the place does not allow: it travels up.
struct NullTravels;

/// A place of the response, as a list towards the root.
#[derive(Clone, Copy)]
struct Path<'walk> {
    parent: Option<&'walk Path<'walk>>,
    step: Step<'walk>,
}

#[derive(Clone, Copy)]
enum Step<'walk> {
    Root,
    /// Where a deferred part starts: JSON without brackets.
    Base(&'walk [u8]),
    /// `"key":` as it was prerendered.
    Key(&'walk [u8]),
    Index(usize),
}

impl Completer<'_> {
    /// The whole response for the object at the root.
    pub(crate) fn complete(mut self, root: ObjectId, extensions: Option<&[u8]>) -> Completed {
        self.out.extend_from_slice(b"{\"data\":");
        let start = self.out.position();
        let path = Path {
            parent: None,
            step: Step::Root,
        };
        let completed = match self.shape(self.variant.root_shape, root) {
            Some(shape) => self.object(shape, root, &path),
            None => Err(NullTravels),
        };
        let data_is_null = match completed {
            Ok(()) => false,
            Err(NullTravels) => {
                self.out.truncate(start);
                self.pending.clear();
                self.out.extend_from_slice(b"null");
                true
            }
        };
        self.report_unseen(root);
        if self.error_count > 0 {
            self.out.extend_from_slice(b",\"errors\":[");
            self.out.extend_from_slice(&self.error_list);
            self.out.push(b']');
        }
        if let Some(extensions) = extensions {
            self.out.extend_from_slice(b",\"extensions\":");
            self.out.extend_from_slice(extensions);
        }
        self.out.push(b'}');
        Completed {
            written: self.out.position(),
            body: self.out.finish(),
            data_is_null,
            pending: self.pending,
            nulled: self.nulled,
            errors: self.error_count,
        }
    }

    #[inline]
    fn shape(&self, composite: CompositeId, object: ObjectId) -> Option<u32> {
        let type_id = self.store.object(object).type_id;
        let composite = &self.variant.shapes.composites[composite.0 as usize];
        composite.shape(type_id, &self.variant.types)
    }

    /// An object of a type that clients may not see is null; so is one whose type is not known.
    fn without_shape(
        &mut self,
        ty: &ClientType,
        object: ObjectId,
        path: &Path<'_>,
        coordinate: &Range<u32>,
    ) -> Result<(), NullTravels> {
        let type_id = self.store.object(object).type_id;
        if self.variant.types.is_abstract(type_id) {
            self.report_internal(path, "the runtime type of an object is not known");
            return Err(NullTravels);
        }
        self.no_value(ty, path, coordinate)
    }

    fn object(&mut self, shape: u32, object: ObjectId, path: &Path<'_>) -> Result<(), NullTravels> {
        let variant = self.variant;
        let fields = &variant.shapes.objects[shape as usize].fields;
        if fields.is_empty() {
            self.out.push(b'{');
        }
        for field in fields {
            self.out
                .extend_from_slice(variant.shapes.text(&field.lead()));
            if let (Source::Slot(slot), ClientKind::Leaf) = (&field.source, &field.ty.kind)
                && let Value::Leaf(slice) = self.store.get(object, *slot)
            {
                self.leaf(slice);
                continue;
            }
            let path = Path {
                parent: Some(path),
                step: Step::Key(variant.shapes.text(&field.key)),
            };
            self.field(field, object, &path)?;
        }
        if variant.shapes.objects[shape as usize].later.is_some() {
            self.note_pending(shape, object, path);
        }
        self.out.push(b'}');
        Ok(())
    }

    #[inline]
    fn leaf(&mut self, slice: Slice) {
        let (start, end) = (slice.start as usize, slice.end as usize);
        let around = self.store.around(slice);
        self.out.extend_from_part(around, start, end);
    }

    #[inline]
    fn field(
        &mut self,
        field: &ShapeField,
        object: ObjectId,
        path: &Path<'_>,
    ) -> Result<(), NullTravels> {
        match &field.source {
            Source::Slot(slot) => {
                let value = self.store.get(object, *slot);
                self.value(&field.ty, value, path, &field.coordinate)
            }
            Source::Literal(text) => {
                self.out.extend_from_slice(self.variant.shapes.text(text));
                Ok(())
            }
            Source::Nothing => self.value(&field.ty, Value::Absent, path, &field.coordinate),
            Source::Prerendered(key) => {
                let known = self
                    .introspection
                    .iter()
                    .find(|known| known.response_key == key.as_str());
                match known {
                    Some(known) => self.out.extend_from_slice(&known.value),
                    None => return self.value(&field.ty, Value::Absent, path, &field.coordinate),
                }
                Ok(())
            }
        }
    }

    fn value(
        &mut self,
        ty: &ClientType,
        value: Value,
        path: &Path<'_>,
        coordinate: &Range<u32>,
    ) -> Result<(), NullTravels> {
        let start = self.out.position();
        let pending = self.pending.len();
        let completed = match (value, &ty.kind) {
            (Value::Leaf(slice), ClientKind::Leaf) => {
                self.leaf(slice);
                return Ok(());
            }
            (Value::Leaf(slice), ClientKind::Enum(values)) => {
                let text = self.store.text(slice);
                match self.variant.enums[*values as usize].is_visible(text) {
                    true => {
                        self.out.extend_from_slice(text);
                        return Ok(());
                    }
                    false => self.no_value(ty, path, coordinate),
                }
            }
            (Value::Leaf(slice), ClientKind::List(_) | ClientKind::Object(_)) => {
                // The scanner has checked that the client may get it as it is.
                self.out.extend_from_store(self.store, slice);
                return Ok(());
            }
            (Value::Object(object), ClientKind::Object(composite)) => {
                match self.shape(*composite, object) {
                    Some(shape) => self.object(shape, object, path),
                    None => self.without_shape(ty, object, path, coordinate),
                }
            }
            (Value::List { start, length }, ClientKind::List(item)) => {
                self.list(item, start, length, path, coordinate)
            }
            (Value::Failed(error), _) => {
                self.report(error, path);
                Err(NullTravels)
            }
            _ => self.no_value(ty, path, coordinate),
        };
        match completed {
            Err(NullTravels) if !ty.non_null => {
                self.pending.truncate(pending);
                self.note_null(ty, path);
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            completed => completed,
        }
    }

    fn list(
        &mut self,
        item: &ClientType,
        start: u32,
        length: u32,
        path: &Path<'_>,
        coordinate: &Range<u32>,
    ) -> Result<(), NullTravels> {
        let store = self.store;
        self.out.push(b'[');
        for (index, value) in store.items(start, length).iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            let path = Path {
                parent: Some(path),
                step: Step::Index(index),
            };
            self.value(item, *value, &path, coordinate)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn no_value(
        &mut self,
        ty: &ClientType,
        path: &Path<'_>,
        coordinate: &Range<u32>,
    ) -> Result<(), NullTravels> {
        if ty.non_null {
            let coordinate = self.variant.shapes.text(coordinate);
            let message = format!(
                "there is no value for `{}`, which cannot be null",
                String::from_utf8_lossy(coordinate)
            );
            self.report_internal(path, &message);
        }
        Err(NullTravels)
    }

    /// An error that the response itself shows: there is no one else to blame.
    fn report_internal(&mut self, path: &Path<'_>, message: &str) {
        if !self.next_error() {
            return;
        }
        let out = &mut self.error_list;
        out.extend_from_slice(b"{\"message\":");
        write_string(out, message);
        out.extend_from_slice(b",\"path\":");
        path.write(out, &[]);
        out.extend_from_slice(b",\"extensions\":{\"code\":\"NULL_IN_NON_NULL_FIELD\"}}");
    }

    /// Reports all errors of a value.
    fn report(&mut self, first: ErrorId, path: &Path<'_>) {
        let mut next = Some(first);
        while let Some(id) = next {
            self.errors.get_mut(id).is_reported = true;
            next = self.errors.get(id).next;
            self.write(id, |out, rest| path.write(out, rest));
        }
    }

    /// Errors that stand at no value, as of a subgraph that gives data and an error without a path.
    fn report_unseen(&mut self, root: ObjectId) {
        for id in self.errors.ids() {
            let record = self.errors.get(id);
            if !record.is_reported && !record.is_located {
                let object = self.errors.get(id).object;
                // An error about the whole response has no path.
                let object = object.filter(|object| *object != root);
                let path = object.and_then(|object| {
                    crate::error_path::find(self.variant, self.store, root, object)
                });
                self.write(id, |out, _| {
                    if let Some(path) = &path {
                        out.extend_from_slice(path);
                    }
                });
            }
        }
    }

    fn write(&mut self, id: ErrorId, path: impl FnOnce(&mut Vec<u8>, &[Segment])) {
        if !self.next_error() {
            return;
        }
        let record = self.errors.get(id);
        let subgraph = match self.plan.fetches.get(record.fetch as usize) {
            Some(fetch) => &*fetch.subgraph_name,
            None => "",
        };
        let reveal = self.options.errors.of(subgraph);
        record.write(&mut self.error_list, self.store, subgraph, reveal, |out| {
            let start = out.len();
            out.extend_from_slice(b",\"path\":");
            let empty = out.len();
            path(out, &record.rest);
            if out.len() == empty {
                out.truncate(start);
            }
        });
    }

    /// Counts an error; whether it is still to be written.
    fn next_error(&mut self) -> bool {
        if self.error_count >= self.options.limits.errors.max(1) {
            return false;
        }
        if self.error_count > 0 {
            self.error_list.push(b',');
        }
        self.error_count += 1;
        true
    }
}

impl Path<'_> {
    fn write(&self, out: &mut Vec<u8>, rest: &[Segment]) {
        out.push(b'[');
        self.write_steps(out);
        for segment in rest {
            separate(out);
            match segment {
                Segment::Key(key) => write_string(out, key),
                Segment::Index(index) => out.extend_from_slice(index.to_string().as_bytes()),
            }
        }
        out.push(b']');
    }

    fn write_steps(&self, out: &mut Vec<u8>) {
        if let Some(parent) = self.parent {
            parent.write_steps(out);
        }
        match self.step {
            Step::Root => {}
            Step::Base(base) => Path::write_base(base, out),
            Step::Key(key) => {
                separate(out);
                out.extend_from_slice(key.strip_suffix(b":").unwrap_or(key));
            }
            Step::Index(index) => {
                separate(out);
                out.extend_from_slice(index.to_string().as_bytes());
            }
        }
    }
}

fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'[') {
        out.push(b',');
    }
}
