//! Field sets with names as integers, equal ones stored once.

use rustc_hash::FxHashMap;

use super::{FieldId, TypeId};

/// An interned field set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SelectionId(pub u32);

impl SelectionId {
    /// The field set that selects nothing.
    pub const EMPTY: Self = Self(0);
}

/// One item of a field set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SelectionItem {
    /// A field, with what is selected below it.
    Field(FieldId, SelectionId),
    /// A type condition, with what is selected for it.
    Fragment(TypeId, SelectionId),
}

/// All field sets of a graph.
#[derive(Debug, Clone)]
pub struct Selections {
    sets: Vec<Vec<SelectionItem>>,
    ids: FxHashMap<Vec<SelectionItem>, SelectionId>,
}

impl Default for Selections {
    fn default() -> Self {
        Self {
            sets: vec![Vec::new()],
            ids: FxHashMap::from_iter([(Vec::new(), SelectionId::EMPTY)]),
        }
    }
}

impl Selections {
    /// The items of a field set.
    pub fn items(&self, id: SelectionId) -> &[SelectionItem] {
        &self.sets[id.0 as usize]
    }

    /// Interns a field set; items may come in any order, and several may have one field.
    pub(super) fn intern(&mut self, items: Vec<SelectionItem>) -> SelectionId {
        let items = self.merged(items);
        if let Some(known) = self.ids.get(&items) {
            return *known;
        }
        let id = SelectionId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.sets.push(items.clone());
        self.ids.insert(items, id);
        id
    }

    /// Everything that either selects.
    pub(super) fn union(&mut self, one: SelectionId, two: SelectionId) -> SelectionId {
        if one == two || two == SelectionId::EMPTY {
            return one;
        }
        if one == SelectionId::EMPTY {
            return two;
        }
        let items = [self.items(one), self.items(two)].concat();
        self.intern(items)
    }

    /// What is selected below a field, and whether the field is selected at all.
    pub(super) fn below(&self, id: SelectionId, field: FieldId) -> Option<SelectionId> {
        self.items(id).iter().find_map(|item| match item {
            SelectionItem::Field(name, below) if *name == field => Some(*below),
            _ => None,
        })
    }

    /// What is selected for values of an object type: `applies` says which type conditions hold for it.
    pub(super) fn narrowed(
        &mut self,
        id: SelectionId,
        applies: &dyn Fn(TypeId) -> bool,
    ) -> SelectionId {
        let has_fragments = |items: &[SelectionItem]| {
            items
                .iter()
                .any(|item| matches!(item, SelectionItem::Fragment(..)))
        };
        if !has_fragments(self.items(id)) {
            return id;
        }
        let mut items = Vec::new();
        self.flatten(id, applies, &mut items);
        self.intern(items)
    }

    fn flatten(
        &self,
        id: SelectionId,
        applies: &dyn Fn(TypeId) -> bool,
        items: &mut Vec<SelectionItem>,
    ) {
        for item in self.items(id) {
            match item {
                SelectionItem::Field(..) => items.push(*item),
                SelectionItem::Fragment(condition, inner) if applies(*condition) => {
                    self.flatten(*inner, applies, items);
                }
                SelectionItem::Fragment(..) => {}
            }
        }
    }

    /// Sorted, with items of one head merged into one.
    fn merged(&mut self, mut items: Vec<SelectionItem>) -> Vec<SelectionItem> {
        items.sort_unstable();
        items.dedup();
        let mut merged: Vec<SelectionItem> = Vec::with_capacity(items.len());
        for item in items {
            let joined = match (merged.last().copied(), item) {
                (Some(SelectionItem::Field(last, one)), SelectionItem::Field(field, two))
                    if last == field =>
                {
                    Some(SelectionItem::Field(field, self.union(one, two)))
                }
                (Some(SelectionItem::Fragment(last, one)), SelectionItem::Fragment(on, two))
                    if last == on =>
                {
                    Some(SelectionItem::Fragment(on, self.union(one, two)))
                }
                _ => None,
            };
            if joined.is_some() {
                merged.pop();
            }
            merged.push(joined.unwrap_or(item));
        }
        merged
    }
}
