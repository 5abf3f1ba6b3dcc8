//! A verdict as SARIF 2.1.0.

use serde_json::{Value, json};
use weft_schema_check::Criticality;

use super::fingerprint;
use crate::commands::check::report::{Finding, Report};
use crate::diagnostic_format::{sarif_log, uri};

pub(super) fn print(report: &Report) -> String {
    let codes = report.findings().map(|finding| finding.code.as_str());
    let value = sarif_log(codes, report.findings().map(result).collect());
    format!("{value:#}\n")
}

fn result(finding: &Finding) -> Value {
    let level = match finding.criticality {
        Criticality::Breaking => "error",
        Criticality::Dangerous => "warning",
        Criticality::Safe => "note",
    };
    let mut result = json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": format!("{}: {}", finding.path, finding.message) },
        "partialFingerprints": { "weft/v1": fingerprint(finding) },
    });
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": finding.path }] });
    if let Some(place) = &finding.place {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line, "startColumn": place.column },
        });
    }
    result["locations"] = json!([location]);
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
    }
    result
}
