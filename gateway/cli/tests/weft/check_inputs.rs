//! What people give to `weft check`, `weft diff` and `weft lint`, rightly and wrongly, and what they are told.

use std::fs;
use std::path::Path;

use super::check::{REMOVED_WEIGHT, change, check, check_json, edit, json, repository, weft};

/// Runs a command and gives its exit code, stdout and stderr.
fn told(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = weft(folder, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Runs a command that ends with exit code 2 and says this on stderr.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], expected: &str) {
    let (code, _, stderr) = told(folder, arguments);
    assert_eq!(code, Some(2), "{arguments:?}: {stderr}");
    assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
}

#[test]
fn the_base_is_a_revision_a_path_in_one_or_a_file() {
    let folder = repository();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    let copy = folder.path().join("before");
    fs::create_dir(&copy).unwrap();
    for file in ["supergraph.yaml", "reviews.graphql"] {
        fs::copy(folder.path().join(file), copy.join(file)).unwrap();
    }
    let products = fs::read_to_string(folder.path().join("products.graphql")).unwrap();
    let before = products.replace("  name: String\n", "  name: String\n  weight: Int\n");
    fs::write(copy.join("products.graphql"), before).unwrap();
    for base in [
        "git:HEAD",
        "git:HEAD:supergraph.yaml",
        "before/supergraph.yaml",
    ] {
        let (report, code) = json(&check(folder.path(), base, &["--format", "json"]));
        assert_eq!(code, Some(1), "{base}");
        assert_eq!(
            change(&report, "FIELD_REMOVED")["path"],
            "Product.weight",
            "{base}"
        );
    }
}

#[test]
fn a_configuration_may_lie_anywhere() {
    let folder = repository();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    let config = folder.path().join("supergraph.yaml");
    let elsewhere = tempfile::tempdir().unwrap();
    let fixed = [
        "check", "--base", "git:HEAD", "--format", "json", "--config",
    ];
    let arguments = [&fixed[..], &[config.to_str().unwrap()]].concat();
    let (report, code) = json(&weft(elsewhere.path(), &arguments));
    assert_eq!(code, Some(1));
    assert_eq!(change(&report, "FIELD_REMOVED")["line"], 5);
}

#[test]
fn a_base_that_is_none_is_answered_with_one() {
    let folder = repository();
    let base = |base, expected| {
        let fixed = ["check", "--config", "supergraph.yaml", "--base"];
        refused(folder.path(), &[&fixed[..], &[base]].concat(), expected);
    };
    base("HEAD", "write `--base git:HEAD`");
    base("git:", "names no revision");
    base(
        "git:HEAD:nowhere.yaml",
        "cannot read `nowhere.yaml` in `HEAD`",
    );
    let elsewhere = tempfile::tempdir().unwrap();
    for file in ["supergraph.yaml", "products.graphql", "reviews.graphql"] {
        fs::copy(folder.path().join(file), elsewhere.path().join(file)).unwrap();
    }
    let arguments = ["check", "--config", "supergraph.yaml", "--base", "git:HEAD"];
    refused(elsewhere.path(), &arguments, "is in no git repository");
}

#[test]
fn patterns_that_match_nothing_useful_are_told() {
    let folder = repository();
    fs::create_dir_all(folder.path().join("documents/empty")).unwrap();
    let pattern = |pattern, expected| {
        let fixed = ["check", "--config", "supergraph.yaml", "--base", "git:HEAD"];
        let operations = ["--operations", pattern];
        refused(folder.path(), &[&fixed[..], &operations].concat(), expected);
    };
    pattern("documents", "is a folder: write `documents/**/*.graphql`");
    pattern("documents/empty/*.graphql", "matches no file");
    pattern("[", "is no pattern");
    fs::write(
        folder.path().join("documents/f.graphql"),
        "fragment F on Product { id }",
    )
    .unwrap();
    let more = ["--operations", "documents/*.graphql"];
    let fixed = ["check", "--config", "supergraph.yaml", "--base", "git:HEAD"];
    let (code, _, stderr) = told(folder.path(), &[&fixed[..], &more].concat());
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("has no operations"), "{stderr}");
}

#[test]
fn an_error_in_a_fragment_of_another_file_points_into_that_file() {
    let folder = repository();
    let fragment = "fragment Other on Product { id }\n\nfragment Heavy on Product {\n  weight\n}\n";
    fs::write(folder.path().join("fragments.graphql"), fragment).unwrap();
    let operation = "query Heavies { product { ...Heavy } }";
    fs::write(folder.path().join("heavy.graphql"), operation).unwrap();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    let more = [
        "--operations",
        "heavy.graphql",
        "--operations",
        "fragments.graphql",
    ];
    let (report, _) = check_json(folder.path(), &more);
    let operations = report["operations"].as_array().unwrap();
    let broken = operations
        .iter()
        .find(|one| one["name"] == "Heavies")
        .unwrap();
    assert_eq!(broken["status"], "broken");
    assert_eq!(broken["file"], "fragments.graphql");
    assert_eq!(broken["line"], 4);
}

#[test]
fn a_new_subgraph_is_told_apart_from_a_name_that_is_mistyped() {
    let folder = repository();
    fs::write(
        folder.path().join("product.graphql"),
        "type Query { extra: Int }",
    )
    .unwrap();
    let arguments = [
        "check",
        "--config",
        "supergraph.yaml",
        "--subgraph",
        "product=product.graphql",
    ];
    let (code, stdout, stderr) = told(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("no subgraph `product` yet"), "{stderr}");
    assert!(
        stdout.contains("[SUBGRAPH_ADDED] at product.graphql:1:1"),
        "{stdout}"
    );
}

#[test]
fn a_contract_that_does_not_compose_fails_alone() {
    let folder = repository();
    fs::write(
        folder.path().join("s.yaml"),
        "contracts: { public: { include: [nothing] } }",
    )
    .unwrap();
    let (report, code) = check_json(folder.path(), &["--settings", "s.yaml"]);
    assert_eq!(code, Some(1));
    let failing: Vec<_> = report["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["status"] == "fail")
        .collect();
    assert_eq!(failing.len(), 1, "{report:#}");
    assert_eq!(failing[0]["name"], "contract public");
}

#[test]
fn diff_says_what_it_takes_each_schema_for() {
    let folder = repository();
    fs::write(
        folder.path().join("api.graphql"),
        "type Query { product: Product } type Product { id: ID! }",
    )
    .unwrap();
    let composed = weft(folder.path(), &["compose", "--config", "supergraph.yaml"]);
    fs::write(folder.path().join("supergraph.graphql"), composed.stdout).unwrap();
    for (old, expected) in [
        ("api.graphql", "`api.graphql` is taken for a schema"),
        ("supergraph.graphql", "is taken for a supergraph"),
        (
            "git:HEAD:products.graphql",
            "is taken for a subgraph's schema",
        ),
    ] {
        let (_, _, stderr) = told(folder.path(), &["diff", old, "products.graphql"]);
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn diff_compares_subgraphs_with_what_only_entities_lead_to() {
    let folder = repository();
    let arguments = [
        "diff",
        "git:HEAD:reviews.graphql",
        "reviews.graphql",
        "--format",
        "json",
    ];
    let (report, code) = json(&weft(folder.path(), &arguments));
    assert_eq!(
        (code, report["changes"].as_array().unwrap().len()),
        (Some(0), 0)
    );
    edit(folder.path(), "reviews.graphql", ("  stars: Int\n", ""));
    let (report, code) = json(&weft(folder.path(), &arguments));
    assert_eq!(code, Some(1));
    let removed = change(&report, "FIELD_REMOVED");
    assert_eq!(
        (&removed["path"], &removed["line"]),
        (&"Product.stars".into(), &2.into())
    );
    assert_eq!(report["changes"].as_array().unwrap().len(), 1, "{report:#}");
}

#[test]
fn diff_wants_a_path_behind_a_revision() {
    let folder = repository();
    refused(
        folder.path(),
        &["diff", "git:HEAD", "products.graphql"],
        "write `git:REVISION:PATH`",
    );
}

#[test]
fn lint_looks_at_what_changed_alone() {
    let folder = repository();
    let lint = [
        "lint",
        "--config",
        "supergraph.yaml",
        "--only-changed",
        "HEAD",
    ];
    assert_eq!(told(folder.path(), &lint).0, Some(0));
    edit(
        folder.path(),
        "products.graphql",
        ("weight: Int", "Weight: Int"),
    );
    let (code, stdout, _) = told(
        folder.path(),
        &[&lint[..], &["--format", "github"]].concat(),
    );
    assert_eq!(code, Some(1));
    assert!(stdout.contains("title=FIELD_NAME"), "{stdout}");
    assert!(
        !stdout.contains("type `Product` has no description"),
        "{stdout}"
    );
    let unknown = [
        "lint",
        "--config",
        "supergraph.yaml",
        "--only-changed",
        "nowhere",
    ];
    refused(folder.path(), &unknown, "`nowhere` is no revision");
}

#[test]
fn lint_refuses_what_is_no_graphql() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("broken.graphql"), "type Query {").unwrap();
    let (code, stdout, _) = told(folder.path(), &["lint", "broken.graphql"]);
    assert_eq!(code, Some(1));
    assert!(stdout.contains("INVALID_GRAPHQL"), "{stdout}");
}
