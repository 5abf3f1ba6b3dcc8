//! The forms in which diagnostics reach people and CI systems: text, JSON, SARIF, GitHub's workflow commands.

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Value, json};
use weft_diagnostic::{Diagnostic, Label, Position, Severity};

use crate::render;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DiagnosticFormat {
    /// Excerpts of the sources, for people
    #[default]
    Text,
    /// One JSON object, `version` 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl DiagnosticFormat {
    /// Writes the diagnostics on stderr.
    pub(crate) fn write(self, diagnostics: &[Diagnostic]) {
        if self == Self::Text {
            return render::diagnostics(diagnostics);
        }
        // Nothing can be told to anyone when stderr is closed.
        let _ = std::io::stderr().write_all(self.to_text(diagnostics).as_bytes());
    }

    /// The diagnostics as text.
    pub(crate) fn to_text(self, diagnostics: &[Diagnostic]) -> String {
        match self {
            Self::Text => render::to_text(diagnostics, false),
            Self::Json => format!("{:#}\n", json_report(diagnostics)),
            Self::Sarif => format!("{:#}\n", sarif_report(diagnostics)),
            Self::Github => diagnostics.iter().map(github_command).collect(),
        }
    }
}

fn json_report(diagnostics: &[Diagnostic]) -> Value {
    let list: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            json!({
                "code": diagnostic.code,
                "severity": diagnostic.severity,
                "message": diagnostic.message,
                "help": diagnostic.help,
                "coordinate": diagnostic.coordinate,
                "subgraphs": diagnostic.subgraphs,
                "labels": diagnostic.labels.iter().map(json_label).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "version": 1, "diagnostics": list })
}

fn json_label(label: &Label) -> Value {
    let position = |position: Position| json!({ "line": position.line, "column": position.column });
    json!({
        "message": label.message,
        "subgraph": label.span.source().name(),
        "path": label.span.source().path(),
        "start": position(label.span.start()),
        "end": position(label.span.end()),
    })
}

fn sarif_report(diagnostics: &[Diagnostic]) -> Value {
    let codes = diagnostics.iter().map(|one| one.code.as_str());
    sarif_log(codes, diagnostics.iter().map(sarif_result).collect())
}

/// The log around results, with a rule for each of their codes.
pub(crate) fn sarif_log<'a>(codes: impl Iterator<Item = &'a str>, results: Vec<Value>) -> Value {
    let codes: BTreeSet<&str> = codes.collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "weft",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn sarif_result(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Debug => "note",
    };
    let text = match &diagnostic.help {
        Some(help) => format!("{} (help: {help})", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .skip(1)
        .map(sarif_location)
        .collect();
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level,
        "message": { "text": text },
        "locations": diagnostic.labels.iter().take(1).map(sarif_location).collect::<Vec<_>>(),
    });
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn sarif_location(label: &Label) -> Value {
    let (start, end) = (label.span.start(), label.span.end());
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path_of(label)) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
        "message": { "text": label.message },
    })
}

/// The file; the subgraph's name where the text came from no file.
fn path_of(label: &Label) -> &str {
    match label.span.source().path() {
        "" => label.span.source().name(),
        path => path,
    }
}

/// A path as a relative URI: what URIs do not allow, or read otherwise, is escaped.
pub(crate) fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
        if plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn github_command(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Debug => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = diagnostic.labels.first() {
        let (start, end) = (label.span.start(), label.span.end());
        properties.push(format!("file={}", escape_property(path_of(label))));
        properties.push(format!("line={},endLine={}", start.line, end.line));
        if start.line == end.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        }
    }
    properties.push(format!("title={}", diagnostic.code));
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    workflow_command(command, &properties, &message)
}

/// A workflow command of GitHub Actions; the values of its properties are escaped already.
pub(crate) fn workflow_command(name: &str, properties: &[String], message: &str) -> String {
    let properties = properties.join(",");
    format!("::{name} {properties}::{}\n", escape_data(message))
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property of a workflow command.
pub(crate) fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use weft_diagnostic::{Code, Source};

    use super::*;

    fn sample() -> Diagnostic {
        let users = Source::new("users", "a,b/users.graphql", "type A {\n  a: Int\n}\n");
        Diagnostic::error(Code::new("INVALID_FIELD_SHARING"), "`A.a` is shared\n100%")
            .with_label(Label::new(users.span(11..12), "here"))
            .with_label(Label::new(users.span(5..6), "its type"))
            .with_help("add `@shareable`")
    }

    #[test]
    fn json_has_a_version_and_places() {
        let report: Value =
            serde_json::from_str(&DiagnosticFormat::Json.to_text(&[sample()])).unwrap();
        assert_eq!(report["version"], 1);
        let label = &report["diagnostics"][0]["labels"][0];
        assert_eq!(label["start"], json!({ "line": 2, "column": 3 }));
        assert_eq!(report["diagnostics"][0]["severity"], "error");
    }

    #[test]
    fn sarif_names_the_rule_and_the_other_places() {
        let report: Value =
            serde_json::from_str(&DiagnosticFormat::Sarif.to_text(&[sample()])).unwrap();
        let run = &report["runs"][0];
        assert_eq!(
            run["tool"]["driver"]["rules"][0]["id"],
            "INVALID_FIELD_SHARING"
        );
        assert_eq!(
            run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"],
            2
        );
        assert_eq!(
            run["results"][0]["relatedLocations"][0]["message"]["text"],
            "its type"
        );
    }

    #[test]
    fn github_commands_are_escaped() {
        assert_eq!(
            DiagnosticFormat::Github.to_text(&[sample()]),
            "::error file=a%2Cb/users.graphql,line=2,endLine=2,col=3,endColumn=4,title=INVALID_FIELD_SHARING::\
             `A.a` is shared%0A100%25%0Ahelp: add `@shareable`\n"
        );
    }
}
