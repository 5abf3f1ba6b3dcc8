//! `weft check` and `weft diff` in a git repository: what they report, where they point, how they end.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const CONFIG: &str = "\
subgraphs:
  products:
    routing_url: http://products.example
    schema:
      file: ./products.graphql
  reviews:
    routing_url: http://reviews.example
    schema:
      file: ./reviews.graphql
";

const PRODUCTS: &str = "\
extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\"])
type Query {
  product: Product
}
type Product @key(fields: \"id\") {
  id: ID!
  name: String
  weight: Int
}
";

const REVIEWS: &str = "\
extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\"])
type Product @key(fields: \"id\") {
  id: ID!
  stars: Int
}
";

const OPERATIONS: &str = "\
query Names {
  product { name }
}
query Weights {
  product {
    id
    weight
  }
}
";

pub(crate) const REMOVED_WEIGHT: (&str, &str) = ("  weight: Int\n", "");

/// A repository whose one commit holds the graph above and an operation file.
pub(crate) fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("supergraph.yaml", CONFIG),
        ("products.graphql", PRODUCTS),
        ("reviews.graphql", REVIEWS),
        ("operations.graphql", OPERATIONS),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    let author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    let commit = [
        "-c",
        "commit.gpgsign=false",
        "commit",
        "--quiet",
        "-m",
        "graph",
    ];
    git(folder.path(), &[&author[..], &commit[..]].concat());
    folder
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

/// Replaces a part of a file, which has to be there.
pub(crate) fn edit(folder: &Path, file: &str, (before, after): (&str, &str)) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(before), "{file} has no {before:?}");
    fs::write(path, text.replace(before, after)).unwrap();
}

pub(crate) fn weft(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Runs `weft check` against a base, with the operation file.
pub(crate) fn check(folder: &Path, base: &str, more: &[&str]) -> Output {
    let fixed = ["check", "--config", "supergraph.yaml", "--base", base];
    let operations = ["--operations", "operations.graphql"];
    weft(folder, &[&fixed[..], &operations[..], more].concat())
}

/// What a command wrote as JSON, which has to be as `docs/check-output.schema.json` says, and its exit code.
pub(crate) fn json(output: &Output) -> (Value, Option<i32>) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let value: Value = serde_json::from_slice(&output.stdout).expect(&stderr);
    let schema = include_str!("../../../../docs/check-output.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    (value, output.status.code())
}

pub(crate) fn check_json(folder: &Path, more: &[&str]) -> (Value, Option<i32>) {
    let format = ["--format", "json"];
    json(&check(folder, "git:HEAD", &[&format[..], more].concat()))
}

pub(crate) fn part_status<'a>(report: &'a Value, name: &str) -> &'a str {
    let parts = report["parts"].as_array().unwrap();
    let part = parts.iter().find(|part| part["name"] == name);
    part.and_then(|part| part["status"].as_str()).unwrap()
}

pub(crate) fn change<'a>(report: &'a Value, code: &str) -> &'a Value {
    let changes = report["changes"].as_array().unwrap();
    let found = changes.iter().find(|change| change["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {report:#}"))
}

#[test]
fn an_unchanged_graph_passes() {
    let folder = repository();
    let (report, exit_code) = check_json(folder.path(), &[]);
    assert_eq!(exit_code, Some(0), "{report:#}");
    assert_eq!(report["status"], "pass");
    assert_eq!(report["changes"].as_array().unwrap().len(), 0);
    for operation in report["operations"].as_array().unwrap() {
        assert_eq!(operation["status"], "unaffected");
    }
}

#[test]
fn a_removed_field_names_the_operation_that_uses_it() {
    let folder = repository();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    let (report, exit_code) = check_json(folder.path(), &[]);
    assert_eq!(exit_code, Some(1), "{report:#}");
    let removed = change(&report, "FIELD_REMOVED");
    assert_eq!(removed["path"], "Product.weight");
    assert_eq!(removed["criticality"], "BREAKING");
    assert_eq!(removed["subgraph"], "products");
    assert_eq!(removed["file"], "products.graphql");
    assert_eq!(removed["line"], 5, "the type that lost the field");
    let broken = change(&report, "OPERATION_BROKEN");
    assert_eq!(broken["path"], "Weights");
    assert_eq!(broken["file"], "operations.graphql");
    assert_eq!(broken["line"], 7, "the line that asks for the field");
    let statuses: Vec<&Value> = report["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| &operation["status"])
        .collect();
    assert_eq!(statuses, ["unaffected", "broken"]);
}

#[test]
fn the_text_for_people_has_files_and_lines() {
    let folder = repository();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    let output = check(folder.path(), "git:HEAD", &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    for expected in ["products.graphql:5", "operations.graphql:7", "Weights"] {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
}

#[test]
fn a_graph_that_does_not_compose_fails_in_that_part() {
    let folder = repository();
    edit(
        folder.path(),
        "reviews.graphql",
        ("stars: Int", "stars: Int\n  name: String"),
    );
    let (report, exit_code) = check_json(folder.path(), &[]);
    assert_eq!(exit_code, Some(1), "{report:#}");
    assert_eq!(part_status(&report, "schema"), "pass");
    assert_eq!(part_status(&report, "composition"), "fail");
    assert_eq!(part_status(&report, "api"), "skip");
    assert_eq!(part_status(&report, "operations"), "skip");
    assert_eq!(
        change(&report, "INVALID_FIELD_SHARING")["part"],
        "composition"
    );
}

#[test]
fn an_unknown_revision_says_what_to_do() {
    let folder = repository();
    let output = check(folder.path(), "git:nowhere", &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("`nowhere`"), "{stderr}");
    assert!(stderr.contains("git fetch"), "{stderr}");
}

#[test]
fn an_accepted_change_passes_until_its_date() {
    let folder = repository();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    for (expires, expected) in [("2999-12-31", 0), ("2020-01-31", 1)] {
        let accepted = |code: &str, path: &str| {
            format!("  - {{ code: {code}, path: {path}, reason: agreed, expires: {expires} }}\n")
        };
        let settings = format!(
            "accepted:\n{}{}",
            accepted("FIELD_REMOVED", "Product.weight"),
            accepted("OPERATION_BROKEN", "Weights")
        );
        fs::write(folder.path().join("check.yaml"), settings).unwrap();
        let (report, exit_code) = check_json(folder.path(), &["--settings", "check.yaml"]);
        assert_eq!(exit_code, Some(expected), "{expires}: {report:#}");
        let marked = change(&report, "FIELD_REMOVED").get("accepted").is_some();
        assert_eq!(marked, expected == 0, "{expires}");
    }
}

#[test]
fn diff_writes_path_criticality_code_and_message() {
    let folder = tempfile::tempdir().unwrap();
    let old = "type Query { a: Int b: Int }";
    let new = "type Query { a: Int c: Int }";
    fs::write(folder.path().join("old.graphql"), old).unwrap();
    fs::write(folder.path().join("new.graphql"), new).unwrap();
    let arguments = ["diff", "old.graphql", "new.graphql", "--format", "json"];
    let (report, exit_code) = json(&weft(folder.path(), &arguments));
    assert_eq!(exit_code, Some(1), "{report:#}");
    let removed = change(&report, "FIELD_REMOVED");
    assert_eq!(removed["path"], "Query.b");
    assert_eq!(removed["criticality"], "BREAKING");
    assert!(removed["message"].as_str().unwrap().contains("`b`"));
    let added = change(&report, "FIELD_ADDED");
    assert_eq!(
        (&added["path"], &added["criticality"]),
        (&"Query.c".into(), &"SAFE".into())
    );
}
