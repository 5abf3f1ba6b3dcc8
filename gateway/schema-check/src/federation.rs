//! What the API schema does not show: two supergraphs in, the changes in how subgraphs make them up out.
//!
//! One file for each kind; the list is below. None of these invalidates an operation by GraphQL's rules, except that
//! stricter authorisation takes answers from clients that had them.

mod authorisation;
mod context;
mod exposure;
mod key;
mod owner;
mod shareable;
mod subgraph;
mod vanished;
mod weakened;

use weft_supergraph::{SubgraphField, Supergraph};

use crate::places::Places;
use crate::{Change, Criticality};

/// The two graphs, and the texts that their subgraphs wrote.
pub struct Graphs<'a> {
    /// The graph before.
    pub old: &'a Supergraph,
    /// The graph after.
    pub new: &'a Supergraph,
    /// The subgraphs' texts before.
    pub old_places: &'a [Places],
    /// The subgraphs' texts after.
    pub new_places: &'a [Places],
}

/// A field that one subgraph defines before and after.
struct KeptField<'a> {
    subgraph: &'a str,
    coordinate: String,
    old: &'a SubgraphField,
    new: &'a SubgraphField,
}

impl<'a> Graphs<'a> {
    /// The fields that stay in the subgraphs that stay.
    fn kept_fields(&self) -> impl Iterator<Item = KeptField<'a>> {
        let new_graph = self.new;
        let subgraphs = self.old.subgraphs().iter().filter_map(move |old| {
            let (_, new) = new_graph.subgraph_by_name(&old.name)?;
            Some((old, new))
        });
        subgraphs.flat_map(move |(before, after)| {
            let types = before.types.iter();
            let types =
                types.filter_map(move |(name, old)| Some((name, old, after.types.get(name)?)));
            types.flat_map(move |(type_name, old, new)| {
                let fields = old.fields.iter();
                let fields =
                    fields.filter_map(|(name, old)| Some((name, old, new.fields.get(name)?)));
                fields.map(move |(name, old, new)| KeptField {
                    subgraph: &before.name,
                    coordinate: format!("{type_name}.{name}"),
                    old,
                    new,
                })
            })
        })
    }
}

/// A change, and the subgraph that made it where one did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederationChange {
    /// What changed.
    pub change: Change,
    /// Where.
    pub subgraph: Option<String>,
}

/// All changes, the gravest first, then by coordinate.
pub fn compare(graphs: &Graphs<'_>) -> Vec<FederationChange> {
    let mut found = Found(Vec::new());
    subgraph::compare(graphs, &mut found);
    key::compare(graphs, &mut found);
    owner::compare(graphs, &mut found);
    context::compare(graphs, &mut found);
    shareable::compare(graphs, &mut found);
    authorisation::compare(graphs, &mut found);
    exposure::compare(graphs, &mut found);
    vanished::compare(graphs, &mut found);
    weakened::compare(graphs, &mut found);
    let key = |one: &FederationChange| {
        let change = &one.change;
        let level = std::cmp::Reverse(change.criticality);
        (
            level,
            change.path.clone(),
            change.code,
            one.subgraph.clone(),
        )
    };
    found.0.sort_by_cached_key(key);
    found.0
}

/// The codes of all changes that [`compare`] can report, in alphabetical order.
pub fn change_codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = [
        authorisation::CODES,
        context::CODES,
        exposure::CODES,
        key::CODES,
        owner::CODES,
        shareable::CODES,
        subgraph::CODES,
        vanished::CODES,
        weakened::CODES,
    ]
    .concat();
    codes.sort_unstable();
    codes
}

struct Found(Vec<FederationChange>);

impl Found {
    fn add(
        &mut self,
        code: &'static str,
        path: impl Into<String>,
        subgraph: Option<&str>,
        criticality: Criticality,
        message: impl Into<String>,
    ) {
        let change = Change {
            path: path.into(),
            criticality,
            code,
            message: message.into(),
        };
        let subgraph = subgraph.map(ToOwned::to_owned);
        self.0.push(FederationChange { change, subgraph });
    }
}
