//! Merges object types: the fields of all subgraphs, united.

use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::codes::{
    INCONSISTENT_ENTITY, INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD,
    INCONSISTENT_OBJECT_VALUE_TYPE_FIELD,
};
use crate::ingest::subgraph::{FieldDefinition, TypeKind};
use crate::merge::Merging;
use crate::merge::mismatch::Place;
use crate::merge::sources::TypeSource;

impl<'a> Merging<'a> {
    /// Merges an object type; one without fields goes.
    pub(super) fn merge_object(&mut self, name: &Name) {
        self.merge_type_head(name);
        let sources = self.type_sources(name);
        let is_entity = sources.iter().any(|(_, source)| source.is_entity());
        self.hint_on_entity(name, &sources);
        let root = self.root_of(name);
        let fields = self.field_sources(name, &sources);
        if fields.is_empty() {
            self.merged.types.shift_remove(name);
            return;
        }
        for (field_name, field_sources) in &fields {
            let coordinate = format!("{name}.{field_name}");
            if !is_entity && root.is_none() {
                let code = INCONSISTENT_OBJECT_VALUE_TYPE_FIELD;
                self.hint_on_partial_field(code, name, field_name, &sources);
            }
            let overrides = self.overrides(&coordinate, field_sources);
            if root == Some(OperationType::Subscription) {
                self.check_subscription(&coordinate, field_sources);
            }
            let merged = self.merge_field(name, field_name, field_sources, &overrides);
            if let (Some(merged), Some(ty)) = (merged, self.merged.types.get_mut(name)) {
                ty.fields.insert(Name::new_unchecked(field_name), merged);
            }
            self.check_sharing(name, field_name, field_sources, &overrides);
        }
    }

    /// The fields of interface objects through which `subgraph` resolves a field of a type that it does not define.
    pub(super) fn abstracting_fields(
        &self,
        type_name: &str,
        field_name: &str,
        subgraph: usize,
    ) -> Vec<&'a FieldDefinition> {
        let types = &self.subgraphs[subgraph].types;
        let Some(merged) = self
            .merged
            .types
            .get(type_name)
            .filter(|ty| ty.kind == TypeKind::Object && !types.contains_key(type_name))
        else {
            return Vec::new();
        };
        merged
            .interfaces
            .iter()
            .filter_map(|interface| {
                let object = types
                    .get(interface)
                    .filter(|ty| ty.kind == TypeKind::Object)?;
                object.fields.get(field_name)
            })
            .collect()
    }

    fn hint_on_entity(&mut self, name: &Name, sources: &[TypeSource<'_>]) {
        let entities = sources
            .iter()
            .filter(|(_, source)| source.is_entity())
            .count();
        if entities == 0 || entities == sources.len() {
            return;
        }
        let message = format!("`{name}` has a `@key` in some subgraphs only");
        let hint = Diagnostic::new(INCONSISTENT_ENTITY, Severity::Info, message)
            .with_coordinate(name.as_str());
        let places = sources.iter().map(|(subgraph, source)| {
            let verdict = if source.is_entity() {
                "with a key here"
            } else {
                "no key here"
            };
            Place::new(*subgraph, source.written.location(), verdict)
        });
        let hint = self.with_places(hint, places);
        self.hints.push(
            hint.with_help("give it a key everywhere, so that every subgraph can be entered"),
        );
    }

    /// A value type that lacks the field in some subgraph.
    pub(super) fn hint_on_partial_field(
        &mut self,
        code: Code,
        name: &Name,
        field_name: &Name,
        sources: &[TypeSource<'_>],
    ) {
        let is_interface = code == INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD;
        let lacks = |source: &TypeSource<'_>| {
            let ty = source.1;
            !ty.is_interface_object()
                && !ty.fields.contains_key(field_name)
                && !ty.fields.values().all(FieldDefinition::is_external)
        };
        let lacking = sources.iter().any(lacks);
        if !lacking || (is_interface && self.is_provided_by_interface_object(field_name, name)) {
            return;
        }
        let coordinate = format!("{name}.{field_name}");
        let message = format!("`{coordinate}` is missing in some subgraphs that have `{name}`");
        let hint = Diagnostic::new(code, Severity::Debug, message).with_coordinate(coordinate);
        let places = sources
            .iter()
            .map(|(subgraph, source)| match source.fields.get(field_name) {
                Some(field) => Place::new(*subgraph, field.name.location(), "defined here"),
                None => Place::new(*subgraph, source.written.location(), "not a field here"),
            });
        let hint = self.with_places(hint, places);
        self.hints.push(hint);
    }
}
