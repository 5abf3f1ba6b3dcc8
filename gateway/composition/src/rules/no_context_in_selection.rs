//! `NO_CONTEXT_IN_SELECTION`: `@fromContext` says which context, and what of it.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::context_value::ContextValue;
use crate::ingest::subgraph::TypeKind;
use crate::rules::CheckedSubgraph;
use crate::rules::contextual_argument::contextual_arguments;
use crate::rules::explanation::{Explanation, example};

const NO_CONTEXT_IN_SELECTION: Code = Code::new("NO_CONTEXT_IN_SELECTION");

/// The value of `@fromContext(field:)` is a context and a selection.
pub(super) fn no_context_in_selection(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for argument in contextual_arguments(checked.subgraph) {
        let is_read = ContextValue::parse(argument.text()).is_some();
        if is_read || argument.parent.kind != TypeKind::Object {
            continue;
        }
        let message = format!(
            "the value `{}` for `{}` does not name a context and a selection",
            argument.text(),
            argument.coordinate()
        );
        let finding = Diagnostic::error(NO_CONTEXT_IN_SELECTION, message)
            .with_help("write `$context { field }`, with the name of a `@context`");
        findings.push(argument.with_places(checked.subgraph, finding, "no context"));
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: NO_CONTEXT_IN_SELECTION,
    severity: Severity::Error,
    summary: "the value of a `@fromContext` does not have the form `$context { field }`",
    why: "The value names the context after a `$`, and then selects one field of the type that sets it.",
    wrong: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "{ locale }")): String }"#,
    )],
    right: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "$user { locale }")): String }"#,
    )],
};
