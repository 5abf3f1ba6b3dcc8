//! `weft compose`: which hints it shows, and what it mends.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const LINK: &str = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@shareable\"])\n";

/// Composes the subgraphs `a` and `b` in a folder.
fn compose(folder: &Path, a: &str, b: &str, arguments: &[&str]) -> Output {
    let mut config = "subgraphs:\n".to_owned();
    for (name, sdl) in [("a", a), ("b", b)] {
        fs::write(
            folder.join(format!("{name}.graphql")),
            format!("{LINK}{sdl}\n"),
        )
        .unwrap();
        config.push_str(&format!("  {name}:\n    routing_url: http://{name}.example\n    schema:\n      file: ./{name}.graphql\n"));
    }
    fs::write(folder.join("supergraph.yaml"), config).unwrap();
    Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(["compose", "--config", "supergraph.yaml"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn hints_are_shown_from_the_level_that_is_asked_for() {
    let a = "type Query { a: Money }\n\"Here\" type Money @shareable { amount: Int! }\nenum Unused { A }";
    let b = "type Query { b: Money }\n\"There\" type Money @shareable { amount: Int }";
    let cases: [(&[&str], [bool; 3]); 6] = [
        (&[], [true, true, true]),
        (&["--hints", "debug"], [true, true, true]),
        (&["--hints", "info"], [true, true, false]),
        (&["--hints", "warning"], [true, false, false]),
        (&["--hints", "none"], [false, false, false]),
        (&["--no-hints"], [false, false, false]),
    ];
    for (arguments, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let output = compose(folder.path(), a, b, arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        let shown = [
            "INCONSISTENT_DESCRIPTION",
            "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
            "UNUSED_ENUM_TYPE",
        ]
        .map(|code| stderr.contains(code));
        assert_eq!(shown, expected, "{arguments:?}: {stderr}");
    }
}

#[test]
fn hints_of_level_debug_are_counted_unless_they_are_asked_for() {
    let (a, b) = (
        "type Query { a: Int }\nenum First { A }\nenum Second { A }",
        "",
    );
    let folder = tempfile::tempdir().unwrap();
    let stderr_of = |arguments: &[&str]| {
        let output = compose(folder.path(), a, b, arguments);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let counted = stderr_of(&[]);
    assert_eq!(counted.lines().count(), 1, "{counted}");
    assert!(counted.contains("2 [UNUSED_ENUM_TYPE]"), "{counted}");
    let drawn = stderr_of(&["--hints", "debug"]);
    assert!(drawn.contains("enum Second"), "{drawn}");
    let data = stderr_of(&["--format", "json"]);
    assert_eq!(data.matches("UNUSED_ENUM_TYPE").count(), 2, "{data}");
}

#[test]
fn a_key_that_makes_a_field_reachable_is_shown_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let a = "type Query { user: User }\ntype User @key(fields: \"id\") { id: ID! }";
    let b = "type User { id: ID! @shareable size: Int }";
    let output = compose(folder.path(), a, b, &["--fix"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let line = "type User @key(fields: \"id\") { id: ID! @shareable size: Int }";
    assert!(stderr.contains(&format!("+{line}")), "{stderr}");
    let written = fs::read_to_string(folder.path().join("b.graphql")).unwrap();
    assert!(written.contains(line), "{written}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("size: Int"));
}
