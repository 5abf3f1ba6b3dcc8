//! What an explanation says about the alternatives to each fetch.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_planner::{Explanation, PlanOptions, Planner, Price};
use weft_query_plan::Operation;

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@requires", "@external", "@shareable", "@context", "@fromContext"])"#;

fn explained(subgraphs: &[&str], text: &str) -> Explanation {
    let sources = subgraphs.iter().zip(["a", "b", "c"]).map(|(sdl, name)| {
        let sdl = Source::new(name, format!("{name}.graphql"), format!("{LINK}\n{sdl}"));
        SubgraphSource {
            name: name.to_owned(),
            url: format!("http://{name}.test"),
            sdl,
        }
    });
    let supergraph = compose(sources.collect()).unwrap().supergraph;
    let operation = Operation::parse(&supergraph, text, None).unwrap();
    let planner = Planner::new(&supergraph);
    let options = PlanOptions::default();
    planner.explain(&operation, &options).unwrap()
}

/// The alternatives to each fetch, a line each.
fn alternatives(subgraphs: &[&str], text: &str) -> Vec<String> {
    let explanation = explained(subgraphs, text);
    let mut lines = Vec::new();
    for (index, alternatives) in explanation.alternatives.iter().enumerate() {
        for one in alternatives {
            let price = match &one.price {
                Price::Plan(cost) => format!("{} steps, {} requests", cost.steps, cost.requests),
                Price::NoPlan(why) => why.clone(),
                Price::NotPlanned => "not planned".to_owned(),
            };
            lines.push(format!("{index}: {}: {price}", one.instead));
        }
    }
    lines
}

#[test]
fn a_shared_field_from_elsewhere_and_another_key_have_their_costs() {
    let subgraphs = [
        r#"type Query { me: User } type User @key(fields: "id") { id: ID! }"#,
        r#"type User @key(fields: "id") @key(fields: "code") { id: ID! code: ID! name: String @shareable }"#,
        r#"type User @key(fields: "code") { code: ID! name: String @shareable }"#,
    ];
    let expected = [
        "1: `User.name` from `c`: 3 steps, 3 requests",
        "1: `User` by the key `code`: the key cannot be had on that way",
    ];
    assert_eq!(alternatives(&subgraphs, "{ me { name } }"), expected);
}

#[test]
fn what_cannot_be_had_from_elsewhere_says_why() {
    let subgraphs = [
        r#"type Query { me: User } type User @key(fields: "id") { id: ID! size: Int }"#,
        r#"type User @key(fields: "id") { id: ID! size: Int @external name: String @shareable big: Boolean @requires(fields: "size") }"#,
        r#"type Query { other: User } type User @key(fields: "id", resolvable: false) { id: ID! name: String @shareable }"#,
    ];
    assert_eq!(
        alternatives(&subgraphs, "{ me { name } }"),
        ["1: `User.name` from `c`: no key of `User` is resolvable there"]
    );
    assert_eq!(
        alternatives(&subgraphs, "{ other { size } }"),
        ["1: `User.size` from `b`: it refers to what another subgraph resolves"]
    );
}

#[test]
fn a_root_field_from_elsewhere_has_its_cost() {
    let subgraphs = [
        r#"type Query { me: User @shareable } type User @key(fields: "id") { id: ID! size: Int }"#,
        r#"type Query { me: User @shareable } type User @key(fields: "id") { id: ID! name: String }"#,
    ];
    assert_eq!(
        alternatives(&subgraphs, "{ me { size } }"),
        ["0: `Query.me` from `b`: 2 steps, 2 requests"]
    );
}

#[test]
fn a_plan_whose_call_waits_for_a_value_from_a_context_is_proven() {
    let subgraphs = [
        r#"type Query { me: User } type User @key(fields: "id") { id: ID! }"#,
        r#"type User @key(fields: "id") @context(name: "user") { id: ID! tier: String @external item: Item }
           type Item @key(fields: "id") { id: ID! rank(tier: String @fromContext(field: "$user { tier }")): Int }"#,
        r#"type User @key(fields: "id") { id: ID! tier: String }"#,
    ];
    let explanation = explained(&subgraphs, "{ me { item { rank } } }");
    let cost = explanation.cost;
    assert_eq!((cost.steps, cost.requests), (3, 3));
    assert!(explanation.is_proven());
}
