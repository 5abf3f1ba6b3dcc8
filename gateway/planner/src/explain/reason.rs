//! Why a fetch is there: where it enters, after what, with what, and what it gives that others cannot.

use crate::graph::Graph;
use std::collections::BTreeSet;
use std::fmt::Write;
use weft_query_plan::{Fetch, FetchKind, FetchSelection, FetchSelectionSet};

/// So many places of a fetch are named, the others counted.
const PLACES: usize = 4;

/// A type and one of its fields.
pub(super) type TypeAndField = (String, String);

/// Why a fetch is there.
pub(super) fn reason(graph: &Graph<'_>, fetch: &Fetch) -> String {
    let mut text = place(fetch);
    let before = fetch.depends_on.iter().map(|before| before.0.to_string());
    let before: Vec<String> = before.collect();
    if !before.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, " after fetch {}", before.join(" and "));
    }
    takes(fetch, &mut text);
    for (ty, field) in given(graph, fetch) {
        let _ = write!(text, "; gives `{ty}.{field}`");
        match owners(graph, &ty, &field).as_slice() {
            [_] => text.push_str(", which only it resolves"),
            [] => {}
            several => {
                let others = several_names(several, &fetch.subgraph_name);
                let _ = write!(text, ", as would {others}");
            }
        }
    }
    text
}

fn place(fetch: &Fetch) -> String {
    if let FetchKind::Root { .. } = &fetch.kind {
        return "starts from a root type".to_owned();
    }
    let targets = fetch.targets();
    let named = targets.iter().take(PLACES);
    let named: Vec<String> = named.map(|target| format!("`{target}`")).collect();
    let more = match targets.len() - named.len() {
        0 => String::new(),
        1 => " and 1 more place".to_owned(),
        more => format!(" and {more} more places"),
    };
    format!("enters at {}{more}", named.join(", "))
}

/// The fields that a fetch gives right below the root or its entities, with the types that they are on.
pub(super) fn given(graph: &Graph<'_>, fetch: &Fetch) -> BTreeSet<TypeAndField> {
    let mut fields = BTreeSet::new();
    match &fetch.kind {
        FetchKind::Root {
            selection,
            operation_type,
            ..
        } => {
            let root = graph.supergraph().root_type(*operation_type);
            let root = root.map_or_else(|| operation_type.name().to_owned(), ToString::to_string);
            top_fields(selection, &root, &mut fields);
        }
        FetchKind::Entities(calls) => {
            calls
                .iter()
                .for_each(|call| top_fields(&call.selection, "", &mut fields));
        }
    }
    fields
}

/// The arguments that a fetch takes from contexts.
fn takes(fetch: &Fetch, text: &mut String) {
    let FetchKind::Entities(calls) = &fetch.kind else {
        return;
    };
    for call in calls {
        for context in &call.context_variables {
            let sources = context.sources.iter();
            let types: Vec<String> = sources
                .map(|source| format!("`{}`", source.type_condition))
                .collect();
            let (argument, types) = (&context.argument, types.join(" or "));
            // Writing to a string cannot fail.
            let _ = write!(text, "; takes `{argument}` from the {types} above");
        }
    }
}

fn several_names(names: &[String], except: &str) -> String {
    let others: Vec<String> = names
        .iter()
        .filter(|name| *name != except)
        .map(|name| format!("`{name}`"))
        .collect();
    others.join(", ")
}

fn top_fields(selection: &FetchSelectionSet, ty: &str, fields: &mut BTreeSet<TypeAndField>) {
    for item in &selection.items {
        match item {
            FetchSelection::Field(field) if field.name == "__typename" => {}
            FetchSelection::Field(field) => {
                fields.insert((ty.to_owned(), field.name.to_string()));
            }
            FetchSelection::Fragment(fragment) => {
                let ty = fragment
                    .type_condition
                    .as_ref()
                    .map_or(ty, |name| name.as_str());
                top_fields(&fragment.selection, ty, fields);
            }
        }
    }
}

fn owners(graph: &Graph<'_>, ty: &str, field: &str) -> Vec<String> {
    let Some(object) = graph.possible(ty).first() else {
        return Vec::new();
    };
    let name = graph.name_id(field);
    let resolving = graph
        .subgraph_ids()
        .filter(|&id| graph.needs_more(id, object, name).is_some());
    resolving
        .map(|id| graph.subgraph(id).name.clone())
        .collect()
}
