//! Who may see an element: `@authenticated`, `@requiresScopes` and `@policy` on types and fields.

use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, Value};
use apollo_compiler::schema::ExtendedType;
use indexmap::IndexMap;
use std::collections::BTreeSet;

use super::{Found, Graphs};
use crate::Criticality::{Breaking, Dangerous};

pub(super) const CODES: &[&str] = &["AUTHORISATION_LOOSENED", "AUTHORISATION_TIGHTENED"];

/// The sets of which a client must have one whole; the empty set lets everyone in.
type Alternatives = BTreeSet<BTreeSet<String>>;

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    let (old, new) = (demands(graphs.old.schema()), demands(graphs.new.schema()));
    let open = Demands::default();
    for (path, after) in &new {
        // What is new has no clients yet.
        let Some(before) = old.get(path) else {
            continue;
        };
        judge(path, before, after, found);
    }
    for (path, before) in &old {
        if !new.contains_key(path) && before != &open && exists(graphs.new.schema(), path) {
            judge(path, before, &open, found);
        }
    }
}

#[derive(Default, PartialEq)]
struct Demands {
    authenticated: bool,
    scopes: Alternatives,
    policies: Alternatives,
}

fn judge(path: &str, before: &Demands, after: &Demands, found: &mut Found) {
    if before == after {
        return;
    }
    let still_in = (before.authenticated || !after.authenticated)
        && implies(&before.scopes, &after.scopes)
        && implies(&before.policies, &after.policies);
    if still_in {
        let message = format!("`{path}` is open to more clients: {}", describe(after));
        found.add("AUTHORISATION_LOOSENED", path, None, Dangerous, message);
    } else {
        let message = format!(
            "`{path}` is closed to clients that saw it: {}",
            describe(after)
        );
        found.add("AUTHORISATION_TIGHTENED", path, None, Breaking, message);
    }
}

/// Whether everyone whom `before` lets in gets in by `after` too. No alternatives at all demand nothing.
fn implies(before: &Alternatives, after: &Alternatives) -> bool {
    if after.is_empty() {
        return true;
    }
    !before.is_empty()
        && before
            .iter()
            .all(|had| after.iter().any(|needs| needs.is_subset(had)))
}

fn describe(demands: &Demands) -> String {
    let list = |alternatives: &Alternatives| -> String {
        let all: Vec<String> = alternatives
            .iter()
            .map(|one| {
                one.iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" and ")
            })
            .collect();
        all.join(" or ")
    };
    let mut parts = Vec::new();
    if demands.authenticated {
        parts.push("it asks for a signed-in client".to_owned());
    }
    if !demands.scopes.is_empty() {
        parts.push(format!("it asks for scopes {}", list(&demands.scopes)));
    }
    if !demands.policies.is_empty() {
        parts.push(format!("it asks for policies {}", list(&demands.policies)));
    }
    if parts.is_empty() {
        parts.push("it asks for nothing".to_owned());
    }
    parts.join(", ")
}

fn demands(schema: &Schema) -> IndexMap<String, Demands> {
    let mut all = IndexMap::new();
    for (name, definition) in &schema.types {
        if definition.is_built_in() || name.contains("__") {
            continue;
        }
        all.insert(
            name.to_string(),
            read(definition.directives().iter().map(AsRef::as_ref)),
        );
        let fields = match definition {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for field in fields.values() {
            let path = format!("{name}.{}", field.name);
            all.insert(path, read(field.directives.iter().map(AsRef::as_ref)));
        }
    }
    all
}

fn exists(schema: &Schema, path: &str) -> bool {
    match path.split_once('.') {
        Some((parent, field)) => schema.type_field(parent, field).is_ok(),
        None => schema.types.contains_key(path),
    }
}

fn read<'a>(directives: impl Iterator<Item = &'a Directive>) -> Demands {
    let mut demands = Demands::default();
    for directive in directives {
        match plain_name(&directive.name) {
            "authenticated" => demands.authenticated = true,
            "requiresScopes" => demands.scopes = alternatives(directive, "scopes"),
            "policy" => demands.policies = alternatives(directive, "policies"),
            _ => {}
        }
    }
    demands
}

/// A directive that was not imported has its feature's name in front: `policy__policy`.
fn plain_name(name: &str) -> &str {
    name.rsplit_once("__").map_or(name, |(_, plain)| plain)
}

fn alternatives(directive: &Directive, argument: &str) -> Alternatives {
    let items = |value: &Value| -> BTreeSet<String> {
        match value.as_list() {
            Some(list) => list
                .iter()
                .filter_map(|one| one.as_str())
                .map(ToOwned::to_owned)
                .collect(),
            None => value.as_str().map(ToOwned::to_owned).into_iter().collect(),
        }
    };
    let value = directive.specified_argument_by_name(argument);
    let list = value.and_then(|value| value.as_list()).unwrap_or_default();
    list.iter().map(|one| items(one)).collect()
}
