//! Contracts: what an audience sees of a graph, by tags.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use weft_composition::contract::Contract;
use weft_composition::{SubgraphSource, compose_contract};
use weft_diagnostic::Source;

const SHOP: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@tag"])
type Query {
  product: Product @tag(name: "public")
  audit(range: Range): [AuditEntry] @tag(name: "internal")
}
type Product @key(fields: "id") @tag(name: "public") {
  id: ID!
  name: String
  margin: Float @tag(name: "internal")
  color: Color
}
type AuditEntry { text: String }
input Range { from: Int }
enum Color { RED BLUE @tag(name: "internal") }
enum Unused { A }
"#;

const ORDERS: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@external", "@requires"])
type Product @key(fields: "id") {
  id: ID!
  margin: Float @external
  discount: Float @requires(fields: "margin")
}
"#;

fn contract(include: &[&str], exclude: &[&str], hide_unreachable: bool) -> Contract {
    let owned = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    Contract {
        include: owned(include),
        exclude: owned(exclude),
        hide_unreachable,
    }
}

fn sources(subgraphs: &[(&str, &str)]) -> Vec<SubgraphSource> {
    subgraphs
        .iter()
        .map(|(name, sdl)| SubgraphSource {
            name: (*name).to_owned(),
            url: String::new(),
            sdl: Source::new(*name, format!("{name}.graphql"), *sdl),
        })
        .collect()
}

/// Composes the shop for a contract; checks which texts its API schema has and has not.
fn check(contract: &Contract, visible: &[&str], hidden: &[&str]) {
    let composed =
        compose_contract(sources(&[("shop", SHOP), ("orders", ORDERS)]), contract).unwrap();
    let api = composed.supergraph.to_api_sdl();
    for text in visible {
        assert!(api.contains(text), "{text} is missing in\n{api}");
    }
    for text in hidden {
        assert!(!api.contains(text), "{text} is not hidden in\n{api}");
    }
    assert!(
        composed.sdl.contains("margin: Float"),
        "the supergraph keeps what is hidden"
    );
}

#[test]
fn an_excluded_tag_hides_elements_and_requirements_still_work() {
    check(
        &contract(&[], &["internal"], false),
        &["discount: Float", "AuditEntry", "RED", "Unused"],
        &["margin", "audit", "BLUE"],
    );
}

#[test]
fn types_that_nothing_leads_to_are_hidden_on_request() {
    check(
        &contract(&[], &["internal"], true),
        &["discount: Float", "RED"],
        &["AuditEntry", "Range", "Unused"],
    );
}

#[test]
fn an_included_tag_shows_tagged_fields_and_those_of_tagged_types() {
    check(
        &contract(&["public"], &["internal"], true),
        &["product: Product", "name: String", "discount: Float"],
        &["audit", "AuditEntry", "margin"],
    );
}

#[test]
fn a_contract_that_leaves_a_hole_is_refused() {
    let shop = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@tag\"])\n\
                type Query { a: Secret }\ntype Secret @tag(name: \"internal\") { x: Int }";
    let outcome = compose_contract(
        sources(&[("shop", shop)]),
        &contract(&[], &["internal"], false),
    );
    let errors = outcome.err().unwrap();
    assert_eq!(errors[0].code.as_str(), "REFERENCED_INACCESSIBLE");
    assert_eq!(errors[0].labels.len(), 1);
}

#[test]
fn a_tag_that_nothing_has_is_noticed() {
    let shop = || sources(&[("shop", SHOP), ("orders", ORDERS)]);
    let composed = compose_contract(shop(), &contract(&[], &["internl"], false)).unwrap();
    let hint = composed
        .hints
        .iter()
        .find(|hint| hint.code.as_str() == "CONTRACT_TAG_UNUSED");
    let hint = hint.unwrap();
    assert!(
        hint.help.as_deref().unwrap().contains("`internal`"),
        "{hint:?}"
    );
    let composed = compose_contract(shop(), &contract(&["public"], &["internal"], false)).unwrap();
    assert!(
        !composed
            .hints
            .iter()
            .any(|hint| hint.code.as_str() == "CONTRACT_TAG_UNUSED")
    );
    let errors = compose_contract(shop(), &contract(&["partners"], &[], false)).unwrap_err();
    let codes: Vec<&str> = errors.iter().map(|error| error.code.as_str()).collect();
    assert_eq!(codes, ["CONTRACT_TAG_UNUSED"]);
}
