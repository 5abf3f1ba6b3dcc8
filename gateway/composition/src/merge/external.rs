//! External fields must look as they do where they are resolved, and must be resolved somewhere.

use weft_diagnostic::{Code, Diagnostic};

use crate::codes::{
    EXTERNAL_ARGUMENT_DEFAULT_MISMATCH, EXTERNAL_ARGUMENT_MISSING, EXTERNAL_ARGUMENT_TYPE_MISMATCH,
    EXTERNAL_MISSING_ON_BASE, EXTERNAL_TYPE_MISMATCH, MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL,
};
use crate::merge::Merging;
use crate::merge::default_value::values_equal;
use crate::merge::merged::{MergedField, MergedInput};
use crate::merge::mismatch::Place;
use crate::merge::sources::FieldSources;
use crate::merge::subtype::{is_strict_subtype, is_subtype};

impl<'a> Merging<'a> {
    /// Whether no subgraph resolves the field, not even through an interface object; then that is reported.
    pub(super) fn is_external_everywhere(
        &mut self,
        type_name: &str,
        coordinate: &str,
        sources: &FieldSources<'a>,
    ) -> bool {
        let Some(first) = sources.present.first() else {
            return false;
        };
        if sources
            .present
            .iter()
            .any(|source| !source.field.is_external())
        {
            return false;
        }
        let name = &first.field.name;
        let abstracted = sources.absent().any(|subgraph| {
            self.abstracting_fields(type_name, name, subgraph)
                .iter()
                .any(|field| !field.is_external())
        });
        if abstracted {
            return false;
        }
        let message = format!("`{coordinate}` is external in every subgraph that has it");
        let error = Diagnostic::error(EXTERNAL_MISSING_ON_BASE, message)
            .with_coordinate(coordinate)
            .with_help(
                "remove `@external` in the subgraph that resolves it, or the field everywhere",
            );
        let places = sources.present.iter().map(|source| {
            Place::new(
                source.subgraph,
                source.field.name.location(),
                "external here",
            )
        });
        let error = self.with_places(error, places);
        self.errors.push(error);
        true
    }

    /// Directives that the supergraph would have say nothing on an external field.
    pub(super) fn check_directives_on_external(
        &mut self,
        coordinate: &str,
        sources: &FieldSources<'a>,
    ) {
        for source in sources
            .present
            .iter()
            .filter(|source| source.field.is_external())
        {
            for application in &source.field.directives {
                let is_custom = self
                    .carried
                    .composed
                    .is_composed(source.subgraph, &application.node.name);
                if is_custom || self.carried.name_of(source.subgraph, application).is_none() {
                    continue;
                }
                let message = format!(
                    "`@{}` has no effect on the external field `{coordinate}`",
                    application.node.name
                );
                let place =
                    Place::new(source.subgraph, application.node.location(), "applied here");
                let error = Diagnostic::error(MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL, message)
                    .with_coordinate(coordinate)
                    .with_help("apply it where the field is resolved");
                let error = self.with_places(error, [place]);
                self.errors.push(error);
            }
        }
    }

    /// Compares external declarations with the merged field.
    pub(super) fn check_external(
        &mut self,
        coordinate: &str,
        sources: &FieldSources<'a>,
        merged: &MergedField,
        all_types_equal: bool,
    ) {
        let external: Vec<_> = sources
            .present
            .iter()
            .filter(|source| source.field.is_external())
            .collect();
        let fits = |ty: &apollo_compiler::ast::Type| {
            merged.ty == *ty
                || (!all_types_equal && is_strict_subtype(&self.merged, &merged.ty, ty))
        };
        if external.iter().any(|source| !fits(&source.field.ty)) {
            let places = sources.present.iter().map(|source| {
                let message = format!("its type is `{}` here", source.field.ty);
                Place::new(source.subgraph, source.field.name.location(), message)
            });
            let places = places.collect();
            let message =
                format!("the external `{coordinate}` has another type than where it is resolved");
            self.report_external(EXTERNAL_TYPE_MISMATCH, coordinate, message, places);
        }
        for argument in merged.arguments.values() {
            self.check_external_argument(coordinate, sources, argument);
        }
    }

    fn check_external_argument(
        &mut self,
        coordinate: &str,
        sources: &FieldSources<'a>,
        merged: &MergedInput,
    ) {
        let name = &merged.name;
        let (mut missing, mut types, mut defaults) = (false, false, false);
        for source in sources
            .present
            .iter()
            .filter(|source| source.field.is_external())
        {
            let Some(argument) = source.field.arguments.get(name) else {
                missing = true;
                continue;
            };
            types |= !is_subtype(&self.merged, &argument.ty, &merged.ty);
            defaults |= match (&merged.default_value, &argument.default_value) {
                (Some(left), Some(right)) => !values_equal(left, right),
                (left, right) => left.is_some() != right.is_some(),
            };
        }
        let full = format!("{coordinate}({name}:)");
        for (wrong, code, problem) in [
            (
                missing,
                EXTERNAL_ARGUMENT_MISSING,
                "is missing where the field is external",
            ),
            (
                types,
                EXTERNAL_ARGUMENT_TYPE_MISMATCH,
                "has another type where the field is external",
            ),
            (
                defaults,
                EXTERNAL_ARGUMENT_DEFAULT_MISMATCH,
                "has another default where the field is external",
            ),
        ] {
            if wrong {
                let message = format!("argument `{full}` {problem}");
                let places = argument_places(sources, name);
                self.report_external(code, &full, message, places);
            }
        }
    }

    fn report_external(
        &mut self,
        code: Code,
        coordinate: &str,
        message: String,
        places: Vec<Place>,
    ) {
        let error = Diagnostic::error(code, message)
            .with_coordinate(coordinate)
            .with_help("declare the external field exactly as it is where it is resolved");
        let error = self.with_places(error, places);
        self.errors.push(error);
    }
}

fn argument_places(sources: &FieldSources<'_>, name: &str) -> Vec<Place> {
    sources
        .present
        .iter()
        .map(|source| match source.field.arguments.get(name) {
            Some(argument) => {
                let default = argument
                    .default_value
                    .as_ref()
                    .map_or(String::new(), |value| format!(" with default `{value}`"));
                let message = format!("`{}`{default} here", argument.ty);
                Place::new(source.subgraph, argument.name.location(), message)
            }
            None => Place::new(
                source.subgraph,
                source.field.name.location(),
                "no such argument here",
            ),
        })
        .collect()
}
