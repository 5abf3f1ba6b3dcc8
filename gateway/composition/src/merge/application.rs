//! Merges the directives that subgraphs apply to one element.
//!
//! A repeatable directive is kept once per set of arguments. Of a non-repeatable one with several sets of arguments,
//! cost and access arguments are combined, and otherwise the most frequent set wins.

use apollo_compiler::ast::{Argument, Directive, Value};
use apollo_compiler::{Name, Node};
use indexmap::IndexSet;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::{
    INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS, MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::Application;
use crate::merge::Merging;
use crate::merge::access_control::combine_requirements;
use crate::merge::default_value::values_equal;
use crate::merge::mismatch::Place;

/// The directives of an element in one subgraph.
pub(super) type Applied<'b> = (usize, &'b [Application]);

impl Merging<'_> {
    /// The directives of `coordinate` in the supergraph, access requirements from elsewhere included.
    pub(super) fn merge_applications(
        &mut self,
        coordinate: &str,
        sources: &[Applied<'_>],
    ) -> Vec<Node<Directive>> {
        let mut names: IndexSet<Name> = IndexSet::new();
        for (subgraph, applications) in sources {
            for application in *applications {
                names.extend(self.carried.name_of(*subgraph, application));
            }
        }
        let additional = self
            .carried
            .access
            .get(coordinate)
            .cloned()
            .unwrap_or_default();
        for (_, application) in &additional {
            let meaning = application.meaning;
            names.extend(
                meaning
                    .and_then(|meaning| self.carried.name(meaning))
                    .cloned(),
            );
        }
        let mut merged = Vec::new();
        for name in names {
            let mut found: Vec<(usize, &Application)> = sources
                .iter()
                .flat_map(|(subgraph, applications)| {
                    applications
                        .iter()
                        .map(move |application| (*subgraph, application))
                })
                .chain(additional.iter().copied())
                .filter(|(_, application)| self.is_named(application, &name))
                .collect();
            if self.carried.is_repeatable(&name) {
                merged.extend(self.merge_repeatable(&name, &found));
            } else {
                found.dedup_by(|left, right| std::ptr::eq(left.1, right.1));
                merged.push(self.merge_single(coordinate, &name, &found));
            }
        }
        merged
    }

    fn is_named(&self, application: &Application, name: &Name) -> bool {
        match application.meaning {
            Some(meaning) => self.carried.name(meaning) == Some(name),
            None => application.node.name == *name,
        }
    }

    fn merge_repeatable(
        &self,
        name: &Name,
        found: &[(usize, &Application)],
    ) -> Vec<Node<Directive>> {
        let mut kept: Vec<(usize, &Application)> = Vec::new();
        for (subgraph, application) in found {
            let known = kept
                .iter()
                .any(|(_, other)| self.same_arguments(name, application, other));
            if !known {
                kept.push((*subgraph, application));
            }
        }
        kept.into_iter()
            .map(|(subgraph, application)| self.carried_directive(name, subgraph, application))
            .collect()
    }

    /// The application under its name in the supergraph; a context also gets its subgraph's name.
    fn carried_directive(
        &self,
        name: &Name,
        subgraph: usize,
        application: &Application,
    ) -> Node<Directive> {
        let mut arguments = application.node.arguments.clone();
        if application.meaning == Some(Federation::Context) {
            let context = application.string_argument("name").unwrap_or_default();
            let full = format!("{}__{context}", self.subgraphs[subgraph].name);
            arguments = vec![argument("name", Value::String(full))];
        }
        Node::new(Directive {
            name: name.clone(),
            arguments,
        })
    }

    fn merge_single(
        &mut self,
        coordinate: &str,
        name: &Name,
        found: &[(usize, &Application)],
    ) -> Node<Directive> {
        let mut different: Vec<(usize, &Application, usize)> = Vec::new();
        for (subgraph, application) in found {
            let known = different
                .iter_mut()
                .find(|(_, other, _)| self.same_arguments(name, application, other));
            match known {
                Some((_, _, count)) => *count += 1,
                None => different.push((*subgraph, application, 1)),
            }
        }
        let most = different
            .iter()
            .rev()
            .max_by_key(|(_, _, count)| *count)
            .copied();
        let Some((subgraph, application, _)) = most else {
            return Node::new(Directive {
                name: name.clone(),
                arguments: Vec::new(),
            });
        };
        if different.len() == 1 {
            return self.carried_directive(name, subgraph, application);
        }
        let applications: Vec<&Application> =
            different.iter().map(|(_, other, _)| *other).collect();
        match combine(application.meaning, &applications) {
            Some(arguments) => {
                self.hint_on_combined(coordinate, name, found);
                Node::new(Directive {
                    name: name.clone(),
                    arguments,
                })
            }
            None => {
                self.hint_on_chosen(coordinate, name, found);
                self.carried_directive(name, subgraph, application)
            }
        }
    }

    fn hint_on_combined(&mut self, coordinate: &str, name: &Name, found: &[(usize, &Application)]) {
        let message =
            format!("`@{name}` on `{coordinate}` has different arguments, which are combined");
        let hint = Diagnostic::new(
            MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS,
            Severity::Info,
            message,
        )
        .with_coordinate(coordinate);
        let hint = self.with_places(hint, places(found));
        self.hints.push(hint);
    }

    fn hint_on_chosen(&mut self, coordinate: &str, name: &Name, found: &[(usize, &Application)]) {
        let message = format!(
            "`@{name}` on `{coordinate}` has different arguments, and the supergraph keeps the most frequent"
        );
        let hint = Diagnostic::new(
            INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS,
            Severity::Warning,
            message,
        )
        .with_coordinate(coordinate);
        let hint = self.with_places(hint, places(found));
        self.hints
            .push(hint.with_help("apply it alike in all subgraphs"));
    }

    fn same_arguments(&self, name: &str, left: &Application, right: &Application) -> bool {
        let mut names: IndexSet<&Name> = IndexSet::new();
        for application in [left, right] {
            names.extend(
                application
                    .node
                    .arguments
                    .iter()
                    .map(|argument| &argument.name),
            );
        }
        names.into_iter().all(|argument| {
            let values = [left, right].map(|application| {
                application
                    .argument(argument)
                    .map(|value| value.as_ref().clone())
                    .or_else(|| self.default_of(name, argument))
            });
            match values {
                [Some(left), Some(right)] => values_equal(&left, &right),
                [left, right] => left == right,
            }
        })
    }

    fn default_of(&self, directive: &str, argument: &str) -> Option<Value> {
        match (self.carried.meaning(directive), directive, argument) {
            (Some(Federation::ListSize), _, "requireOneSlicingArgument") => {
                Some(Value::Boolean(true))
            }
            (None, "deprecated", "reason") => Some(Value::String("No longer supported".to_owned())),
            _ => {
                let definition = self.carried.definition(directive)?;
                let argument = definition.argument_by_name(argument)?;
                argument
                    .default_value
                    .as_ref()
                    .map(|value| value.as_ref().clone())
            }
        }
    }
}

fn places(found: &[(usize, &Application)]) -> Vec<Place> {
    found
        .iter()
        .map(|(subgraph, application)| {
            let message = format!("`{}` here", application.node);
            Place::new(*subgraph, application.node.location(), message)
        })
        .collect()
}

/// A directive's argument.
pub(super) fn argument(name: &'static str, value: Value) -> Node<Argument> {
    Node::new(Argument {
        name: Name::new_static_unchecked(name),
        value: Node::new(value),
    })
}

/// The arguments of several applications in one, for the directives that combine.
fn combine(meaning: Option<Federation>, found: &[&Application]) -> Option<Vec<Node<Argument>>> {
    match meaning? {
        Federation::Cost => {
            let weight = integers(found, "weight").max()?;
            Some(vec![argument("weight", Value::Int(weight.into()))])
        }
        Federation::ListSize => Some(combine_list_sizes(found)),
        Federation::RequiresScopes => Some(combine_requirements("scopes", found)),
        Federation::Policy => Some(combine_requirements("policies", found)),
        _ => None,
    }
}

fn integers<'b>(found: &'b [&Application], name: &'b str) -> impl Iterator<Item = i32> {
    found
        .iter()
        .filter_map(move |application| application.argument(name)?.to_i32())
}

/// The largest size, all slicing arguments and sized fields, one slicing argument required only if all require it.
fn combine_list_sizes(found: &[&Application]) -> Vec<Node<Argument>> {
    let mut arguments = Vec::new();
    if let Some(size) = integers(found, "assumedSize").max() {
        arguments.push(argument("assumedSize", Value::Int(size.into())));
    }
    for name in ["slicingArguments", "sizedFields"] {
        let mut names: IndexSet<String> = IndexSet::new();
        let lists = found
            .iter()
            .filter_map(|application| application.argument(name)?.as_list());
        let mut given = false;
        for list in lists {
            given = true;
            names.extend(
                list.iter()
                    .filter_map(|value| value.as_str())
                    .map(str::to_owned),
            );
        }
        if given {
            let values = names.into_iter().map(|name| Node::new(Value::String(name)));
            arguments.push(argument(name, Value::List(values.collect())));
        }
    }
    let all_require = found.iter().all(|application| {
        application
            .bool_argument("requireOneSlicingArgument")
            .unwrap_or(true)
    });
    arguments.push(argument(
        "requireOneSlicingArgument",
        Value::Boolean(all_require),
    ));
    arguments
}
