//! Supergraphs for tests: plain SDL in, where every type belongs to all of a few subgraphs.

use std::sync::Arc;
use weft_diagnostic::Source;
use weft_supergraph::Supergraph;

/// The subgraphs of every test graph.
pub(crate) const SUBGRAPHS: [&str; 4] = ["accounts", "reviews", "products", "inventory"];

const MACHINERY: &str = include_str!("../machinery.graphql");

/// A supergraph with those types.
pub(crate) fn supergraph(types: &str) -> Arc<Supergraph> {
    let root = |name: &str, operation: &str| match types.contains(&format!("type {name} ")) {
        true => format!("{operation}: {name}"),
        false => String::new(),
    };
    let mut sdl = MACHINERY
        .replace("MUTATION", &root("Mutation", "mutation"))
        .replace("SUBSCRIPTION", &root("Subscription", "subscription"));
    sdl.push_str("enum join__Graph {");
    for name in SUBGRAPHS {
        sdl.push_str(&format!(
            " {} @join__graph(name: \"{name}\", url: \"http://{name}\")",
            name.to_uppercase()
        ));
    }
    sdl.push_str(" }\n");
    for line in types.trim().lines() {
        sdl.push_str(&join(line));
        sdl.push('\n');
    }
    read(sdl)
}

/// The supergraph of that text.
pub(crate) fn read(sdl: impl Into<String>) -> Arc<Supergraph> {
    let sdl = sdl.into();
    let source = Source::new("supergraph", "supergraph.graphql", sdl.clone());
    Arc::new(Supergraph::parse(&source).unwrap_or_else(|errors| {
        let messages: Vec<_> = errors.iter().map(|error| &error.message).collect();
        panic!("{messages:?}\n{sdl}")
    }))
}

/// Puts every type into all subgraphs; a definition has to start on a line of its own.
fn join(line: &str) -> String {
    let joined: String = SUBGRAPHS
        .iter()
        .map(|name| format!(" @join__type(graph: {})", name.to_uppercase()))
        .collect();
    let line_after = |prefix: &str, all: &str| {
        let line = line.trim();
        line.starts_with(prefix)
            .then(|| line.replacen(all, &format!("{joined} {all}"), 1))
    };
    let members = |line: &str| -> String {
        let members = line.split('=').nth(1).unwrap_or_default().split('|');
        members
            .flat_map(|member| {
                SUBGRAPHS.iter().map(move |name| {
                    let graph = name.to_uppercase();
                    format!(
                        " @join__unionMember(graph: {graph}, member: \"{}\")",
                        member.trim()
                    )
                })
            })
            .collect()
    };
    let implements = |line: &str| -> String {
        let header = line.split('{').next().unwrap_or_default();
        let interfaces = header.split("implements").nth(1).unwrap_or_default();
        let interfaces = interfaces.split('@').next().unwrap_or_default().split('&');
        interfaces
            .map(str::trim)
            .filter(|interface| !interface.is_empty())
            .flat_map(|interface| {
                SUBGRAPHS.iter().map(move |name| {
                    let graph = name.to_uppercase();
                    format!(" @join__implements(graph: {graph}, interface: \"{interface}\")")
                })
            })
            .collect()
    };
    if line.trim().starts_with("union ") {
        let members = members(line);
        return line.replacen('=', &format!("{joined}{members} ="), 1);
    }
    if line.trim().starts_with("enum ") {
        return join_enum(line, &joined);
    }
    if line.trim().starts_with("scalar ") {
        return format!("{line}{joined}");
    }
    let implemented = implements(line);
    ["type ", "interface ", "input "]
        .iter()
        .find_map(|prefix| line_after(prefix, "{"))
        .map_or_else(
            || line.to_owned(),
            |line| line.replacen('{', &format!("{implemented} {{"), 1),
        )
}

fn join_enum(line: &str, joined: &str) -> String {
    let (head, values) = line.split_once('{').unwrap();
    let mut out = format!("{head}{joined} {{");
    for value in values.trim().trim_end_matches('}').split_whitespace() {
        out.push(' ');
        out.push_str(value);
        if !value.starts_with('@') {
            for name in SUBGRAPHS {
                out.push_str(&format!(
                    " @join__enumValue(graph: {})",
                    name.to_uppercase()
                ));
            }
        }
    }
    out + " }"
}
