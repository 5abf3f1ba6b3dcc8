//! For each fetch, from where else its fields could be had, or by which other key, and what the best plan that does so costs.

use super::Price;
use super::reason;
use super::replanning::Replanning;
use crate::error::PlanError;
use crate::limit::Limit;
use crate::type_set::TypeSet;
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::{EntityCall, Fetch, FetchKind, QueryPlan, RepresentationItem};
use weft_supergraph::{FieldSet, FieldSetItem, SubgraphId};

/// Another way to what a fetch gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// What would be done instead, such as "`User.name` from `b`".
    pub instead: String,
    /// What the best plan that does so costs.
    pub price: Price,
}

/// Some fields of a type that a fetch gives.
struct Given {
    ty: String,
    types: TypeSet,
    fields: BTreeSet<String>,
}

/// For each fetch of a plan, its alternatives.
pub(super) fn alternatives(
    replanning: &mut Replanning<'_, '_>,
    plan: &QueryPlan,
) -> Vec<Vec<Alternative>> {
    let fetches = plan.fetches.iter();
    fetches.map(|fetch| replanning.to(fetch)).collect()
}

impl Replanning<'_, '_> {
    fn to(&mut self, fetch: &Fetch) -> Vec<Alternative> {
        let graph = self.graph;
        let mut found: Vec<Alternative> = Vec::new();
        for given in self.given(fetch) {
            for other in graph
                .subgraph_ids()
                .filter(|&other| other != fetch.subgraph)
            {
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
        let mut by_type: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (ty, field) in reason::given(self.graph, fetch) {
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
    fn taken_from(&mut self, given: &Given, other: SubgraphId) -> Option<Alternative> {
        let graph = self.graph;
        let knows = |field: &&String| {
            let name = graph.name_id(field);
            let mut types = given.types.iter();
            types.any(|object| graph.field(other, object, name).is_some())
        };
        let resolves = |field: &&String| {
            let name = graph.name_id(field);
            let mut types = given.types.iter();
            types.all(|object| graph.needs_more(other, object, name).is_some())
        };
        let known: Vec<&String> = given.fields.iter().filter(knows).collect();
        let resolved: Vec<&String> = known.iter().copied().filter(resolves).collect();
        if known.is_empty() {
            return None;
        }
        let (fields, price) = match resolved.is_empty() {
            true => {
                let reason = "it refers to what another subgraph resolves".to_owned();
                (known, Price::NoPlan(reason))
            }
            false => {
                let limit = Limit::From {
                    subgraph: other,
                    types: given.types.clone(),
                    fields: resolved.iter().map(|field| graph.name_id(field)).collect(),
                };
                let price = self.under(limit);
                let price = price.unwrap_or_else(|error| self.why(&error, given, other));
                (resolved, price)
            }
        };
        let fields: Vec<String> = fields
            .iter()
            .map(|field| format!("`{}.{field}`", given.ty))
            .collect();
        let (fields, from) = (fields.join(", "), &graph.subgraph(other).name);
        Some(Alternative {
            instead: format!("{fields} from `{from}`"),
            price,
        })
    }

    /// What it costs to enter by each key that the fetch does not use.
    fn by_other_keys(
        &mut self,
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
                let limit = Limit::ByKey {
                    subgraph,
                    key_type: local.name.clone(),
                    key: key.fields.clone(),
                };
                let price = match key.resolvable {
                    true => self
                        .under(limit)
                        .map_err(|_| "the key cannot be had on that way"),
                    false => Err("the key is not resolvable"),
                };
                found.push(Alternative {
                    instead: format!("`{}` by the key `{}`", given.ty, key.fields),
                    price: price.unwrap_or_else(|why| Price::NoPlan(why.to_owned())),
                });
            }
        }
        found
    }

    /// Why there is no plan that takes fields from a subgraph.
    fn why(&self, error: &PlanError, given: &Given, other: SubgraphId) -> Price {
        if !matches!(error, PlanError::Unreachable { .. }) {
            return Price::NoPlan(error.to_string());
        }
        let object = given.types.first();
        let entries = object.map(|object| self.graph.entries(other, object));
        let entries = entries.into_iter().flatten();
        let keys: BTreeSet<String> = entries
            .map(|entry| format!("`{}`", entry.key.fields))
            .collect();
        let keys: Vec<String> = keys.into_iter().collect();
        Price::NoPlan(match keys.is_empty() {
            true => format!("no key of `{}` is resolvable there", given.ty),
            false => format!(
                "it is entered by {}, and not all that it needs can be had on that way",
                keys.join(" or ")
            ),
        })
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
