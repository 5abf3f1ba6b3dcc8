//! Writes the deferred parts of a response: which there are, where they stand, and what each has.

use super::{Completer, NullTravels, Path, Step, separate};
use crate::compile::client_shape::{ClientKind, ClientType, Source};
use crate::json::write_string;
use crate::store::{ObjectId, Value};
use bytes::Bytes;
use std::collections::HashSet;

/// A deferred fragment of one object of the response.
#[derive(Debug)]
pub(crate) struct Pending {
    /// The fragment's number.
    pub(crate) part: usize,
    /// The object's path: JSON without brackets.
    pub(crate) path: Vec<u8>,
    object: ObjectId,
    /// The shape of the object that it stands in, and which start there it is.
    start: (u32, usize),
}

/// What one of several parts brought, at the object with that path: view and path.
pub(crate) type Brought = (usize, Vec<u8>);

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
    /// What no other part has to bring any more.
    pub(crate) brought: Vec<Brought>,
    /// Where objects became null.
    pub(crate) nulled: Vec<Vec<u8>>,
}

/// What parts before have said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What several parts have, and one of them has brought.
    pub(crate) brought: HashSet<Brought>,
    /// The paths of objects that became null: nothing goes on below.
    pub(crate) nulled: HashSet<Vec<u8>>,
}

/// A walk that writes what a part brings.
struct Walk<'walk> {
    /// Which of what it shares with others; none is what it has alone.
    view: Option<usize>,
    /// The path of the fragment's object.
    base: &'walk [u8],
    /// What others have said.
    said: &'walk Said,
    entries: &'walk mut Vec<Entry>,
    brought: &'walk mut Vec<Brought>,
}

impl Completer<'_> {
    /// Notes that parts of an object come later.
    pub(super) fn note_pending(&mut self, shape: u32, object: ObjectId, path: &Path<'_>) {
        let later = self.variant.shapes.objects[shape as usize].later.iter();
        for (number, start) in later.flat_map(|later| &later.starts).enumerate() {
            self.pending.push(Pending {
                part: start.part,
                path: path.steps(),
                object,
                start: (shape, number),
            });
        }
    }

    /// Notes that the client got a null in place of objects: even if they are there later, nothing goes on below.
    pub(super) fn note_null(&mut self, ty: &ClientType, path: &Path<'_>) {
        if self.plan.is_deferring() && has_objects(ty) {
            self.nulled.push(path.steps());
        }
    }

    /// What a deferred fragment of an object brings, but for what was said before.
    pub(crate) fn part(mut self, pending: &Pending, root: ObjectId, said: &Said) -> Part {
        let (mut entries, mut brought) = (Vec::new(), Vec::new());
        let (shape, number) = pending.start;
        let later = self.variant.shapes.objects[shape as usize].later.as_ref();
        let start = later.and_then(|later| later.starts.get(number));
        for (view, shape) in start.iter().flat_map(|start| &start.shapes) {
            let mut walk = Walk {
                view: *view,
                base: &pending.path,
                said,
                entries: &mut entries,
                brought: &mut brought,
            };
            let written = self.entries(*shape, pending.object, Vec::new(), &mut walk);
            if written.is_err() {
                return Part {
                    entries: Err(self.error_list),
                    pending: Vec::new(),
                    brought: Vec::new(),
                    nulled: Vec::new(),
                };
            }
        }
        self.report_unseen(root);
        if let Some(last) = entries.last_mut() {
            join(&mut last.errors, &self.error_list);
        }
        Part {
            entries: Ok(entries),
            pending: self.pending,
            brought,
            nulled: self.nulled,
        }
    }

    fn entries(
        &mut self,
        shape: u32,
        object: ObjectId,
        sub_path: Vec<u8>,
        walk: &mut Walk<'_>,
    ) -> Result<(), NullTravels> {
        let variant = self.variant;
        let known = &variant.shapes.objects[shape as usize];
        let mut full = walk.base.to_vec();
        join(&mut full, &sub_path);
        if known.fields.is_empty() {
            let path = Path::from_base(&full);
            self.note_pending(shape, object, &path);
        } else {
            self.entry(shape, object, &sub_path, full, walk)?;
        }
        for field in known.later.iter().flat_map(|later| &later.deeper) {
            if let Source::Slot(slot) = field.source {
                let value = self.store.get(object, slot);
                let key = variant.shapes.text(&field.key);
                let mut sub_path = sub_path.clone();
                join(&mut sub_path, key.strip_suffix(b":").unwrap_or(key));
                self.deeper(&field.ty, value, sub_path, walk)?;
            }
        }
        Ok(())
    }

    /// Writes what is there of an object, unless another part has brought it.
    fn entry(
        &mut self,
        shape: u32,
        object: ObjectId,
        sub_path: &[u8],
        full: Vec<u8>,
        walk: &mut Walk<'_>,
    ) -> Result<(), NullTravels> {
        let brought = walk.view.map(|view| (view, full.clone()));
        if brought
            .as_ref()
            .is_some_and(|it| walk.said.brought.contains(it))
        {
            return Ok(());
        }
        self.object(shape, object, &Path::from_base(&full))?;
        walk.entries.push(Entry {
            sub_path: sub_path.to_vec(),
            data: std::mem::take(&mut self.out).finish().to_bytes(),
            errors: std::mem::take(&mut self.error_list),
        });
        self.error_count = 0;
        walk.brought.extend(brought);
        Ok(())
    }

    /// Goes on below a field that was answered before.
    fn deeper(
        &mut self,
        ty: &ClientType,
        value: Value,
        sub_path: Vec<u8>,
        walk: &mut Walk<'_>,
    ) -> Result<(), NullTravels> {
        if walk.is_nulled(&sub_path) {
            return Ok(());
        }
        match (value, &ty.kind) {
            (Value::Object(object), ClientKind::Object(composite)) => {
                match self.shape(*composite, object) {
                    Some(shape) => self.entries(shape, object, sub_path, walk),
                    None => Ok(()),
                }
            }
            (Value::List { start, length }, ClientKind::List(item)) => {
                let store = self.store;
                for (index, value) in store.items(start, length).iter().enumerate() {
                    let mut sub_path = sub_path.clone();
                    join(&mut sub_path, index.to_string().as_bytes());
                    self.deeper(item, *value, sub_path, walk)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Whether there are objects in values of a type.
fn has_objects(ty: &ClientType) -> bool {
    match &ty.kind {
        ClientKind::Object(_) => true,
        ClientKind::List(item) => has_objects(item),
        _ => false,
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

impl Walk<'_> {
    /// Whether the client got a null there, or will.
    fn is_nulled(&self, sub_path: &[u8]) -> bool {
        if self.said.nulled.is_empty() {
            return false;
        }
        let mut full = self.base.to_vec();
        join(&mut full, sub_path);
        self.said.nulled.contains(&full)
    }
}

impl<'path> Path<'path> {
    /// The path of an object, as JSON without brackets.
    fn steps(&self) -> Vec<u8> {
        let mut steps = vec![b'['];
        self.write_steps(&mut steps);
        steps.remove(0);
        steps
    }

    /// From what [`Self::steps`] gave.
    fn from_base(base: &'path [u8]) -> Self {
        Self {
            parent: None,
            step: Step::Base(base),
        }
    }

    /// Writes the path of an object that a part starts from.
    pub(super) fn write_base(base: &[u8], out: &mut Vec<u8>) {
        if !base.is_empty() {
            separate(out);
            out.extend_from_slice(base);
        }
    }
}
