//! Which subgraphs resolve a field, what they need for it and what they bring along.

use weft_supergraph::{FieldSet, SubgraphField, Supergraph};

use super::{Found, Graphs, KeptField};
use crate::Criticality::{Dangerous, Safe};

pub(super) const CODES: &[&str] = &[
    "FIELD_OWNER_ADDED",
    "FIELD_OWNER_MOVED",
    "FIELD_OWNER_REMOVED",
    "OVERRIDE_LABEL_CHANGED",
    "PROVIDES_CHANGED",
    "REQUIRES_CHANGED",
];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for (type_name, definition) in &graphs.old.schema().types {
        let fields = match definition {
            _ if definition.is_built_in() => continue,
            apollo_compiler::schema::ExtendedType::Object(object) => &object.fields,
            apollo_compiler::schema::ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for field in fields.keys() {
            owners(graphs, type_name, field, found);
        }
    }
    for kept in graphs.kept_fields() {
        needs(&kept, found);
        label(&kept, found);
    }
}

fn owners(graphs: &Graphs<'_>, type_name: &str, field: &str, found: &mut Found) {
    let names = |graph: &Supergraph| -> Vec<String> {
        let ids = graph.resolvers(type_name, field);
        ids.iter()
            .map(|id| graph.subgraph(*id).name.clone())
            .collect()
    };
    let (old, new) = (names(graphs.old), names(graphs.new));
    if old.is_empty() || new.is_empty() {
        return;
    }
    let gone: Vec<&String> = old.iter().filter(|name| !new.contains(name)).collect();
    let come: Vec<&String> = new.iter().filter(|name| !old.contains(name)).collect();
    let path = format!("{type_name}.{field}");
    let list = |names: &[&String]| {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    let first = come.first().or(gone.first()).map(|name| name.as_str());
    match (gone.as_slice(), come.as_slice()) {
        ([], []) => {}
        (gone, []) => {
            let message = format!("{} resolves `{path}` no longer", list(gone));
            found.add("FIELD_OWNER_REMOVED", path, first, Dangerous, message);
        }
        ([], come) => {
            let message = format!("{} resolves `{path}` too", list(come));
            found.add("FIELD_OWNER_ADDED", path, first, Safe, message);
        }
        (gone, come) => {
            let message = format!("`{path}` moved from {} to {}", list(gone), list(come));
            found.add("FIELD_OWNER_MOVED", path, first, Dangerous, message);
        }
    }
}

fn needs(kept: &KeptField<'_>, found: &mut Found) {
    let &KeptField {
        subgraph, old, new, ..
    } = kept;
    let path = kept.coordinate.as_str();
    let text = |set: &Option<FieldSet>| set.as_ref().map(ToString::to_string);
    let pairs = [
        (
            "REQUIRES_CHANGED",
            "requires",
            text(&old.requires),
            text(&new.requires),
        ),
        (
            "PROVIDES_CHANGED",
            "provides",
            text(&old.provides),
            text(&new.provides),
        ),
    ];
    for (code, verb, before, after) in pairs {
        if before == after {
            continue;
        }
        let nothing = "nothing".to_owned();
        let message = format!(
            "`{subgraph}` {verb} `{}` for `{path}` instead of `{}`",
            after.unwrap_or_else(|| nothing.clone()),
            before.unwrap_or(nothing)
        );
        found.add(code, path, Some(subgraph), Dangerous, message);
    }
}

fn label(kept: &KeptField<'_>, found: &mut Found) {
    let &KeptField {
        subgraph, old, new, ..
    } = kept;
    let path = kept.coordinate.as_str();
    // The field has the label in both subgraphs; only one of them wrote it.
    let label = |field: &SubgraphField| {
        let written = field.override_label.as_ref().filter(|one| one.when);
        written.map(|one| one.label.clone())
    };
    if label(old) != label(new) {
        let name =
            |label: Option<String>| label.map_or("no label".to_owned(), |one| format!("`{one}`"));
        let message = format!(
            "the progressive override of `{path}` in `{subgraph}` has {} instead of {}",
            name(label(new)),
            name(label(old))
        );
        found.add(
            "OVERRIDE_LABEL_CHANGED",
            path,
            Some(subgraph),
            Dangerous,
            message,
        );
    }
}
