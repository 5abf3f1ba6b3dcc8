//! Facts about fields that follow from directives elsewhere in the subgraph: external, shareable, used.

use apollo_compiler::ast::Selection;
use rustc_hash::FxHashSet;

use crate::ingest::context_value::ContextValue;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::selection_walk::{FieldCoordinate, target_fields};
use crate::ingest::subgraph::{
    Application, Directives, External, FieldDefinition, Subgraph, TypeDefinition, TypeKind,
};

/// Works out `external`, `shareable` and `used` of every field anew.
pub fn establish(subgraph: &mut Subgraph) {
    let facts = Facts::of(subgraph);
    let federation_2 = !subgraph.is_federation_1();
    for definition in subgraph.types.values_mut() {
        let external_type = federation_2
            && definition.kind == TypeKind::Object
            && definition.has(Federation::External);
        let shared_parts: Vec<_> = definition
            .applications(Federation::Shareable)
            .map(|application| application.part)
            .collect();
        let is_object = definition.kind == TypeKind::Object;
        let type_name = definition.name.clone();
        for field in definition.fields.values_mut() {
            let coordinate = (type_name.clone(), field.name.clone());
            let declared_external = external_type || field.has(Federation::External);
            field.external = facts.external(&coordinate, declared_external);
            let declared_shareable = is_object
                && (field.has(Federation::Shareable) || shared_parts.contains(&field.part));
            field.shareable = declared_shareable
                || facts.keys.contains(&coordinate)
                || (field.is_external() && facts.provided.contains(&coordinate));
            field.used = facts.used.contains(&coordinate);
        }
    }
}

#[derive(Default)]
struct Facts {
    /// In a key.
    keys: FxHashSet<FieldCoordinate>,
    /// In a key of an extension: `@external` there says nothing.
    extension_keys: FxHashSet<FieldCoordinate>,
    /// In a `@provides`.
    provided: FxHashSet<FieldCoordinate>,
    /// In anything.
    used: FxHashSet<FieldCoordinate>,
}

impl Facts {
    fn of(subgraph: &Subgraph) -> Self {
        let mut facts = Self::default();
        for definition in subgraph.types.values() {
            facts.add_keys(subgraph, definition);
            for field in definition.fields.values() {
                facts.add_field_sets(subgraph, definition, field);
            }
            if definition.kind == TypeKind::Interface {
                facts.add_implementations(subgraph, definition);
            }
        }
        facts.add_contexts(subgraph);
        facts
    }

    fn external(&self, coordinate: &FieldCoordinate, declared: bool) -> External {
        if !declared || self.extension_keys.contains(coordinate) {
            External::No
        } else if self.provided.contains(coordinate) {
            External::Partially
        } else {
            External::Fully
        }
    }

    fn add_keys(&mut self, subgraph: &Subgraph, definition: &TypeDefinition) {
        let extends = definition.has(Federation::Extends);
        for key in definition.applications(Federation::Key) {
            let selections = selections(key);
            let all = target_fields(subgraph, &definition.name, &selections, true);
            if extends || key.part > 0 {
                let own = target_fields(subgraph, &definition.name, &selections, false);
                self.extension_keys.extend(own);
            }
            self.used.extend(all.iter().cloned());
            self.keys.extend(all);
        }
    }

    fn add_field_sets(
        &mut self,
        subgraph: &Subgraph,
        definition: &TypeDefinition,
        field: &FieldDefinition,
    ) {
        for requires in field.applications(Federation::Requires) {
            let fields = target_fields(subgraph, &definition.name, &selections(requires), true);
            self.used.extend(fields);
        }
        for provides in field.applications(Federation::Provides) {
            let ty = field.ty.inner_named_type();
            let fields = target_fields(subgraph, ty, &selections(provides), true);
            self.used.extend(fields.iter().cloned());
            self.provided.extend(fields);
        }
    }

    fn add_implementations(&mut self, subgraph: &Subgraph, interface: &TypeDefinition) {
        for implementation in subgraph.implementations(&interface.name) {
            let fields = interface
                .fields
                .keys()
                .filter(|name| implementation.fields.contains_key(*name))
                .map(|name| (implementation.name.clone(), name.clone()));
            self.used.extend(fields);
        }
    }

    fn add_contexts(&mut self, subgraph: &Subgraph) {
        let values = subgraph
            .types
            .values()
            .flat_map(|definition| definition.fields.values())
            .flat_map(|field| field.arguments.values())
            .flat_map(|argument| argument.applications(Federation::FromContext))
            .filter_map(|application| application.string_argument("field"))
            .filter_map(ContextValue::parse);
        for value in values {
            for definition in value.setters(subgraph) {
                let fields = target_fields(subgraph, &definition.name, &value.selections, true);
                self.used.extend(fields);
            }
        }
    }
}

fn selections(application: &Application) -> Vec<Selection> {
    application
        .fields()
        .and_then(|fields| fields.selections.ok())
        .unwrap_or_default()
}
