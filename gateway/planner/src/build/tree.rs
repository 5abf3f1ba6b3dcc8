//! What groups select, before it is written for their subgraphs.

use super::PlaceId;
use crate::selection::FieldId;
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use weft_query_plan::Conjunction;

/// A position in [`Trees`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TreeId(usize);

/// The selections on objects at one place, in one group.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The fields.
    pub(crate) items: Vec<TreeItem>,
    /// Whether `__typename` is selected.
    pub(crate) has_typename: bool,
}

/// A field that a group selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeItem {
    /// The key in the merged response.
    pub(crate) stored_as: Name,
    /// The field.
    pub(crate) field: FieldId,
    /// When it is selected.
    pub(crate) conditions: Conjunction,
    /// For which runtime types.
    pub(crate) types: TypeSet,
    /// The place of the objects below, which keeps apart what is needed under different circumstances.
    pub(crate) place: Option<PlaceId>,
    /// What is selected below.
    pub(crate) child: Option<TreeId>,
}

/// All trees of one plan.
#[derive(Debug, Default)]
pub(crate) struct Trees {
    trees: Vec<Tree>,
}

impl Trees {
    /// An empty tree.
    pub(crate) fn create(&mut self) -> TreeId {
        self.trees.push(Tree::default());
        TreeId(self.trees.len() - 1)
    }

    /// The tree with that id.
    pub(crate) fn get(&self, id: TreeId) -> &Tree {
        &self.trees[id.0]
    }

    /// Selects `__typename`.
    pub(crate) fn add_typename(&mut self, id: TreeId) {
        self.trees[id.0].has_typename = true;
    }

    /// Selects a field, or selects it for more types. The tree below it, where the item has a place.
    pub(crate) fn add(&mut self, id: TreeId, item: &TreeItem, types: &TypeSet) -> Option<TreeId> {
        let same = self.trees[id.0].items.iter_mut().find(|known| {
            known.field == item.field
                && known.place == item.place
                && known.stored_as == item.stored_as
                && known.conditions == item.conditions
        });
        if let Some(known) = same {
            known.types.extend(types);
            return known.child;
        }
        let child = item.place.map(|_| self.create());
        let item = TreeItem {
            types: types.clone(),
            child,
            ..item.clone()
        };
        self.trees[id.0].items.push(item);
        child
    }
}
