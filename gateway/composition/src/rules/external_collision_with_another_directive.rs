//! `EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE`: a field that is not resolved here provides nothing.

use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE;
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::field_sets::Content;

/// No external field has `@provides`.
pub(super) fn external_collision_with_another_directive(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for set in &checked.field_sets {
        let (Content::ExternalOwner, Some(field)) = (&set.content, set.field) else {
            continue;
        };
        let coordinate = set.coordinate();
        let message = format!(
            "`{coordinate}` is external, so this subgraph does not resolve it and `{}` provides nothing",
            set.described(checked.subgraph)
        );
        findings.push(
            Diagnostic::error(EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE, message)
                .with_label(set.label(checked.subgraph, None, "provides fields"))
                .with_label(checked.subgraph.label(&field.name, "not resolved here"))
                .with_coordinate(coordinate)
                .with_help("remove one of the two directives"),
        );
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE,
    severity: Severity::Error,
    summary: "a field has both `@external` and `@provides`",
    why: "`@external` says that other subgraphs resolve the field; `@provides` says what comes along when this one does. \
          Keep the one that is true.",
    wrong: &[
        example(
            "reviews",
            r#"
type Query { review: Review }
type Review @key(fields: "id") {
  id: ID!
  author: User @external @provides(fields: "name")
  byline: String @requires(fields: "author { id }")
}
type User @key(fields: "id") { id: ID! name: String @external }"#,
        ),
        example(
            "users",
            r#"
type Review @key(fields: "id") { id: ID! author: User }
type User @key(fields: "id") { id: ID! name: String }"#,
        ),
    ],
    right: &[
        example(
            "reviews",
            r#"
type Query { review: Review }
type Review @key(fields: "id") {
  id: ID!
  author: User @external
  byline: String @requires(fields: "author { id }")
}
type User @key(fields: "id") { id: ID! }"#,
        ),
        example(
            "users",
            r#"
type Review @key(fields: "id") { id: ID! author: User }
type User @key(fields: "id") { id: ID! name: String }"#,
        ),
    ],
};
