//! One subgraph that weakens a shared element for all: its null, or its demand, is everyone's.

use weft_supergraph::SubgraphTypeKind;

use super::{Found, Graphs};
use crate::Criticality::Dangerous;

pub(super) const CODES: &[&str] = &[
    "FIELD_WEAKENED_BY_SUBGRAPH",
    "INPUT_FIELD_TIGHTENED_BY_SUBGRAPH",
];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for after in graphs.new.subgraphs() {
        let old = graphs
            .old
            .subgraph_by_name(&after.name)
            .map(|(_, subgraph)| subgraph);
        for (type_name, new) in &after.types {
            let before = old.and_then(|subgraph| subgraph.types.get(type_name));
            if new.kind == SubgraphTypeKind::InputObject {
                for (field, ty) in &new.input_fields {
                    let was = before.and_then(|old| old.input_fields.get(field));
                    let changed = was.is_none_or(|was| !was.is_non_null());
                    let path = format!("{type_name}.{field}");
                    if changed
                        && ty.is_non_null()
                        && others(graphs, &after.name, type_name, field, true)
                    {
                        let message = format!(
                            "`{path}` is required for all since `{}` requires it",
                            after.name
                        );
                        found.add(CODES[1], path, Some(&after.name), Dangerous, message);
                    }
                }
            }
            for (field, definition) in new.fields.iter().filter(|(_, one)| !one.external) {
                let was = before.and_then(|old| old.fields.get(field));
                let changed = was.is_none_or(|was| was.ty.is_non_null());
                let path = format!("{type_name}.{field}");
                if changed
                    && !definition.ty.is_non_null()
                    && others(graphs, &after.name, type_name, field, false)
                {
                    let message = format!(
                        "`{path}` can be null for all since it can in `{}`",
                        after.name
                    );
                    found.add(CODES[0], path, Some(&after.name), Dangerous, message);
                }
            }
        }
    }
}

/// Whether another subgraph says the opposite, and did before.
fn others(graphs: &Graphs<'_>, own: &str, type_name: &str, field: &str, input: bool) -> bool {
    let others = graphs.new.subgraphs().iter().filter(|one| one.name != own);
    others.into_iter().any(|subgraph| {
        let was_there = graphs.old.subgraph_by_name(&subgraph.name).is_some();
        let Some(definition) = subgraph.types.get(type_name).filter(|_| was_there) else {
            return false;
        };
        match input {
            true => definition
                .input_fields
                .get(field)
                .is_some_and(|ty| !ty.is_non_null()),
            false => definition
                .fields
                .get(field)
                .is_some_and(|one| !one.external && one.ty.is_non_null()),
        }
    })
}
