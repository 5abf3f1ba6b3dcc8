//! Entities become representations: the objects at a call's targets in, JSON objects without duplicates out.

use crate::compile::Variant;
use crate::compile::fetches::{CompiledCall, CompiledItem, CompiledRepresentation};
use crate::merge::objects_at;
use crate::store::{ErrorId, ObjectId, Store, Value};
use apollo_compiler::Name;
use rustc_hash::FxHasher;
use std::hash::Hasher;
use std::ops::Range;

/// The representations of one call.
#[derive(Debug, Default)]
pub(crate) struct Representations {
    /// The objects, each with the position of its representation.
    pub(crate) objects: Vec<(ObjectId, u32)>,
    /// Objects whose inputs failed.
    pub(crate) failed: Vec<(ObjectId, ErrorId)>,
    /// Fields, by key, of objects that are sent although an input of those fields is not there, and its error.
    pub(crate) failed_fields: Vec<(ObjectId, Name, Option<ErrorId>)>,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Open addressing, by the hash of the bytes; a position plus one.
    table: Vec<u32>,
}

/// Why an object has no representation, or a value from above.
pub(crate) enum Gap {
    /// Something was never fetched.
    Absent,
    /// Something failed.
    Failed(ErrorId),
}

impl Representations {
    /// Of all objects at the targets of a call.
    pub(crate) fn collect(
        variant: &Variant,
        store: &mut Store,
        root: ObjectId,
        call: &CompiledCall,
    ) -> Self {
        let mut representations = Self::default();
        objects_at(variant, store, root, &call.targets, |store, object| {
            let type_id = store.object(object).type_id;
            let fitting = call
                .representations
                .iter()
                .find(|representation| variant.types.fits(type_id, &representation.types));
            if let Some(representation) = fitting {
                representations.add(variant, store, object, representation);
            }
        });
        representations
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The JSON of one.
    pub(crate) fn get(&self, position: usize) -> &[u8] {
        self.bytes.get(self.range(position)).unwrap_or_default()
    }

    /// The JSON of several, with commas.
    pub(crate) fn write(&self, range: Range<usize>, out: &mut Vec<u8>) {
        for position in range.clone() {
            if position > range.start {
                out.push(b',');
            }
            out.extend_from_slice(self.get(position));
        }
    }

    /// Which of them an object would be, by its type and those items.
    pub(crate) fn position(
        &self,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        items: &[CompiledItem],
    ) -> Option<usize> {
        let mut bytes = b"{\"__typename\":".to_vec();
        bytes.extend_from_slice(variant.types.quoted(store.object(object).type_id));
        write_items(&mut bytes, variant, store, object, items).ok()?;
        bytes.push(b'}');
        self.find(&bytes)
    }

    /// Which of them has that JSON.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = hash(bytes) & mask;
        loop {
            let known = self.table[at].checked_sub(1)? as usize;
            if self.get(known) == bytes {
                return Some(known);
            }
            at = (at + 1) & mask;
        }
    }

    /// Gives the objects of those that `other` has too to `other`, which asks for more about the same entities.
    pub(crate) fn hand_over(&mut self, other: &mut Self) {
        let positions: Vec<_> = (0..self.len())
            .map(|position| other.find(self.get(position)))
            .collect();
        if positions.iter().all(Option::is_none) {
            return;
        }
        for (object, position) in &self.objects {
            if let Some(Some(known)) = positions.get(*position as usize) {
                let known = u32::try_from(*known).unwrap_or(u32::MAX);
                other.objects.push((*object, known));
            }
        }
        self.retain(|position| positions[position].is_none());
    }

    /// Keeps those for which `keep` says so; the others' objects are dropped.
    pub(crate) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let all = std::mem::take(self);
        let mut positions = vec![None; all.len()];
        for (position, new) in positions.iter_mut().enumerate() {
            if keep(position) {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(all.get(position));
                *new = Some(self.intern(start));
            }
        }
        self.failed = all.failed;
        self.failed_fields = all.failed_fields;
        let kept = all.objects.into_iter().filter_map(|(object, position)| {
            let position = positions.get(position as usize).copied().flatten()?;
            Some((object, position))
        });
        self.objects = kept.collect();
    }

    fn range(&self, position: usize) -> Range<usize> {
        let end = |position: usize| self.ends.get(position).copied().unwrap_or_default() as usize;
        let start = match position.checked_sub(1) {
            Some(previous) => end(previous),
            None => 0,
        };
        start..end(position)
    }

    /// Adds an object.
    pub(crate) fn add(
        &mut self,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        representation: &CompiledRepresentation,
    ) {
        let start = self.bytes.len();
        match self.write_entity(variant, store, object, representation) {
            Ok(()) => {
                let position = self.intern(start);
                self.objects.push((object, position));
            }
            Err(gap) => {
                self.bytes.truncate(start);
                if let Gap::Failed(error) = gap {
                    self.failed.push((object, error));
                }
            }
        }
    }

    fn write_entity(
        &mut self,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        representation: &CompiledRepresentation,
    ) -> Result<(), Gap> {
        let header = store.object(object);
        let mut by_layout = representation.items.iter();
        let (_, items) = by_layout
            .find(|(layout, _)| *layout == header.layout)
            .ok_or(Gap::Absent)?;
        self.bytes.extend_from_slice(b"{\"__typename\":");
        match &representation.typename {
            Some(typename) => self.bytes.extend_from_slice(typename),
            None => self
                .bytes
                .extend_from_slice(variant.types.quoted(header.type_id)),
        }
        for (item, dependents) in items.iter().zip(&representation.dependents) {
            let start = self.bytes.len();
            let written = write_items(
                &mut self.bytes,
                variant,
                store,
                object,
                std::slice::from_ref(item),
            );
            match (written, dependents, item) {
                (Ok(()), _, _) => {}
                (Err(gap), Some(dependents), CompiledItem::Field { key, .. }) => {
                    // The other fields of the entity do not need it.
                    let error = match gap {
                        Gap::Failed(error) => Some(error),
                        Gap::Absent => None,
                    };
                    self.bytes.truncate(start);
                    write_key(&mut self.bytes, key);
                    self.bytes.extend_from_slice(b"null");
                    let fields = dependents
                        .iter()
                        .map(|field| (object, field.clone(), error));
                    self.failed_fields.extend(fields);
                }
                (Err(gap), _, _) => return Err(gap),
            }
        }
        self.bytes.push(b'}');
        Ok(())
    }

    /// The position of the representation from `start` on, which is dropped where it is known.
    fn intern(&mut self, start: usize) -> u32 {
        if self.table.len() < (self.ends.len() + 1) * 2 {
            self.grow();
        }
        let bytes = self.bytes.get(start..).unwrap_or_default();
        let mask = self.table.len() - 1;
        let mut at = hash(bytes) & mask;
        loop {
            match self.table[at].checked_sub(1) {
                None => break,
                Some(known) if self.get(known as usize) == bytes => {
                    self.bytes.truncate(start);
                    return known;
                }
                Some(_) => at = (at + 1) & mask,
            }
        }
        let position = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.table[at] = position + 1;
        position
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = vec![0; size];
        for position in 0..self.ends.len() {
            let mut at = hash(self.get(position)) & (size - 1);
            while self.table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = u32::try_from(position + 1).unwrap_or(u32::MAX);
        }
    }
}

fn hash(bytes: &[u8]) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    let hash = hasher.finish();
    // The low bits of this hash are weak.
    usize::try_from(hash >> 32).unwrap_or_default()
}

fn write_items(
    out: &mut Vec<u8>,
    variant: &Variant,
    store: &Store,
    object: ObjectId,
    items: &[CompiledItem],
) -> Result<(), Gap> {
    for item in items {
        match item {
            CompiledItem::Typename { key } => {
                write_key(out, key);
                out.extend_from_slice(variant.types.quoted(store.object(object).type_id));
            }
            CompiledItem::Field { key, slot, items } => {
                let slot = slot.ok_or(Gap::Absent)?;
                write_key(out, key);
                write_value(out, variant, store, store.get(object, slot), items)?;
            }
            CompiledItem::Fragment { types, items } => {
                if variant.types.fits(store.object(object).type_id, types) {
                    write_items(out, variant, store, object, items)?;
                }
            }
        }
    }
    Ok(())
}

fn write_key(out: &mut Vec<u8>, key: &[u8]) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    out.extend_from_slice(key);
}

/// Writes a value as JSON.
pub(crate) fn write_value(
    out: &mut Vec<u8>,
    variant: &Variant,
    store: &Store,
    value: Value,
    items: &[CompiledItem],
) -> Result<(), Gap> {
    match value {
        Value::Absent => return Err(Gap::Absent),
        Value::Failed(error) => return Err(Gap::Failed(error)),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Leaf(slice) => out.extend_from_slice(store.text(slice)),
        Value::Object(object) => {
            out.push(b'{');
            write_items(out, variant, store, object, items)?;
            out.push(b'}');
        }
        Value::List { start, length } => {
            out.push(b'[');
            for (position, item) in store.items(start, length).iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write_value(out, variant, store, *item, items)?;
            }
            out.push(b']');
        }
    }
    Ok(())
}
