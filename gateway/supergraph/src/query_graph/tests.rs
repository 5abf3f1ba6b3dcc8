//! The graph of small supergraphs, and where one gets in it.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::Supergraph;
use crate::testing::read;

const QUERY: &str = "type Query @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) { q: Int @join__field(graph: A) }";

fn node(supergraph: &Supergraph, subgraph: &str, type_name: &str) -> NodeId {
    let graph = supergraph.query_graph();
    let (id, _) = supergraph.subgraph_by_name(subgraph).unwrap();
    graph
        .node_id(graph.type_id(type_name).unwrap(), id)
        .unwrap()
}

/// The subgraphs (and hops) that can be reached for an object of a type that comes from one of them.
fn reached(supergraph: &Supergraph, reach: &mut Reach<'_>, from: &str, type_name: &str) -> String {
    let graph = supergraph.query_graph();
    let start = node(supergraph, from, type_name);
    let closure = reach.closure(graph.type_id(type_name).unwrap(), &[start]);
    let describe = |reached: &Reached| {
        let node = graph.node(reached.node);
        format!(
            "{}{}",
            supergraph.subgraph(node.subgraph).name,
            reached.hops
        )
    };
    closure.iter().map(describe).collect::<Vec<_>>().join(" ")
}

/// What can be reached from subgraph `a`.
fn check(types: &str, type_name: &str, expect: &str) {
    let supergraph = read(&format!("{QUERY}\n{types}"));
    let mut reach = Reach::new(supergraph.query_graph());
    assert_eq!(reached(&supergraph, &mut reach, "a", type_name), expect);
    let again = reached(&supergraph, &mut reach, "a", type_name);
    assert_eq!(again, expect, "a remembered answer is the same");
}

#[test]
fn a_shared_key_is_one_hop() {
    check(
        r#"type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") { id: ID! }"#,
        "T",
        "a0 b1",
    );
}

#[test]
fn hops_count_dependent_jumps() {
    check(
        r#"type T @join__type(graph: A) @join__type(graph: B, key: "x") @join__type(graph: B, key: "y") @join__type(graph: C, key: "y") {
          x: ID @join__field(graph: A) @join__field(graph: B)
          y: ID @join__field(graph: B) @join__field(graph: C)
        }"#,
        "T",
        "a0 b1 c2",
    );
}

#[test]
fn a_key_that_is_not_resolvable_is_no_way_in() {
    check(
        r#"type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", resolvable: false) { id: ID! }"#,
        "T",
        "a0",
    );
}

#[test]
fn an_external_key_field_opens_nothing() {
    check(
        r#"type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
          id: ID! @join__field(graph: A, external: true) @join__field(graph: B)
        }"#,
        "T",
        "a0",
    );
}

#[test]
fn a_nested_key_may_lead_through_another_entity() {
    check(
        r#"
        type T @join__type(graph: A) @join__type(graph: C, key: "other { code }") { other: Other }
        type Other @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") @join__type(graph: C) {
          id: ID! @join__field(graph: A) @join__field(graph: B)
          code: ID @join__field(graph: B) @join__field(graph: C)
        }"#,
        "T",
        "a0 c1",
    );
}

#[test]
fn keys_that_need_each_other_open_nothing() {
    check(
        r#"
        type T @join__type(graph: A) @join__type(graph: B, key: "x") @join__type(graph: C, key: "y") {
          id: ID! @join__field(graph: A)
          x: ID @join__field(graph: B) @join__field(graph: C)
          y: ID @join__field(graph: B) @join__field(graph: C)
        }"#,
        "T",
        "a0",
    );
}

#[test]
fn keys_through_a_circle_of_entities_end() {
    check(
        r#"
        type T @join__type(graph: A) @join__type(graph: B, key: "u { t { id } }") { id: ID! u: U }
        type U @join__type(graph: A) @join__type(graph: B, key: "t { u { id } }") { id: ID! t: T }"#,
        "T",
        "a0 b1",
    );
    check(
        r#"
        type T @join__type(graph: A) @join__type(graph: B, key: "u { k }") {
          id: ID! @join__field(graph: A)
          u: U
        }
        type U @join__type(graph: A) @join__type(graph: B, key: "t { k }") {
          t: T
          k: ID @join__field(graph: B)
        }"#,
        "T",
        "a0",
    );
}

#[test]
fn an_interface_object_is_entered_from_an_implementation() {
    check(
        r#"
        interface I @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) { id: ID! }
        type X implements I @join__implements(graph: A, interface: "I") @join__type(graph: A, key: "id") { id: ID! }"#,
        "X",
        "a0 b1",
    );
}

#[test]
fn another_root_is_entered_without_a_key() {
    check("", "Query", "a0 b1 c1");
}

#[test]
fn an_external_field_has_an_edge_only_where_it_is_provided() {
    let supergraph = read(
        r#"
        type Query @join__type(graph: A) @join__type(graph: B) {
          best: T @join__field(graph: A, provides: "inner { name }")
          any: T @join__field(graph: A)
        }
        type T @join__type(graph: A) { inner: Inner }
        type Inner @join__type(graph: A) @join__type(graph: B) { name: String @join__field(graph: A, external: true) @join__field(graph: B) }"#,
    );
    let graph = supergraph.query_graph();
    let follow = |from: NodeId, field: &str| {
        graph
            .node(from)
            .edge(graph.field_id(field).unwrap())
            .unwrap()
            .target
            .unwrap()
    };
    let name = graph.field_id("name").unwrap();
    let query = node(&supergraph, "a", "Query");
    let provided = follow(follow(query, "best"), "inner");
    let plain = follow(follow(query, "any"), "inner");
    assert!(graph.node(provided).edge(name).is_some());
    assert!(graph.node(plain).edge(name).is_none());
    assert_eq!(plain, node(&supergraph, "a", "Inner"));
}

#[test]
fn an_interface_field_is_an_edge_only_when_all_objects_behind_it_resolve_it() {
    let supergraph = read(&format!(
        r#"{QUERY}
        interface I @join__type(graph: A) @join__type(graph: B) {{ one: Int two: Int }}
        type X implements I @join__implements(graph: A, interface: "I") @join__implements(graph: B, interface: "I") @join__type(graph: A) @join__type(graph: B) {{
          one: Int
          two: Int @join__field(graph: A, external: true) @join__field(graph: B)
        }}"#
    ));
    let graph = supergraph.query_graph();
    let edge = |field: &str| {
        graph
            .node(node(&supergraph, "a", "I"))
            .edge(graph.field_id(field).unwrap())
            .is_some()
    };
    assert!(edge("one"));
    assert!(!edge("two"));
}

#[test]
fn an_undecided_label_is_reported_and_a_decided_one_is_followed() {
    let supergraph = read(
        r#"
        type Query @join__type(graph: A) @join__type(graph: B) {
          v: Int @join__field(graph: A, overrideLabel: "x") @join__field(graph: B, override: "a", overrideLabel: "x")
        }"#,
    );
    let graph = supergraph.query_graph();
    let (query, v) = (
        graph.type_id("Query").unwrap(),
        graph.field_id("v").unwrap(),
    );
    let (a, b) = (
        node(&supergraph, "a", "Query"),
        node(&supergraph, "b", "Query"),
    );
    let mut reach = Reach::new(graph);
    assert_eq!(reach.step(query, &[a, b], v), [a]);
    assert_eq!(reach.undecided(), Some(LabelId(0)));
    reach.set_environment(&Environment {
        labels: vec![(LabelId(0), true)],
        contexts: Vec::new(),
    });
    assert_eq!(reach.step(query, &[a, b], v), [b]);
    assert_eq!(reach.undecided(), None);
}

#[test]
fn a_requirement_must_be_had_from_the_node_itself() {
    let types = |resolvable: bool| {
        format!(
            r#"{QUERY}
            type T @join__type(graph: A, key: "id", resolvable: {resolvable}) @join__type(graph: B, key: "id") {{
              id: ID!
              w: Int @join__field(graph: A) @join__field(graph: B, external: true)
              r: Int @join__field(graph: B, requires: "w")
            }}"#
        )
    };
    for resolvable in [true, false] {
        let supergraph = read(&types(resolvable));
        let graph = supergraph.query_graph();
        let (t, r) = (graph.type_id("T").unwrap(), graph.field_id("r").unwrap());
        let b = node(&supergraph, "b", "T");
        assert_eq!(!Reach::new(graph).step(t, &[b], r).is_empty(), resolvable);
    }
}

#[test]
fn types_of_interface_objects_are_found_where_the_interface_is() {
    let types = |key: &str| {
        format!(
            r#"{QUERY}
            interface I @join__type(graph: A{key}) @join__type(graph: B, key: "id", isInterfaceObject: true) {{ id: ID! }}
            type X implements I @join__implements(graph: A, interface: "I") @join__type(graph: A, key: "id") {{ id: ID! }}"#
        )
    };
    for (key, known) in [(r#", key: "id""#, true), ("", false)] {
        let supergraph = read(&types(key));
        let graph = supergraph.query_graph();
        let start = [node(&supergraph, "b", "I")];
        let spread = Reach::new(graph).spread(graph.type_id("I").unwrap(), &start);
        let expect = [node(&supergraph, "a", "X"), node(&supergraph, "b", "I")];
        assert_eq!(
            spread.map(|objects| objects[0].1.clone()),
            known.then(|| expect.to_vec())
        );
    }
}

#[test]
fn nodes_are_closed_and_types_lead_to_entities() {
    let supergraph = read(
        r#"
        type Query @join__type(graph: A) @join__type(graph: B) { money: Money @join__field(graph: A) t: T @join__field(graph: A) }
        type Money @join__type(graph: A) { amount: Int currency: Currency }
        type Currency @join__type(graph: A) { code: String }
        type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
          id: ID!
          money: Money @join__field(graph: A)
          more: Int @join__field(graph: B)
        }"#,
    );
    let graph = supergraph.query_graph();
    let closed = |name: &str| graph.is_closed(node(&supergraph, "a", name));
    assert!(closed("Money") && closed("Currency"));
    assert!(!closed("T") && !closed("Query"));
    let leads = |name: &str| graph.leads_to_entity(graph.type_id(name).unwrap());
    assert!(leads("Query") && leads("T"));
    assert!(!leads("Money") && !leads("Currency"));
}

/// Without answers that are kept while nothing changes, this takes time exponential in the number of types.
#[test]
fn a_long_circle_of_keys_that_open_nothing_is_given_up_soon() {
    let types: String = (0..24)
        .map(|index| {
            format!(
                r#"type T{index} @join__type(graph: A, key: "next {{ k }}") @join__type(graph: B, key: "next {{ k }}") @join__type(graph: C, key: "next {{ k }}") {{
                  next: T{}
                  k: Int @join__field(graph: A, external: true) @join__field(graph: B, external: true) @join__field(graph: C, external: true)
                }}
                "#,
                (index + 1) % 24
            )
        })
        .collect();
    check(&types, "T0", "a0");
}
