//! Arguments that the gateway fills from fields above (`@context`, `@fromContext`): which ones, and from where.

use weft_supergraph::{ContextArgument, SubgraphField};

use super::{Found, Graphs, KeptField};
use crate::Criticality::Dangerous;

pub(super) const CODES: &[&str] = &["FROM_CONTEXT_CHANGED"];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for kept in graphs.kept_fields() {
        arguments(&kept, found);
    }
}

/// A gateway that still runs the old graph fills the arguments as before, whichever way they changed.
fn arguments(kept: &KeptField<'_>, found: &mut Found) {
    let &KeptField {
        subgraph, old, new, ..
    } = kept;
    let arguments = old.context_arguments.iter().chain(&new.context_arguments);
    let mut names: Vec<_> = arguments.map(|one| &one.argument).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let source = |field: &SubgraphField| {
            let mut arguments = field.context_arguments.iter();
            arguments.find(|one| one.argument == *name).map(described)
        };
        let (before, now) = (source(old), source(new));
        if before != now {
            let nothing = || "nothing".to_owned();
            let path = format!("{}({name}:)", kept.coordinate);
            let message = format!(
                "`{subgraph}` has `{path}` filled from {} instead of {}",
                now.unwrap_or_else(nothing),
                before.unwrap_or_else(nothing)
            );
            found.add(
                "FROM_CONTEXT_CHANGED",
                path,
                Some(subgraph),
                Dangerous,
                message,
            );
        }
    }
}

/// The context and, for each type that can set it, what is selected there.
fn described(argument: &ContextArgument) -> String {
    // Composition puts the subgraph's name before the name that its author wrote.
    let whole = argument.context.as_str();
    let context = whole.rsplit_once("__").map_or(whole, |(_, name)| name);
    let selections = argument.selections.iter();
    let mut selections: Vec<String> = selections
        .map(|(type_name, selection)| format!("`{selection}` of `{type_name}`"))
        .collect();
    selections.sort_unstable();
    format!("{} in the context `{context}`", selections.join(", "))
}
