//! `CONTEXT_NAME_INVALID`: the name of a context is made of letters and digits.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::contextual_argument::contexts;
use crate::rules::explanation::{Explanation, example};

const CONTEXT_NAME_INVALID: Code = Code::new("CONTEXT_NAME_INVALID");

/// A context's name starts with a letter and goes on with letters and digits.
pub(super) fn context_name_invalid(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    for (name, type_name, application) in contexts(checked.subgraph) {
        if is_valid(name) {
            continue;
        }
        let message = format!("`{name}` cannot be the name of a context");
        findings.push(
            Diagnostic::error(CONTEXT_NAME_INVALID, message)
                .with_label(checked.subgraph.node_label(&application.node, "named here"))
                .with_coordinate(type_name.as_str())
                .with_help("start with a letter, and use only letters and digits: no `_`"),
        );
    }
}

fn is_valid(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(super) const PAGE: Explanation = Explanation {
    code: CONTEXT_NAME_INVALID,
    severity: Severity::Error,
    summary: "the name of a `@context` has other characters than letters and digits",
    why: "In the supergraph the name of a context is joined to that of its subgraph with `__`, so it cannot have an \
          underscore itself. Start with a letter, and use only letters and digits.",
    wrong: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user_context") { id: ID! }"#,
    )],
    right: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "userContext") { id: ID! }"#,
    )],
};
