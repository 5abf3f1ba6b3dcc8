//! Writes the deferred parts of a response: which there are, where they stand, and what each has.

use super::{Completer, NullTravels, Path, Step, separate};
use crate::compile::client_shape::{ClientKind, ClientType, Later, Source};
use crate::json::write_string;
use crate::store::{ObjectId, Value};
use bytes::Bytes;

/// A deferred fragment of one object of the response.
#[derive(Debug)]
pub(crate) struct Pending {
    /// The fragment's number.
    pub(crate) part: usize,
    /// The object's path: JSON without brackets.
    pub(crate) path: Vec<u8>,
    object: ObjectId,
    /// What the part has of the object.
    shape: u32,
}

/// What a part has of one object, as JSON.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The way from the fragment's object to this one: JSON without brackets.
    pub(crate) sub_path: Vec<u8>,
    /// The fields.
    pub(crate) data: Bytes,
    /// The items of `errors`.
    pub(crate) errors: Vec<u8>,
}

/// A part of the response.
#[derive(Debug)]
pub(crate) struct Part {
    /// Its data; the items of `errors` where a null has travelled up to the fragment's object.
    pub(crate) entries: Result<Vec<Entry>, Vec<u8>>,
    /// What is deferred within it.
    pub(crate) pending: Vec<Pending>,
}

impl Completer<'_> {
    /// Notes that parts of an object come later.
    pub(super) fn note_pending(&mut self, later: &Later, object: ObjectId, path: &Path<'_>) {
        for (part, shape) in &later.starts {
            let mut inner = vec![b'['];
            path.write_steps(&mut inner);
            inner.remove(0);
            self.pending.push(Pending {
                part: *part,
                path: inner,
                object,
                shape: *shape,
            });
        }
    }

    /// What a deferred fragment of an object brings.
    pub(crate) fn part(mut self, pending: &Pending, root: ObjectId) -> Part {
        let mut entries = Vec::new();
        let (shape, object) = (pending.shape, pending.object);
        let written = self.entries(shape, object, &pending.path, Vec::new(), &mut entries);
        if written.is_err() {
            return Part {
                entries: Err(self.error_list),
                pending: Vec::new(),
            };
        }
        self.report_unseen(root);
        if let Some(last) = entries.last_mut() {
            join(&mut last.errors, &self.error_list);
        }
        Part {
            entries: Ok(entries),
            pending: self.pending,
        }
    }

    fn entries(
        &mut self,
        shape: u32,
        object: ObjectId,
        base: &[u8],
        sub_path: Vec<u8>,
        entries: &mut Vec<Entry>,
    ) -> Result<(), NullTravels> {
        let variant = self.variant;
        let known = &variant.shapes.objects[shape as usize];
        let mut full = base.to_vec();
        join(&mut full, &sub_path);
        let path = Path {
            parent: None,
            step: Step::Base(&full),
        };
        if !known.fields.is_empty() {
            self.object(shape, object, &path)?;
            entries.push(Entry {
                sub_path: sub_path.clone(),
                data: std::mem::take(&mut self.out).finish().to_bytes(),
                errors: std::mem::take(&mut self.error_list),
            });
            self.error_count = 0;
        } else if let Some(later) = &known.later {
            self.note_pending(later, object, &path);
        }
        for field in known.later.iter().flat_map(|later| &later.deeper) {
            if let Source::Slot(slot) = field.source {
                let value = self.store.get(object, slot);
                let key = variant.shapes.text(&field.key);
                let mut sub_path = sub_path.clone();
                join(&mut sub_path, key.strip_suffix(b":").unwrap_or(key));
                self.deeper(&field.ty, value, base, sub_path, entries)?;
            }
        }
        Ok(())
    }

    /// Goes on below a field that was answered before.
    fn deeper(
        &mut self,
        ty: &ClientType,
        value: Value,
        base: &[u8],
        sub_path: Vec<u8>,
        entries: &mut Vec<Entry>,
    ) -> Result<(), NullTravels> {
        match (value, &ty.kind) {
            (Value::Object(object), ClientKind::Object(composite)) => {
                match self.shape(*composite, object) {
                    Some(shape) => self.entries(shape, object, base, sub_path, entries),
                    None => Ok(()),
                }
            }
            (Value::List { start, length }, ClientKind::List(item)) => {
                let store = self.store;
                for (index, value) in store.items(start, length).iter().enumerate() {
                    let mut sub_path = sub_path.clone();
                    join(&mut sub_path, index.to_string().as_bytes());
                    self.deeper(item, *value, base, sub_path, entries)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Writes `"name":[…]` for a path.
pub(crate) fn write_path(out: &mut Vec<u8>, name: &str, path: &[u8]) {
    write_string(out, name);
    out.extend_from_slice(b":[");
    out.extend_from_slice(path);
    out.push(b']');
}

/// Adds items to a list without brackets.
fn join(list: &mut Vec<u8>, items: &[u8]) {
    if !list.is_empty() && !items.is_empty() {
        list.push(b',');
    }
    list.extend_from_slice(items);
}

impl Path<'_> {
    /// Writes the path of an object that a part starts from.
    pub(super) fn write_base(base: &[u8], out: &mut Vec<u8>) {
        if !base.is_empty() {
            separate(out);
            out.extend_from_slice(base);
        }
    }
}
