//! Subgraphs that came, went or moved.

use super::{Found, Graphs};
use crate::Criticality::{Dangerous, Safe};

pub(super) const CODES: &[&str] = &["SUBGRAPH_ADDED", "SUBGRAPH_REMOVED", "SUBGRAPH_URL_CHANGED"];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for before in graphs.old.subgraphs() {
        let name = before.name.as_str();
        match graphs.new.subgraph_by_name(name) {
            None => {
                let message = format!("subgraph `{name}` was removed");
                found.add("SUBGRAPH_REMOVED", name, None, Dangerous, message);
            }
            Some((_, after)) if after.url != before.url => {
                let message = format!(
                    "subgraph `{name}` is served at `{}` instead of `{}`",
                    after.url, before.url
                );
                found.add("SUBGRAPH_URL_CHANGED", name, Some(name), Dangerous, message);
            }
            Some(_) => {}
        }
    }
    for after in graphs.new.subgraphs() {
        let name = after.name.as_str();
        if graphs.old.subgraph_by_name(name).is_none() {
            let message = format!("subgraph `{name}` was added");
            found.add("SUBGRAPH_ADDED", name, Some(name), Safe, message);
        }
    }
}
