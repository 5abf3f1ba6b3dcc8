//! Repairs of a field that cannot be reached: candidates from the model, each tried by composing the changed texts.

use std::fmt;

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Directive, Document, FieldDefinition, Value};
use apollo_compiler::{Node, ast::Argument};
use weft_diagnostic::Source;
use weft_supergraph::query_graph::{QueryGraph, Reach};
use weft_supergraph::{SubgraphField, SubgraphId, Supergraph};

use super::walk::{Failure, State};
use super::{Origin, SATISFIABILITY_ERROR};
use crate::SubgraphSource;
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::subgraph::Subgraph;

/// More candidates than this are not tried for one failure, and more verified ones not shown.
const TRIED: usize = 8;
const SHOWN: usize = 3;

/// A change of one or more subgraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repair {
    edits: Vec<Edit>,
}

/// A change of one type in one subgraph.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    subgraph: String,
    type_name: Name,
    change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    AddKey(String),
    MakeResolvable(String),
    AddField(Box<FieldDefinition>),
    Share(Name),
}

impl fmt::Display for Repair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, edit) in self.edits.iter().enumerate() {
            let before = if index == 0 { "" } else { " and " };
            write!(formatter, "{before}{edit}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (type_name, subgraph) = (&self.type_name, &self.subgraph);
        match &self.change {
            Change::AddKey(fields) => {
                write!(
                    formatter,
                    "add `@key(fields: \"{fields}\")` to `{type_name}` in `{subgraph}`"
                )
            }
            Change::MakeResolvable(fields) => write!(
                formatter,
                "remove `resolvable: false` from `@key(fields: \"{fields}\")` of `{type_name}` in `{subgraph}`"
            ),
            Change::AddField(field) => write!(
                formatter,
                "resolve `{}: {}` on `{type_name}` in `{subgraph}`",
                field.name, field.ty
            ),
            Change::Share(field) => write!(
                formatter,
                "mark `{type_name}.{field}` `@shareable` in `{subgraph}`"
            ),
        }
    }
}

/// The repairs that make the failing field reachable and break nothing else.
pub(super) fn repairs(
    supergraph: &Supergraph,
    reach: &mut Reach<'_>,
    state: &State,
    failure: &Failure,
    origin: Origin<'_>,
) -> Vec<Repair> {
    let Some(recompose) = origin.recompose else {
        return Vec::new();
    };
    reach.set_environment(&failure.environment);
    let graph = supergraph.query_graph();
    let type_name = &graph.type_info(state.type_id).name;
    let coordinate = format!("{type_name}.{}", graph.field_name(failure.field));
    let works = |repair: &Repair| {
        let Some(changed) = apply(repair, origin) else {
            return false;
        };
        match recompose(&changed) {
            Ok(()) => true,
            Err(errors) => errors.iter().all(|error| {
                let same = error.coordinate.as_deref() == Some(coordinate.as_str());
                error.code == SATISFIABILITY_ERROR && !same
            }),
        }
    };
    let mut candidates = candidates(supergraph, graph, reach, state, failure);
    candidates.truncate(TRIED);
    candidates.into_iter().filter(works).take(SHOWN).collect()
}

/// What could help, the least intrusive first.
fn candidates(
    supergraph: &Supergraph,
    graph: &QueryGraph,
    reach: &mut Reach<'_>,
    state: &State,
    failure: &Failure,
) -> Vec<Repair> {
    let type_name = graph.type_info(state.type_id).name.clone();
    let field_name = graph.field_name(failure.field).clone();
    let here: Vec<SubgraphId> = subgraphs_of(graph, state);
    let mut found = Vec::new();
    let mut add = |edits: Vec<Edit>| {
        let repair = Repair { edits };
        if !found.contains(&repair) {
            found.push(repair);
        }
    };
    let edit = |id: SubgraphId, change: Change| Edit {
        subgraph: supergraph.subgraph(id).name.clone(),
        type_name: type_name.clone(),
        change,
    };
    let resolvers = supergraph.resolvers(&type_name, &field_name);
    let outside: Vec<SubgraphId> = resolvers
        .iter()
        .copied()
        .filter(|id| !here.contains(id))
        .collect();
    for &id in &outside {
        for key in supergraph
            .subgraph_type(id, &type_name)
            .into_iter()
            .flat_map(|one| &one.keys)
        {
            if !key.resolvable {
                add(vec![edit(
                    id,
                    Change::MakeResolvable(key.fields.to_string()),
                )]);
            }
        }
    }
    for &id in &outside {
        for fields in selectable_keys(supergraph, graph, reach, state, id) {
            add(vec![edit(id, Change::AddKey(fields))]);
        }
    }
    for &id in &outside {
        for field in shared_fields(supergraph, &type_name, id, &here) {
            let mut edits = vec![edit(id, Change::AddKey(field.to_string()))];
            let without_key = here.iter().filter(|other| {
                let known = supergraph.subgraph_type(**other, &type_name);
                known.is_some_and(|known| {
                    known.fields.contains_key(&field)
                        && !known
                            .keys
                            .iter()
                            .any(|key| key.fields.to_string() == *field)
                })
            });
            edits.extend(without_key.map(|other| edit(*other, Change::AddKey(field.to_string()))));
            add(edits);
        }
    }
    for &id in &outside {
        let missing = missing_key_fields(supergraph, &type_name, id, &here);
        for (other, field) in missing {
            add(vec![edit(other, Change::AddField(Box::new(plain(&field))))]);
        }
    }
    if let (Some(&id), Some(&other)) = (outside.first(), here.first())
        && let Some(field) = supergraph.subgraph_field(id, &type_name, &field_name)
    {
        let mut edits = vec![
            edit(other, Change::AddField(Box::new(plain(field)))),
            edit(other, Change::Share(field_name.clone())),
        ];
        edits.extend(
            outside
                .iter()
                .map(|id| edit(*id, Change::Share(field_name.clone()))),
        );
        add(edits);
    }
    found
}

fn subgraphs_of(graph: &QueryGraph, state: &State) -> Vec<SubgraphId> {
    let own = state.reached.iter().map(|node| graph.node(*node));
    let mut ids: Vec<SubgraphId> = own
        .filter(|node| !node.is_interface_object)
        .map(|node| node.subgraph)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Keys that other subgraphs use for the type, can be had at the state, and whose fields the subgraph has.
fn selectable_keys(
    supergraph: &Supergraph,
    graph: &QueryGraph,
    reach: &mut Reach<'_>,
    state: &State,
    id: SubgraphId,
) -> Vec<String> {
    let info = graph.type_info(state.type_id);
    let mut found: Vec<String> = Vec::new();
    for entry in &info.entries {
        let node = graph.node(entry.node);
        let known = supergraph.subgraph_type(node.subgraph, &graph.type_info(node.type_id).name);
        let Some(key) = known.and_then(|known| known.keys.get(entry.position)) else {
            continue;
        };
        let has_fields = key.fields.items.iter().all(|item| match item {
            weft_supergraph::FieldSetItem::Field(field) => supergraph
                .subgraph_field(id, &info.name, &field.name)
                .is_some(),
            weft_supergraph::FieldSetItem::Fragment(_) => false,
        });
        let text = key.fields.to_string();
        if has_fields
            && !found.contains(&text)
            && reach.selects(state.type_id, &state.reached, entry.key)
        {
            found.push(text);
        }
    }
    found
}

/// Fields of type `ID` (or named like one) that both sides have.
fn shared_fields(
    supergraph: &Supergraph,
    type_name: &Name,
    id: SubgraphId,
    here: &[SubgraphId],
) -> Vec<Name> {
    let Some(known) = supergraph.subgraph_type(id, type_name) else {
        return Vec::new();
    };
    let looks_like_key = |field: &&SubgraphField| {
        let named = ["id", "_id", "uuid", "key", "upc", "sku", "slug"];
        !field.external
            && !field.ty.is_list()
            && (field.ty.inner_named_type() == "ID" || named.contains(&field.name.as_str()))
    };
    let is_here = |field: &&SubgraphField| {
        let resolvers = supergraph.resolvers(type_name, &field.name);
        resolvers.iter().any(|resolver| here.contains(resolver))
    };
    let fields = known.fields.values().filter(looks_like_key).filter(is_here);
    fields.map(|field| field.name.clone()).collect()
}

/// Leaf fields of the subgraph's keys that a subgraph at hand lacks.
fn missing_key_fields(
    supergraph: &Supergraph,
    type_name: &Name,
    id: SubgraphId,
    here: &[SubgraphId],
) -> Vec<(SubgraphId, SubgraphField)> {
    let Some(known) = supergraph.subgraph_type(id, type_name) else {
        return Vec::new();
    };
    let mut missing = Vec::new();
    for key in known.keys.iter().filter(|key| key.resolvable) {
        for item in &key.fields.items {
            let weft_supergraph::FieldSetItem::Field(field) = item else {
                continue;
            };
            let Some(definition) = known.fields.get(&field.name) else {
                continue;
            };
            for &other in here {
                let lacks = supergraph
                    .subgraph_field(other, type_name, &field.name)
                    .is_none();
                if lacks && field.selection.is_empty() {
                    missing.push((other, definition.clone()));
                }
            }
        }
    }
    missing
}

/// A field's bare definition.
fn plain(field: &SubgraphField) -> FieldDefinition {
    FieldDefinition {
        description: None,
        name: field.name.clone(),
        arguments: field.definition.arguments.clone(),
        ty: field.ty.clone(),
        directives: Default::default(),
    }
}

/// The texts with the repair in them; `None` where it cannot be written.
fn apply(repair: &Repair, origin: Origin<'_>) -> Option<Vec<SubgraphSource>> {
    let mut changed = origin.sources.to_vec();
    for edit in &repair.edits {
        let source = changed
            .iter_mut()
            .find(|source| source.name == edit.subgraph)?;
        let subgraph = origin
            .subgraphs
            .iter()
            .find(|one| one.name == edit.subgraph)?;
        let text = apply_edit(edit, subgraph, source.sdl.text())?;
        source.sdl = Source::new(source.sdl.name(), source.sdl.path(), text);
    }
    Some(changed)
}

fn apply_edit(edit: &Edit, subgraph: &Subgraph, text: &str) -> Option<String> {
    let mut document = Document::parse(text, "").ok()?;
    let name = &edit.type_name;
    let mut definitions = document.definitions.iter_mut();
    let part = definitions.find(|definition| {
        definition.name() == Some(name)
            && matches!(
                definition,
                Definition::ObjectTypeDefinition(_)
                    | Definition::ObjectTypeExtension(_)
                    | Definition::InterfaceTypeDefinition(_)
                    | Definition::InterfaceTypeExtension(_)
            )
    })?;
    macro_rules! change {
        ($node:ident) => {{
            let part = $node.make_mut();
            change(edit, subgraph, &mut part.directives, &mut part.fields)?
        }};
    }
    match part {
        Definition::ObjectTypeDefinition(node) => change!(node),
        Definition::ObjectTypeExtension(node) => change!(node),
        Definition::InterfaceTypeDefinition(node) => change!(node),
        Definition::InterfaceTypeExtension(node) => change!(node),
        _ => return None,
    }
    Some(document.to_string())
}

fn change(
    edit: &Edit,
    subgraph: &Subgraph,
    directives: &mut apollo_compiler::ast::DirectiveList,
    fields: &mut Vec<Node<FieldDefinition>>,
) -> Option<()> {
    let key = subgraph.directive_name(FederationDirective::Key);
    match &edit.change {
        Change::AddKey(key_fields) => {
            directives.push(directive(
                &key,
                &[("fields", Value::String(key_fields.clone()))],
            )?);
        }
        Change::MakeResolvable(key_fields) => {
            let wanted = weft_supergraph::FieldSet::parse(key_fields).ok()?;
            let found = directives.0.iter_mut().find(|one| {
                let fields = one.specified_argument_by_name("fields");
                let fields = fields.and_then(|fields| fields.as_str());
                let fields = fields.and_then(|text| weft_supergraph::FieldSet::parse(text).ok());
                one.name == key.as_str() && fields.as_ref() == Some(&wanted)
            })?;
            found
                .make_mut()
                .arguments
                .retain(|argument| argument.name != "resolvable");
        }
        Change::AddField(field) => fields.push(Node::new(field.as_ref().clone())),
        Change::Share(name) => {
            let shareable = subgraph.directive_name(FederationDirective::Shareable);
            if subgraph.is_federation_1() {
                return Some(());
            }
            let field = fields.iter_mut().find(|field| field.name == *name)?;
            if !field.directives.has(&shareable) {
                field
                    .make_mut()
                    .directives
                    .push(directive(&shareable, &[])?);
            }
        }
    }
    Some(())
}

fn directive(name: &str, arguments: &[(&str, Value)]) -> Option<Directive> {
    let argument = |(name, value): &(&str, Value)| {
        Some(Node::new(Argument {
            name: Name::new(name).ok()?,
            value: Node::new(value.clone()),
        }))
    };
    Some(Directive {
        name: Name::new(name).ok()?,
        arguments: arguments.iter().map(argument).collect::<Option<_>>()?,
    })
}
