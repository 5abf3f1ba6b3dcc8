//! Calls that the plan joins in one request: together where their inputs come together, apart where one is late.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::{HandPlan, query};
use crate::stub::{Answer, Stub};
use apollo_compiler::ast::OperationType;
use std::sync::Arc;
use weft_supergraph::Supergraph;

fn graph() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { fast: Thing slow: Thing }
        type Mutation { fast: Thing slow: Thing }
        type Thing { id: ID! name: String size: Int parts: [Part] }
        type Part { id: ID! weight: Int owner: Thing }
        ",
    )
}

const OPERATION: &str = "{ fast { name size } slow { name } }";

/// Names of both from reviews in one request; the size of the fast one, from inventory, needs its name.
fn joined(graph: &Arc<Supergraph>, operation_type: OperationType) -> HandPlan<'_> {
    let names = "{ ... on Thing { name } }";
    HandPlan::new(graph, operation_type)
        .root("accounts", &[], "{ fast { __typename id } }")
        .root("products", &[], "{ slow { __typename id } }")
        .entities("reviews", &[0, 1], &["fast", "slow"], "Thing { id }", names)
        .strand(0, &[(0, 0)])
        .strand(1, &[(1, 0)])
}

fn with_size(graph: &Arc<Supergraph>) -> Case {
    let plan = joined(graph, OperationType::Query)
        .entities(
            "inventory",
            &[2],
            &["fast"],
            "Thing { id name }",
            "{ ... on Thing { size } }",
        )
        .strand(0, &[(2, 0)])
        .finish();
    Case::new(graph, OPERATION, plan)
}

const FAST: &str = r#"{"data":{"fast":{"id":"1"}}}"#;
const ONE: &str = r#"[{"__typename":"Thing","id":"1"}]"#;
const TWO: &str = r#"[{"__typename":"Thing","id":"2"}]"#;

fn stub(slow: Answer) -> Stub {
    Stub::default()
        .on("accounts", FAST)
        .answer("products", "", slow)
        .answer(
            "reviews",
            ONE,
            Answer::json(r#"{"data":{"_entities":[{"name":"Ann"}]}}"#),
        )
        .answer(
            "reviews",
            TWO,
            Answer::json(r#"{"data":{"_entities":[{"name":"Bo"}]}}"#),
        )
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"name":"Ann"},{"name":"Bo"}]}}"#,
        )
        .on("inventory", r#"{"data":{"_entities":[{"size":5}]}}"#)
}

const ANSWER: &str = r#"{"fast":{"name":"Ann","size":5},"slow":{"name":"Bo"}}"#;

/// The subgraphs in the order in which they were asked.
fn order(stub: &Stub) -> Vec<String> {
    let requests = stub.requests.lock().unwrap();
    requests.iter().map(|(name, _)| name.clone()).collect()
}

#[test]
fn calls_whose_inputs_come_together_are_one_request() {
    let graph = graph();
    let stub = stub(Answer::json(r#"{"data":{"slow":{"id":"2"}}}"#));
    with_size(&graph).check(&stub, ANSWER, &[]);
    assert_eq!(stub.bodies("reviews").len(), 1);
}

#[test]
fn a_slow_subgraph_holds_up_nothing_that_does_not_depend_on_it() {
    let graph = graph();
    let slow = Answer::Slow(9, r#"{"data":{"slow":{"id":"2"}}}"#);
    let stub = stub(slow);
    with_size(&graph).check(&stub, ANSWER, &[]);
    let expected = ["accounts", "products", "reviews", "inventory", "reviews"];
    assert_eq!(order(&stub), expected);
    let bodies = stub.bodies("reviews");
    assert!(bodies[0].contains(ONE) && bodies[1].contains(TWO));
}

#[test]
fn what_is_a_little_late_is_waited_for() {
    let graph = graph();
    let slow = Answer::Slow(3, r#"{"data":{"slow":{"id":"2"}}}"#);
    let mut stub = stub(slow);
    stub.patience = 5;
    with_size(&graph).check(&stub, ANSWER, &[]);
    assert_eq!(stub.bodies("reviews").len(), 1);
}

#[test]
fn a_subgraph_that_fails_late_costs_its_own_objects_alone() {
    let graph = graph();
    let slow = Answer::Slow(9, r#"{"errors":[{"message":"x"}]}"#);
    let stub = stub(slow);
    with_size(&graph).check(
        &stub,
        r#"{"fast":{"name":"Ann","size":5},"slow":null}"#,
        &["DOWNSTREAM_SERVICE_ERROR slow"],
    );
    assert_eq!(stub.bodies("reviews").len(), 1);
}

#[test]
fn the_calls_of_a_mutation_never_go_apart() {
    let graph = graph();
    let plan = joined(&graph, OperationType::Mutation).finish();
    let operation = "mutation { fast { name } slow { name } }";
    let slow = Answer::Slow(9, r#"{"data":{"slow":{"id":"2"}}}"#);
    let stub = stub(slow);
    Case::new(&graph, operation, plan).check(
        &stub,
        r#"{"fast":{"name":"Ann"},"slow":{"name":"Bo"}}"#,
        &[],
    );
    assert_eq!(stub.bodies("reviews").len(), 1);
}

/// Both are the same entity; the late one finds out while the call for it is under way, or after its answer.
fn check_same(turns: usize, name_turns: usize) {
    let graph = graph();
    let parts = "{ ... on Thing { name parts { __typename id } } }";
    let plan = query(&graph)
        .root("accounts", &[], "{ fast { __typename id } }")
        .root("products", &[], "{ slow { __typename id } }")
        .entities("reviews", &[0, 1], &["fast", "slow"], "Thing { id }", parts)
        .strand(0, &[(0, 0)])
        .strand(1, &[(1, 0)])
        .entities(
            "inventory",
            &[2],
            &["fast.parts.@", "slow.parts.@"],
            "Part { id }",
            "{ ... on Part { weight } }",
        )
        .strand(0, &[(2, 0)])
        .strand(1, &[(2, 1)])
        .finish();
    let stub = Stub::default()
        .on("accounts", FAST)
        .answer(
            "products",
            "",
            Answer::Slow(turns, r#"{"data":{"slow":{"id":"1"}}}"#),
        )
        .answer(
            "reviews",
            "",
            Answer::Slow(
                name_turns,
                r#"{"data":{"_entities":[{"name":"Ann","parts":[{"__typename":"Part","id":"7"}]}]}}"#,
            ),
        )
        .on("inventory", r#"{"data":{"_entities":[{"weight":3}]}}"#);
    let case = Case::new(
        &graph,
        "{ fast { name parts { weight } } slow { name parts { weight } } }",
        plan,
    );
    case.check(
        &stub,
        r#"{"fast":{"name":"Ann","parts":[{"weight":3}]},"slow":{"name":"Ann","parts":[{"weight":3}]}}"#,
        &[],
    );
    assert_eq!(stub.bodies("reviews").len(), 1, "{turns} {name_turns}");
    assert_eq!(stub.bodies("inventory").len(), 1, "{turns} {name_turns}");
}

#[test]
fn an_entity_that_comes_late_is_not_asked_for_again() {
    check_same(0, 0);
    check_same(5, 20);
    check_same(20, 1);
}

#[test]
fn an_entity_whose_call_failed_is_not_asked_for_again() {
    let graph = graph();
    let plan = joined(&graph, OperationType::Query)
        .entities(
            "inventory",
            &[2],
            &["fast"],
            "Thing { id name }",
            "{ ... on Thing { size } }",
        )
        .strand(0, &[(2, 0)])
        .finish();
    let stub = Stub::default()
        .on("accounts", FAST)
        .answer(
            "products",
            "",
            Answer::Slow(9, r#"{"data":{"slow":{"id":"1"}}}"#),
        )
        .answer("reviews", "", Answer::with_status(500, b""));
    Case::new(&graph, OPERATION, plan).check(
        &stub,
        r#"{"fast":{"name":null,"size":null},"slow":{"name":null}}"#,
        &[
            "SUBREQUEST_HTTP_ERROR fast.name",
            "SUBREQUEST_HTTP_ERROR fast.size",
            "SUBREQUEST_HTTP_ERROR slow.name",
        ],
    );
    assert_eq!(stub.bodies("reviews").len(), 1);
}

#[test]
fn an_entity_below_itself_is_asked_for_again() {
    // The slow subgraph says that the owner of the part is the thing whose parts are known by then.
    let graph = graph();
    let plan = query(&graph)
        .root("accounts", &[], "{ fast { __typename id } }")
        .root(
            "products",
            &[],
            "{ fast { parts { id owner { __typename id } } } }",
        )
        .entities(
            "reviews",
            &[0, 1],
            &["fast", "fast.parts.@.owner"],
            "Thing { id }",
            "{ ... on Thing { parts { id weight } } }",
        )
        .strand(0, &[(0, 0)])
        .strand(1, &[(1, 0)])
        .finish();
    let stub = Stub::default()
        .on("accounts", FAST)
        .answer(
            "products",
            "",
            Answer::Slow(
                9,
                r#"{"data":{"fast":{"parts":[{"id":"7","owner":{"__typename":"Thing","id":"1"}}]}}}"#,
            ),
        )
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"parts":[{"id":"7","weight":3}]}]}}"#,
        );
    Case::new(
        &graph,
        "{ fast { parts { weight owner { parts { weight } } } } }",
        plan,
    )
    .check(
        &stub,
        r#"{"fast":{"parts":[{"weight":3,"owner":{"parts":[{"weight":3}]}}]}}"#,
        &[],
    );
    assert_eq!(stub.bodies("reviews").len(), 2);
}
