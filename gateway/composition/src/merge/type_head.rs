//! What all kinds of types have: a kind on which the subgraphs agree, interfaces, a description, `@join__type`.

use apollo_compiler::Name;
use apollo_compiler::ast::Value;
use weft_diagnostic::Diagnostic;

use crate::codes::{EXTENSION_WITH_NO_BASE, INTERFACE_OBJECT_USAGE_ERROR, TYPE_KIND_MISMATCH};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, TypeDefinition, TypeKind};
use crate::merge::Merging;
use crate::merge::join::{argument, directive};
use crate::merge::merged::MergedType;
use crate::merge::mismatch::Place;
use crate::merge::sources::{TypeSource, merged_kind};

impl<'a> Merging<'a> {
    /// Adds every type with its kind, and nothing in it yet.
    pub(super) fn add_types(&mut self) {
        let mut added = Vec::new();
        let mut errors = Vec::new();
        for (name, sources) in self.index.iter() {
            let kind = merged_kind(sources[0].1);
            if sources
                .iter()
                .any(|(_, source)| merged_kind(source) != kind)
            {
                errors.push(self.kind_mismatch(name, sources));
            } else if kind == TypeKind::Interface
                && sources
                    .iter()
                    .all(|(_, source)| source.is_interface_object())
            {
                errors.push(self.only_interface_objects(name, sources));
            }
            added.push(MergedType::new(Name::new_unchecked(name), kind));
        }
        self.errors.extend(errors);
        self.merged.types = added.into_iter().map(|ty| (ty.name.clone(), ty)).collect();
    }

    fn kind_mismatch(&self, name: &Name, sources: &[TypeSource<'_>]) -> Diagnostic {
        let message = format!("`{name}` is not the same kind of type in all subgraphs");
        let error = Diagnostic::error(TYPE_KIND_MISMATCH, message)
            .with_coordinate(name.as_str())
            .with_help("make it the same kind everywhere, or give one of them another name");
        let places = sources.iter().map(|(subgraph, source)| {
            let what = if source.is_interface_object() {
                "an `@interfaceObject`"
            } else {
                source.kind.described()
            };
            Place::new(*subgraph, source.written.location(), format!("{what} here"))
        });
        self.with_places(error, places)
    }

    fn only_interface_objects(&self, name: &Name, sources: &[TypeSource<'_>]) -> Diagnostic {
        let message =
            format!("`{name}` is an `@interfaceObject` in every subgraph and an interface in none");
        let error = Diagnostic::error(INTERFACE_OBJECT_USAGE_ERROR, message)
            .with_coordinate(name.as_str())
            .with_help(format!(
                "define `interface {name}` with a `@key` in one subgraph"
            ));
        let places = sources.iter().map(|(subgraph, source)| {
            Place::new(
                *subgraph,
                source.written.location(),
                "an `@interfaceObject` here",
            )
        });
        self.with_places(error, places)
    }

    /// The subgraphs that have the type in the kind that it has in the supergraph.
    pub(super) fn type_sources(&self, name: &str) -> Vec<TypeSource<'a>> {
        let kind = self.merged.types.get(name).map(|ty| ty.kind);
        self.index
            .get(name)
            .iter()
            .filter(|(_, source)| Some(merged_kind(source)) == kind)
            .copied()
            .collect()
    }

    /// Unites the interfaces of a type.
    pub(super) fn merge_implements(&mut self, name: &Name) {
        let sources = self.type_sources(name);
        for (subgraph, source) in sources {
            for interface in &source.interfaces {
                let applied = directive(
                    "join__implements",
                    vec![
                        self.graph_argument(subgraph),
                        argument("interface", Value::String(interface.to_string())),
                    ],
                );
                if let Some(ty) = self.merged.types.get_mut(name) {
                    ty.interfaces.insert(Name::new_unchecked(interface));
                    ty.directives.push(applied);
                }
            }
        }
    }

    /// Merges all that is not special to a kind.
    pub(super) fn merge_type_head(&mut self, name: &Name) {
        let sources = self.type_sources(name);
        self.check_extension_has_base(name, &sources);
        let descriptions: Vec<_> = sources
            .iter()
            .map(|(subgraph, source)| (*subgraph, source.description.as_ref()))
            .collect();
        let description = self.merge_description(name, &descriptions);
        let applied: Vec<_> = sources
            .iter()
            .map(|(subgraph, source)| (*subgraph, source.directives.as_slice()))
            .collect();
        let mut directives = Vec::new();
        for (subgraph, source) in &sources {
            directives.extend(self.join_types(*subgraph, source));
        }
        let carried = self.merge_applications(name, &applied);
        let joined = self.join_directives(&applied);
        if let Some(ty) = self.merged.types.get_mut(name) {
            ty.description = description;
            directives.append(&mut ty.directives);
            directives.extend(carried);
            directives.extend(joined);
            ty.directives = directives;
        }
    }

    fn check_extension_has_base(&mut self, name: &Name, sources: &[TypeSource<'_>]) {
        let defined = sources.iter().any(|(_, source)| source.has_definition);
        if defined || self.root_of(name).is_some() {
            return;
        }
        let message = format!("`{name}` is extended, and defined in no subgraph");
        let error = Diagnostic::error(EXTENSION_WITH_NO_BASE, message)
            .with_coordinate(name.as_str())
            .with_help("leave out `extend` in one of the subgraphs");
        let places = sources.iter().map(|(subgraph, source)| {
            Place::new(*subgraph, source.written.location(), "extended here")
        });
        let error = self.with_places(error, places);
        self.errors.push(error);
    }

    fn join_types(
        &self,
        subgraph: usize,
        source: &TypeDefinition,
    ) -> Vec<apollo_compiler::Node<apollo_compiler::ast::Directive>> {
        let interface_object = source
            .is_interface_object()
            .then(|| argument("isInterfaceObject", Value::Boolean(true)));
        let extends = source.has(Federation::Extends);
        let mut joined: Vec<_> = source
            .applications(Federation::Key)
            .map(|key| {
                let mut arguments = vec![self.graph_argument(subgraph)];
                if let Some(fields) = key.string_argument("fields") {
                    arguments.push(argument("key", Value::String(fields.to_owned())));
                }
                if extends || key.part > 0 {
                    arguments.push(argument("extension", Value::Boolean(true)));
                }
                if let Some(resolvable) = key.bool_argument("resolvable") {
                    arguments.push(argument("resolvable", Value::Boolean(resolvable)));
                }
                arguments.extend(interface_object.clone());
                directive("join__type", arguments)
            })
            .collect();
        if joined.is_empty() {
            let mut arguments = vec![self.graph_argument(subgraph)];
            arguments.extend(interface_object);
            joined.push(directive("join__type", arguments));
        }
        joined
    }
}
