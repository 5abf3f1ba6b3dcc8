//! A verdict for people at a terminal.

use std::fmt::Write;

use crate::commands::check::report::{Finding, OperationVerdict, Report};
use weft_schema_check::Criticality;

pub(super) fn print(report: &Report) -> String {
    let mut text = String::new();
    for part in &report.parts {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{}: {}", part.name, part.status.name());
        if part.name == "operations" {
            for operation in &report.operations {
                operation_lines(&mut text, operation);
            }
            continue;
        }
        for finding in &part.findings {
            line(&mut text, finding);
        }
    }
    let _ = writeln!(
        text,
        "{} breaking, {} dangerous, {} safe",
        report.count(Criticality::Breaking),
        report.count(Criticality::Dangerous),
        report.count(Criticality::Safe)
    );
    text
}

fn line(text: &mut String, finding: &Finding) {
    let _ = write!(
        text,
        "  {:<9} {}: {}",
        finding.criticality.to_string(),
        finding.path,
        finding.message
    );
    let _ = write!(text, " [{}]", finding.code);
    if let Some(place) = &finding.place {
        let _ = write!(text, " at {}:{}:{}", place.file, place.line, place.column);
    }
    if let Some(reason) = &finding.accepted {
        let _ = write!(text, " (accepted: {reason})");
    }
    text.push('\n');
}

fn operation_lines(text: &mut String, operation: &OperationVerdict) {
    if operation.status == "unaffected" && operation.plan.is_none() {
        return;
    }
    let _ = writeln!(
        text,
        "  operation {} is {} ({}:{})",
        operation.name, operation.status, operation.file, operation.line
    );
    for reason in &operation.reasons {
        let _ = writeln!(text, "    {reason}");
    }
    if let Some(plan) = &operation.plan {
        let _ = writeln!(text, "    plan: {}", plan);
    }
}
