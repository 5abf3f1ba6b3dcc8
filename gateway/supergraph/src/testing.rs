//! Small supergraphs for the tests of this crate.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use weft_diagnostic::{Diagnostic, Source};

use crate::Supergraph;

/// The machinery of join v0.5 around a graph with the subgraphs `a`, `b` and `c`.
pub(crate) fn supergraph_text(types: &str) -> String {
    format!(
        r#"
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)
  @link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY)
{{ query: Query }}
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @context(name: String!) repeatable on INTERFACE | OBJECT | UNION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean, overrideLabel: String, contextArguments: [join__ContextArgument!]) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
scalar join__FieldSet
scalar join__FieldValue
scalar link__Import
input join__ContextArgument {{ name: String! type: String! context: String! selection: join__FieldValue! }}
enum link__Purpose {{ SECURITY EXECUTION }}
enum join__Graph {{
  A @join__graph(name: "a", url: "http://a")
  B @join__graph(name: "b", url: "http://b")
  C @join__graph(name: "c", url: "")
}}
{types}
"#
    )
}

/// Reads a graph that is expected to be right.
pub(crate) fn read(types: &str) -> Supergraph {
    read_text(&supergraph_text(types)).unwrap()
}

/// Reads a whole supergraph text.
pub(crate) fn read_text(text: &str) -> Result<Supergraph, Vec<Diagnostic>> {
    Supergraph::parse(&Source::new("supergraph", "supergraph.graphql", text))
}
