//! Merges enums: values united where the enum is only returned, intersected where it is only accepted, and alike in
//! all subgraphs where it is both.

use apollo_compiler::Name;
use indexmap::IndexSet;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::{
    EMPTY_MERGED_ENUM_TYPE, ENUM_VALUE_MISMATCH, INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM,
    INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM, UNUSED_ENUM_TYPE,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{EnumValue, TypeKind};
use crate::merge::Merging;
use crate::merge::join::directive;
use crate::merge::merged::MergedValue;
use crate::merge::mismatch::Place;
use crate::merge::sources::TypeSource;
use crate::merge::type_reference::{Position, TypeUse};

/// Where an enum is used, with one example for each side.
#[derive(Debug, Clone, Default)]
pub(super) struct EnumUsage {
    input: Option<UsageExample>,
    output: Option<UsageExample>,
}

#[derive(Debug, Clone)]
struct UsageExample {
    coordinate: String,
    subgraph: usize,
    location: Option<apollo_compiler::parser::SourceSpan>,
}

impl Merging<'_> {
    /// Remembers that the type `ty`, when it is an enum, is used at `coordinate`.
    pub(super) fn note_enum_usage(
        &mut self,
        coordinate: &str,
        uses: &[TypeUse<'_>],
        ty: &apollo_compiler::ast::Type,
        position: Position,
    ) {
        let name = ty.inner_named_type();
        let is_enum = |found: &crate::merge::MergedType| found.kind == TypeKind::Enum;
        if !self.merged.types.get(name).is_some_and(is_enum) {
            return;
        }
        let usage = self.enum_usages.entry(name.clone()).or_default();
        let side = if position.is_input() {
            &mut usage.input
        } else {
            &mut usage.output
        };
        if let (None, Some(first)) = (&side, uses.first()) {
            *side = Some(UsageExample {
                coordinate: coordinate.to_owned(),
                subgraph: first.subgraph,
                location: first.name.location(),
            });
        }
    }

    /// Merges an enum; all its uses are known.
    pub(super) fn merge_enum(&mut self, name: &Name) {
        self.merge_type_head(name);
        let sources = self.type_sources(name);
        let usage = self.enum_usages.get(name).cloned().unwrap_or_default();
        if usage.input.is_none() && usage.output.is_none() {
            self.hint_on_unused(name, &sources);
        }
        let names: IndexSet<&Name> = sources
            .iter()
            .flat_map(|(_, source)| source.values.keys())
            .collect();
        for value in names {
            let merged = self.merge_enum_value(name, value, &sources, &usage);
            if let (Some(merged), Some(ty)) = (merged, self.merged.types.get_mut(name)) {
                ty.values.insert(Name::new_unchecked(value), merged);
            }
        }
        let is_empty = self
            .merged
            .types
            .get(name)
            .is_some_and(|ty| ty.values.is_empty());
        if is_empty {
            let message =
                format!("no value of the enum `{name}` is in all subgraphs that define it");
            let error = Diagnostic::error(EMPTY_MERGED_ENUM_TYPE, message)
                .with_coordinate(name.as_str())
                .with_help("an enum that is accepted has the values that all subgraphs know: give them one in common");
            let error = self.with_places(error, type_places(&sources));
            self.errors.push(error);
        }
    }

    fn merge_enum_value(
        &mut self,
        name: &Name,
        value: &Name,
        sources: &[TypeSource<'_>],
        usage: &EnumUsage,
    ) -> Option<MergedValue> {
        let coordinate = format!("{name}.{value}");
        let present: Vec<(usize, &EnumValue)> = sources
            .iter()
            .filter_map(|(subgraph, source)| Some((*subgraph, source.values.get(value)?)))
            .collect();
        let descriptions: Vec<_> = present
            .iter()
            .map(|(subgraph, value)| (*subgraph, value.description.as_ref()))
            .collect();
        let description = self.merge_description(&coordinate, &descriptions);
        let applied: Vec<_> = present
            .iter()
            .map(|(subgraph, value)| (*subgraph, value.directives.as_slice()))
            .collect();
        let mut directives: Vec<_> = present
            .iter()
            .map(|(subgraph, _)| directive("join__enumValue", vec![self.graph_argument(*subgraph)]))
            .collect();
        directives.extend(self.merge_applications(&coordinate, &applied));
        if present.len() < sources.len() {
            let inaccessible = self
                .carried
                .name(Federation::Inaccessible)
                .is_some_and(|name| directives.iter().any(|directive| directive.name == *name));
            if !self.check_partial_value(&coordinate, value, sources, usage, inaccessible) {
                return None;
            }
        }
        Some(MergedValue {
            name: Name::new_unchecked(value),
            description,
            directives,
        })
    }

    /// What follows for a value that some subgraphs lack; `false` when it goes.
    fn check_partial_value(
        &mut self,
        coordinate: &str,
        value: &Name,
        sources: &[TypeSource<'_>],
        usage: &EnumUsage,
        inaccessible: bool,
    ) -> bool {
        let places = value_places(value, sources);
        match (&usage.input, &usage.output) {
            (None, _) => {
                let message = format!("`{coordinate}` is in some subgraphs only");
                let code = INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM;
                let hint =
                    Diagnostic::new(code, Severity::Debug, message).with_coordinate(coordinate);
                let hint = self.with_places(hint, places);
                self.hints.push(hint);
                true
            }
            _ if inaccessible => true,
            (Some(_), None) => {
                let message = format!(
                    "`{coordinate}` is not in the supergraph, as only some subgraphs accept it"
                );
                let code = INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM;
                let hint = Diagnostic::new(code, Severity::Warning, message)
                    .with_coordinate(coordinate)
                    .with_help("add it to the enum in all subgraphs");
                let hint = self.with_places(hint, places);
                self.hints.push(hint);
                false
            }
            (Some(input), Some(output)) => {
                let message = format!(
                    "`{coordinate}` is in some subgraphs only, and the enum is both accepted (`{}`) and returned (`{}`)",
                    input.coordinate, output.coordinate
                );
                let error = Diagnostic::error(ENUM_VALUE_MISMATCH, message)
                    .with_coordinate(coordinate)
                    .with_help("add it to the enum in all subgraphs, or mark it `@inaccessible` until it is everywhere");
                let examples = [(input, "accepted here"), (output, "returned here")]
                    .map(|(example, what)| Place::new(example.subgraph, example.location, what));
                let error = self.with_places(error, places.into_iter().chain(examples));
                self.errors.push(error);
                true
            }
        }
    }

    fn hint_on_unused(&mut self, name: &Name, sources: &[TypeSource<'_>]) {
        let message = format!("the enum `{name}` is used by no field or argument");
        let hint = Diagnostic::new(UNUSED_ENUM_TYPE, Severity::Debug, message)
            .with_coordinate(name.as_str());
        let hint = self.with_places(hint, type_places(sources));
        self.hints.push(hint);
    }
}

fn type_places(sources: &[TypeSource<'_>]) -> Vec<Place> {
    sources
        .iter()
        .map(|(subgraph, source)| Place::new(*subgraph, source.written.location(), "defined here"))
        .collect()
}

fn value_places(value: &Name, sources: &[TypeSource<'_>]) -> Vec<Place> {
    sources
        .iter()
        .map(|(subgraph, source)| match source.values.get(value) {
            Some(known) => Place::new(*subgraph, known.name.location(), "a value here"),
            None => Place::new(*subgraph, source.written.location(), "not a value here"),
        })
        .collect()
}
