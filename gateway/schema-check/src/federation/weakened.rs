//! One subgraph that weakens a shared element for all: its null, or its demand, is everyone's.

use apollo_compiler::ast::Type;
use weft_supergraph::{Subgraph, SubgraphType, Supergraph};

use super::{Found, Graphs};
use crate::Criticality::Dangerous;
use crate::diff::{is_narrower, is_wider};

pub(super) const CODES: &[&str] = &[
    "FIELD_WEAKENED_BY_SUBGRAPH",
    "INPUT_FIELD_TIGHTENED_BY_SUBGRAPH",
];

pub(super) fn compare(graphs: &Graphs<'_>, found: &mut Found) {
    for after in graphs.new.subgraphs() {
        let before = subgraph(graphs.old, &after.name);
        for (type_name, now) in &after.types {
            let was = before.and_then(|subgraph| subgraph.types.get(type_name));
            for name in now.fields.keys() {
                let weaker = |own: &Type, other: &Type| own != other && is_narrower(other, own);
                let change = Change {
                    types: [was.and_then(|was| field(was, name)), field(now, name)],
                    path: [type_name, name],
                    read: field,
                    worse: weaker,
                };
                change.report(graphs, &after.name, CODES[0], found);
            }
            for name in now.input_fields.keys() {
                let tighter = |own: &Type, other: &Type| own != other && is_wider(other, own);
                let change = Change {
                    types: [
                        was.and_then(|was| input_field(was, name)),
                        input_field(now, name),
                    ],
                    path: [type_name, name],
                    read: input_field,
                    worse: tighter,
                };
                change.report(graphs, &after.name, CODES[1], found);
            }
        }
    }
}

fn subgraph<'a>(graph: &'a Supergraph, name: &str) -> Option<&'a Subgraph> {
    graph.subgraph_by_name(name).map(|(_, subgraph)| subgraph)
}

fn field<'a>(definition: &'a SubgraphType, name: &str) -> Option<&'a Type> {
    let field = definition.fields.get(name)?;
    (!field.external).then_some(&field.ty)
}

fn input_field<'a>(definition: &'a SubgraphType, name: &str) -> Option<&'a Type> {
    definition.input_fields.get(name).map(|ty| &**ty)
}

/// What one subgraph says of an element, before and now.
struct Change<'a> {
    types: [Option<&'a Type>; 2],
    path: [&'a str; 2],
    read: for<'b> fn(&'b SubgraphType, &str) -> Option<&'b Type>,
    /// Whether the own type is the one that all get, beside another.
    worse: fn(&Type, &Type) -> bool,
}

impl Change<'_> {
    fn report(&self, graphs: &Graphs<'_>, own: &str, code: &'static str, found: &mut Found) {
        let [was, Some(now)] = self.types else {
            return;
        };
        let [type_name, name] = self.path;
        let others = graphs.new.subgraphs().iter().filter(|one| one.name != own);
        for other in others {
            let theirs = other.types.get(type_name);
            let theirs = theirs.and_then(|theirs| (self.read)(theirs, name));
            let was_there = subgraph(graphs.old, &other.name).is_some();
            if let Some(theirs) = theirs.filter(|_| was_there)
                && (self.worse)(now, theirs)
                && !was.is_some_and(|was| (self.worse)(was, theirs))
            {
                let path = format!("{type_name}.{name}");
                let message = format!(
                    "`{path}` is `{now}` for all because of `{own}`; `{}` has `{theirs}`",
                    other.name
                );
                return found.add(code, path, Some(own), Dangerous, message);
            }
        }
    }
}
