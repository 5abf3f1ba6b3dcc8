//! Repairs: the texts that `weft compose --fix` writes, and that they compose.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use weft_composition::fix::{apply, fixes};
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
            ("a", "currency: String! @deprecated @shareable"),
            ("b", "amount: Int! @shareable"),
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
