//! Entities become representations: the objects at a call's targets in, JSON objects without duplicates out.

use crate::compile::Variant;
use crate::compile::fetches::{CompiledCall, CompiledItem, CompiledRepresentation, Target};
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
    texts: Texts,
    /// For each what tells it from the others: the values of its items. Most objects stand for an entity that was met
    /// before, and the rest of a representation is the same for all.
    keys: Texts,
    /// Open addressing, by the hash of the key; a position plus one.
    table: Vec<u32>,
    /// The key of the object at hand.
    scratch: Vec<u8>,
}

/// Texts one behind the other.
#[derive(Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, position: usize) -> &[u8] {
        let end = |position: usize| self.ends.get(position).copied().unwrap_or_default() as usize;
        let start = position.checked_sub(1).map_or(0, end);
        self.bytes.get(start..end(position)).unwrap_or_default()
    }

    /// Ends the text that was written last.
    fn end(&mut self) {
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }
}

/// Why an object has no representation, or a value from above.
pub(crate) enum Gap {
    /// Something was never fetched.
    Absent,
    /// Something failed.
    Failed(ErrorId),
}

impl Representations {
    /// Of all objects at some of the targets of a call.
    pub(crate) fn collect<'call>(
        variant: &Variant,
        store: &mut Store,
        root: ObjectId,
        call: &CompiledCall,
        targets: impl IntoIterator<Item = &'call Target>,
    ) -> Self {
        let mut representations = Self::default();
        objects_at(variant, store, root, targets, |store, object| {
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
        self.keys.ends.len()
    }

    /// What tells one from the others.
    pub(crate) fn key(&self, position: usize) -> &[u8] {
        self.keys.get(position)
    }

    /// The JSON of several, with commas.
    pub(crate) fn write(&self, range: Range<usize>, out: &mut Vec<u8>) {
        for position in range.clone() {
            if position > range.start {
                out.push(b',');
            }
            out.extend_from_slice(self.texts.get(position));
        }
    }

    /// Which of them an object would be by those items, where all are of one type; `scratch` is for use here.
    pub(crate) fn position(
        &self,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        items: &[CompiledItem],
        scratch: &mut Vec<u8>,
    ) -> Option<usize> {
        if let Some(key) = single_leaf(store, object, items) {
            return self.find(key);
        }
        scratch.clear();
        for item in items {
            write_key(separated(scratch), variant, store, object, item).ok()?;
        }
        self.find(scratch)
    }

    /// Which of them has that key.
    pub(crate) fn find(&self, key: &[u8]) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = hash(key) & mask;
        loop {
            let known = self.table[at].checked_sub(1)? as usize;
            if self.keys.get(known) == key {
                return Some(known);
            }
            at = (at + 1) & mask;
        }
    }

    /// The objects of one.
    pub(crate) fn objects_of(&self, position: usize) -> Vec<ObjectId> {
        let objects = self.objects.iter();
        let own = objects.filter(|(_, known)| *known as usize == position);
        own.map(|(object, _)| *object).collect()
    }

    /// Adds all of `other` behind its own.
    pub(crate) fn append(&mut self, other: &Self) {
        let start = u32::try_from(self.len()).unwrap_or(u32::MAX);
        for position in 0..other.len() {
            self.insert(other.key(position));
            self.texts
                .bytes
                .extend_from_slice(other.texts.get(position));
            self.texts.end();
        }
        let objects = other.objects.iter();
        self.objects
            .extend(objects.map(|(object, position)| (*object, start + position)));
    }

    /// Gives the objects of those that `other` has too to `other`, which asks for more about the same entities.
    pub(crate) fn hand_over(&mut self, other: &mut Self) {
        let positions: Vec<_> = (0..self.len())
            .map(|position| other.find(self.key(position)))
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
                *new = Some(self.insert(all.key(position)));
                self.texts.bytes.extend_from_slice(all.texts.get(position));
                self.texts.end();
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

    /// Adds an object.
    pub(crate) fn add(
        &mut self,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        representation: &CompiledRepresentation,
    ) {
        let layout = store.object(object).layout;
        let mut by_layout = representation.items.iter();
        let Some((_, items)) = by_layout.find(|(known, _)| *known == layout) else {
            return;
        };
        if let (None, Some(key)) = (representation.tag, single_leaf(store, object, items)) {
            return self.add_by_key(key, variant, store, object, representation, items);
        }
        let mut key = std::mem::take(&mut self.scratch);
        key.clear();
        match self.write_key(&mut key, variant, store, object, representation, items) {
            Ok(()) => self.add_by_key(&key, variant, store, object, representation, items),
            Err(Gap::Failed(error)) => self.failed.push((object, error)),
            Err(Gap::Absent) => {}
        }
        self.scratch = key;
    }

    #[inline]
    fn add_by_key(
        &mut self,
        key: &[u8],
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        representation: &CompiledRepresentation,
        items: &[CompiledItem],
    ) {
        let position = self
            .find(key)
            .map(|known| u32::try_from(known).unwrap_or(u32::MAX));
        let position = position.unwrap_or_else(|| {
            self.write_text(variant, store, object, representation, items);
            self.insert(key)
        });
        self.objects.push((object, position));
    }

    fn write_key(
        &mut self,
        key: &mut Vec<u8>,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        representation: &CompiledRepresentation,
        items: &[CompiledItem],
    ) -> Result<(), Gap> {
        if let Some(tag) = representation.tag {
            key.extend_from_slice(&tag.to_le_bytes());
            key.extend_from_slice(&store.object(object).type_id.0.to_le_bytes());
        }
        for (item, dependents) in items.iter().zip(&representation.dependents) {
            let start = separated(key).len();
            let (gap, dependents) = match (write_key(key, variant, store, object, item), dependents)
            {
                (Ok(()), _) => continue,
                (Err(gap), Some(dependents)) => (gap, dependents),
                (Err(gap), None) => return Err(gap),
            };
            // The other fields of the entity do not need it.
            key.truncate(start);
            key.extend_from_slice(b"null");
            let error = match gap {
                Gap::Failed(error) => Some(error),
                Gap::Absent => None,
            };
            let fields = dependents
                .iter()
                .map(|field| (object, field.clone(), error));
            self.failed_fields.extend(fields);
        }
        Ok(())
    }

    /// Writes the JSON of an object whose key was written.
    fn write_text(
        &mut self,
        variant: &Variant,
        store: &Store,
        object: ObjectId,
        representation: &CompiledRepresentation,
        items: &[CompiledItem],
    ) {
        let out = &mut self.texts.bytes;
        out.extend_from_slice(b"{\"__typename\":");
        out.extend_from_slice(match &representation.typename {
            Some(typename) => typename,
            None => variant.types.quoted(store.object(object).type_id),
        });
        for item in items {
            let start = out.len();
            let item = std::slice::from_ref(item);
            if let (Err(_), [CompiledItem::Field { key, .. }]) =
                (write_items(out, variant, store, object, item), item)
            {
                out.truncate(start);
                write_member(out, key);
                out.extend_from_slice(b"null");
            }
        }
        out.push(b'}');
        self.texts.end();
    }

    /// Adds a key; of equal ones the first is found.
    fn insert(&mut self, key: &[u8]) -> u32 {
        if self.table.len() < (self.len() + 1) * 2 {
            self.grow();
        }
        let position = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.keys.bytes.extend_from_slice(key);
        self.keys.end();
        self.enter(position);
        position
    }

    fn enter(&mut self, position: u32) {
        let mask = self.table.len() - 1;
        let mut at = hash(self.key(position as usize)) & mask;
        while self.table[at] != 0 {
            at = (at + 1) & mask;
        }
        self.table[at] = position + 1;
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = vec![0; size];
        for position in 0..self.len() {
            self.enter(u32::try_from(position).unwrap_or(u32::MAX));
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

/// The key of an object that is identified by one leaf, as most are: where it stands, without a copy.
#[inline]
fn single_leaf<'store>(
    store: &'store Store,
    object: ObjectId,
    items: &[CompiledItem],
) -> Option<&'store [u8]> {
    let [
        CompiledItem::Field {
            slot: Some(slot), ..
        },
    ] = items
    else {
        return None;
    };
    match store.get(object, *slot) {
        Value::Leaf(slice) => Some(store.text(slice)),
        _ => None,
    }
}

/// A key with an end to what is in it, for the next item; JSON has no zero bytes.
fn separated(key: &mut Vec<u8>) -> &mut Vec<u8> {
    if !key.is_empty() {
        key.push(0);
    }
    key
}

/// The values of an item, behind those of others.
fn write_key(
    out: &mut Vec<u8>,
    variant: &Variant,
    store: &Store,
    object: ObjectId,
    item: &CompiledItem,
) -> Result<(), Gap> {
    match item {
        CompiledItem::Field { slot, items, .. } => {
            let slot = slot.ok_or(Gap::Absent)?;
            write_value(out, variant, store, store.get(object, slot), items)
        }
        item => write_items(out, variant, store, object, std::slice::from_ref(item)),
    }
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
                write_member(out, key);
                out.extend_from_slice(variant.types.quoted(store.object(object).type_id));
            }
            CompiledItem::Field { key, slot, items } => {
                let slot = slot.ok_or(Gap::Absent)?;
                write_member(out, key);
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

fn write_member(out: &mut Vec<u8>, key: &[u8]) {
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
            write_list(out, store.items(start, length), |out, item| {
                write_value(out, variant, store, item, items)
            })?;
        }
    }
    Ok(())
}

/// Writes a list as JSON, each item in its way.
pub(crate) fn write_list(
    out: &mut Vec<u8>,
    items: &[Value],
    mut write_item: impl FnMut(&mut Vec<u8>, Value) -> Result<(), Gap>,
) -> Result<(), Gap> {
    out.push(b'[');
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write_item(out, *item)?;
    }
    out.push(b']');
    Ok(())
}
