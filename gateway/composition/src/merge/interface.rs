//! Merges interfaces: their fields united, their keys and interface objects checked.

use apollo_compiler::Name;
use weft_diagnostic::Diagnostic;

use crate::codes::{
    INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD, INTERFACE_FIELD_NO_IMPLEM,
    INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE, INTERFACE_OBJECT_USAGE_ERROR,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, TypeKind};
use crate::merge::Merging;
use crate::merge::mismatch::Place;
use crate::merge::sources::TypeSource;

impl<'a> Merging<'a> {
    /// Merges an interface.
    pub(super) fn merge_interface(&mut self, name: &Name) {
        self.merge_type_head(name);
        let sources = self.type_sources(name);
        let has_key = sources
            .iter()
            .any(|(_, source)| source.kind == TypeKind::Interface && source.is_entity());
        self.check_interface_keys(name, &sources);
        self.check_interface_objects(name, &sources);
        for (field_name, field_sources) in &self.field_sources(name, &sources) {
            if !has_key {
                let code = INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD;
                self.hint_on_partial_field(code, name, field_name, &sources);
            }
            let coordinate = format!("{name}.{field_name}");
            let overrides = self.overrides(&coordinate, field_sources);
            let merged = self.merge_field(name, field_name, field_sources, &overrides);
            if let (Some(merged), Some(ty)) = (merged, self.merged.types.get_mut(name)) {
                ty.fields.insert(Name::new_unchecked(field_name), merged);
            }
        }
    }

    fn implementation_names(&self, name: &str) -> Vec<Name> {
        let implementations = self.merged.implementations(name);
        implementations.map(|ty| ty.name.clone()).collect()
    }

    /// A subgraph that resolves an interface's key must know all its implementations.
    fn check_interface_keys(&mut self, name: &Name, sources: &[TypeSource<'_>]) {
        let all = self.implementation_names(name);
        for (subgraph, source) in sources {
            let key = source
                .applications(Federation::Key)
                .find(|key| key.bool_argument("resolvable") != Some(false));
            let Some(key) = key.filter(|_| source.kind == TypeKind::Interface) else {
                continue;
            };
            let definitions = &self.subgraphs[*subgraph];
            let missing: Vec<String> = all
                .iter()
                .filter(|implementation| {
                    let known = definitions.types.get(implementation.as_str());
                    !known.is_some_and(|known| known.interfaces.contains(name))
                })
                .map(|implementation| format!("`{implementation}`"))
                .collect();
            if missing.is_empty() {
                continue;
            }
            let message = format!(
                "`{name}` has a key in a subgraph that does not know its implementations {}",
                missing.join(", ")
            );
            let place = Place::new(
                *subgraph,
                key.node.location(),
                "this key must find every implementation",
            );
            let error = Diagnostic::error(INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE, message)
                .with_coordinate(name.as_str())
                .with_help(format!(
                    "define {} here, as implementations of `{name}`",
                    missing.join(" and ")
                ));
            let error = self.with_places(error, [place]);
            self.errors.push(error);
        }
    }

    /// An interface object stands for all implementations, so none may be defined beside it.
    fn check_interface_objects(&mut self, name: &Name, sources: &[TypeSource<'_>]) {
        let all = self.implementation_names(name);
        for (subgraph, source) in sources
            .iter()
            .filter(|(_, source)| source.is_interface_object())
        {
            let types = &self.subgraphs[*subgraph].types;
            let mut places: Vec<Place> = all
                .iter()
                .filter_map(|implementation| types.get(implementation.as_str()))
                .map(|ty| Place::new(*subgraph, ty.written.location(), "an implementation"))
                .collect();
            if places.is_empty() {
                continue;
            }
            places.insert(
                0,
                Place::new(
                    *subgraph,
                    source.written.location(),
                    "an `@interfaceObject`",
                ),
            );
            let message = format!(
                "`{name}` is an `@interfaceObject` in a subgraph that defines implementations of it"
            );
            let error = Diagnostic::error(INTERFACE_OBJECT_USAGE_ERROR, message)
                .with_coordinate(name.as_str())
                .with_help("remove the implementations here, or make it an interface");
            let error = self.with_places(error, places);
            self.errors.push(error);
        }
    }

    /// Every type has all fields of the interfaces that it implements, which may come from other subgraphs.
    pub(super) fn check_interface_implementations(&mut self) {
        let mut errors = Vec::new();
        for ty in self.merged.types.values() {
            for interface in ty
                .interfaces
                .iter()
                .filter_map(|name| self.merged.types.get(name))
            {
                for field in interface.fields.keys() {
                    if !ty.fields.contains_key(field) {
                        errors.push(self.missing_field(&ty.name, &interface.name, field));
                    }
                }
            }
        }
        self.errors.extend(errors);
    }

    fn missing_field(&self, type_name: &Name, interface: &Name, field: &Name) -> Diagnostic {
        let message = format!("`{type_name}` implements `{interface}` and has no field `{field}`");
        let declaring = self
            .index
            .get(interface)
            .iter()
            .filter_map(|(subgraph, source)| {
                let field = source
                    .fields
                    .get(field)
                    .filter(|_| source.kind == TypeKind::Interface)?;
                Some(Place::new(
                    *subgraph,
                    field.name.location(),
                    "the interface has it here",
                ))
            });
        let implementing = self
            .index
            .get(type_name)
            .iter()
            .filter_map(|(subgraph, source)| {
                let implements = source.interfaces.contains(interface);
                let place = Place::new(
                    *subgraph,
                    source.written.location(),
                    "implements the interface here, without the field",
                );
                implements.then_some(place)
            });
        let error = Diagnostic::error(INTERFACE_FIELD_NO_IMPLEM, message)
            .with_coordinate(format!("{type_name}.{field}"))
            .with_help(format!("add `{field}` to `{type_name}` in a subgraph"));
        self.with_places(error, declaring.chain(implementing))
    }
}
