//! Fields of entities that are known already: a call asks only for the rest.

use crate::compile::Variant;
use crate::compile::memo::MemoSource;
use crate::merge::objects_at;
use crate::representations::Representations;
use crate::store::{ObjectId, Store, Value};

/// Copies what `source` has to the objects that `representations` stand for, and drops those.
pub(crate) fn reuse(
    variant: &Variant,
    store: &mut Store,
    root: ObjectId,
    source: &MemoSource,
    representations: &mut Representations,
) {
    let mut known: Vec<Option<ObjectId>> = vec![None; representations.len()];
    let mut found_any = false;
    let mut scratch = Vec::new();
    let targets = std::slice::from_ref(&source.target);
    objects_at(variant, store, root, targets, |store, object| {
        if store.object(object).type_id == source.type_id
            && is_complete(store, source, object)
            && let Some(position) =
                representations.position(variant, store, object, &source.items, &mut scratch)
        {
            found_any = true;
            known[position].get_or_insert(object);
        }
    });
    if !found_any {
        return;
    }
    for (object, position) in &representations.objects {
        if let Some(from) = known[*position as usize] {
            copy(store, source, from, *object);
        }
    }
    representations.retain(|position| known[position].is_none());
}

/// Whether all fields are there, without an error.
fn is_complete(store: &Store, source: &MemoSource, object: ObjectId) -> bool {
    let is_known = |(slot, _): &(u32, _)| is_sound(store, store.get(object, *slot));
    source.fields.iter().all(is_known)
}

fn is_sound(store: &Store, value: Value) -> bool {
    match value {
        Value::Leaf(_) | Value::Null => true,
        Value::List { start, length } => store
            .items(start, length)
            .iter()
            .all(|item| is_sound(store, *item)),
        Value::Absent | Value::Failed(_) | Value::Object(_) => false,
    }
}

fn copy(store: &mut Store, source: &MemoSource, from: ObjectId, to: ObjectId) {
    let layout = store.object(to).layout;
    for (slot, targets) in &source.fields {
        let value = store.get(from, *slot);
        if let Some((_, target)) = targets.iter().find(|(known, _)| *known == layout)
            && store.get(to, *target) == Value::Absent
        {
            store.set(to, *target, value);
        }
    }
}
