//! A verdict as a code quality report of GitLab.

use serde_json::{Value, json};
use weft_schema_check::Criticality;

use super::fingerprint;
use crate::commands::check::report::{Finding, Report};

pub(super) fn print(report: &Report) -> String {
    let issues: Vec<Value> = report.findings().map(issue).collect();
    format!("{:#}\n", Value::from(issues))
}

fn issue(finding: &Finding) -> Value {
    let severity = match finding.criticality {
        _ if finding.accepted.is_some() => "info",
        Criticality::Breaking => "critical",
        Criticality::Dangerous => "minor",
        Criticality::Safe => "info",
    };
    // GitLab takes no issue without a place.
    let (file, line) = match &finding.place {
        Some(place) => (place.file.as_str(), place.line),
        None => ("schema", 1),
    };
    json!({
        "description": format!("{}: {}", finding.path, finding.message),
        "check_name": finding.code,
        "fingerprint": fingerprint(finding),
        "severity": severity,
        "location": { "path": file, "lines": { "begin": line } },
    })
}
