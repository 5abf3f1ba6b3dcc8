//! Field sets: the selections that `@key`, `@requires` and `@provides` carry, parsed.

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::Argument;

/// A parsed `FieldSet` scalar, such as `id organization { id }` or `... on Book { title }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct FieldSet {
    /// The selections, in the order of the text; fields with one name and equal arguments are merged.
    pub items: Vec<FieldSetItem>,
}

/// One selection of a field set.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldSetItem {
    /// A field, with its own field set where its type is composite.
    Field(FieldSelection),
    /// An inline fragment.
    Fragment(FragmentSelection),
}

/// A field in a field set; aliases are not allowed there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldSelection {
    /// The field's name.
    pub name: Name,
    /// Constant arguments.
    pub arguments: Vec<Node<Argument>>,
    /// What is selected below it; empty for a leaf.
    pub selection: FieldSet,
}

/// An inline fragment in a field set.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FragmentSelection {
    /// The type it applies to.
    pub type_condition: Name,
    /// What is selected for that type.
    pub selection: FieldSet,
}

impl FieldSet {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
