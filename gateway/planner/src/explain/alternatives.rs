//! For each fetch, from where else its fields could be had, or by which other key, and what the best plan that does so costs.

use super::{PlanCost, cost_of, top_fields};
use crate::error::PlanError;
use crate::graph::Graph;
use crate::limit::Limit;
use crate::options::PlanOptions;
use crate::root;
use crate::type_set::TypeSet;
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::{EntityCall, Fetch, FetchKind, Operation, QueryPlan, RepresentationItem};
use weft_supergraph::{FieldSet, FieldSetItem, SubgraphId};

/// Another way to what a fetch gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// What would be done instead, such as "`User.name` from `b`".
    pub instead: String,
    /// What the best plan that does so costs, or why there is none.
    pub cost: Result<PlanCost, String>,
}

/// Some fields of a type that a fetch gives.
struct Given {
    ty: String,
    types: TypeSet,
    fields: BTreeSet<String>,
}

/// Plans an operation again for every alternative.
pub(super) struct Alternatives<'x, 'g> {
    pub(super) graph: &'x Graph<'g>,
    pub(super) operation: &'x Operation,
    pub(super) options: &'x PlanOptions,
}

impl Alternatives<'_, '_> {
    /// For each fetch of a plan, its alternatives.
    pub(super) fn of(&self, plan: &QueryPlan) -> Vec<Vec<Alternative>> {
        plan.fetches.iter().map(|fetch| self.to(fetch)).collect()
    }

    fn to(&self, fetch: &Fetch) -> Vec<Alternative> {
        let mut found: Vec<Alternative> = Vec::new();
        for given in self.given(fetch) {
            let others = self.graph.subgraph_ids();
            for other in others.filter(|&other| other != fetch.subgraph) {
                found.extend(self.taken_from(&given, other));
            }
            if let FetchKind::Entities(calls) = &fetch.kind {
                found.extend(self.by_other_keys(&given, fetch.subgraph, calls));
            }
        }
        found
    }

    /// What a fetch gives, by type.
    fn given(&self, fetch: &Fetch) -> Vec<Given> {
        let mut pairs = BTreeSet::new();
        match &fetch.kind {
            FetchKind::Root {
                selection,
                operation_type,
                ..
            } => {
                let root = self.graph.supergraph().root_type(*operation_type);
                let root = root.map(ToString::to_string).unwrap_or_default();
                top_fields(selection, &root, &mut pairs);
            }
            FetchKind::Entities(calls) => calls
                .iter()
                .for_each(|call| top_fields(&call.selection, "", &mut pairs)),
        }
        let mut by_type: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (ty, field) in pairs {
            by_type.entry(ty).or_default().insert(field);
        }
        let given = by_type.into_iter().map(|(ty, fields)| Given {
            types: self.graph.possible(&ty),
            ty,
            fields,
        });
        given.collect()
    }

    /// What it costs to have as many of the fields as possible from another subgraph; none where that knows none of them.
    fn taken_from(&self, given: &Given, other: SubgraphId) -> Option<Alternative> {
        let name = |field: &str| self.graph.name_id(field);
        let knows = |field: &&String| {
            let mut types = given.types.iter();
            types.any(|object| self.graph.field(other, object, name(field)).is_some())
        };
        let resolves = |field: &&String| {
            let mut types = given.types.iter();
            types.all(|object| self.graph.needs_more(other, object, name(field)).is_some())
        };
        let known: BTreeSet<String> = given.fields.iter().filter(knows).cloned().collect();
        let fields: BTreeSet<String> = known.iter().filter(resolves).cloned().collect();
        let (shown, cost) = match (known.is_empty(), fields.is_empty()) {
            (true, _) => return None,
            (false, true) => {
                let reason = "it refers to what another subgraph resolves".to_owned();
                (known, Err(reason))
            }
            (false, false) => {
                let limit = Limit::From {
                    subgraph: other,
                    types: given.types.clone(),
                    fields: fields.iter().map(|field| name(field)).collect(),
                };
                let cost = self.cost(limit);
                (fields, cost.map_err(|error| self.why(&error, given, other)))
            }
        };
        let shown: Vec<String> = shown
            .iter()
            .map(|field| format!("`{}.{field}`", given.ty))
            .collect();
        Some(Alternative {
            instead: format!(
                "{} from `{}`",
                shown.join(", "),
                self.graph.subgraph(other).name
            ),
            cost,
        })
    }

    /// What it costs to enter by each key that the fetch does not use.
    fn by_other_keys(
        &self,
        given: &Given,
        subgraph: SubgraphId,
        calls: &[EntityCall],
    ) -> Vec<Alternative> {
        let Some(object) = given.types.first() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for local in self.graph.local_types(subgraph, object) {
            let used = local
                .keys
                .iter()
                .filter(|key| key.resolvable && is_sent(calls, &key.fields))
                .max_by_key(|key| key.fields.items.len());
            for key in local.keys.iter().filter(|key| Some(*key) != used) {
                let cost = match key.resolvable {
                    false => Err("the key is not resolvable".to_owned()),
                    true => self
                        .cost(Limit::ByKey {
                            subgraph,
                            key_type: local.name.clone(),
                            key: key.fields.clone(),
                        })
                        .map_err(|_| "the key cannot be had on that way".to_owned()),
                };
                let instead = format!("`{}` by the key `{}`", given.ty, key.fields);
                found.push(Alternative { instead, cost });
            }
        }
        found
    }

    fn cost(&self, limit: Limit) -> Result<PlanCost, PlanError> {
        let graph = self.graph.limited(limit);
        let plan = root::plan(&graph, self.operation, self.options)?;
        Ok(cost_of(&plan))
    }

    /// Why there is no plan that takes fields from a subgraph.
    fn why(&self, error: &PlanError, given: &Given, other: SubgraphId) -> String {
        if !matches!(error, PlanError::Unreachable { .. }) {
            return error.to_string();
        }
        let object = given.types.first();
        let entries = object.map(|object| self.graph.entries(other, object));
        let keys: BTreeSet<String> = entries
            .into_iter()
            .flatten()
            .map(|entry| format!("`{}`", entry.key.fields))
            .collect();
        if keys.is_empty() {
            return format!("no key of `{}` is resolvable there", given.ty);
        }
        let keys: Vec<String> = keys.into_iter().collect();
        format!(
            "it is entered by {}, and not all that it needs can be had on that way",
            keys.join(" or ")
        )
    }
}

/// Whether representations carry all fields of a key.
fn is_sent(calls: &[EntityCall], key: &FieldSet) -> bool {
    let mut representations = calls.iter().flat_map(|call| &call.representations);
    representations.any(|one| {
        key.items.iter().all(|wanted| match wanted {
            FieldSetItem::Field(field) => one.items.iter().any(
                |item| matches!(item, RepresentationItem::Field(sent) if sent.name == field.name),
            ),
            FieldSetItem::Fragment(_) => true,
        })
    })
}
