//! Why each subgraph cannot answer a field where a client asked for it.

use apollo_compiler::Name;
use weft_supergraph::query_graph::{
    FieldId, NodeId, QueryGraph, Reach, SelectionId, SelectionItem, TYPENAME, TypeId,
};
use weft_supergraph::{Key, SubgraphField, SubgraphId, SubgraphType, Supergraph};

use super::walk::{Failure, State};

/// More subgraphs than this are counted, not named.
const NAMED: usize = 4;

/// One subgraph's part in a failure.
pub(super) struct Reason {
    pub(super) subgraph: SubgraphId,
    /// The element in that subgraph that it is about.
    pub(super) type_name: Name,
    pub(super) field: Option<Name>,
    /// What keeps the subgraph from answering, as a sentence without its start "`a` …".
    pub(super) text: String,
    /// Whether the subgraph would resolve the field if it could be entered.
    pub(super) resolves: bool,
    /// The context that is missing, if it is that.
    pub(super) context: Option<String>,
}

/// The reasons of a field that no node resolves, those who could help first.
pub(super) fn reasons(
    supergraph: &Supergraph,
    reach: &mut Reach<'_>,
    state: &State,
    failure: &Failure,
) -> Vec<Reason> {
    let graph = supergraph.query_graph();
    reach.set_environment(&failure.environment);
    let mut asked = Asked {
        supergraph,
        graph,
        reach,
        state,
        field: failure.field,
    };
    let mut reasons = Vec::new();
    for (id, _) in supergraph.iter_subgraphs() {
        let mut names = vec![graph.type_info(state.type_id).name.clone()];
        names.extend(asked.interface_objects(id));
        reasons.extend(names.iter().filter_map(|name| asked.reason(id, name)));
    }
    reasons.sort_by_key(|reason| !reason.resolves);
    reasons
}

struct Asked<'a, 'g> {
    supergraph: &'a Supergraph,
    graph: &'a QueryGraph,
    reach: &'a mut Reach<'g>,
    state: &'a State,
    field: FieldId,
}

impl Asked<'_, '_> {
    /// The interface objects in a subgraph that stand for the type.
    fn interface_objects(&self, id: SubgraphId) -> Vec<Name> {
        let types = self.supergraph.subgraph(id).types.values();
        let wanted = &self.graph.type_info(self.state.type_id).name;
        types
            .filter(|known| known.is_interface_object)
            .filter(|known| self.supergraph.is_possible_type(&known.name, wanted))
            .map(|known| known.name.clone())
            .collect()
    }

    fn reason(&mut self, id: SubgraphId, type_name: &Name) -> Option<Reason> {
        let known = self.supergraph.subgraph_type(id, type_name)?;
        let field_name = self.graph.field_name(self.field).clone();
        let field = known.fields.get(&field_name);
        let resolvable = field.filter(|field| !field.external && !field.overridden);
        let is_reached = self.state.reached.iter().any(|node| {
            let node = self.graph.node(*node);
            node.subgraph == id && self.graph.type_info(node.type_id).name == *type_name
        });
        let text = match (is_reached, field) {
            (true, None) => format!("does not define `{type_name}.{field_name}`"),
            (_, Some(field)) if resolvable.is_none() => not_resolvable(type_name, field),
            (true, Some(field)) => self.unmet_condition(type_name, field)?,
            (false, Some(_)) => self.not_entered(id, known),
            (false, None) => return None,
        };
        Some(Reason {
            subgraph: id,
            type_name: type_name.clone(),
            field: field.map(|field| field.name.clone()),
            text,
            resolves: resolvable.is_some(),
            context: field
                .filter(|_| is_reached)
                .and_then(|field| self.unset_context(field)),
        })
    }

    /// Why a field that is at hand cannot be read.
    fn unmet_condition(&mut self, type_name: &Name, field: &SubgraphField) -> Option<String> {
        if let Some(label) = &field.override_label {
            let on = if label.when { "on" } else { "off" };
            let decided = self
                .graph
                .labels()
                .iter()
                .position(|known| *known == label.label);
            if decided.is_some()
                && self.state.environment.labels.iter().any(|(known, value)| {
                    self.graph.label(*known) == label.label && *value != label.when
                })
            {
                return Some(format!(
                    "resolves `{type_name}.{}` only while the label `{}` is {on}",
                    field.name, label.label
                ));
            }
        }
        if let Some(context) = self.unset_context(field) {
            return Some(format!(
                "takes an argument of `{type_name}.{}` from the context `{context}`, which nothing on this way sets",
                field.name
            ));
        }
        let requires = field.requires.as_ref()?;
        let missing = self.missing_of(type_name, &field.name);
        let missing = missing.unwrap_or_else(|| requires.to_string());
        Some(format!(
            "requires `{requires}` for `{type_name}.{}`, and `{missing}` cannot be had from {}",
            field.name,
            self.reached_names()
        ))
    }

    /// The first context that the field needs and that is not set, as its subgraph calls it.
    fn unset_context(&self, field: &SubgraphField) -> Option<String> {
        let set = &self.state.environment.contexts;
        let is_set = |argument: &weft_supergraph::ContextArgument| {
            set.iter()
                .any(|id| self.graph.context(*id).argument == *argument)
        };
        let unset = field
            .context_arguments
            .iter()
            .find(|argument| !is_set(argument))?;
        let name = unset
            .context
            .rsplit_once("__")
            .map_or(unset.context.as_str(), |(_, name)| name);
        Some(name.to_owned())
    }

    /// Why a subgraph that resolves the field is not entered.
    fn not_entered(&mut self, id: SubgraphId, known: &SubgraphType) -> String {
        let field = self.graph.field_name(self.field).clone();
        let resolves = format!("resolves `{}.{field}`, but ", known.name);
        if known.keys.is_empty() {
            return format!("{resolves}its `{}` has no `@key` to enter by", known.name);
        }
        let resolvable: Vec<&Key> = known.keys.iter().filter(|key| key.resolvable).collect();
        if resolvable.is_empty() {
            return format!("{resolves}its `@key`s say `resolvable: false`");
        }
        let keys: Vec<String> = resolvable
            .iter()
            .map(|key| self.unmet_key(id, known, key))
            .collect();
        format!("{resolves}{}", keys.join("; "))
    }

    fn unmet_key(&mut self, id: SubgraphId, known: &SubgraphType, key: &Key) -> String {
        let entries = &self.graph.type_info(self.state.type_id).entries;
        let selection = entries.iter().find(|entry| {
            let node = self.graph.node(entry.node);
            node.subgraph == id
                && self.graph.type_info(node.type_id).name == known.name
                && known.keys.get(entry.position) == Some(key)
        });
        let missing = selection
            .map(|entry| entry.key)
            .and_then(|selection| self.missing(self.state.type_id, &self.state.reached, selection));
        match missing {
            Some(missing) => format!(
                "its key `{}` needs `{missing}`, which {} cannot give",
                key.fields,
                self.reached_names()
            ),
            None => format!(
                "its key `{}` cannot be had from {}",
                key.fields,
                self.reached_names()
            ),
        }
    }

    fn missing_of(&mut self, type_name: &Name, field: &Name) -> Option<String> {
        let field = self.graph.field_id(field)?;
        let node = self.state.reached.iter().find(|node| {
            self.graph.type_info(self.graph.node(**node).type_id).name == *type_name
                && self.graph.node(**node).edge(field).is_some()
        })?;
        let requires = self.graph.node(*node).edge(field)?.requires;
        self.missing(self.state.type_id, &self.state.reached, requires)
    }

    /// The first field of a field set that cannot be had, as a coordinate.
    fn missing(
        &mut self,
        type_id: TypeId,
        nodes: &[NodeId],
        selection: SelectionId,
    ) -> Option<String> {
        let graph = self.graph;
        for item in graph.selections().items(selection) {
            let SelectionItem::Field(field, below) = *item else {
                continue;
            };
            if field == TYPENAME {
                continue;
            }
            let name = || {
                format!(
                    "{}.{}",
                    graph.type_info(type_id).name,
                    graph.field_name(field)
                )
            };
            let next = self.reach.step(type_id, nodes, field);
            if next.is_empty() {
                return Some(name());
            }
            let target = graph
                .type_info(type_id)
                .fields
                .get(&field)
                .and_then(|info| info.target);
            if let Some(target) = target.filter(|target| !graph.type_info(*target).is_abstract()) {
                let closure = self.reach.closure(target, &next);
                let reached: Vec<NodeId> = closure.iter().map(|reached| reached.node).collect();
                if let Some(missing) = self.missing(target, &reached, below) {
                    return Some(missing);
                }
            }
        }
        None
    }

    /// The subgraphs that one is in, as a list.
    fn reached_names(&self) -> String {
        let mut names: Vec<String> = (self.state.reached.iter())
            .map(|node| self.graph.node(*node).subgraph)
            .map(|id| format!("`{}`", self.supergraph.subgraph(id).name))
            .collect();
        names.dedup();
        if names.len() > NAMED {
            let others = names.len() - NAMED;
            names.truncate(NAMED);
            return format!("{} or {others} others", names.join(", "));
        }
        match names.as_slice() {
            [] => "here".to_owned(),
            [only] => only.clone(),
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        }
    }
}

fn not_resolvable(type_name: &Name, field: &SubgraphField) -> String {
    if field.overridden {
        return format!("has lost `{type_name}.{}` to an `@override`", field.name);
    }
    format!(
        "declares `{type_name}.{}` `@external`, so it does not resolve it",
        field.name
    )
}
