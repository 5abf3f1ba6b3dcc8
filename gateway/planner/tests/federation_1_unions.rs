//! A supergraph of Federation 1 does not say which subgraphs know a union: some then have no member of it, and plans are sound there too.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use weft_diagnostic::Source;
use weft_planner::{PlanOptions, check, plan};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

const SUPERGRAPH: &str = r#"
schema @core(feature: "https://specs.apollo.dev/core/v0.2") @core(feature: "https://specs.apollo.dev/join/v0.1", for: EXECUTION) {
  query: Query
}
directive @core(feature: String!, as: String, for: core__Purpose) repeatable on SCHEMA
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet) on FIELD_DEFINITION
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT | INTERFACE
directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
enum core__Purpose { EXECUTION SECURITY }
scalar join__FieldSet
enum join__Graph { PEOPLE @join__graph(name: "people" url: "http://people.test") SHOPS @join__graph(name: "shops" url: "http://shops.test") }
union Account = Guest | Member
type Chain { name: String }
union Brand = Chain | Market
type Guest @join__owner(graph: PEOPLE) @join__type(graph: PEOPLE, key: "id") { id: ID! @join__field(graph: PEOPLE) }
type Market { place: String }
type Member @join__owner(graph: PEOPLE) @join__type(graph: PEOPLE, key: "id") { id: ID! @join__field(graph: PEOPLE) }
type Query { brand: Brand @join__field(graph: SHOPS) me: Account @join__field(graph: PEOPLE) }
"#;

#[test]
fn a_union_without_members_does_not_hide_the_type_behind_it() {
    let source = Source::new("supergraph", "supergraph.graphql", SUPERGRAPH);
    let supergraph = Supergraph::parse(&source).unwrap();
    let text = "{ brand { ... on Chain { name } ... on Market { place } } }";
    let operation = Operation::parse(&supergraph, text, None).unwrap();
    let options = PlanOptions::default();
    let planned = plan(&supergraph, &operation, &options).unwrap();
    let problems = check(&supergraph, &operation, &planned, &options);
    assert!(problems.is_empty(), "{problems:?}");
}
