//! Repairs: the texts that `weft compose --fix` writes, and that they compose.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use weft_composition::contract::Contract;
use weft_composition::fix::{apply, fixes, mend};
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;

const LINK: &str =
    "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\"])\n";

fn check(subgraphs: &[(&str, &str)], expected: &[(&str, &str)]) {
    let source = |name: &str, sdl: &str| SubgraphSource {
        name: name.to_owned(),
        url: String::new(),
        sdl: Source::new(name, format!("{name}.graphql"), format!("{LINK}{sdl}")),
    };
    let sources: Vec<_> = subgraphs
        .iter()
        .map(|(name, sdl)| source(name, sdl))
        .collect();
    let errors = compose(sources.clone()).err().unwrap();
    let edits = fixes(&sources, &errors);
    let repaired: Vec<SubgraphSource> = sources
        .iter()
        .map(|source| SubgraphSource {
            sdl: Source::new(&source.name, "", apply(source, &edits)),
            ..source.clone()
        })
        .collect();
    check_composes(repaired, expected);
}

/// Wants the texts to have these parts, and to compose.
fn check_composes(repaired: Vec<SubgraphSource>, expected: &[(&str, &str)]) {
    for (name, part) in expected {
        let text = repaired
            .iter()
            .find(|source| source.name == *name)
            .unwrap()
            .sdl
            .text();
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let outcome = compose(repaired);
    assert!(outcome.is_ok(), "{:?}", outcome.err());
}

#[test]
fn a_field_that_two_subgraphs_resolve_becomes_shareable() {
    check(
        &[
            (
                "a",
                "type Query { a: Money }\ntype Money { amount: Int! \"In ISO 4217\" currency: String! @deprecated }",
            ),
            (
                "b",
                "type Query { b: Money }\ntype Money { amount: Int! currency: String! }",
            ),
        ],
        &[
            ("a", "import: [\"@key\", \"@shareable\"]"),
            (
                "a",
                "type Money @shareable { amount: Int! \"In ISO 4217\" currency: String! @deprecated }",
            ),
            (
                "b",
                "type Money @shareable { amount: Int! currency: String! }",
            ),
        ],
    );
}

#[test]
fn a_type_that_shares_all_its_fields_becomes_shareable_once() {
    let plain = "type Money { amount: Int! currency: String! }";
    check(
        &[
            (
                "a",
                "type Query { a: Money } interface Sum { amount: Int! }\ntype Money implements Sum @federation__tag(name: \"x\") { amount: Int! currency: String! }",
            ),
            ("b", &format!("type Query {{ b: Money }}\n{plain}")),
            (
                "c",
                "type Query { c: Money }\ntype Money { amount: Int! @federation__shareable currency: String! }",
            ),
        ],
        &[
            (
                "a",
                "type Money implements Sum @federation__tag(name: \"x\") @shareable { amount: Int! currency: String! }",
            ),
            (
                "b",
                "type Money @shareable { amount: Int! currency: String! }",
            ),
            (
                "c",
                "amount: Int! @federation__shareable currency: String! @federation__shareable }",
            ),
        ],
    );
}

#[test]
fn a_directive_that_is_used_gets_imported() {
    check(
        &[(
            "a",
            "type Query { a: Int @inaccessible b: Int @inaccessible c: Int }",
        )],
        &[("a", "import: [\"@key\", \"@inaccessible\"]")],
    );
}

#[test]
fn an_external_field_that_nothing_uses_goes() {
    check(
        &[
            (
                "a",
                "type Query { a: User }\ntype User @key(fields: \"id\") { id: ID! name: String }",
            ),
            (
                "b",
                "extend schema @link(url: \"https://specs.apollo.dev/link/v1.0\")\ntype User @key(fields: \"id\") { id: ID! size: Int name: String @federation__external }",
            ),
        ],
        &[("b", "{ id: ID! size: Int }")],
    );
}

/// Mends the texts, and wants them to compose and to have these parts.
fn check_mended(subgraphs: &[(&str, &str)], expected: &[(&str, &str)]) {
    let source = |(name, sdl): &(&str, &str)| SubgraphSource {
        name: (*name).to_owned(),
        url: String::new(),
        sdl: Source::new(*name, format!("{name}.graphql"), *sdl),
    };
    let sources: Vec<_> = subgraphs.iter().map(source).collect();
    assert!(compose(sources.clone()).is_err());
    check_composes(mend(&sources, &Contract::default()), expected);
}

fn linked(sdl: &str) -> String {
    format!("{LINK}{sdl}")
}

#[test]
fn a_key_that_others_have_is_added_where_a_field_cannot_be_reached() {
    check_mended(
        &[
            (
                "a",
                &linked(
                    "type Query { user: User }\ntype User @key(fields: \"id\") { id: ID! name: String }",
                ),
            ),
            (
                "b",
                "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@shareable\"])\ninterface Node { id: ID! }\ntype User implements Node { id: ID! @shareable size: Int }",
            ),
        ],
        &[
            ("b", "import: [\"@shareable\", \"@key\"]"),
            ("b", "type User implements Node @key(fields: \"id\") {"),
        ],
    );
}

#[test]
fn a_field_of_a_value_type_is_resolved_and_shared_on_both_sides() {
    check_mended(
        &[
            (
                "a",
                &linked(
                    "type Query { a: Size }\ntype Size {\n    unit: String @federation__shareable\n}",
                ),
            ),
            (
                "b",
                &linked(
                    "type Query { b: Size }\ntype Size { unit: String @federation__shareable value(in: String): Int }",
                ),
            ),
        ],
        &[
            (
                "a",
                "    unit: String @federation__shareable\n    value(in: String): Int @federation__shareable\n}",
            ),
            ("b", "value(in: String): Int @federation__shareable }"),
        ],
    );
}

#[test]
fn a_key_becomes_resolvable() {
    for key in [
        "@key(fields: \"id\", resolvable: false)",
        "@key(resolvable: false, fields: \"id\")",
    ] {
        check_mended(
            &[
                (
                    "a",
                    &linked(
                        "type Query { user: User }\ntype User @key(fields: \"id\") { id: ID! }",
                    ),
                ),
                (
                    "b",
                    &linked(&format!("type User {key} {{ id: ID! size: Int }}")),
                ),
            ],
            &[("b", "type User @key(fields: \"id\") {")],
        );
    }
}

#[test]
fn errors_that_others_hid_are_mended_too() {
    check_mended(
        &[
            (
                "a",
                &linked(
                    "type Query { user: User @tag(name: \"x\") }\ntype User @key(fields: \"id\") { id: ID! name: String }",
                ),
            ),
            ("b", &linked("type User { id: ID! size: Int color: Int }")),
        ],
        &[("a", "\"@tag\""), ("b", "type User @key(fields: \"id\") {")],
    );
}
