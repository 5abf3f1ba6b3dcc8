//! Field sets: the selections that `@key`, `@requires` and `@provides` carry, parsed.

mod parse;

use apollo_compiler::ast::Argument;
use apollo_compiler::{Name, Node};
use std::fmt;

pub use parse::FieldSetError;

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

    /// Adds a selection, merged with what is there.
    pub fn insert(&mut self, item: FieldSetItem) {
        let known = self.items.iter_mut().find(|known| known.same_head(&item));
        match known {
            Some(known) => {
                let selection = item.into_selection();
                for inner in selection.items {
                    known.selection_mut().insert(inner);
                }
            }
            None => self.items.push(item),
        }
    }
}

impl FieldSetItem {
    /// What is selected below.
    pub fn selection(&self) -> &FieldSet {
        match self {
            Self::Field(field) => &field.selection,
            Self::Fragment(fragment) => &fragment.selection,
        }
    }

    fn selection_mut(&mut self) -> &mut FieldSet {
        match self {
            Self::Field(field) => &mut field.selection,
            Self::Fragment(fragment) => &mut fragment.selection,
        }
    }

    fn into_selection(self) -> FieldSet {
        match self {
            Self::Field(field) => field.selection,
            Self::Fragment(fragment) => fragment.selection,
        }
    }

    fn same_head(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field(one), Self::Field(two)) => {
                one.name == two.name && one.arguments == two.arguments
            }
            (Self::Fragment(one), Self::Fragment(two)) => one.type_condition == two.type_condition,
            _ => false,
        }
    }
}

impl fmt::Display for FieldSet {
    /// The text of the scalar, without braces around it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            write!(formatter, "{item}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FieldSetItem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => {
                write!(formatter, "{}", field.name)?;
                write_arguments(&field.arguments, formatter)?;
            }
            Self::Fragment(fragment) => write!(formatter, "... on {}", fragment.type_condition)?,
        }
        if !self.selection().is_empty() {
            write!(formatter, " {{ {} }}", self.selection())?;
        }
        Ok(())
    }
}

fn write_arguments(
    arguments: &[Node<Argument>],
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (index, argument) in arguments.iter().enumerate() {
        let before = if index == 0 { "(" } else { ", " };
        let value = argument.value.serialize().no_indent();
        write!(formatter, "{before}{}: {value}", argument.name)?;
    }
    if arguments.is_empty() {
        Ok(())
    } else {
        formatter.write_str(")")
    }
}
