//! Additions that do not reach the graph: an argument, input field or sent enum value that other subgraphs lack.

use weft_diagnostic::Source;

use super::{Found, Graphs};
use crate::Criticality::Dangerous;
use crate::places::{Places, around};

pub(super) const CODES: &[&str] = &["ADDITION_VANISHES"];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    let graph = Source::new("graph", "", graphs.new.schema().to_string());
    let merged = Places::of(&graph);
    for after in graphs.new_places {
        let name = after.source().name();
        let before = graphs
            .old_places
            .iter()
            .find(|one| one.source().name() == name);
        for (path, _) in after.wordings() {
            let old = before.is_some_and(|places| places.wording(path).is_some());
            if old || path.starts_with('@') || merged.wording(path).is_some() {
                continue;
            }
            // Only what has its surroundings in the graph: root types may have other names there.
            if let Some(parent) = around(path)
                && merged.wording(parent).is_some()
                && in_several(graphs.new_places, parent)
            {
                let message = format!(
                    "`{name}` adds `{path}`, which stays out of the graph until the other subgraphs with `{parent}` have it"
                );
                found.add("ADDITION_VANISHES", path, Some(name), Dangerous, message);
            }
        }
    }
}

fn in_several(places: &[Places], coordinate: &str) -> bool {
    places
        .iter()
        .filter(|one| one.wording(coordinate).is_some())
        .count()
        > 1
}
