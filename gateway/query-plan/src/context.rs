//! Arguments that take their values from ancestors (`@fromContext`), as variables of entity calls.

use crate::{
    EntityCall, FetchSelection, FetchSelectionSet, PathSegment, RepresentationItem, ResponsePath,
};
use apollo_compiler::ast::{Argument, Type, Value};
use apollo_compiler::{Name, Node};

/// A variable of an entity call whose value each entity takes from an object above it. Entities with different values are
/// asked for apart: by one `_entities` field for each set of values.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextVariable {
    /// The variable, without `$`.
    pub variable: Name,
    /// Its type: the argument's.
    pub ty: Type,
    /// The first argument that takes it, as a coordinate: `Item.price(currency:)`.
    pub argument: String,
    /// Where its value is: the first that fits is used, so the nearest ancestors come first.
    pub sources: Vec<ContextSource>,
}

/// An ancestor that can give a value.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextSource {
    /// How many segments at the end of a target's path lead from the ancestor to the entity.
    pub distance: usize,
    /// It fits ancestors whose runtime type is this type, or one of its possible types.
    pub type_condition: Name,
    /// The way to the value, in the form of a representation's fields; at its end is one leaf.
    pub value: Vec<RepresentationItem>,
}

impl EntityCall {
    /// Renames variables in the call's selection, where `new_name` has one for them.
    pub fn rename_variables(&mut self, new_name: &dyn Fn(&Name) -> Option<Name>) {
        rename(&mut self.selection, new_name);
    }
}

fn rename(selection: &mut FetchSelectionSet, new_name: &dyn Fn(&Name) -> Option<Name>) {
    for item in &mut selection.items {
        match item {
            FetchSelection::Field(field) => {
                for argument in &mut field.arguments {
                    rename_argument(argument, new_name);
                }
                rename(&mut field.selection, new_name);
            }
            FetchSelection::Fragment(fragment) => rename(&mut fragment.selection, new_name),
        }
    }
}

fn rename_argument(argument: &mut Node<Argument>, new_name: &dyn Fn(&Name) -> Option<Name>) {
    if let Value::Variable(name) = argument.value.as_ref()
        && let Some(new) = new_name(name)
    {
        argument.make_mut().value = Node::new(Value::Variable(new));
    }
}

impl ContextSource {
    /// The path of the ancestors of what is at `target`.
    pub fn ancestors(&self, target: &ResponsePath) -> ResponsePath {
        let length = target.0.len().saturating_sub(self.distance);
        ResponsePath(target.0[..length].to_vec())
    }

    /// How many fields are between the ancestor and what is at `target`.
    pub fn fields_between(&self, target: &ResponsePath) -> usize {
        let start = target.0.len().saturating_sub(self.distance);
        let segments = target.0[start..].iter();
        segments
            .filter(|segment| matches!(segment, PathSegment::Key(_)))
            .count()
    }
}
