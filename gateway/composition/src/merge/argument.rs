//! Merges the arguments of a field or a directive: those that all subgraphs have.

use apollo_compiler::Name;
use indexmap::{IndexMap, IndexSet};
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::{
    CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS, INCONSISTENT_ARGUMENT_PRESENCE,
    REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, InputValue};
use crate::merge::Merging;
use crate::merge::default_value::InputPlace;
use crate::merge::merged::MergedInput;
use crate::merge::mismatch::Place;
use crate::merge::type_reference::{Position, TypeUse};

/// The arguments in one subgraph, with the name of what has them.
pub(super) type Arguments<'b> = (usize, &'b Name, &'b IndexMap<Name, InputValue>);

impl Merging<'_> {
    /// The arguments of `coordinate`.
    pub(super) fn merge_arguments(
        &mut self,
        coordinate: &str,
        sources: &[Arguments<'_>],
    ) -> IndexMap<Name, MergedInput> {
        let names: IndexSet<&Name> = sources
            .iter()
            .flat_map(|(_, _, arguments)| arguments.keys())
            .collect();
        let mut merged = IndexMap::new();
        for name in names {
            let full = format!("{coordinate}({name}:)");
            let present: Vec<(usize, &InputValue)> = sources
                .iter()
                .filter_map(|(subgraph, _, arguments)| Some((*subgraph, arguments.get(name)?)))
                .collect();
            if present
                .iter()
                .any(|(_, argument)| argument.has(Federation::FromContext))
            {
                self.check_contextual(&full, &present);
            } else if present.len() < sources.len() {
                self.report_absent_argument(&full, name, sources, &present);
            } else {
                let argument = self.merge_input_value(&full, name, &present, InputPlace::Argument);
                merged.extend(argument.map(|(input, _)| (Name::new_unchecked(name), input)));
            }
        }
        merged
    }

    /// Merges an argument or an input field that all sources have; also says whether all types are equal.
    pub(super) fn merge_input_value(
        &mut self,
        coordinate: &str,
        name: &Name,
        sources: &[(usize, &InputValue)],
        place: InputPlace,
    ) -> Option<(MergedInput, bool)> {
        let descriptions: Vec<_> = sources
            .iter()
            .map(|(subgraph, input)| (*subgraph, input.description.as_ref()))
            .collect();
        let applied: Vec<_> = sources
            .iter()
            .map(|(subgraph, input)| (*subgraph, input.directives.as_slice()))
            .collect();
        let uses: Vec<TypeUse<'_>> = sources
            .iter()
            .map(|(subgraph, input)| TypeUse {
                subgraph: *subgraph,
                name: &input.name,
                ty: &input.ty,
            })
            .collect();
        let position = match place {
            InputPlace::Argument => Position::Argument,
            InputPlace::InputField => Position::InputField,
        };
        let description = self.merge_description(coordinate, &descriptions);
        let directives = self.merge_applications(coordinate, &applied);
        let reference = self.merge_type_reference(coordinate, &uses, position)?;
        let input = MergedInput {
            name: Name::new_unchecked(name),
            description,
            ty: reference.ty,
            default_value: self.merge_default_value(coordinate, sources, place),
            directives,
        };
        Some((input, reference.all_equal))
    }

    fn report_absent_argument(
        &mut self,
        coordinate: &str,
        name: &Name,
        sources: &[Arguments<'_>],
        present: &[(usize, &InputValue)],
    ) {
        let places = sources
            .iter()
            .map(|(subgraph, owner, arguments)| match arguments.get(name) {
                Some(argument) => {
                    let need = if is_required(argument) {
                        "required"
                    } else {
                        "optional"
                    };
                    Place::new(*subgraph, argument.name.location(), format!("{need} here"))
                }
                None => Place::new(*subgraph, owner.location(), "no such argument here"),
            });
        let required = present.iter().any(|(_, argument)| is_required(argument));
        if required {
            let message = format!(
                "argument `{coordinate}` is required in some subgraphs and missing in others"
            );
            let error = Diagnostic::error(REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH, message)
                .with_coordinate(coordinate)
                .with_help("add it everywhere, or make it optional");
            let error = self.with_places(error, places);
            self.errors.push(error);
        } else {
            let message = format!(
                "argument `{coordinate}` is not in the supergraph, as only some subgraphs have it"
            );
            let hint = Diagnostic::new(INCONSISTENT_ARGUMENT_PRESENCE, Severity::Warning, message)
                .with_coordinate(coordinate)
                .with_help("add it everywhere");
            let hint = self.with_places(hint, places);
            self.hints.push(hint);
        }
    }

    /// An argument that is filled from a context is not for clients; elsewhere it must be possible to leave it out.
    fn check_contextual(&mut self, coordinate: &str, present: &[(usize, &InputValue)]) {
        for (subgraph, argument) in present {
            if argument.has(Federation::FromContext) {
                continue;
            }
            let message = format!(
                "argument `{coordinate}` comes from a context in another subgraph, so clients cannot give it"
            );
            let severity = if is_required(argument) {
                Severity::Error
            } else {
                Severity::Info
            };
            let place = Place::new(
                *subgraph,
                argument.name.location(),
                "not from a context here",
            );
            let code = CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS;
            let finding = Diagnostic::new(code, severity, message)
                .with_coordinate(coordinate)
                .with_help("use `@fromContext` here too, or make it optional");
            let finding = self.with_places(finding, [place]);
            match severity {
                Severity::Error => self.errors.push(finding),
                _ => self.hints.push(finding),
            }
        }
    }
}

/// Whether a value must be given.
pub(super) fn is_required(input: &InputValue) -> bool {
    input.ty.is_non_null() && input.default_value.is_none()
}
