//! Merges input objects: the fields that all subgraphs accept.

use apollo_compiler::Name;
use indexmap::IndexSet;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::{
    EMPTY_MERGED_INPUT_TYPE, INCONSISTENT_INPUT_OBJECT_FIELD,
    REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::InputValue;
use crate::merge::Merging;
use crate::merge::argument::is_required;
use crate::merge::default_value::InputPlace;
use crate::merge::join::{argument, directive};
use crate::merge::merged::MergedInput;
use crate::merge::mismatch::Place;
use crate::merge::sources::TypeSource;

impl Merging<'_> {
    /// Merges an input object.
    pub(super) fn merge_input(&mut self, name: &Name) {
        self.merge_type_head(name);
        let sources = self.type_sources(name);
        let names: IndexSet<&Name> = sources
            .iter()
            .flat_map(|(_, source)| source.input_fields.keys())
            .collect();
        for field in names {
            let merged = self.merge_input_field(name, field, &sources);
            if let (Some(merged), Some(ty)) = (merged, self.merged.types.get_mut(name)) {
                ty.input_fields.insert(Name::new_unchecked(field), merged);
            }
        }
        let is_empty = self
            .merged
            .types
            .get(name)
            .is_some_and(|ty| ty.input_fields.is_empty());
        if is_empty {
            let message =
                format!("no field of the input object `{name}` is in all subgraphs that define it");
            let error = Diagnostic::error(EMPTY_MERGED_INPUT_TYPE, message)
                .with_coordinate(name.as_str())
                .with_help("give all subgraphs a field in common");
            let places = sources.iter().map(|(subgraph, source)| {
                Place::new(*subgraph, source.written.location(), "defined here")
            });
            let error = self.with_places(error, places);
            self.errors.push(error);
        }
    }

    fn merge_input_field(
        &mut self,
        name: &Name,
        field: &Name,
        sources: &[TypeSource<'_>],
    ) -> Option<MergedInput> {
        let coordinate = format!("{name}.{field}");
        let present: Vec<(usize, &InputValue)> = sources
            .iter()
            .filter_map(|(subgraph, source)| Some((*subgraph, source.input_fields.get(field)?)))
            .collect();
        let (mut merged, all_equal) =
            self.merge_input_value(&coordinate, field, &present, InputPlace::InputField)?;
        let is_partial = present.len() < sources.len();
        if is_partial && !self.is_inaccessible(&merged) {
            self.report_partial_field(&coordinate, field, sources);
            return None;
        }
        if is_partial || !all_equal {
            let joined = present.iter().map(|(subgraph, input)| {
                let mut arguments = vec![self.graph_argument(*subgraph)];
                if !all_equal {
                    let ty = apollo_compiler::ast::Value::String(input.ty.to_string());
                    arguments.push(argument("type", ty));
                }
                directive("join__field", arguments)
            });
            let carried = std::mem::take(&mut merged.directives);
            merged.directives = joined.chain(carried).collect();
        }
        Some(merged)
    }

    fn is_inaccessible(&self, input: &MergedInput) -> bool {
        self.carried
            .name(Federation::Inaccessible)
            .is_some_and(|name| {
                input
                    .directives
                    .iter()
                    .any(|directive| directive.name == *name)
            })
    }

    fn report_partial_field(&mut self, coordinate: &str, field: &Name, sources: &[TypeSource<'_>]) {
        let required = sources
            .iter()
            .any(|(_, source)| source.input_fields.get(field).is_some_and(is_required));
        let places =
            sources
                .iter()
                .map(|(subgraph, source)| match source.input_fields.get(field) {
                    Some(input) => {
                        let need = if is_required(input) {
                            "required"
                        } else {
                            "optional"
                        };
                        Place::new(*subgraph, input.name.location(), format!("{need} here"))
                    }
                    None => Place::new(*subgraph, source.written.location(), "not a field here"),
                });
        if required {
            let message = format!(
                "input field `{coordinate}` is required in some subgraphs and missing in others"
            );
            let code = REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH;
            let error = Diagnostic::error(code, message)
                .with_coordinate(coordinate)
                .with_help("add it everywhere, or make it optional");
            let error = self.with_places(error, places);
            self.errors.push(error);
        } else {
            let message = format!(
                "input field `{coordinate}` is not in the supergraph, as only some subgraphs accept it"
            );
            let hint = Diagnostic::new(INCONSISTENT_INPUT_OBJECT_FIELD, Severity::Warning, message)
                .with_coordinate(coordinate)
                .with_help("add it everywhere");
            let hint = self.with_places(hint, places);
            self.hints.push(hint);
        }
    }
}
