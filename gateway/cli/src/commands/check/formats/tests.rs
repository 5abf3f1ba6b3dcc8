//! One report in every format.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use weft_diagnostic::Source;
use weft_schema_check::{Change, Criticality};

use super::*;
use crate::commands::check::report::Status;
use crate::commands::check::{FailOn, ProfileName};

fn report() -> Report {
    let source = Source::new("users", "a,b/users.graphql", "type Query {\n  a: Int\n}\n");
    let change = |path: &str, criticality, code, message: &str| Change {
        path: path.to_owned(),
        criticality,
        code,
        message: message.to_owned(),
    };
    let removed = change(
        "Query.b",
        Criticality::Breaking,
        "FIELD_REMOVED",
        "field `b` <was> 100% \"removed\"",
    );
    let added = change(
        "Query.a",
        Criticality::Safe,
        "FIELD_ADDED",
        "field `a` | added",
    );
    let mut report = Report::new(ProfileName::Spec, FailOn::Breaking);
    report.add_changes(
        "api",
        Status::Fail,
        [(removed, None), (added, Some(source.span(15..16)))],
    );
    report
}

#[test]
fn json_lists_changes_with_their_places() {
    let value: Value = serde_json::from_str(&print(&report(), Format::Json)).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["status"], "fail");
    assert_eq!(value["changes"][0]["criticality"], "BREAKING");
    assert_eq!(value["changes"][0]["path"], "Query.b");
    assert_eq!(value["changes"][1]["line"], 2);
}

#[test]
fn sarif_has_a_rule_for_each_code() {
    let value: Value = serde_json::from_str(&print(&report(), Format::Sarif)).unwrap();
    let run = &value["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][1]["id"], "FIELD_REMOVED");
    assert_eq!(run["results"][0]["level"], "error");
    let place = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 2);
}

#[test]
fn github_annotations_are_escaped() {
    let text = print(&report(), Format::Github);
    assert!(
        text.contains("::error title=FIELD_REMOVED::Query.b: field `b` <was> 100%25 \"removed\"\n")
    );
    assert!(text.contains("::notice file=a%2Cb/users.graphql,line=2,col=3,title=FIELD_ADDED::"));
}

#[test]
fn gitlab_issues_have_a_place_and_a_fingerprint_of_their_own() {
    let value: Value = serde_json::from_str(&print(&report(), Format::Gitlab)).unwrap();
    assert_eq!(value[0]["severity"], "critical");
    assert_eq!(value[0]["location"]["lines"]["begin"], 1);
    assert_ne!(value[0]["fingerprint"], value[1]["fingerprint"]);
}

#[test]
fn junit_fails_what_is_refused_and_escapes_it() {
    let text = print(&report(), Format::Junit);
    assert!(text.contains(
        "<testsuite name=\"api\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">"
    ));
    assert!(text.contains("message=\"field `b` &lt;was&gt; 100% &quot;removed&quot;\">"));
}

#[test]
fn markdown_keeps_its_tables_whole() {
    let text = print(&report(), Format::Markdown);
    assert!(text.starts_with("### Schema check: this change breaks\n"));
    assert!(text.contains("| `Query.a` | field `a` \\| added | a,b/users.graphql:2 |"));
}
