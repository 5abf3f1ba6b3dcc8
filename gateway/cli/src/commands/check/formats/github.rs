//! A verdict as workflow commands of GitHub Actions: annotations on the lines of the files.

use weft_schema_check::Criticality;

use crate::commands::check::report::{Finding, Report};
use crate::diagnostic_format::{escape_property, workflow_command};

pub(super) fn print(report: &Report) -> String {
    report
        .findings()
        .map(|finding| command(report, finding))
        .collect()
}

fn command(report: &Report, finding: &Finding) -> String {
    let level = match finding.criticality {
        _ if finding.accepted.is_some() => "notice",
        _ if report.refuses(finding) => "error",
        Criticality::Safe => "notice",
        _ => "warning",
    };
    let mut properties = Vec::new();
    if let Some(place) = &finding.place {
        let file = escape_property(&place.file);
        properties.push(format!(
            "file={file},line={},col={}",
            place.line, place.column
        ));
    }
    properties.push(format!("title={}", escape_property(&finding.code)));
    let message = format!("{}: {}", finding.path, finding.message);
    workflow_command(level, &properties, &message)
}
