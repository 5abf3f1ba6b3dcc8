//! `CONTEXT_NO_RESOLVABLE_KEY`: a field with a contextual argument can be fetched on its own.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::Directives;
use crate::rules::CheckedSubgraph;
use crate::rules::contextual_argument::context_values;
use crate::rules::explanation::{Explanation, example};

const CONTEXT_NO_RESOLVABLE_KEY: Code = Code::new("CONTEXT_NO_RESOLVABLE_KEY");

/// The type of a field with a contextual argument has a resolvable key.
pub(super) fn context_no_resolvable_key(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for (argument, _) in context_values(checked.subgraph) {
        let parent = argument.parent;
        let resolvable = parent
            .applications(Federation::Key)
            .any(|key| key.bool_argument("resolvable") != Some(false));
        if resolvable {
            continue;
        }
        let message = format!(
            "`{}` comes from a context, and `{}` has no resolvable key",
            argument.coordinate(),
            parent.name
        );
        let finding = Diagnostic::error(CONTEXT_NO_RESOLVABLE_KEY, message)
            .with_label(checked.subgraph.label(&parent.name, "needs a key"))
            .with_help(format!(
                "add `@{}(fields: \"…\")` to `{}`",
                checked.subgraph.directive_name(Federation::Key),
                parent.name
            ));
        findings.push(argument.with_places(checked.subgraph, finding, "because of this"));
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: CONTEXT_NO_RESOLVABLE_KEY,
    severity: Severity::Error,
    summary: "a type has a field with a `@fromContext` argument and no resolvable `@key`",
    why: "The gateway first fetches the value for the argument and then asks for the field in a fetch of its own. For that \
          it has to come back to the object, which takes a key that is not `resolvable: false`.",
    wrong: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post { id: ID! text(locale: String @fromContext(field: "$user { locale }")): String }"#,
    )],
    right: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "$user { locale }")): String }"#,
    )],
};
