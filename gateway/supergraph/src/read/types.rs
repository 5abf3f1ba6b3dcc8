//! Types: which subgraphs know each, and what it is there.

use apollo_compiler::Name;
use apollo_compiler::ast::{Directive, InputValueDefinition};
use apollo_compiler::collections::IndexSet as CompilerSet;
use apollo_compiler::schema::{Component, ComponentName, ExtendedType};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap;

use super::fields::FieldReader;
use crate::{Key, Subgraph, SubgraphType, SubgraphTypeKind};

type ComponentNames = CompilerSet<ComponentName>;

/// Fills in the types of all subgraphs, in the order of the supergraph.
pub(super) fn read(reader: &mut FieldReader<'_>, subgraphs: &mut [Subgraph]) {
    for (position, subgraph) in subgraphs.iter().enumerate() {
        reader.graphs.insert(subgraph.graph.clone(), position);
    }
    let schema = reader.schema;
    for (name, definition) in &schema.types {
        if definition.is_built_in() || reader.features.owns_type(name) {
            continue;
        }
        let joined = JoinedType::read(reader, definition, subgraphs.len());
        read_type(reader, definition, &joined, subgraphs);
    }
    fill_possible_types(subgraphs);
}

/// What the `join` directives of a type say.
pub(super) struct JoinedType {
    /// For each subgraph that knows the type: how.
    pub(super) members: IndexMap<usize, JoinedIn>,
    /// The owner of an entity in Federation 1.
    pub(super) owner: Option<usize>,
}

/// A type in one subgraph, from all its `@join__type`s.
#[derive(Default)]
pub(super) struct JoinedIn {
    keys: Vec<Key>,
    is_interface_object: bool,
}

impl JoinedType {
    fn read(reader: &mut FieldReader<'_>, definition: &ExtendedType, subgraphs: usize) -> Self {
        let mut members: IndexMap<usize, JoinedIn> = IndexMap::new();
        let name = reader.names.type_.clone();
        for directive in definition.directives().get_all(&name) {
            let Some(graph) = reader.graph_of(directive) else {
                continue;
            };
            let joined = members.entry(graph).or_default();
            joined.is_interface_object |= flag(directive, "isInterfaceObject", false);
            if let Some(key) = read_key(reader, directive, graph, definition.name()) {
                joined.keys.push(key);
            }
        }
        let owner = definition.directives().get(&reader.names.owner);
        let owner = owner.and_then(|directive| reader.graph_of(directive));
        if let Some(owner) = owner {
            members.entry(owner).or_default();
        }
        if members.is_empty() {
            members.extend((0..subgraphs).map(|graph| (graph, JoinedIn::default())));
        }
        members.sort_keys();
        Self { members, owner }
    }
}

fn read_key(
    reader: &mut FieldReader<'_>,
    directive: &Component<Directive>,
    graph: usize,
    type_name: &Name,
) -> Option<Key> {
    let fields = reader.field_set(directive, "key")?;
    if flag(directive, "extension", false) {
        reader
            .extension_keys
            .push((graph, type_name.clone(), fields.clone()));
    }
    Some(Key {
        fields,
        resolvable: flag(directive, "resolvable", true),
    })
}

fn read_type(
    reader: &mut FieldReader<'_>,
    definition: &ExtendedType,
    joined: &JoinedType,
    subgraphs: &mut [Subgraph],
) {
    let fields = match definition {
        ExtendedType::Object(object) => Some(&object.fields),
        ExtendedType::Interface(interface) => Some(&interface.fields),
        _ => None,
    };
    let mut fields = fields.map(|fields| reader.fields(definition.name(), fields, joined));
    for (&graph, how) in &joined.members {
        let mut read = SubgraphType {
            name: definition.name().clone(),
            kind: kind_of(definition, how),
            keys: how.keys.clone(),
            is_interface_object: how.is_interface_object,
            fields: IndexMap::new(),
            implements: IndexSet::new(),
            possible_types: IndexSet::new(),
            enum_values: IndexSet::new(),
            input_fields: IndexMap::new(),
        };
        if let Some(fields) = &mut fields {
            read.fields = fields.remove(&graph).unwrap_or_default();
        }
        read_parts(reader, definition, graph, joined, &mut read);
        subgraphs[graph].types.insert(read.name.clone(), read);
    }
}

fn kind_of(definition: &ExtendedType, how: &JoinedIn) -> SubgraphTypeKind {
    match definition {
        ExtendedType::Scalar(_) => SubgraphTypeKind::Scalar,
        ExtendedType::Object(_) => SubgraphTypeKind::Object,
        ExtendedType::Interface(_) if how.is_interface_object => SubgraphTypeKind::Object,
        ExtendedType::Interface(_) => SubgraphTypeKind::Interface,
        ExtendedType::Union(_) => SubgraphTypeKind::Union,
        ExtendedType::Enum(_) => SubgraphTypeKind::Enum,
        ExtendedType::InputObject(_) => SubgraphTypeKind::InputObject,
    }
}

/// Interfaces, members, values and input fields that the type has in that subgraph.
fn read_parts(
    reader: &FieldReader<'_>,
    definition: &ExtendedType,
    graph: usize,
    joined: &JoinedType,
    read: &mut SubgraphType,
) {
    let listed = |list: &ComponentNames, directive, argument| {
        let stated = reader.stated(definition, directive, argument);
        let here = list.iter().map(|component| component.name.clone());
        match stated {
            Some(stated) => here
                .filter(|name| stated.contains(&(graph, name.to_string())))
                .collect(),
            None => here.collect::<IndexSet<Name>>(),
        }
    };
    match definition {
        ExtendedType::Object(object) => {
            let list = &object.implements_interfaces;
            read.implements = listed(list, &reader.names.implements, "interface");
        }
        ExtendedType::Interface(interface) if !read.is_interface_object => {
            let list = &interface.implements_interfaces;
            read.implements = listed(list, &reader.names.implements, "interface");
        }
        ExtendedType::Union(union_) => {
            read.possible_types = listed(&union_.members, &reader.names.union_member, "member");
        }
        ExtendedType::Enum(enum_) => {
            let directive = &reader.names.enum_value;
            let here = enum_.values.iter().filter(|(_, value)| {
                let mut stated = value.directives.get_all(directive).peekable();
                stated.peek().is_none() || stated.any(|one| reader.graph_of(one) == Some(graph))
            });
            read.enum_values = here.map(|(name, _)| name.clone()).collect();
        }
        ExtendedType::InputObject(input) => {
            let fields = input.fields.iter();
            read.input_fields = fields
                .filter_map(|(name, field)| {
                    let ty = reader.input_field(field, graph, joined)?;
                    Some((name.clone(), ty))
                })
                .collect();
        }
        _ => {}
    }
}

impl FieldReader<'_> {
    /// The pairs that a directive such as `@join__unionMember(graph:, member:)` states on a type; `None` where
    /// the version of the specification has no such directive, and all subgraphs of the type have all members.
    fn stated(
        &self,
        definition: &ExtendedType,
        directive: &str,
        argument: &str,
    ) -> Option<IndexSet<(usize, String)>> {
        if self.federation_1 || !self.schema.directive_definitions.contains_key(directive) {
            return None;
        }
        let pair = |application: &Component<Directive>| {
            let member = application.specified_argument_by_name(argument)?.as_str()?;
            Some((self.graph_of(application)?, member.to_owned()))
        };
        Some(
            definition
                .directives()
                .get_all(directive)
                .filter_map(pair)
                .collect(),
        )
    }

    fn input_field(
        &self,
        field: &Component<InputValueDefinition>,
        graph: usize,
        joined: &JoinedType,
    ) -> Option<apollo_compiler::Node<apollo_compiler::ast::Type>> {
        let mut applications = field.directives.get_all(&self.names.field).peekable();
        if applications.peek().is_none() {
            return joined
                .members
                .contains_key(&graph)
                .then(|| field.ty.as_ref().clone().into());
        }
        let application = applications.find(|one| self.graph_of(one) == Some(graph))?;
        Some(
            self.stated_type(application)
                .unwrap_or_else(|| field.ty.as_ref().clone())
                .into(),
        )
    }
}

/// A boolean argument.
pub(super) fn flag(directive: &Directive, argument: &str, default: bool) -> bool {
    let value = directive.specified_argument_by_name(argument);
    value.and_then(|value| value.to_bool()).unwrap_or(default)
}

/// The object types behind each composite type, as each subgraph knows them.
fn fill_possible_types(subgraphs: &mut [Subgraph]) {
    for subgraph in subgraphs {
        let mut implementations: FxHashMap<Name, IndexSet<Name>> = FxHashMap::default();
        for (name, known) in &subgraph.types {
            if known.kind == SubgraphTypeKind::Object {
                for interface in &known.implements {
                    let possible = implementations.entry(interface.clone()).or_default();
                    possible.insert(name.clone());
                }
            }
        }
        let known: IndexSet<Name> = subgraph.types.keys().cloned().collect();
        for (name, read) in &mut subgraph.types {
            match read.kind {
                SubgraphTypeKind::Object => {
                    read.possible_types = IndexSet::from([name.clone()]);
                }
                SubgraphTypeKind::Interface => {
                    read.possible_types = implementations.remove(name).unwrap_or_default();
                }
                SubgraphTypeKind::Union => read.possible_types.retain(|name| known.contains(name)),
                _ => {}
            }
            read.implements.retain(|name| known.contains(name));
        }
    }
}
