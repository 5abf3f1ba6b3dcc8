//! The outputs for machines, over verdicts of every kind: JSON as its schema says, SARIF, GitLab and JUnit with what their
//! readers insist on.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::check::{REMOVED_WEIGHT, check, check_json, edit, json, repository, weft};

/// A kind of verdict: what is done to the repository, and the options that show it.
type Verdict = (&'static str, fn(&Path), &'static [&'static str]);

const VERDICTS: &[Verdict] = &[
    ("nothing changed", |_| {}, &[]),
    (
        "an operation breaks",
        |folder| edit(folder, "products.graphql", REMOVED_WEIGHT),
        &[],
    ),
    (
        "an operation may be affected",
        |folder| {
            edit(
                folder,
                "products.graphql",
                ("name: String", "name: String @federation__authenticated"),
            )
        },
        &[],
    ),
    (
        "a plan changes",
        |folder| {
            edit(
                folder,
                "reviews.graphql",
                (
                    "stars: Int",
                    "stars: Int\n  name: String @federation__override(from: \"products\")",
                ),
            );
        },
        &["--fail-on", "any"],
    ),
    (
        "the text is no GraphQL",
        |folder| {
            edit(
                folder,
                "products.graphql",
                ("type Query {", "type Query {{"),
            )
        },
        &[],
    ),
    (
        "the graph does not compose",
        |folder| {
            edit(
                folder,
                "reviews.graphql",
                ("stars: Int", "stars: Int\n  name: String"),
            )
        },
        &[],
    ),
    (
        "a field comes, by the other profile",
        |folder| {
            edit(
                folder,
                "products.graphql",
                ("weight: Int", "weight: Int\n  sku: ID"),
            )
        },
        &["--profile", "inspector"],
    ),
    (
        "a contract and an acceptance",
        |folder| {
            edit(folder, "products.graphql", REMOVED_WEIGHT);
            let settings = "contracts: { public: { exclude: [internal], hide_unreachable: true } }\n\
                accepted: [{ code: FIELD_REMOVED, path: Product.weight, reason: agreed, expires: 2999-12-31 }]\n";
            fs::write(folder.join("settings.yaml"), settings).unwrap();
        },
        &["--settings", "settings.yaml"],
    ),
    (
        "an operation was invalid",
        |folder| {
            edit(
                folder,
                "operations.graphql",
                ("{ name }", "{ name nothing }"),
            )
        },
        &[],
    ),
    (
        "a subgraph goes",
        |folder| {
            let text = fs::read_to_string(folder.join("supergraph.yaml")).unwrap();
            let rest = text.split("  reviews:").next().unwrap();
            fs::write(folder.join("supergraph.yaml"), rest).unwrap();
        },
        &[],
    ),
    (
        "a path with characters of its own",
        |folder| {
            fs::rename(
                folder.join("products.graphql"),
                folder.join("pro ducts #1.graphql"),
            )
            .unwrap();
            edit(
                folder,
                "supergraph.yaml",
                ("./products.graphql", "'./pro ducts #1.graphql'"),
            );
            edit(folder, "pro ducts #1.graphql", REMOVED_WEIGHT);
        },
        &[],
    ),
];

/// Runs the check of each verdict in a format.
fn each(format: &str, look: impl Fn(&str, &str)) {
    for (name, prepare, more) in VERDICTS {
        let folder = repository();
        prepare(folder.path());
        let options = [*more, &["--format", format]].concat();
        let output = check(folder.path(), "git:HEAD", &options);
        assert!(
            output.status.code() < Some(2),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        look(name, &String::from_utf8(output.stdout).unwrap());
    }
}

#[test]
fn json_is_as_its_schema_says() {
    for (_, prepare, more) in VERDICTS {
        let folder = repository();
        prepare(folder.path());
        check_json(folder.path(), more);
    }
    let folder = repository();
    edit(folder.path(), "products.graphql", REMOVED_WEIGHT);
    for profile in ["spec", "inspector"] {
        let fixed = ["diff", "git:HEAD:products.graphql", "products.graphql"];
        let format = ["--format", "json", "--profile", profile];
        json(&weft(folder.path(), &[&fixed[..], &format].concat()));
    }
}

#[test]
fn sarif_has_what_code_scanning_reads() {
    each("sarif", |name, text| {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(value["version"], "2.1.0", "{name}");
        let run = &value["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: Vec<&Value> = rules.iter().map(|rule| &rule["id"]).collect();
        for result in run["results"].as_array().unwrap() {
            assert!(ids.contains(&&result["ruleId"]), "{name}: {result:#}");
            let level = result["level"].as_str().unwrap();
            assert!(
                ["note", "warning", "error"].contains(&level),
                "{name}: {level}"
            );
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let physical = &result["locations"][0]["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            assert!(
                !uri.contains([' ', '#']) && !uri.starts_with("./"),
                "{name}: {uri}"
            );
            assert!(physical["region"]["startLine"].as_u64() > Some(0), "{name}");
        }
    });
}

#[test]
fn gitlab_issues_have_every_field_that_gitlab_asks_for() {
    each("gitlab", |name, text| {
        let value: Value = serde_json::from_str(text).unwrap();
        let mut fingerprints: Vec<&Value> = Vec::new();
        for issue in value.as_array().unwrap() {
            for field in ["description", "check_name", "fingerprint", "severity"] {
                assert!(
                    issue[field].as_str().is_some_and(|text| !text.is_empty()),
                    "{name}: {issue:#}"
                );
            }
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(
                severities.contains(&issue["severity"].as_str().unwrap()),
                "{name}"
            );
            let path = issue["location"]["path"].as_str().unwrap();
            let known = path.ends_with(".graphql") || path == "supergraph.yaml";
            assert!(known, "{name}: {path}");
            assert!(
                issue["location"]["lines"]["begin"].as_u64() > Some(0),
                "{name}"
            );
            assert!(
                !fingerprints.contains(&&issue["fingerprint"]),
                "{name}: twice the same"
            );
            fingerprints.push(&issue["fingerprint"]);
        }
    });
}

#[test]
fn junit_counts_what_it_lists() {
    each("junit", |name, text| {
        let number = |suite: &str, attribute: &str| -> usize {
            let value = suite.split(&format!("{attribute}=\"")).nth(1).unwrap();
            value.split('"').next().unwrap().parse().unwrap()
        };
        for suite in text.split("<testsuite ").skip(1) {
            let count = |what: &str| suite.matches(what).count();
            assert_eq!(
                number(suite, "tests"),
                count("<testcase "),
                "{name}: {suite}"
            );
            assert_eq!(
                number(suite, "failures"),
                count("<failure "),
                "{name}: {suite}"
            );
            assert_eq!(
                number(suite, "skipped"),
                count("<skipped/>"),
                "{name}: {suite}"
            );
            assert_eq!(number(suite, "errors"), 0, "{name}: {suite}");
        }
    });
}
