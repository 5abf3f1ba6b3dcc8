//! Supergraphs for tests: plain SDL in, where every type belongs to all of a few subgraphs.

use std::sync::Arc;
use weft_diagnostic::Source;
use weft_supergraph::Supergraph;

/// The subgraphs of every test graph.
pub(crate) const SUBGRAPHS: [&str; 4] = ["accounts", "reviews", "products", "inventory"];

const MACHINERY: &str = r#"
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)
{ query: Query MUTATION SUBSCRIPTION }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
"#;

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
                    format!(" @join__unionMember(graph: {graph}, member: \"{}\")", member.trim())
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
        .map_or_else(|| line.to_owned(), |line| line.replacen('{', &format!("{implemented} {{"), 1))
}

fn join_enum(line: &str, joined: &str) -> String {
    let (head, values) = line.split_once('{').unwrap();
    let mut out = format!("{head}{joined} {{");
    for value in values.trim().trim_end_matches('}').split_whitespace() {
        out.push(' ');
        out.push_str(value);
        if !value.starts_with('@') {
            for name in SUBGRAPHS {
                out.push_str(&format!(" @join__enumValue(graph: {})", name.to_uppercase()));
            }
        }
    }
    out + " }"
}
