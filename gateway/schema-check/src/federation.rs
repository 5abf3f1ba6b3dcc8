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

use weft_supergraph::Supergraph;

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
