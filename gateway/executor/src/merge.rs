//! Puts what a fetch brought into the merged response: objects field by field, lists item by item.
//!
//! What an entity call brought below an entity is shared by all its targets, not copied, where their layouts agree.

use crate::compile::Variant;
use crate::compile::fetches::{Step, Target};
use crate::compile::scan_shape::{MemberTarget, ScanId, ScanKind};
use crate::store::{ErrorId, LayoutId, ObjectId, Store, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The keys that two layouts share.
type Mapping = Rc<[SharedKey]>;

/// A key that two layouts share.
#[derive(Debug, Clone, Copy)]
struct SharedKey {
    from: u32,
    to: u32,
    /// The layout below it at the target.
    child: Option<LayoutId>,
}

/// Merges into one store.
pub(crate) struct Merger<'run> {
    variant: &'run Variant,
    store: &'run mut Store,
    mappings: FxHashMap<(LayoutId, LayoutId), Mapping>,
    /// The one that was used last: neighbours mostly have the same layouts.
    last: Option<((LayoutId, LayoutId), Mapping)>,
}

impl<'run> Merger<'run> {
    /// Merges into `store`.
    pub(crate) fn new(variant: &'run Variant, store: &'run mut Store) -> Self {
        Self {
            variant,
            store,
            mappings: FxHashMap::default(),
            last: None,
        }
    }

    /// Writes all fields of `from` into `to`.
    pub(crate) fn object(&mut self, from: ObjectId, to: ObjectId) {
        if from == to {
            return;
        }
        let (source, target) = (*self.store.object(from), *self.store.object(to));
        let types = &self.variant.types;
        if types.is_abstract(target.type_id) && !types.is_abstract(source.type_id) {
            self.store.object_mut(to).type_id = source.type_id;
        }
        for key in self.mapping(source.layout, target.layout).iter() {
            let new = self.store.values[(source.slots + key.from) as usize];
            let at = (target.slots + key.to) as usize;
            let merged = match (self.store.values[at], new) {
                (_, Value::Absent) => continue,
                (Value::Absent, Value::Leaf(_) | Value::Null) => new,
                (existing, new) => self.value(existing, new, key.child),
            };
            self.store.values[at] = merged;
        }
    }

    /// Whether `to` can have what is below `from` although other fetches may have written there since it arrived: objects of both
    /// mean the same, nothing is there yet, and no object would come to be below itself.
    pub(crate) fn may_share(&mut self, from: ObjectId, to: ObjectId) -> bool {
        let (source, target) = (*self.store.object(from), *self.store.object(to));
        let walk = self.store.new_walk();
        let mapping = self.mapping(source.layout, target.layout);
        mapping.iter().all(|key| {
            let new = self.store.values[(source.slots + key.from) as usize];
            let existing = self.store.values[(target.slots + key.to) as usize];
            let is_free = !matches!(existing, Value::Object(_) | Value::List { .. });
            self.is_leaf(new) || (is_free && self.is_apart(new, key.child, to, walk))
        })
    }

    /// Whether there are no objects in a value.
    fn is_leaf(&self, value: Value) -> bool {
        match value {
            Value::Object(_) => false,
            Value::List { start, length } => {
                let mut items = self.store.items(start, length).iter();
                items.all(|item| self.is_leaf(*item))
            }
            _ => true,
        }
    }

    /// Whether all objects of a value have that layout, and `object` is not among them or below.
    fn is_apart(
        &mut self,
        value: Value,
        layout: Option<LayoutId>,
        object: ObjectId,
        walk: u32,
    ) -> bool {
        match value {
            Value::Object(found) => {
                let known = *self.store.object(found);
                layout.is_none_or(|layout| known.layout == layout)
                    && self.is_not_below(found, object, walk)
            }
            Value::List { start, length } => (start..start + length).all(|item| {
                let item = self.store.values[item as usize];
                self.is_apart(item, layout, object, walk)
            }),
            _ => true,
        }
    }

    fn is_not_below(&mut self, above: ObjectId, object: ObjectId, walk: u32) -> bool {
        let known = *self.store.object(above);
        if above == object || known.mark == (walk, 0) {
            return above != object;
        }
        self.store.object_mut(above).mark = (walk, 0);
        let slots = self.variant.layout(known.layout).slots();
        (known.slots..known.slots + slots).all(|slot| {
            let value = self.store.values[slot as usize];
            self.is_apart(value, None, object, walk)
        })
    }

    /// A value beats a null, a null beats an error; the first of two leaves stays.
    fn value(&mut self, existing: Value, new: Value, layout: Option<LayoutId>) -> Value {
        match (existing, new) {
            (_, Value::Absent) | (Value::Failed(_), Value::Failed(_) | Value::Null) => existing,
            (Value::Absent | Value::Null, _) => self.adopt(new, layout),
            (Value::Failed(error), _) => {
                let value = self.adopt(new, layout);
                self.fail_absent(value, error);
                value
            }
            (Value::Object(to), Value::Object(from)) => {
                self.object(from, to);
                existing
            }
            (
                Value::List { start, length },
                Value::List {
                    start: other,
                    length: other_length,
                },
            ) => {
                for item in 0..length.min(other_length) {
                    let (at, from) = ((start + item) as usize, (other + item) as usize);
                    let merged = self.value(self.store.values[at], self.store.values[from], layout);
                    self.store.values[at] = merged;
                }
                existing
            }
            (Value::Object(_) | Value::List { .. }, Value::Failed(error)) => {
                self.fail_absent(existing, error);
                existing
            }
            (Value::Leaf(_) | Value::Object(_) | Value::List { .. }, _) => existing,
        }
    }

    /// The value for a place of that layout: shared where the layouts agree, copied otherwise.
    fn adopt(&mut self, value: Value, layout: Option<LayoutId>) -> Value {
        let Some(layout) = layout else {
            return value;
        };
        match value {
            Value::Object(from) => {
                let object = *self.store.object(from);
                if object.layout == layout {
                    return value;
                }
                let slots = self.variant.layout(layout).slots();
                let copy = self.store.new_object(layout, slots, object.type_id);
                self.object(from, copy);
                Value::Object(copy)
            }
            Value::List { start, length } if self.is_foreign_list(start, length, layout) => {
                let mut items = self.store.items(start, length).to_vec();
                for item in &mut items {
                    *item = self.adopt(*item, Some(layout));
                }
                self.store.new_list(&mut items, 0)
            }
            value => value,
        }
    }

    /// Whether a list has objects of another layout.
    fn is_foreign_list(&self, start: u32, length: u32, layout: LayoutId) -> bool {
        self.store
            .items(start, length)
            .iter()
            .any(|item| match item {
                Value::Object(object) => self.store.object(*object).layout != layout,
                Value::List { start, length } => self.is_foreign_list(*start, *length, layout),
                _ => false,
            })
    }

    /// Fills what is still empty below a value.
    fn fail_absent(&mut self, value: Value, error: ErrorId) {
        match value {
            Value::Object(object) => {
                let slots = self
                    .variant
                    .layout(self.store.object(object).layout)
                    .slots();
                for slot in 0..slots {
                    match self.store.get(object, slot) {
                        Value::Absent => self.store.set(object, slot, Value::Failed(error)),
                        value => self.fail_absent(value, error),
                    }
                }
            }
            Value::List { start, length } => {
                for item in start..start + length {
                    self.fail_absent(self.store.values[item as usize], error);
                }
            }
            _ => {}
        }
    }

    /// The fields that a fetch would have brought failed.
    pub(crate) fn fail(&mut self, scan: ScanId, object: ObjectId, error: ErrorId) {
        let variant = self.variant;
        let scan = variant.scan(scan);
        let type_id = self.store.object(object).type_id;
        let mapping = self.mapping(scan.layout, self.store.object(object).layout);
        for member in &scan.members {
            for (types, target) in &member.targets {
                let MemberTarget::Field { slot, kind, .. } = target else {
                    continue;
                };
                let was_asked = match types {
                    Some(types) => variant.types.is_abstract(type_id) || types.contains(type_id),
                    None => true,
                };
                let shared = mapping.iter().find(|key| key.from == *slot);
                if let (true, Some(SharedKey { to, .. })) = (was_asked, shared) {
                    match self.store.get(object, *to) {
                        Value::Absent => self.store.set(object, *to, Value::Failed(error)),
                        value => self.fail_below(kind, value, error),
                    }
                }
            }
        }
    }

    fn fail_below(&mut self, kind: &ScanKind, value: Value, error: ErrorId) {
        match (kind, value) {
            (ScanKind::Object(scan), Value::Object(object)) => self.fail(*scan, object, error),
            (ScanKind::List(kind), Value::List { start, length }) => {
                for item in start..start + length {
                    self.fail_below(kind, self.store.values[item as usize], error);
                }
            }
            _ => {}
        }
    }

    fn mapping(&mut self, from: LayoutId, to: LayoutId) -> Mapping {
        if let Some((layouts, mapping)) = &self.last
            && *layouts == (from, to)
        {
            return Rc::clone(mapping);
        }
        let variant = self.variant;
        let mapping = self.mappings.entry((from, to)).or_insert_with(|| {
            let target = variant.layout(to);
            let keys = (0..).zip(&variant.layout(from).keys);
            let shared = keys.filter_map(|(from, key)| {
                let to = target.slot(key)?;
                let child = target.children[to as usize];
                Some(SharedKey { from, to, child })
            });
            shared.collect()
        });
        let mapping = Rc::clone(mapping);
        self.last = Some(((from, to), Rc::clone(&mapping)));
        mapping
    }
}

/// Calls `found` with each object at a target, once.
///
/// Objects are shared, so that many paths lead through the same few: step by step, each is followed once.
pub(crate) fn objects_at<'target>(
    variant: &Variant,
    store: &mut Store,
    root: ObjectId,
    targets: impl IntoIterator<Item = &'target Target>,
    mut found: impl FnMut(&mut Store, ObjectId),
) {
    let (mut here, mut next, mut objects) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets {
        here.clear();
        here.push(Value::Object(root));
        for step in &target.steps {
            let walk = store.new_walk();
            for value in here.drain(..) {
                take_step(variant, store, value, step, walk, &mut next);
            }
            std::mem::swap(&mut here, &mut next);
        }
        objects.extend(here.iter().filter_map(|value| match value {
            Value::Object(object) => Some(*object),
            _ => None,
        }));
    }
    let walk = store.new_walk();
    for object in objects {
        if is_first_visit(store, object, walk) {
            found(store, object);
        }
    }
}

/// The values one step further; of objects, those that this walk has not met.
#[inline]
fn take_step(
    variant: &Variant,
    store: &mut Store,
    value: Value,
    step: &Step,
    walk: u32,
    next: &mut Vec<Value>,
) {
    match (step, value) {
        (Step::Slot(slot), Value::Object(object)) => {
            let value = store.get(object, *slot);
            meet(store, value, walk, next);
        }
        (Step::List, Value::List { start, length }) => {
            for item in start..start + length {
                let value = store.values[item as usize];
                meet(store, value, walk, next);
            }
        }
        (Step::Types(types), Value::Object(object))
            if variant.types.fits(store.object(object).type_id, types) =>
        {
            next.push(value);
        }
        _ => {}
    }
}

#[inline]
fn meet(store: &mut Store, value: Value, walk: u32, next: &mut Vec<Value>) {
    match value {
        Value::Object(object) if is_first_visit(store, object, walk) => next.push(value),
        Value::List { .. } => next.push(value),
        _ => {}
    }
}

#[inline]
fn is_first_visit(store: &mut Store, object: ObjectId, walk: u32) -> bool {
    let mark = &mut store.object_mut(object).mark;
    if mark.0 == walk {
        return false;
    }
    *mark = (walk, 0);
    true
}
