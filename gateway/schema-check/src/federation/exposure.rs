//! Elements that the subgraphs had all along and clients see only now, or do not see any more.

use apollo_compiler::Schema;

use super::{Found, Graphs};
use crate::Criticality::{Dangerous, Safe};
use crate::places::Places;
use weft_diagnostic::Source;

pub(super) const CODES: &[&str] = &["INACCESSIBLE_ADDED", "INACCESSIBLE_LIFTED"];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    let texts = [
        graphs.old.schema(),
        graphs.old.api_schema(),
        graphs.new.schema(),
        graphs.new.api_schema(),
    ];
    let [old, old_api, new, new_api] = texts.map(|schema| elements(schema));
    for (path, _) in new_api.wordings() {
        if old.wording(path).is_some() && old_api.wording(path).is_none() {
            let message = format!("clients see `{path}` now, which was hidden from them");
            found.add("INACCESSIBLE_LIFTED", path, None, Dangerous, message);
        }
    }
    for (path, _) in old_api
        .wordings()
        .filter(|(path, _)| !path.starts_with('@'))
    {
        if new.wording(path).is_some() && new_api.wording(path).is_none() {
            let message = format!("`{path}` is hidden from clients now, and still in the graph");
            found.add("INACCESSIBLE_ADDED", path, None, Safe, message);
        }
    }
}

fn elements(schema: &Schema) -> Places {
    Places::of(&Source::new("graph", "", schema.to_string()))
}
