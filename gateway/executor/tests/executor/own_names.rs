//! Clients may call their variables as the gateway calls those that it adds: both arrive, each under a name of its own.

use crate::case::Case;
use crate::graph::read;
use crate::stub::{Answer, Stub};
use apollo_compiler::ast::{Definition, Document};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Two shops whose items need other values of a context.
const SHOPS: &str = r#"{"data":{"shops":[
    {"currency":"EUR","regions":[{"name":"N","items":[{"__typename":"Item","id":"1"}]}]},
    {"currency":"SEK","regions":[{"name":"N","items":[{"__typename":"Item","id":"2"}]}]}]}}"#;

/// What `items` is sent for fields of items, which use three variables of the client's: document and variables.
fn sent(names: [&str; 3], field: &str) -> (String, Value) {
    let graph = read(include_str!("contexts.graphql"));
    let [a, b, c] = names;
    let text = format!(
        "query(${a}: String ${b}: String ${c}: String) {{ shops {{ regions {{ items {{
            {field} a: stock(at: ${a}) b: stock(at: ${b}) c: stock(at: ${c}) d: stock(at: \"__weft_number\") }} }} }} }}"
    );
    let mut case = Case::planned(&graph, &text);
    let variables = json!({ a: "first", b: "second", c: "third" }).to_string();
    case.variables = Some(variables.leak());
    let stub =
        Stub::default()
            .on("shops", SHOPS)
            .answer("items", "", Answer::with_status(500, b""));
    case.run(&stub);
    let bodies = stub.bodies("items");
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let body: Value = serde_json::from_str(&bodies[0]).unwrap();
    (
        body["query"].as_str().unwrap().to_owned(),
        body["variables"].clone(),
    )
}

fn check(names: [&str; 3], field: &str) {
    let (document, variables) = sent(names, field);
    let parsed = Document::parse(&*document, "sent.graphql").unwrap();
    let Definition::OperationDefinition(operation) = &parsed.definitions[0] else {
        panic!("{document}");
    };
    let declared: Vec<&str> = operation
        .variables
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let distinct: BTreeSet<&str> = declared.iter().copied().collect();
    assert_eq!(declared.len(), distinct.len(), "{document}");
    let given: BTreeSet<&str> = variables
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(given, distinct, "{document}");
    for (name, value) in names.iter().zip(["first", "second", "third"]) {
        assert_eq!(variables[name], json!(value), "{document} {variables}");
    }
    assert!(document.contains("\"__weft_number\""), "{document}");
}

#[test]
fn a_variable_of_the_clients_may_be_called_representations() {
    check(
        ["representations", "representations_0", "representations_1"],
        "",
    );
    check(
        ["representations", "_representations", "__representations"],
        "",
    );
}

#[test]
fn a_variable_of_the_clients_may_be_called_as_those_for_contexts() {
    check(
        ["representations", "representations_0", "representations_1"],
        "price",
    );
    check(
        ["__weft_context_0", "__weft_context_1", "__weft_context_0_1"],
        "price",
    );
    check(
        [
            "representations_1_1",
            "___weft_context_0",
            "__weft_context_0_1",
        ],
        "tax price",
    );
}
