//! Repairs of a field that cannot be reached: candidates from the model, each tried by composing the changed texts.

mod apply;
mod candidates;

use std::fmt;

use apollo_compiler::Name;
use apollo_compiler::ast::FieldDefinition;
use weft_supergraph::Supergraph;
use weft_supergraph::query_graph::Reach;

use super::Origin;
use super::walk::{Failure, State};
use crate::codes::SATISFIABILITY_ERROR;

/// More candidates than this are not tried for one failure, and more verified ones not shown.
const TRIED: usize = 8;
const SHOWN: usize = 3;

/// How much schema text is composed in all to try repairs: seconds on a large graph.
const TEXT_LIMIT: usize = 4 << 20;

/// How many times a graph of that size may be composed again.
pub(super) fn allowed_tries(origin: Origin<'_>) -> usize {
    let size: usize = origin
        .sources
        .iter()
        .map(|source| source.sdl.text().len())
        .sum();
    TEXT_LIMIT / size.max(1)
}

/// Changes of one or more subgraphs that together make a field reachable; composed with, and found to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The changes, in the order in which they are made.
    pub changes: Vec<SchemaChange>,
}

/// A change of one type in one subgraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    /// The subgraph's name.
    pub subgraph: String,
    /// The type, an object or an interface.
    pub type_name: Name,
    /// What is changed there.
    pub change: Change,
}

/// What a repair changes of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The type gets a `@key` of these fields.
    AddKey(String),
    /// The `@key` of these fields loses `resolvable: false`.
    MakeResolvable(String),
    /// The type gets a field.
    AddField(Box<FieldDefinition>),
    /// The field loses `@external`.
    RemoveExternal(Name),
    /// The field loses `@override`.
    RemoveOverride(Name),
    /// The field gets `@shareable`.
    Share(Name),
}

/// The repairs after which the failing field can be reached and nothing else is broken, the least intrusive first.
pub(super) fn repairs(
    supergraph: &Supergraph,
    reach: &mut Reach<'_>,
    state: &State,
    failure: &Failure,
    origin: Origin<'_>,
    tries: &mut usize,
) -> Vec<Repair> {
    let graph = supergraph.query_graph();
    let type_name = &graph.type_info(state.type_id).name;
    let coordinate = format!("{type_name}.{}", graph.field_name(failure.field));
    let candidates = candidates::candidates(supergraph, reach, state, failure);
    those_that_work(candidates, &coordinate, origin, tries)
}

/// Of several repairs those after which the field at `coordinate` can be reached and nothing else is broken.
pub(super) fn those_that_work(
    candidates: Vec<Repair>,
    coordinate: &str,
    origin: Origin<'_>,
    tries: &mut usize,
) -> Vec<Repair> {
    let Some(recompose) = origin.recompose else {
        return Vec::new();
    };
    let mut works = |repair: &Repair| {
        let Some(changed) = repair.apply(origin.sources) else {
            return false;
        };
        let Some(left) = tries.checked_sub(1) else {
            return false;
        };
        *tries = left;
        let others_only = |errors: Vec<weft_diagnostic::Diagnostic>| {
            errors.iter().all(|error| {
                let same = error.coordinate.as_deref() == Some(coordinate);
                error.code == SATISFIABILITY_ERROR && !same
            })
        };
        recompose(&changed).map_or_else(others_only, |()| true)
    };
    candidates
        .into_iter()
        .take(TRIED)
        .filter(|repair| works(repair))
        .take(SHOWN)
        .collect()
}

impl fmt::Display for Repair {
    /// What to do, as an imperative sentence.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shares, others): (Vec<&SchemaChange>, Vec<&SchemaChange>) = self
            .changes
            .iter()
            .partition(|change| matches!(change.change, Change::Share(_)));
        let mut parts: Vec<String> = others.iter().map(ToString::to_string).collect();
        if let Some(first) = shares.first() {
            let names: Vec<String> = shares
                .iter()
                .map(|share| format!("`{}`", share.subgraph))
                .collect();
            parts.push(format!("{first}{}", list(&names)));
        }
        formatter.write_str(&parts.join(" and "))
    }
}

impl fmt::Display for SchemaChange {
    /// Without the subgraph for [`Change::Share`], which is said once for all.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (type_name, subgraph) = (&self.type_name, &self.subgraph);
        match &self.change {
            Change::AddKey(fields) => write!(
                formatter,
                "add `@key(fields: \"{fields}\")` to `{type_name}` in `{subgraph}`"
            ),
            Change::MakeResolvable(fields) => write!(
                formatter,
                "remove `resolvable: false` from `@key(fields: \"{fields}\")` of `{type_name}` in `{subgraph}`"
            ),
            Change::AddField(field) => write!(
                formatter,
                "resolve `{}: {}` on `{type_name}` in `{subgraph}`",
                field.name, field.ty
            ),
            Change::RemoveExternal(field) => write!(
                formatter,
                "remove `@external` from `{type_name}.{field}` in `{subgraph}` and resolve it there"
            ),
            Change::RemoveOverride(field) => write!(
                formatter,
                "remove `@override` from `{type_name}.{field}` in `{subgraph}`"
            ),
            Change::Share(field) => {
                write!(formatter, "mark `{type_name}.{field}` `@shareable` in ")
            }
        }
    }
}

/// `a`, `b` and `c`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
