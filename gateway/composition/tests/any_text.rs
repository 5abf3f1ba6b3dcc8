//! Whatever the texts of subgraphs are, composing them ends with a supergraph or with errors, never with a panic.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use weft_composition::rules::explanation::EXAMPLE_HEADER;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;

/// Pieces of schemas, whole and broken.
const PIECES: &[&str] = &[
    "type",
    "extend",
    "interface",
    "union",
    "enum",
    "input",
    "scalar",
    "schema",
    "directive",
    "on",
    "implements",
    "repeatable",
    "Query",
    "A",
    "B",
    "__A",
    "id",
    "x",
    "name",
    "fields",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "=",
    "|",
    "&",
    "@",
    "$",
    "...",
    "\"",
    "\"\"\"",
    "\"id\"",
    "\"id {\"",
    "#",
    "0",
    "-1",
    "1e9",
    "null",
    "true",
    "ID",
    "Int",
    "String",
    "@key",
    "@key(fields: \"id\")",
    "@key(fields: \"... on B { x }\")",
    "@requires(fields: \"x\")",
    "@provides(fields: \"x\")",
    "@external",
    "@shareable",
    "@extends",
    "@interfaceObject",
    "@inaccessible",
    "@tag(name: \"t\")",
    "@override(from: \"b\")",
    "@override(from: \"a\", label: \"percent(1)\")",
    "@context(name: \"c\")",
    "@fromContext(field: \"$c { x }\")",
    "@listSize(slicingArguments: [\"x\"])",
    "@cost(weight: 1)",
    "@link",
    "@link(url: \"https://specs.apollo.dev/federation/v2.9\", import: [\"@key\"])",
    "@core(feature: \"https://specs.apollo.dev/core/v0.1\")",
    "@composeDirective(name: \"@key\")",
    "\n",
    " ",
    ",",
    "é",
    "\u{feff}",
    "type Query { a: A }",
    "type A @key(fields: \"id\") { id: ID! x: B }",
    "interface B @key(fields: \"id\") { id: ID! }",
    "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.12\", import: [\"@key\", \"@external\", \"@requires\"])",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes(one in proptest::collection::vec(any::<u8>(), 0..200), two in ".{0,80}") {
        compose_texts(&[&String::from_utf8_lossy(&one), &two]);
    }

    #[test]
    fn pieces_of_schemas(
        one in proptest::collection::vec(proptest::sample::select(PIECES), 0..60),
        two in proptest::collection::vec(proptest::sample::select(PIECES), 0..30),
    ) {
        compose_texts(&[&one.join(" "), &two.join(" ")]);
    }

    #[test]
    fn schemas_with_a_part_cut_out_or_doubled(
        case in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        length in 1..40usize,
        doubled in any::<bool>(),
    ) {
        let mut schemas = case.get(&case_schemas()).clone();
        let chosen = from.index(schemas.len());
        let text: Vec<char> = schemas[chosen].chars().collect();
        let start = from.index(text.len());
        let end = (start + length).min(text.len());
        let changed: String = if doubled {
            text[..end].iter().chain(&text[start..]).collect()
        } else {
            text[..start].iter().chain(&text[end..]).collect()
        };
        schemas[chosen] = changed;
        for schema in schemas.iter_mut().filter(|schema| !schema.contains("@link")) {
            schema.push_str(EXAMPLE_HEADER);
        }
        let texts: Vec<&str> = schemas.iter().map(String::as_str).collect();
        compose_texts(&texts);
    }
}

/// Nesting that a recursive reader could not follow is refused.
#[test]
fn deep_nesting() {
    let depth = 20_000;
    let selection = format!("{}x{}", "a { ".repeat(depth), " }".repeat(depth));
    let list = format!("{}Int{}", "[".repeat(depth), "]".repeat(depth));
    let value = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    compose_texts(&[&format!(
        "type Query @key(fields: \"{selection}\") {{ a: Query x: Int }}"
    )]);
    compose_texts(&[&format!("type Query {{ a: {list} }}")]);
    compose_texts(&[&format!("type Query {{ a(x: Int = {value}): Int }}")]);
    compose_texts(&[&"{".repeat(depth)]);
}

fn compose_texts(texts: &[&str]) {
    let sources = texts.iter().enumerate().map(|(index, text)| {
        let name = format!("s{index}");
        SubgraphSource {
            sdl: Source::new(&name, "", *text),
            name,
            url: String::new(),
        }
    });
    // The outcome may be either; what counts is that there is one.
    let outcome = compose(sources.collect());
    assert!(outcome.is_ok() || outcome.is_err_and(|errors| !errors.is_empty()));
}

/// The schemas of every case folder.
fn case_schemas() -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases = Vec::new();
    for topic in fs::read_dir(root).unwrap() {
        for case in fs::read_dir(topic.unwrap().path()).unwrap() {
            let mut files: Vec<_> = fs::read_dir(case.unwrap().path())
                .unwrap()
                .map(|file| file.unwrap().path())
                .filter(|file| file.extension().is_some_and(|end| end == "graphql"))
                .collect();
            files.sort();
            let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
            cases.push(texts.filter(|text| !text.is_empty()).collect());
        }
    }
    cases
}
