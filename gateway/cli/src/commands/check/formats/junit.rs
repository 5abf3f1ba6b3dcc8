//! A verdict as JUnit XML: each part is a suite, each finding a case, what is refused a failure.

use std::fmt::Write;

use crate::commands::check::report::{Part, Report, Status};

pub(super) fn print(report: &Report) -> String {
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weft\">\n");
    for part in &report.parts {
        suite(&mut xml, report, part);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, report: &Report, part: &Part) {
    let failures = part
        .findings
        .iter()
        .filter(|finding| report.refuses(finding))
        .count();
    let empty = part.findings.is_empty();
    // Writing into a string cannot fail.
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\">",
        escape(&part.name),
        part.findings.len().max(1),
        usize::from(part.status == Status::Skip)
    );
    if empty {
        let inside = if part.status == Status::Skip {
            "<skipped/>"
        } else {
            ""
        };
        let name = escape(&part.name);
        let _ = writeln!(
            xml,
            "    <testcase classname=\"{name}\" name=\"{name}\">{inside}</testcase>"
        );
    }
    for finding in &part.findings {
        let _ = write!(
            xml,
            "    <testcase classname=\"{}\" name=\"{}\">",
            escape(&finding.code),
            escape(&finding.path)
        );
        let place = finding.place.as_ref().map_or(String::new(), |place| {
            format!(" ({}:{})", place.file, place.line)
        });
        let message = escape(&format!("{}{place}", finding.message));
        if report.refuses(finding) {
            let kind = finding.criticality;
            // Some readers show the attribute, others the text.
            let _ = write!(
                xml,
                "<failure type=\"{kind}\" message=\"{message}\">{message}</failure>"
            );
        } else {
            let _ = write!(xml, "<system-out>{message}</system-out>");
        }
        xml.push_str("</testcase>\n");
    }
    xml.push_str("  </testsuite>\n");
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            // XML has no way to write other control characters.
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
