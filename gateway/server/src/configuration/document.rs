//! A YAML text in, a typed value out, or one diagnostic that points at the line and suggests the name that was meant.

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, RenderOptions, SnippetMode, UserMessageFormatter};
use weft_diagnostic::{Code, Diagnostic, Label, Source, Span};

/// The file is not YAML, or holds something else than a configuration.
pub const CONFIGURATION_INVALID: Code = Code::new("CONFIGURATION_INVALID");

/// A file that cannot be read.
pub const CONFIGURATION_UNREADABLE: Code = Code::new("CONFIGURATION_UNREADABLE");

/// Reads `source` into `T`.
///
/// # Errors
/// One diagnostic for the first thing that is wrong.
pub(super) fn read<T: DeserializeOwned>(source: &Source) -> Result<T, Box<Diagnostic>> {
    serde_saphyr::from_str(source.text()).map_err(|error| Box::new(describe(source, &error)))
}

/// A diagnostic about the whole file or about `span`.
pub(crate) fn invalid(message: impl Into<String>, span: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(CONFIGURATION_INVALID, message);
    match span {
        Some(span) => diagnostic.with_label(Label::new(span, "here")),
        None => diagnostic,
    }
}

fn describe(source: &Source, error: &Error) -> Diagnostic {
    let span = span_of(source, error);
    match error.without_snippet() {
        Error::SerdeUnknownField {
            field, expected, ..
        } => unknown_name("key", field, expected, span),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => unknown_name("value", variant, expected, span),
        Error::SerdeMissingField { field, .. } => {
            invalid(format!("the key `{field}` is missing"), Some(span))
                .with_help(format!("add `{field}:` here"))
        }
        other => invalid(plain_message(other), Some(span)),
    }
}

fn unknown_name(what: &str, name: &str, expected: &[&str], span: Span) -> Diagnostic {
    let diagnostic = invalid(format!("unknown {what} `{name}`"), Some(span));
    match closest(name, expected) {
        Some(meant) => diagnostic.with_help(format!("did you mean `{meant}`?")),
        None if expected.is_empty() => diagnostic.with_help("remove it"),
        None => diagnostic.with_help(format!("known here: `{}`", expected.join("`, `"))),
    }
}

/// The candidate that `name` was probably meant to be.
pub(crate) fn closest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

fn plain_message(error: &Error) -> String {
    let mut options = RenderOptions::new(&UserMessageFormatter);
    options.snippets = SnippetMode::Off;
    let text = error.render_with_options(options);
    let text = text.split(" at line ").next().unwrap_or(&text);
    match text.trim_start_matches("error: ").trim() {
        "invalid u16" | "invalid u32" | "invalid u64" | "invalid usize" => {
            "expected a whole number".to_owned()
        }
        "invalid bool" | "invalid boolean" => "expected `true` or `false`".to_owned(),
        "expected mapping start" => "expected keys with values, such as `key: value`".to_owned(),
        "expected sequence start" => "expected a list, such as `[a, b]`".to_owned(),
        "expected string scalar" => "expected a text".to_owned(),
        "invalid socket address syntax" => {
            "expected an IP address and a port, such as `127.0.0.1:4000`".to_owned()
        }
        other => other.to_owned(),
    }
}

/// From the error's place to the end of its word, in bytes.
fn span_of(source: &Source, error: &Error) -> Span {
    let text = source.text();
    let Some(location) = error.location().filter(|location| location.line() > 0) else {
        return source.span(0..0);
    };
    let (line, column) = (location.line() as usize, location.column() as usize);
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let in_line = text[line_start..].lines().next().unwrap_or("");
    let start = in_line
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(in_line.len(), |(index, _)| index);
    let rest = &in_line[start..];
    let length = rest.find([':', ' ', ',', '#']).unwrap_or(rest.len());
    source.span(line_start + start..line_start + start + length.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use indexmap::IndexMap;
    use serde::Deserialize;
    use weft_diagnostic::Position;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read for its errors")]
    struct Example {
        listen: String,
        #[serde(default)]
        limits: IndexMap<String, Limit>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read for its errors")]
    struct Limit {
        depth: u32,
    }

    fn check(text: &str, line: usize, column: usize, message: &str, help: Option<&str>) {
        let source = Source::new("weft.yaml", "weft.yaml", text);
        let diagnostic = read::<Example>(&source).unwrap_err();
        let start = diagnostic.labels[0].span.start();
        assert_eq!(
            (diagnostic.message.as_str(), diagnostic.help.as_deref()),
            (message, help)
        );
        assert_eq!(start, Position { line, column });
    }

    #[test]
    fn unknown_key_names_the_line_and_the_key_that_was_meant() {
        check(
            "listen: a\nlimits:\n  one:\n    dept: 3\n",
            4,
            5,
            "unknown key `dept`",
            Some("did you mean `depth`?"),
        );
    }

    #[test]
    fn unknown_key_unlike_any_lists_the_known_ones() {
        check(
            "listen: a\nzebra: 1\n",
            2,
            1,
            "unknown key `zebra`",
            Some("known here: `listen`, `limits`"),
        );
    }

    #[test]
    fn missing_key_is_named() {
        check(
            "limits: {}\n",
            1,
            1,
            "the key `listen` is missing",
            Some("add `listen:` here"),
        );
    }

    #[test]
    fn a_value_of_another_type_is_pointed_at() {
        check(
            "listen: a\nlimits: {one: {depth: deep}}\n",
            2,
            23,
            "expected a whole number",
            None,
        );
    }

    #[test]
    fn broken_yaml_is_pointed_at() {
        check("listen: [a\n", 1, 9, "expected a text", None);
    }

    #[test]
    fn what_is_no_configuration_at_all_is_told_in_plain_words() {
        let keys = "expected keys with values, such as `key: value`";
        check("A text about something.\n", 1, 1, keys, None);
        check("- listen\n", 1, 1, keys, None);
    }
}
