//! A verdict as workflow commands of GitHub Actions: annotations on the lines of the files.

use weft_schema_check::Criticality;

use crate::commands::check::report::{Finding, Report};

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
    format!(
        "::{level} {}::{}\n",
        properties.join(","),
        escape_data(&message)
    )
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}
