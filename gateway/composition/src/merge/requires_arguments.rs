//! Arguments in `@requires`: the merged field must take them, and must not need others.

use apollo_compiler::ast::Selection;
use weft_diagnostic::Diagnostic;

use crate::codes::REQUIRES_INVALID_FIELDS;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives};
use crate::merge::Merging;
use crate::merge::mismatch::Place;

impl Merging<'_> {
    /// Checks every `@requires` against the merged types.
    pub(super) fn check_requires_arguments(&mut self) {
        let mut errors = Vec::new();
        for (index, subgraph) in self.subgraphs.iter().enumerate() {
            for definition in subgraph.types.values() {
                for field in definition.fields.values() {
                    for requires in field.applications(Federation::Requires) {
                        let Some(fields) = requires.fields() else {
                            continue;
                        };
                        let mut problems = Vec::new();
                        self.argument_problems(
                            &definition.name,
                            fields.selections(),
                            &mut problems,
                        );
                        let coordinate = format!("{}.{}", definition.name, field.name);
                        errors.extend(problems.into_iter().map(|problem| {
                            self.requires_error(index, requires, &coordinate, &problem)
                        }));
                    }
                }
            }
        }
        self.errors.extend(errors);
    }

    fn argument_problems(
        &self,
        parent: &str,
        selections: &[Selection],
        problems: &mut Vec<String>,
    ) {
        let Some(ty) = self.merged.types.get(parent) else {
            return;
        };
        for selection in selections {
            match selection {
                Selection::Field(selected) => {
                    let Some(field) = ty.fields.get(&selected.name) else {
                        continue;
                    };
                    let coordinate = format!("{parent}.{}", selected.name);
                    for argument in &selected.arguments {
                        if !field.arguments.contains_key(&argument.name) {
                            problems.push(format!(
                                "`{coordinate}` does not take argument `{}` in all subgraphs",
                                argument.name
                            ));
                        }
                    }
                    for argument in field.arguments.values() {
                        let required =
                            argument.ty.is_non_null() && argument.default_value.is_none();
                        let given = selected
                            .arguments
                            .iter()
                            .any(|known| known.name == argument.name);
                        if required && !given {
                            problems
                                .push(format!("`{coordinate}` needs argument `{}`", argument.name));
                        }
                    }
                    self.argument_problems(
                        field.ty.inner_named_type(),
                        &selected.selection_set,
                        problems,
                    );
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment
                        .type_condition
                        .as_ref()
                        .map_or(parent, |name| name.as_str());
                    self.argument_problems(on, &fragment.selection_set, problems);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn requires_error(
        &self,
        subgraph: usize,
        requires: &Application,
        coordinate: &str,
        problem: &str,
    ) -> Diagnostic {
        let message = format!("what `{coordinate}` requires cannot be fetched: {problem}");
        let error = Diagnostic::error(REQUIRES_INVALID_FIELDS, message)
            .with_coordinate(coordinate)
            .with_help("declare the argument alike wherever the required field is resolved");
        let place = Place::new(subgraph, requires.node.location(), "required here");
        self.with_places(error, [place])
    }
}
