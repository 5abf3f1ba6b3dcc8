//! Merges directive definitions: composed ones as they are, executable ones by intersection.

use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation, InputValueDefinition};
use apollo_compiler::{Name, Node};
use indexmap::IndexSet;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::codes::{
    INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS, INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE,
    INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE, NO_EXECUTABLE_DIRECTIVE_INTERSECTION,
};
use crate::merge::Merging;
use crate::merge::merged::MergedInput;
use crate::merge::mismatch::Place;

type Definition = Node<DirectiveDefinition>;

impl<'a> Merging<'a> {
    /// Merges all directive definitions that go into the supergraph.
    pub(super) fn merge_directive_definitions(&mut self) {
        let composed: Vec<DirectiveDefinition> =
            self.carried.composed.definitions().cloned().collect();
        let mut definitions: Vec<_> = composed
            .into_iter()
            .map(without_foreign_directives)
            .collect();
        let mut names: IndexSet<&'a Name> = IndexSet::new();
        for subgraph in self.subgraphs {
            let executable = subgraph
                .directive_definitions
                .values()
                .filter(|definition| {
                    definition
                        .locations
                        .iter()
                        .any(|location| is_executable(*location))
                });
            names.extend(executable.map(|definition| &definition.name));
        }
        for name in names {
            if self.carried.definition(name).is_none() {
                definitions.extend(self.merge_executable(name));
            }
        }
        self.merged.directive_definitions = definitions;
    }

    fn merge_executable(&mut self, name: &Name) -> Option<DirectiveDefinition> {
        let sources: Vec<(usize, &'a Definition)> = self
            .subgraphs
            .iter()
            .enumerate()
            .filter_map(|(index, subgraph)| {
                Some((index, subgraph.directive_definitions.get(name)?))
            })
            .collect();
        if sources.len() < self.subgraphs.len() {
            self.hint_on_absence(name, &sources);
            return None;
        }
        let locations = self.merge_locations(name, &sources)?;
        let repeatable = sources.iter().all(|(_, definition)| definition.repeatable);
        if !repeatable && sources.iter().any(|(_, definition)| definition.repeatable) {
            let problem = "is not repeatable in the supergraph, as it is in some subgraphs only";
            self.hint_on_directive(
                INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE,
                name,
                problem,
                &sources,
            );
        }
        let descriptions: Vec<_> = sources
            .iter()
            .map(|(index, definition)| (*index, definition.description.as_ref()))
            .collect();
        let coordinate = format!("@{name}");
        let description = self.merge_description(&coordinate, &descriptions);
        let arguments: Vec<_> = sources
            .iter()
            .filter_map(|(index, definition)| {
                let arguments = self.subgraphs[*index].directive_arguments.get(name)?;
                Some((*index, &definition.name, arguments))
            })
            .collect();
        let merged = self.merge_arguments(&coordinate, &arguments);
        Some(DirectiveDefinition {
            description,
            name: Name::new_unchecked(name),
            arguments: merged
                .into_values()
                .map(|input| Node::new(definition_of(input)))
                .collect(),
            repeatable,
            locations,
        })
    }

    /// Says why a directive that some subgraphs lack is left out: that, or that those that have it share no location.
    fn hint_on_absence(&mut self, name: &Name, sources: &[(usize, &'a Definition)]) {
        let first_without = (0..self.subgraphs.len())
            .find(|index| !sources.iter().any(|(known, _)| known == index));
        let before: Vec<_> = sources
            .iter()
            .filter(|(index, _)| first_without.is_some_and(|first| *index < first))
            .collect();
        let shared = before
            .iter()
            .map(|(_, definition)| executable_locations(definition))
            .reduce(|left, right| left.intersection(&right).copied().collect());
        let (code, problem) = match shared {
            Some(shared) if shared.is_empty() => (
                NO_EXECUTABLE_DIRECTIVE_INTERSECTION,
                "is not in the supergraph, as no location is common to all subgraphs",
            ),
            _ => (
                INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE,
                "is not in the supergraph, as only some subgraphs define it",
            ),
        };
        self.hint_on_directive(code, name, problem, sources);
    }

    /// The executable locations that all have; `None` when there is none.
    fn merge_locations(
        &mut self,
        name: &Name,
        sources: &[(usize, &'a Definition)],
    ) -> Option<Vec<DirectiveLocation>> {
        let (_, first) = sources.first()?;
        let mut common = executable_locations(first);
        let mut differ = false;
        for (_, definition) in &sources[1..] {
            let other = executable_locations(definition);
            differ |= other.len() != common.len()
                || !other.iter().all(|location| common.contains(location));
            common.retain(|location| other.contains(location));
        }
        if common.is_empty() {
            let problem = "is not in the supergraph, as no location is common to all subgraphs";
            self.hint_on_directive(NO_EXECUTABLE_DIRECTIVE_INTERSECTION, name, problem, sources);
            return None;
        }
        if differ {
            let problem =
                "has the locations in the supergraph that all subgraphs give it, and more in some";
            self.hint_on_directive(
                INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS,
                name,
                problem,
                sources,
            );
        }
        common.sort_unstable_by_key(|location| location.name());
        Some(common.into_iter().collect())
    }

    fn hint_on_directive(
        &mut self,
        code: Code,
        name: &Name,
        problem: &str,
        sources: &[(usize, &'a Definition)],
    ) {
        let hint = Diagnostic::new(
            code,
            Severity::Warning,
            format!("the directive `@{name}` {problem}"),
        )
        .with_coordinate(format!("@{name}"))
        .with_help("define it alike in all subgraphs");
        let places = sources.iter().map(|(index, definition)| {
            Place::new(*index, definition.name.location(), "defined here")
        });
        let hint = self.with_places(hint, places);
        self.hints.push(hint);
    }
}

fn executable_locations(definition: &DirectiveDefinition) -> IndexSet<DirectiveLocation> {
    let all = definition.locations.iter().copied();
    all.filter(|location| is_executable(*location)).collect()
}

fn is_executable(location: DirectiveLocation) -> bool {
    use DirectiveLocation as L;
    matches!(
        location,
        L::Query
            | L::Mutation
            | L::Subscription
            | L::Field
            | L::FragmentDefinition
            | L::FragmentSpread
            | L::InlineFragment
            | L::VariableDefinition
    )
}

/// A merged argument as the document has it.
pub(super) fn definition_of(input: MergedInput) -> InputValueDefinition {
    InputValueDefinition {
        description: input.description,
        name: input.name,
        ty: Node::new(input.ty),
        default_value: input.default_value,
        directives: input.directives.into_iter().collect(),
    }
}

/// A composed definition's arguments keep only what the supergraph can define.
fn without_foreign_directives(mut definition: DirectiveDefinition) -> DirectiveDefinition {
    for argument in &mut definition.arguments {
        if !argument.directives.is_empty() {
            argument
                .make_mut()
                .directives
                .retain(|directive| directive.name == "deprecated");
        }
    }
    definition
}
