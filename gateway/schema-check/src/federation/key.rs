//! The keys by which entities are entered. A gateway that still runs the old graph uses the old ones.

use weft_supergraph::{Key, SubgraphType};

use super::{Found, Graphs};
use crate::Criticality::{Dangerous, Safe};

pub(super) const CODES: &[&str] = &[
    "INTERFACE_OBJECT_CHANGED",
    "KEY_ADDED",
    "KEY_MADE_RESOLVABLE",
    "KEY_MADE_UNRESOLVABLE",
    "KEY_REMOVED",
];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for before in graphs.old.subgraphs() {
        let Some((_, after)) = graphs.new.subgraph_by_name(&before.name) else {
            continue;
        };
        for (name, old) in &before.types {
            if let Some(new) = after.types.get(name) {
                entity(&before.name, old, new, found);
            }
        }
    }
}

fn entity(subgraph: &str, old: &SubgraphType, new: &SubgraphType, found: &mut Found) {
    let name = new.name.as_str();
    let same = |list: &[Key], key: &Key| -> Option<Key> {
        let text = key.fields.to_string();
        list.iter()
            .find(|other| other.fields.to_string() == text)
            .cloned()
    };
    for key in &old.keys {
        let fields = &key.fields;
        match same(&new.keys, key) {
            None => {
                let message = format!("`{subgraph}` has no key `{fields}` for `{name}` any more");
                found.add("KEY_REMOVED", name, Some(subgraph), Dangerous, message);
            }
            Some(now) if key.resolvable && !now.resolvable => {
                let message =
                    format!("`{subgraph}` does not resolve `{name}` by `{fields}` any more");
                found.add(
                    "KEY_MADE_UNRESOLVABLE",
                    name,
                    Some(subgraph),
                    Dangerous,
                    message,
                );
            }
            Some(now) if !key.resolvable && now.resolvable => {
                let message = format!("`{subgraph}` resolves `{name}` by `{fields}` now");
                found.add("KEY_MADE_RESOLVABLE", name, Some(subgraph), Safe, message);
            }
            Some(_) => {}
        }
    }
    for key in new.keys.iter().filter(|key| same(&old.keys, key).is_none()) {
        let message = format!("`{subgraph}` has the key `{}` for `{name}` now", key.fields);
        found.add("KEY_ADDED", name, Some(subgraph), Safe, message);
    }
    if old.is_interface_object != new.is_interface_object {
        let (verb, level) = match new.is_interface_object {
            true => ("declares", Safe),
            false => ("does not declare", Dangerous),
        };
        let message = format!("`{subgraph}` {verb} `{name}` as an interface object now");
        found.add(
            "INTERFACE_OBJECT_CHANGED",
            name,
            Some(subgraph),
            level,
            message,
        );
    }
}
