//! Brings Federation 1 subgraphs to the rules of Federation 2: what was implicit there becomes a directive here, what
//! had no effect there is taken out.
//!
//! In Federation 1 a type has an owner, `extend type` marks the others; keys of extensions are `@external`; value
//! types are shared without a word. The other subgraphs decide part of that, so all are looked at as they were.

mod extensions;
mod field_sets;
mod sharing;

use apollo_compiler::Name;
use apollo_compiler::ast::{Argument, Directive, OperationType, Value};
use apollo_compiler::{Node, name};
use weft_diagnostic::Diagnostic;

use crate::codes::{
    INTERFACE_OBJECT_USAGE_ERROR, INVALID_LINK_DIRECTIVE_USAGE, TYPE_WITH_ONLY_UNUSED_EXTERNAL,
};
use crate::ingest::facts;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::link_names;
use crate::ingest::links::{Feature, Import, SPECIFICATIONS};
use crate::ingest::subgraph::{Application, Directives, Subgraph, TypeKind};
use crate::ingest::version::Version;

/// The version of Federation 2 that an upgraded subgraph counts as.
pub const UPGRADED: Version = Version::new(2, 4);

/// Upgrades every Federation 1 subgraph in place; those of Federation 2 stay as they are.
pub fn upgrade(subgraphs: &mut [Subgraph]) -> Vec<Diagnostic> {
    if !subgraphs.iter().any(Subgraph::is_federation_1) {
        return Vec::new();
    }
    let originals = subgraphs.to_vec();
    let mut errors = Vec::new();
    for (index, subgraph) in subgraphs.iter_mut().enumerate() {
        if subgraph.is_federation_1() {
            let others = Others {
                subgraphs: &originals,
                own: index,
            };
            upgrade_one(subgraph, &others, &mut errors);
        }
    }
    check_interface_objects(&originals, &mut errors);
    errors
}

/// The subgraphs as they were written, without the one that is being upgraded.
struct Others<'a> {
    subgraphs: &'a [Subgraph],
    own: usize,
}

impl<'a> Others<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a Subgraph> {
        let own = self.own;
        self.subgraphs
            .iter()
            .enumerate()
            .filter(move |(index, _)| *index != own)
            .map(|(_, subgraph)| subgraph)
    }

    fn original(&self) -> &'a Subgraph {
        &self.subgraphs[self.own]
    }
}

fn upgrade_one(subgraph: &mut Subgraph, others: &Others<'_>, errors: &mut Vec<Diagnostic>) {
    check_links(subgraph, errors);
    extensions::check_bases(subgraph, others, errors);
    field_sets::write_as_strings(subgraph);
    remove_from_interfaces(subgraph, Federation::External);
    remove_external_on_types(subgraph);
    extensions::resolve_external_keys(subgraph, others);
    field_sets::remove_inactive(subgraph);
    extensions::make_definitions(subgraph);
    remove_keys_on_interfaces(subgraph);
    remove_from_interfaces(subgraph, Federation::Provides);
    remove_from_interfaces(subgraph, Federation::Requires);
    field_sets::remove_provides_on_leaves(subgraph);
    remove_unused_external(subgraph, others.original(), errors);
    sharing::add_shareable(subgraph, others);
    sharing::remove_tags_on_external(subgraph, others);
    facts::establish(subgraph);
}

/// The names that Federation brings in must not be taken by another linked specification.
fn check_links(subgraph: &Subgraph, errors: &mut Vec<Diagnostic>) {
    let Some(first) = subgraph.links.features.first() else {
        return;
    };
    let imports = Federation::ALL
        .into_iter()
        .filter(|directive| directive.since() <= UPGRADED)
        .map(|directive| Import {
            name: directive.to_string(),
            alias: directive.to_string(),
        });
    let federation = Feature {
        identity: format!("{SPECIFICATIONS}federation"),
        name: "federation".to_owned(),
        version: UPGRADED,
        name_in_schema: "federation".to_owned(),
        imports: imports.collect(),
        purpose: None,
        application: first.application.clone(),
    };
    if let Some(conflict) = link_names::conflict(&subgraph.links.features, &federation) {
        errors.push(
            Diagnostic::error(INVALID_LINK_DIRECTIVE_USAGE, conflict.problem)
                .with_label(subgraph.node_label(&first.application, "the first link"))
                .with_help("link Federation, and import from it"),
        );
    }
}

fn remove_from_interfaces(subgraph: &mut Subgraph, meaning: Federation) {
    for definition in subgraph.types.values_mut() {
        if definition.kind == TypeKind::Interface {
            for field in definition.fields.values_mut() {
                remove(&mut field.directives, meaning);
            }
        }
    }
}

fn remove_external_on_types(subgraph: &mut Subgraph) {
    for definition in subgraph.types.values_mut() {
        remove(&mut definition.directives, Federation::External);
    }
}

fn remove_keys_on_interfaces(subgraph: &mut Subgraph) {
    for definition in subgraph.types.values_mut() {
        if definition.kind == TypeKind::Interface {
            remove(&mut definition.directives, Federation::Key);
        }
    }
}

/// A field that is external and used by nothing has no effect; a type of nothing else has none either, and goes
/// unless the text refers to it.
fn remove_unused_external(
    subgraph: &mut Subgraph,
    original: &Subgraph,
    errors: &mut Vec<Diagnostic>,
) {
    facts::establish(subgraph);
    let mut emptied: Vec<Name> = Vec::new();
    for definition in subgraph.types.values_mut() {
        let before = definition.fields.len();
        definition
            .fields
            .retain(|_, field| !field.is_external() || field.used);
        let is_query = definition.root == Some(OperationType::Query);
        if before > 0 && definition.fields.is_empty() && !is_query {
            emptied.push(definition.name.clone());
        }
    }
    for name in emptied {
        if is_referenced(original, &name) {
            let message = format!("all fields of `{name}` are external and used by nothing");
            errors.push(
                Diagnostic::error(TYPE_WITH_ONLY_UNUSED_EXTERNAL, message)
                    .with_label(subgraph.label(&name, "this type would be empty"))
                    .with_coordinate(name.as_str())
                    .with_help("remove the type, or use its fields in a `@key`, `@requires` or `@provides`"),
            );
        } else {
            subgraph.types.shift_remove(&name);
        }
    }
}

fn is_referenced(subgraph: &Subgraph, name: &Name) -> bool {
    subgraph.types.values().any(|definition| {
        let by_field = definition
            .fields
            .values()
            .any(|field| field.ty.inner_named_type() == name);
        let is_root = definition.name == *name && definition.root.is_some();
        is_root
            || by_field
            || definition.members.contains(name)
            || definition.interfaces.contains(name)
    })
}

/// A key on an interface meant nothing in Federation 1, so it cannot serve an `@interfaceObject`.
fn check_interface_objects(originals: &[Subgraph], errors: &mut Vec<Diagnostic>) {
    for subgraph in originals
        .iter()
        .filter(|subgraph| !subgraph.is_federation_1())
    {
        for definition in subgraph.types.values() {
            if !definition.is_interface_object() {
                continue;
            }
            let keyed = originals.iter().filter_map(|other| {
                let interface = other.types.get(&definition.name)?;
                let ignored = other.is_federation_1()
                    && interface.kind == TypeKind::Interface
                    && interface.is_entity();
                ignored
                    .then(|| other.label(&interface.name, "this key has no effect in Federation 1"))
            });
            let labels: Vec<_> = keyed.collect();
            if labels.is_empty() {
                continue;
            }
            let message = format!(
                "`{0}` is an `@interfaceObject`, but the subgraph that has interface `{0}` with a key is written for Federation 1",
                definition.name
            );
            let mut error = Diagnostic::error(INTERFACE_OBJECT_USAGE_ERROR, message)
                .with_label(subgraph.label(&definition.name, "declared here"))
                .with_coordinate(definition.name.as_str())
                .with_help("link Federation 2.3 or newer in the subgraph with the interface");
            for label in labels {
                error = error.with_label(label);
            }
            errors.push(error);
        }
    }
}

fn remove(directives: &mut Vec<Application>, meaning: Federation) {
    directives.retain(|application| application.meaning != Some(meaning));
}

/// An application that the text does not have.
fn added(meaning: Federation) -> Application {
    Application {
        meaning: Some(meaning),
        node: Node::new(Directive {
            name: Name::new_unchecked(meaning.name()),
            arguments: Vec::new(),
        }),
        part: 0,
    }
}

/// The application with another field set.
fn with_fields(application: &Application, fields: String) -> Application {
    let mut node = application.node.clone();
    let directive = node.make_mut();
    directive
        .arguments
        .retain(|argument| argument.name != "fields");
    directive.arguments.insert(
        0,
        Node::new(Argument {
            name: name!("fields"),
            value: Node::new(Value::String(fields)),
        }),
    );
    Application {
        node,
        ..application.clone()
    }
}

/// Whether the field has the directive.
fn is_declared_external(subgraph: &Subgraph, type_name: &str, field_name: &str) -> bool {
    subgraph
        .field(type_name, field_name)
        .is_some_and(|field| field.has(Federation::External))
}
