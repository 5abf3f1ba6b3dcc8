//! Access requirements (`@authenticated`, `@requiresScopes`, `@policy`) across subgraphs and interfaces.
//!
//! Requirements combine as "and": a client must meet what every subgraph asks. An interface gets what its
//! implementations ask, so that nothing is reached around them; what an interface object's field asks holds for the
//! field of every implementation.

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, Value};
use indexmap::IndexSet;

use crate::ingest::subgraph::{Application, FieldDefinition, Subgraph, TypeDefinition, TypeKind};
use crate::merge::application::argument;
use crate::merge::carried::{ACCESS, Carried};
use crate::merge::merged::Merged;

impl<'a> Carried<'a> {
    /// Finds the requirements that elements get from others; all types must know what they implement.
    pub(super) fn prepare_access_control(&mut self, subgraphs: &'a [Subgraph], merged: &Merged) {
        if !ACCESS
            .iter()
            .any(|directive| self.name(*directive).is_some())
        {
            return;
        }
        for (index, subgraph) in subgraphs.iter().enumerate() {
            for definition in subgraph.types.values() {
                if definition.kind == TypeKind::Object {
                    self.add_object(index, definition, merged);
                }
            }
        }
    }

    fn add_object(&mut self, subgraph: usize, definition: &'a TypeDefinition, merged: &Merged) {
        let interfaces: Vec<String> = merged
            .types
            .get(&definition.name)
            .filter(|ty| ty.kind == TypeKind::Object)
            .map(|ty| ty.interfaces.iter().map(ToString::to_string).collect())
            .unwrap_or_default();
        for interface in &interfaces {
            self.add(interface.clone(), subgraph, &definition.directives);
        }
        for field in definition.fields.values() {
            if field.is_external() {
                continue;
            }
            if definition.is_interface_object() {
                self.add_interface_object_field(subgraph, definition, field, merged);
            } else {
                for interface in &interfaces {
                    let coordinate = format!("{interface}.{}", field.name);
                    self.add(coordinate, subgraph, &field.directives);
                }
            }
        }
    }

    fn add_interface_object_field(
        &mut self,
        subgraph: usize,
        definition: &TypeDefinition,
        field: &'a FieldDefinition,
        merged: &Merged,
    ) {
        let mut owners: IndexSet<String> = IndexSet::new();
        for implementation in merged.implementations(&definition.name) {
            owners.insert(implementation.name.to_string());
            let others = implementation
                .interfaces
                .iter()
                .filter(|interface| **interface != definition.name);
            owners.extend(others.map(ToString::to_string));
        }
        for owner in owners {
            let coordinate = format!("{owner}.{}", field.name);
            self.add(coordinate, subgraph, &field.directives);
        }
    }

    fn add(&mut self, coordinate: String, subgraph: usize, directives: &'a [Application]) {
        let restricting = directives.iter().filter(|application| {
            application
                .meaning
                .is_some_and(|meaning| ACCESS.contains(&meaning))
        });
        let mut restricting = restricting
            .map(|application| (subgraph, application))
            .peekable();
        if restricting.peek().is_some() {
            self.access
                .entry(coordinate)
                .or_default()
                .extend(restricting);
        }
    }
}

/// Alternatives, each a set of scopes or policies that must all be met.
pub(super) type Requirement = Vec<Vec<String>>;

/// The requirement of one application.
pub(super) fn requirement(name: &str, arguments: &[Node<Argument>]) -> Requirement {
    let value = arguments.iter().find(|argument| argument.name == name);
    let alternatives = value
        .and_then(|argument| argument.value.as_list())
        .unwrap_or_default();
    alternatives
        .iter()
        .map(|alternative| {
            let names = alternative.as_list().unwrap_or_default();
            names
                .iter()
                .filter_map(|name| name.as_str())
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

/// "And" over alternatives: every way to pick one of each, without those that ask more than another.
pub(super) fn conjunction(requirements: impl IntoIterator<Item = Requirement>) -> Requirement {
    let mut result: Option<Requirement> = None;
    let mut seen: Vec<Requirement> = Vec::new();
    for mut requirement in requirements {
        if requirement.is_empty() {
            requirement.push(Vec::new());
        }
        requirement
            .iter_mut()
            .for_each(|names| names.sort_unstable());
        requirement.sort_unstable();
        if seen.contains(&requirement) {
            continue;
        }
        seen.push(requirement.clone());
        result = Some(match result {
            None => requirement,
            Some(known) => without_subsumed(product(&known, &requirement)),
        });
    }
    result.unwrap_or_default()
}

fn product(left: &Requirement, right: &Requirement) -> Requirement {
    let mut all: IndexSet<Vec<String>> = IndexSet::new();
    for first in left {
        for second in right {
            let mut names = first.clone();
            names.extend(second.iter().filter(|name| !first.contains(name)).cloned());
            names.sort_unstable();
            all.insert(names);
        }
    }
    all.into_iter().collect()
}

fn without_subsumed(mut alternatives: Requirement) -> Requirement {
    alternatives.sort_by_key(Vec::len);
    let mut kept: Requirement = Vec::new();
    for candidate in alternatives {
        let subsumed = kept
            .iter()
            .any(|smaller| smaller.iter().all(|name| candidate.contains(name)));
        if !subsumed {
            kept.push(candidate);
        }
    }
    kept
}

/// The argument of a directive that asks for what all of `found` ask.
pub(super) fn combine_requirements(
    name: &'static str,
    found: &[&Application],
) -> Vec<Node<Argument>> {
    let requirements = found
        .iter()
        .map(|application| requirement(name, &application.node.arguments));
    let list = |values: Vec<Node<Value>>| Node::new(Value::List(values));
    let alternatives = conjunction(requirements)
        .into_iter()
        .map(|names| {
            let names = names.into_iter().map(|name| Node::new(Value::String(name)));
            list(names.collect())
        })
        .collect();
    vec![argument(name, Value::List(alternatives))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(requirements: &[&[&[&str]]], expected: &[&[&str]]) {
        let owned = |alternatives: &[&[&str]]| -> Requirement {
            let names = |names: &&[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            alternatives.iter().map(names).collect()
        };
        let result = conjunction(requirements.iter().map(|requirement| owned(requirement)));
        assert_eq!(result, owned(expected));
    }

    #[test]
    fn requirements_combine_as_and_over_alternatives() {
        check(&[&[&["a"]], &[&["b"]]], &[&["a", "b"]]);
        check(&[&[&["a"], &["b"]], &[&["c"]]], &[&["a", "c"], &["b", "c"]]);
    }

    #[test]
    fn an_alternative_that_asks_more_than_another_is_dropped() {
        check(&[&[&["a"], &["b"]], &[&["a"]]], &[&["a"]]);
    }
}
