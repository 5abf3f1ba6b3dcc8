//! `weft plan`: what it prints, and what it says where something is wrong.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::command_line::weft;

const PLANNED: &str = r#"
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
directive @link(url: String, for: link__Purpose) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT
directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION
scalar join__FieldSet
enum link__Purpose { EXECUTION SECURITY }
enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b", url: "http://b") }
type Query @join__type(graph: A) @join__type(graph: B) { me: User @join__field(graph: A) }
type User @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
  id: ID!
  name: String @join__field(graph: B)
}
"#;

/// A folder with the supergraph, an operation, and a folder of operations with the given files.
fn folder(operations: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &Path, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    write(Path::new("s.graphql"), PLANNED);
    write(Path::new("o.graphql"), "{ me { name } }");
    std::fs::create_dir(folder.path().join("operations")).unwrap();
    for (name, text) in operations {
        write(&Path::new("operations").join(name), text);
    }
    folder
}

fn plan_in(folder: &Path, operation: &str, flags: &[&str]) -> Output {
    let files = [
        "plan",
        "--supergraph",
        "s.graphql",
        "--operation",
        operation,
    ];
    weft(folder, &[&files, flags].concat())
}

fn plan(flags: &[&str]) -> Output {
    plan_in(folder(&[]).path(), "o.graphql", flags)
}

/// Checks the exit code and a part of what is said on stderr.
fn check(output: &Output, code: i32, message: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn an_operation_beyond_the_memory_limit_is_refused_with_what_to_do() {
    for flags in [
        ["--memory-limit", "64MB"],
        ["--evaluation-limit", "0"],
        ["--memory-limit", "100000"],
    ] {
        assert_eq!(plan(&flags).status.code(), Some(0), "{flags:?}");
    }
    for last in ["--check", "--explain"] {
        let output = plan(&["--memory-limit", "10B", last]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("split it into several"), "{stderr}");
        assert!(stderr.contains("`--memory-limit`"), "{stderr}");
    }
    let output = plan(&["--memory-limit", "much"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("`much` is not a size"), "{stderr}");
}

#[test]
fn an_explanation_says_what_the_alternatives_cost() {
    let output = plan(&["--explain", "--check"]);
    let expected = "2 steps and 2 requests: proven, no plan has fewer steps, and none with as few steps has fewer requests
fetch 0 to `a` starts from a root type; gives `Query.me`, which only it resolves
fetch 1 to `b` enters at `me` after fetch 0; gives `User.name`, which only it resolves
without `a`: no plan, some of what is asked for can be had on no other way
without `b`: no plan, some of what is asked for can be had on no other way
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

#[test]
fn a_wrong_operation_name_is_answered_with_those_that_there_are() {
    let folder = folder(&[(
        "two.graphql",
        "query A { me { id } } query B { me { name } }",
    )]);
    for (flags, message) in [
        (
            &["--operation-name", "C"][..],
            "no operation named `C`: `--operation-name` takes `A` or `B`",
        ),
        (
            &[],
            "the document has several operations: `--operation-name` takes `A` or `B`",
        ),
    ] {
        check(
            &plan_in(folder.path(), "operations/two.graphql", flags),
            1,
            message,
        );
    }
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    let folder = folder(&[("a.graphql", "{ me { name } }")]);
    for flags in [
        &["--explain"][..],
        &["--format", "json"],
        &["--operation-name", "A"],
    ] {
        let output = plan_in(folder.path(), "operations", flags);
        check(
            &output,
            2,
            "is for one operation, and `operations` is a folder",
        );
    }
    check(
        &plan(&["--explain", "--format", "dot"]),
        2,
        "`--explain` prints text",
    );
}

#[test]
fn an_unknown_override_label_is_told() {
    let output = plan(&["--override-labels", "beta"]);
    check(
        &output,
        0,
        "warning: the supergraph has no override with the label `beta`: it has none",
    );
    assert!(output.stdout.starts_with(b"QueryPlan {"));
}

#[test]
fn a_table_has_a_row_for_each_operation_and_tells_what_has_none() {
    let folder = folder(&[
        ("broken.graphql", "{ me { nme } }"),
        ("empty.graphql", ""),
        ("one.graphql", "{ me { name } }"),
        (
            "two.graphql",
            "query A { me { id } } query B { me { name } }",
        ),
    ]);
    std::fs::write(folder.path().join("operations/bytes.graphql"), [0xff]).unwrap();
    let output = plan_in(folder.path(), "operations", &["--check", "--defer"]);
    check(&output, 2, "broken.graphql:1:8: ");
    check(&output, 2, "empty.graphql:1:1: ");
    check(&output, 2, "cannot read `operations/bytes.graphql`");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let rows: Vec<Vec<&str>> = stdout
        .lines()
        .map(|line| line.split_whitespace().take(3).collect())
        .collect();
    let expected = [
        ["operation", "steps", "fetches"],
        ["one", "2", "2"],
        ["A", "1", "1"],
        ["B", "2", "2"],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_folder_without_operations_is_told() {
    let output = plan_in(folder(&[]).path(), "operations", &[]);
    check(&output, 2, "there is no `.graphql` file in `operations`");
}

#[test]
fn of_many_problems_the_first_are_told() {
    let text = "no GraphQL here, as anyone can see. ".repeat(50);
    let folder = folder(&[("prose.graphql", &text)]);
    let output = plan_in(folder.path(), "operations/prose.graphql", &[]);
    check(&output, 1, "prose.graphql: and ");
    assert!(String::from_utf8_lossy(&output.stderr).lines().count() < 30);
}

#[test]
fn nobody_has_to_read_what_is_wrong() {
    let folder = folder(&[("prose.graphql", "no GraphQL here")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args([
            "plan",
            "--supergraph",
            "s.graphql",
            "--operation",
            "operations/prose.graphql",
        ])
        .current_dir(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
