//! A verdict for a comment on a change.

use std::fmt::Write;

use weft_schema_check::Criticality;

use crate::commands::check::report::{OperationVerdict, Report, Status};

pub(super) fn print(report: &Report) -> String {
    let title = match report.status() {
        Status::Fail => "breaks",
        _ => "is fine",
    };
    let mut text = format!("### Schema check: this change {title}\n\n");
    text.push_str("| part | status |\n|---|---|\n");
    for part in &report.parts {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "| {} | {} |", cell(&part.name), part.status.name());
    }
    let levels = [
        (Criticality::Breaking, "Breaking"),
        (Criticality::Dangerous, "Dangerous"),
        (Criticality::Safe, "Safe"),
    ];
    for (level, title) in levels {
        table(&mut text, report, level, title);
    }
    operations(&mut text, report);
    text
}

fn table(text: &mut String, report: &Report, level: Criticality, title: &str) {
    let findings: Vec<_> = report
        .findings()
        .filter(|finding| finding.criticality == level)
        .collect();
    if findings.is_empty() {
        return;
    }
    let _ = write!(
        text,
        "\n<details{}>",
        if level == Criticality::Safe {
            ""
        } else {
            " open"
        }
    );
    let _ = writeln!(text, "<summary>{title}: {}</summary>\n", findings.len());
    text.push_str("| element | change | place |\n|---|---|---|\n");
    for finding in findings {
        let place = finding.place.as_ref().map_or(String::new(), |place| {
            format!("{}:{}", place.file, place.line)
        });
        let accepted = finding
            .accepted
            .as_ref()
            .map_or(String::new(), |reason| format!(" (accepted: {reason})"));
        let message = cell(&format!("{}{accepted}", finding.message));
        let _ = writeln!(
            text,
            "| `{}` | {message} | {} |",
            cell(&finding.path),
            cell(&place)
        );
    }
    text.push_str("\n</details>\n");
}

fn operations(text: &mut String, report: &Report) {
    let touched = |one: &&OperationVerdict| one.status != "unaffected" || one.plan.is_some();
    let touched: Vec<_> = report.operations.iter().filter(touched).collect();
    if touched.is_empty() {
        return;
    }
    text.push_str("\n| operation | becomes | why |\n|---|---|---|\n");
    for operation in touched {
        let plan = operation.plan.as_ref().map(ToString::to_string);
        let why: Vec<String> = operation.reasons.iter().cloned().chain(plan).collect();
        let _ = writeln!(
            text,
            "| `{}` {}:{} | {} | {} |",
            cell(&operation.name),
            cell(&operation.file),
            operation.line,
            operation.status,
            cell(&why.join("; "))
        );
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
