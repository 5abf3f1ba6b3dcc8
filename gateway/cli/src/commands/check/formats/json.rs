//! A verdict as JSON, `version` 1; `docs/check-output.schema.json` describes it.

use serde_json::json;
use weft_schema_check::Criticality;

use crate::commands::check::report::{Finding, Report};

pub(super) fn print(report: &Report) -> String {
    let findings: Vec<&Finding> = report.findings().collect();
    let value = json!({
        "version": 1,
        "status": report.status(),
        "profile": report.profile.name(),
        "summary": {
            "breaking": report.count(Criticality::Breaking),
            "dangerous": report.count(Criticality::Dangerous),
            "safe": report.count(Criticality::Safe),
        },
        "parts": report.parts,
        "changes": findings,
        "operations": report.operations,
    });
    format!("{value:#}\n")
}
