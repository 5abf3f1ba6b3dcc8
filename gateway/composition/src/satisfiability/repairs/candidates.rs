//! What could make a field reachable, from the model alone. Whether it does is found out by composing.

use apollo_compiler::Name;
use apollo_compiler::ast::{DirectiveList, FieldDefinition};
use weft_supergraph::query_graph::{QueryGraph, Reach};
use weft_supergraph::{FieldSetItem, SubgraphField, SubgraphId, SubgraphType, Supergraph};

use super::super::walk::{Failure, Problem, State};
use super::{Change, Repair, SchemaChange};

/// Names that fields which identify something often have.
const KEY_NAMES: [&str; 7] = ["id", "_id", "uuid", "key", "upc", "sku", "slug"];

/// Every kind of repair, the least intrusive first.
const PROPOSALS: &[fn(&mut Asked<'_, '_>)] = &[
    make_key_resolvable,
    add_key_of_others,
    add_key_on_both_sides,
    remove_external,
    remove_override,
    supply_missing_key_fields,
    add_key_to_interface,
    share_field,
];

/// The candidates for a failure.
pub(super) fn candidates(
    supergraph: &Supergraph,
    reach: &mut Reach<'_>,
    state: &State,
    failure: &Failure,
) -> Vec<Repair> {
    reach.set_environment(&failure.environment);
    let graph = supergraph.query_graph();
    let type_name = match &failure.problem {
        Problem::TypeUnknown { interface, .. } => graph.type_info(*interface).name.clone(),
        _ => graph.type_info(state.type_id).name.clone(),
    };
    let here = match &failure.problem {
        Problem::TypeUnknown { nodes, .. } => nodes.as_slice(),
        _ => state.reached.as_slice(),
    };
    let mut here: Vec<SubgraphId> = here.iter().map(|node| graph.node(*node).subgraph).collect();
    here.sort_unstable();
    here.dedup();
    let mut field = graph.field_name(failure.field).clone();
    if let Some(required) = missing_requirement(supergraph, &type_name, &field, &here) {
        field = required;
    }
    let resolvers = match &failure.problem {
        Problem::TypeUnknown { .. } => &[],
        _ => supergraph.resolvers(&type_name, &field),
    };
    let mut asked = Asked {
        supergraph,
        graph,
        reach,
        state,
        outside: resolvers
            .iter()
            .copied()
            .filter(|id| !here.contains(id))
            .collect(),
        type_is_unknown: matches!(failure.problem, Problem::TypeUnknown { .. }),
        here,
        type_name,
        field,
        found: Vec::new(),
    };
    for propose in PROPOSALS {
        propose(&mut asked);
    }
    asked.found
}

/// The first field that the subgraphs at hand have as external and require for the field: then that one is to be
/// made reachable.
fn missing_requirement(
    supergraph: &Supergraph,
    type_name: &Name,
    field: &Name,
    here: &[SubgraphId],
) -> Option<Name> {
    let resolvers = supergraph.resolvers(type_name, field);
    if resolvers.is_empty() || resolvers.iter().any(|id| !here.contains(id)) {
        return None;
    }
    resolvers.iter().find_map(|id| {
        let known = supergraph.subgraph_type(*id, type_name)?;
        let items = &known.fields.get(field)?.requires.as_ref()?.items;
        items.iter().find_map(|item| match item {
            FieldSetItem::Field(field) if known.fields.get(&field.name)?.external => {
                Some(field.name.clone())
            }
            _ => None,
        })
    })
}

struct Asked<'a, 'g> {
    supergraph: &'a Supergraph,
    graph: &'a QueryGraph,
    reach: &'a mut Reach<'g>,
    state: &'a State,
    type_name: Name,
    field: Name,
    /// Where one is, and who resolves the field elsewhere.
    here: Vec<SubgraphId>,
    outside: Vec<SubgraphId>,
    type_is_unknown: bool,
    found: Vec<Repair>,
}

impl<'a> Asked<'a, '_> {
    fn add(&mut self, changes: Vec<SchemaChange>) {
        let repair = Repair { changes };
        if !repair.changes.is_empty() && !self.found.contains(&repair) {
            self.found.push(repair);
        }
    }

    fn edit(&self, id: SubgraphId, change: Change) -> SchemaChange {
        self.edit_of(id, &self.type_name, change)
    }

    fn edit_of(&self, id: SubgraphId, type_name: &Name, change: Change) -> SchemaChange {
        SchemaChange {
            subgraph: self.supergraph.subgraph(id).name.clone(),
            type_name: type_name.clone(),
            change,
        }
    }

    fn known(&self, id: SubgraphId) -> Option<&'a SubgraphType> {
        self.supergraph.subgraph_type(id, &self.type_name)
    }

    /// Whether the type has that key there, resolvable or not.
    fn has_key(&self, id: SubgraphId, fields: &str) -> bool {
        let mut keys = self.known(id).into_iter().flat_map(|known| &known.keys);
        keys.any(|key| key.fields.to_string() == fields)
    }
}

/// The resolver has a key, and says that it does not resolve it.
fn make_key_resolvable(asked: &mut Asked<'_, '_>) {
    for id in asked.outside.clone() {
        let keys = asked
            .known(id)
            .map(|known| known.keys.clone())
            .unwrap_or_default();
        for key in keys.iter().filter(|key| !key.resolvable) {
            asked.add(vec![
                asked.edit(id, Change::MakeResolvable(key.fields.to_string())),
            ]);
        }
    }
}

/// The resolver gets a key that other subgraphs have, whose fields it has too, and that can be had on the way.
fn add_key_of_others(asked: &mut Asked<'_, '_>) {
    for entry in asked.graph.type_info(asked.state.type_id).entries.clone() {
        let node = asked.graph.node(entry.node);
        let name = &asked.graph.type_info(node.type_id).name;
        let known = asked.supergraph.subgraph_type(node.subgraph, name);
        let Some(key) = known.and_then(|known| known.keys.get(entry.position)) else {
            continue;
        };
        if !asked
            .reach
            .selects(asked.state.type_id, &asked.state.reached, entry.key)
        {
            continue;
        }
        for id in asked.outside.clone() {
            let has_fields = key.fields.items.iter().all(|item| match item {
                FieldSetItem::Field(field) => asked
                    .known(id)
                    .is_some_and(|known| known.fields.contains_key(&field.name)),
                FieldSetItem::Fragment(_) => false,
            });
            if has_fields && !asked.has_key(id, &key.fields.to_string()) {
                asked.add(vec![asked.edit(id, Change::AddKey(key.fields.to_string()))]);
            }
        }
    }
}

/// A field that identifies objects and that both sides have becomes a key of both.
fn add_key_on_both_sides(asked: &mut Asked<'_, '_>) {
    for id in asked.outside.clone() {
        for field in shared_key_fields(asked, id) {
            if asked.has_key(id, &field) {
                continue;
            }
            let mut edits = vec![asked.edit(id, Change::AddKey(field.to_string()))];
            for other in &asked.here {
                let known = asked.known(*other);
                let has_field = known.is_some_and(|known| known.fields.contains_key(&field));
                if has_field && !asked.has_key(*other, &field) {
                    edits.push(asked.edit(*other, Change::AddKey(field.to_string())));
                }
            }
            asked.add(edits);
        }
    }
}

/// Fields of type `ID`, or named like one, that the resolver and a subgraph at hand both resolve.
fn shared_key_fields(asked: &Asked<'_, '_>, id: SubgraphId) -> Vec<Name> {
    let identifies = |field: &&SubgraphField| {
        !field.external
            && !field.ty.is_list()
            && (field.ty.inner_named_type() == "ID" || KEY_NAMES.contains(&field.name.as_str()))
    };
    let is_here = |field: &&SubgraphField| {
        let resolvers = asked.supergraph.resolvers(&asked.type_name, &field.name);
        resolvers
            .iter()
            .any(|resolver| asked.here.contains(resolver))
    };
    let fields = asked
        .known(id)
        .into_iter()
        .flat_map(|known| known.fields.values());
    fields
        .filter(identifies)
        .filter(is_here)
        .map(|field| field.name.clone())
        .collect()
}

/// A subgraph at hand has the field, or a field of the resolver's key, as external.
fn remove_external(asked: &mut Asked<'_, '_>) {
    let mut wanted = key_fields(asked);
    wanted.push(asked.field.clone());
    for id in asked.here.clone() {
        for name in &wanted {
            let field = asked.known(id).and_then(|known| known.fields.get(name));
            if field.is_some_and(|field| field.external) {
                asked.add(vec![asked.edit(id, Change::RemoveExternal(name.clone()))]);
            }
        }
    }
}

/// A subgraph at hand has lost the field, or a field of the resolver's key, to an override.
fn remove_override(asked: &mut Asked<'_, '_>) {
    let mut wanted = key_fields(asked);
    wanted.push(asked.field.clone());
    wanted.dedup();
    for id in asked.here.clone() {
        for name in &wanted {
            let field = asked.known(id).and_then(|known| known.fields.get(name));
            if !field.is_some_and(|field| field.overridden) {
                continue;
            }
            let resolvers = asked.supergraph.resolvers(&asked.type_name, name);
            let removed = resolvers
                .iter()
                .map(|id| (*id, Change::RemoveOverride(name.clone())));
            let shared = resolvers
                .iter()
                .chain([&id])
                .map(|id| (*id, Change::Share(name.clone())));
            let edits = removed
                .chain(shared)
                .map(|(id, change)| asked.edit(id, change));
            asked.add(edits.collect());
        }
    }
}

/// A subgraph at hand resolves what the resolver's key needs.
fn supply_missing_key_fields(asked: &mut Asked<'_, '_>) {
    for name in key_fields(asked) {
        let definition = asked
            .outside
            .iter()
            .find_map(|id| asked.known(*id)?.fields.get(&name));
        let Some(definition) = definition.map(plain) else {
            continue;
        };
        for id in asked.here.clone() {
            if asked
                .known(id)
                .is_some_and(|known| !known.fields.contains_key(&name))
            {
                let change = Change::AddField(Box::new(definition.clone()));
                asked.add(vec![asked.edit(id, change)]);
            }
        }
    }
}

/// Leaf fields of the resolvable keys of the field's resolvers.
fn key_fields(asked: &Asked<'_, '_>) -> Vec<Name> {
    let known = asked.outside.iter().filter_map(|id| asked.known(*id));
    let keys = known.flat_map(|known| known.keys.iter().filter(|key| key.resolvable));
    let items = keys.flat_map(|key| &key.fields.items);
    let mut names: Vec<Name> = items
        .filter_map(|item| match item {
            FieldSetItem::Field(field) if field.selection.is_empty() => Some(field.name.clone()),
            _ => None,
        })
        .collect();
    names.dedup();
    names
}

/// Objects come from interface objects: the subgraph that knows their types gets the interface's key.
fn add_key_to_interface(asked: &mut Asked<'_, '_>) {
    if !asked.type_is_unknown {
        return;
    }
    let keys: Vec<String> = (asked.here.iter())
        .filter_map(|id| asked.known(*id))
        .flat_map(|known| known.keys.iter().map(|key| key.fields.to_string()))
        .collect();
    for (id, _) in asked.supergraph.iter_subgraphs() {
        let Some(interface) = asked.known(id).filter(|known| known.kind.is_abstract()) else {
            continue;
        };
        for key in &keys {
            let own = interface
                .keys
                .iter()
                .find(|own| own.fields.to_string() == *key);
            let mut edits = match own {
                Some(own) if own.resolvable => continue,
                Some(_) => vec![asked.edit(id, Change::MakeResolvable(key.clone()))],
                None => vec![asked.edit(id, Change::AddKey(key.clone()))],
            };
            for object in &interface.possible_types {
                let known = asked.supergraph.subgraph_type(id, object);
                let has_key = known.is_some_and(|known| {
                    known.keys.iter().any(|own| own.fields.to_string() == *key)
                });
                if !has_key {
                    edits.push(asked.edit_of(id, object, Change::AddKey(key.clone())));
                }
            }
            asked.add(edits);
        }
    }
}

/// The field is resolved at hand too, and shared.
fn share_field(asked: &mut Asked<'_, '_>) {
    let (Some(&resolver), Some(&here)) = (asked.outside.first(), asked.here.first()) else {
        return;
    };
    let Some(definition) = asked
        .known(resolver)
        .and_then(|known| known.fields.get(&asked.field))
    else {
        return;
    };
    if asked
        .known(here)
        .is_none_or(|known| known.fields.contains_key(&asked.field))
    {
        return;
    }
    let mut edits = vec![asked.edit(here, Change::AddField(Box::new(plain(definition))))];
    for id in std::iter::once(here).chain(asked.outside.iter().copied()) {
        edits.push(asked.edit(id, Change::Share(asked.field.clone())));
    }
    asked.add(edits);
}

/// A field's bare definition.
fn plain(field: &SubgraphField) -> FieldDefinition {
    FieldDefinition {
        description: None,
        name: field.name.clone(),
        arguments: field.definition.arguments.clone(),
        ty: field.ty.clone(),
        directives: DirectiveList::default(),
    }
}
