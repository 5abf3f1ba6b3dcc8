//! `KEY_DIRECTIVE_IN_FIELDS_ARG`, `REQUIRES_DIRECTIVE_IN_FIELDS_ARG`, `PROVIDES_DIRECTIVE_IN_FIELDS_ARG`: a field set has
//! no directives.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};

const KEY_DIRECTIVE_IN_FIELDS_ARG: Code = Code::new("KEY_DIRECTIVE_IN_FIELDS_ARG");
const REQUIRES_DIRECTIVE_IN_FIELDS_ARG: Code = Code::new("REQUIRES_DIRECTIVE_IN_FIELDS_ARG");
const PROVIDES_DIRECTIVE_IN_FIELDS_ARG: Code = Code::new("PROVIDES_DIRECTIVE_IN_FIELDS_ARG");

const CODES: [Code; 3] = [
    KEY_DIRECTIVE_IN_FIELDS_ARG,
    REQUIRES_DIRECTIVE_IN_FIELDS_ARG,
    PROVIDES_DIRECTIVE_IN_FIELDS_ARG,
];

/// Nothing in a field set has a directive.
pub(super) fn directive_in_fields_arg(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for set in &checked.field_sets {
        for selected in set.selected() {
            if selected.directives.is_empty() {
                continue;
            }
            let names: Vec<String> = selected
                .directives
                .iter()
                .map(|directive| format!("`@{}`", directive.name))
                .collect();
            let problem = format!(
                "has {}, and field sets take no directives",
                names.join(" and ")
            );
            let place = (selected.range.clone(), "here");
            let error = set.error(checked.subgraph, CODES, &problem, place);
            findings.push(error.with_help("remove the directives from the field set"));
        }
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! country: String @shareable }"#,
);

pub(super) const PAGES: [Explanation; 3] = [
    Explanation {
        code: KEY_DIRECTIVE_IN_FIELDS_ARG,
        severity: Severity::Error,
        summary: "the field set of a `@key` has directives",
        why: "The fields of a key are always fetched all; a directive such as `@include` in it would leave an entity without \
              its identity. Remove it.",
        wrong: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id @include(if: true)") { id: ID! }"#,
        )],
        right: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id") { id: ID! }"#,
        )],
    },
    Explanation {
        code: REQUIRES_DIRECTIVE_IN_FIELDS_ARG,
        severity: Severity::Error,
        summary: "the field set of a `@requires` has directives",
        why: "Required fields are always fetched; directives in the field set have no meaning. Remove them.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { user: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: "country @include(if: false)")
}"#,
            ),
            USERS,
        ],
        right: &[
            example(
                "orders",
                r#"
type Query { user: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: "country")
}"#,
            ),
            USERS,
        ],
    },
    Explanation {
        code: PROVIDES_DIRECTIVE_IN_FIELDS_ARG,
        severity: Severity::Error,
        summary: "the field set of a `@provides` has directives",
        why: "A field provides always the same; directives in the field set have no meaning. Remove them.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: "country @include(if: false)") }
type User @key(fields: "id") { id: ID! country: String @external }"#,
            ),
            USERS,
        ],
        right: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! country: String @external }"#,
            ),
            USERS,
        ],
    },
];
