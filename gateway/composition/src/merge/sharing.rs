//! A field that several subgraphs resolve must be shareable in each of them.

use weft_diagnostic::Diagnostic;

use crate::codes::INVALID_FIELD_SHARING;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, External, FieldDefinition};
use crate::merge::Merging;
use crate::merge::mismatch::Place;
use crate::merge::override_field::Overrides;
use crate::merge::sources::FieldSources;

/// A subgraph that resolves the field.
struct Resolver<'a> {
    subgraph: usize,
    field: &'a FieldDefinition,
    through_interface_object: bool,
}

impl<'a> Merging<'a> {
    /// Reports a field that several subgraphs resolve and not all of them share.
    pub(super) fn check_sharing(
        &mut self,
        type_name: &str,
        field_name: &str,
        sources: &FieldSources<'a>,
        overrides: &Overrides,
    ) {
        let resolvers = self.resolvers(type_name, field_name, sources, overrides);
        let alone = resolvers
            .iter()
            .filter(|resolver| !resolver.field.shareable)
            .count();
        if alone == 0 || resolvers.len() < 2 {
            return;
        }
        let coordinate = format!("{type_name}.{field_name}");
        let message = format!(
            "`{coordinate}` is resolved in {} and not shareable in {}",
            self.names(resolvers.iter().map(|resolver| resolver.subgraph)),
            if alone == resolvers.len() {
                "any of them".to_owned()
            } else {
                self.names(
                    resolvers
                        .iter()
                        .filter(|resolver| !resolver.field.shareable)
                        .map(|resolver| resolver.subgraph),
                )
            }
        );
        let error = Diagnostic::error(INVALID_FIELD_SHARING, message)
            .with_coordinate(coordinate)
            .with_help(self.sharing_help(&resolvers, overrides));
        let places = resolvers.iter().map(|resolver| {
            let verdict = match (resolver.field.shareable, resolver.through_interface_object) {
                (true, false) => "shareable here",
                (false, false) => "not shareable here",
                (true, true) => "shareable here, through an `@interfaceObject`",
                (false, true) => "not shareable here, through an `@interfaceObject`",
            };
            Place::new(resolver.subgraph, resolver.field.name.location(), verdict)
        });
        let error = self.with_places(error, places);
        self.errors.push(error);
    }

    fn sharing_help(&self, resolvers: &[Resolver<'_>], overrides: &Overrides) -> String {
        let misses = resolvers
            .iter()
            .any(|resolver| overrides.has_unknown_target(resolver.subgraph));
        if misses {
            return "its `@override` names a subgraph that does not exist: correct `from`"
                .to_owned();
        }
        let alone = resolvers
            .iter()
            .filter(|resolver| !resolver.field.shareable);
        format!(
            "mark it `@shareable` in {}, or keep it in one subgraph",
            self.names(alone.map(|resolver| resolver.subgraph))
        )
    }

    fn resolvers(
        &self,
        type_name: &str,
        field_name: &str,
        sources: &FieldSources<'a>,
        overrides: &Overrides,
    ) -> Vec<Resolver<'a>> {
        let mut resolvers: Vec<Resolver<'a>> = sources
            .present
            .iter()
            .filter(|source| !overrides.is_overridden(source.subgraph))
            .map(|source| Resolver {
                subgraph: source.subgraph,
                field: source.field,
                through_interface_object: false,
            })
            .collect();
        let may_be_abstracted = self
            .merged
            .types
            .get(type_name)
            .is_some_and(|ty| !ty.interfaces.is_empty());
        for subgraph in sources.absent().filter(|_| may_be_abstracted) {
            let fields = self.abstracting_fields(type_name, field_name, subgraph);
            resolvers.extend(fields.into_iter().map(|field| Resolver {
                subgraph,
                field,
                through_interface_object: true,
            }));
        }
        resolvers.retain(|resolver| resolver.field.external != External::Fully);
        resolvers.sort_by_key(|resolver| resolver.subgraph);
        resolvers
    }

    /// A subscription is answered by one subgraph.
    pub(super) fn check_subscription(&mut self, coordinate: &str, sources: &FieldSources<'a>) {
        let shareable: Vec<_> = sources
            .present
            .iter()
            .filter_map(|source| {
                let application = source.field.application(Federation::Shareable)?;
                Some(Place::new(
                    source.subgraph,
                    application.node.location(),
                    "here",
                ))
            })
            .collect();
        if shareable.is_empty() {
            return;
        }
        let message = format!("the subscription `{coordinate}` cannot be shareable");
        let error = Diagnostic::error(INVALID_FIELD_SHARING, message)
            .with_coordinate(coordinate)
            .with_help("remove `@shareable`: one subgraph sends the events");
        let error = self.with_places(error, shareable);
        self.errors.push(error);
    }
}
