//! What the parser could not read, in words for people: the first place, as what comes after it is mostly the rest.

use apollo_compiler::validation::DiagnosticList;
use weft_diagnostic::{Diagnostic, Source};

use crate::ingest::validity::diagnostics;

/// What the parser calls characters.
const TOKENS: [(&str, &str); 6] = [
    ("R_CURLY", "`}`"),
    ("L_CURLY", "`{`"),
    ("R_PAREN", "`)`"),
    ("L_PAREN", "`(`"),
    ("R_BRACK", "`]`"),
    ("L_BRACK", "`[`"),
];

/// The first syntax error.
pub(super) fn syntax_error(errors: &DiagnosticList, source: &Source) -> Vec<Diagnostic> {
    let mut found = diagnostics(errors, source);
    found.truncate(1);
    for error in &mut found {
        if is_empty(source.text()) {
            error.message = "the schema is empty".to_owned();
            error.help =
                Some("define types in it, or take the subgraph out of the list".to_owned());
        } else if let Some(problem) = error.message.strip_prefix("syntax error: ") {
            error.message = format!("syntax error: {}", in_words(problem));
        }
    }
    found
}

fn is_empty(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

/// The parser's `expected R_CURLY, got {` and its like.
fn in_words(problem: &str) -> String {
    let (wanted, got) = problem.split_once(", got ").unwrap_or((problem, ""));
    let mut wanted = wanted.to_owned();
    match TOKENS.iter().find(|(name, _)| wanted.contains(name)) {
        Some((name, token)) => wanted = wanted.replace(name, token),
        None => wanted.make_ascii_lowercase(),
    }
    match got.split_whitespace().next() {
        None => wanted,
        Some("EOF") => format!("{wanted}, and the text ends"),
        Some(got) => format!("{wanted}, found `{got}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_written_as_characters() {
        let cases = [
            ("expected R_CURLY, got {", "expected `}`, found `{`"),
            (
                "expected R_PAREN, got EOF",
                "expected `)`, and the text ends",
            ),
            ("expected Field Definition", "expected field definition"),
        ];
        for (problem, expected) in cases {
            assert_eq!(in_words(problem), expected);
        }
    }
}
