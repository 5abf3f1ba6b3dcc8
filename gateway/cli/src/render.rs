//! Diagnostics in, drawings of the sources with their labels on stderr. The only place that renders them.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;

use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind};
use weft_diagnostic::{Diagnostic, Severity, Source};

/// Draws diagnostics on stderr, in colour on a terminal unless `NO_COLOR` is set.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic]) {
    let mut stderr = io::stderr().lock();
    // Nothing can be told to anyone when stderr is closed.
    let _ = stderr.write_all(to_text(diagnostics, colours()).as_bytes());
}

/// Whether stderr takes colours.
pub(crate) fn colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}

/// The drawing of several diagnostics, as text.
pub(crate) fn to_text(diagnostics: &[Diagnostic], colours: bool) -> String {
    let mut text = Vec::new();
    for diagnostic in diagnostics {
        match diagnostic.labels.first() {
            Some(_) => draw(diagnostic, colours, &mut text),
            None => line(diagnostic, &mut text),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

type Place = (String, Range<usize>);

fn draw(diagnostic: &Diagnostic, colours: bool, text: &mut Vec<u8>) {
    let config = Config::default()
        .with_color(colours)
        .with_char_set(if colours {
            CharSet::Unicode
        } else {
            CharSet::Ascii
        })
        .with_index_type(IndexType::Byte);
    let (kind, colour) = kind(diagnostic.severity);
    let mut sources = HashMap::new();
    let mut labels = Vec::new();
    for label in &diagnostic.labels {
        let source = label.span.source();
        let id = source_id(source);
        sources.insert(id.clone(), source.text().to_owned());
        let drawn = Label::new((id, label.span.range())).with_color(colour);
        labels.push(if label.message.is_empty() {
            drawn
        } else {
            drawn.with_message(&label.message)
        });
    }
    let Some(first) = diagnostic.labels.first() else {
        return;
    };
    let place: Place = (source_id(first.span.source()), first.span.range());
    let mut report = Report::build(kind, place)
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message)
        .with_labels(labels);
    if let Some(help) = &diagnostic.help {
        report = report.with_help(help);
    }
    let cache = ariadne::sources(sources);
    let _ = report.finish().write(cache, &mut *text);
}

/// A diagnostic without a place: one line, and one for what to do.
fn line(diagnostic: &Diagnostic, text: &mut Vec<u8>) {
    let severity = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
        Severity::Debug => "Debug",
    };
    let _ = writeln!(
        text,
        "[{}] {severity}: {}",
        diagnostic.code, diagnostic.message
    );
    if !diagnostic.subgraphs.is_empty() {
        let _ = writeln!(text, "   in: {}", diagnostic.subgraphs.join(", "));
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(text, "   Help: {help}");
    }
}

fn kind(severity: Severity) -> (ReportKind<'static>, Color) {
    match severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
        Severity::Info => (ReportKind::Advice, Color::Blue),
        Severity::Debug => (ReportKind::Advice, Color::Primary),
    }
}

/// What stands above an excerpt: the file, or the subgraph where there is none.
fn source_id(source: &Source) -> String {
    match (source.path(), source.name()) {
        ("", name) => name.to_owned(),
        (path, name) if path == name => path.to_owned(),
        (path, name) => format!("{path} ({name})"),
    }
}

#[cfg(test)]
mod tests {
    use weft_diagnostic::{Code, Label};

    use super::*;

    const CODE: Code = Code::new("INVALID_FIELD_SHARING");

    #[test]
    fn every_subgraph_involved_is_drawn_with_its_file() {
        let users = Source::new("users", "users.graphql", "type A {\n  a: Int\n}\n");
        let orders = Source::new("orders", "orders.graphql", "type A { a: Int }");
        let diagnostic = Diagnostic::error(CODE, "`A.a` is resolved by two subgraphs")
            .with_label(Label::new(users.span(11..12), "here"))
            .with_label(Label::new(orders.span(9..10), "and here"))
            .with_help("add `@shareable`");
        let text = to_text(&[diagnostic], false);
        for part in [
            "[INVALID_FIELD_SHARING] Error: `A.a` is resolved by two subgraphs",
            "users.graphql (users):2:3",
            "orders.graphql (orders)",
            "and here",
            "Help: add `@shareable`",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(!text.contains('\u{1b}'), "no colours: {text}");
    }

    #[test]
    fn a_diagnostic_without_a_place_is_a_line() {
        let diagnostic = Diagnostic::error(CODE, "nothing works").with_help("try again");
        assert_eq!(
            to_text(&[diagnostic], false),
            "[INVALID_FIELD_SHARING] Error: nothing works\n   Help: try again\n"
        );
    }
}
