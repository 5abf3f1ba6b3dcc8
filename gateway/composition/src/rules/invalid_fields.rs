//! `KEY_INVALID_FIELDS`, `REQUIRES_INVALID_FIELDS`, `PROVIDES_INVALID_FIELDS`: a field set has the syntax of a selection
//! and fits the types of its subgraph.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::codes::REQUIRES_INVALID_FIELDS;
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::field_sets::FaultKind;

const KEY_INVALID_FIELDS: Code = Code::new("KEY_INVALID_FIELDS");
const PROVIDES_INVALID_FIELDS: Code = Code::new("PROVIDES_INVALID_FIELDS");

const CODES: [Code; 3] = [
    KEY_INVALID_FIELDS,
    REQUIRES_INVALID_FIELDS,
    PROVIDES_INVALID_FIELDS,
];

/// A field set can be read and fits the types.
pub(super) fn invalid_fields(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    for set in &checked.field_sets {
        for fault in set.faults(FaultKind::Invalid) {
            let problem = format!("is wrong: {}", fault.message);
            let place = (fault.range.clone(), "here");
            let mut error = set.error(checked.subgraph, CODES, &problem, place);
            error.help = fault.help.clone();
            findings.push(error);
        }
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! country: String @shareable }"#,
);

pub(super) const PAGES: [Explanation; 3] = [
    Explanation {
        code: KEY_INVALID_FIELDS,
        severity: Severity::Error,
        summary: "the field set of a `@key` cannot be read, or does not fit the type",
        why: "The gateway asks other subgraphs for the fields of a key and hands them to this one. So the field set needs \
              the syntax of a selection without aliases, every field of it has to exist in this subgraph, and fields of \
              object types need a selection of their own. A key field that another subgraph resolves is declared here \
              with `@external`.",
        wrong: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id emial") { id: ID! email: String }"#,
        )],
        right: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id email") { id: ID! email: String }"#,
        )],
    },
    Explanation {
        code: REQUIRES_INVALID_FIELDS,
        severity: Severity::Error,
        summary: "the field set of a `@requires` cannot be read, or does not fit the type",
        why: "The gateway fetches the required fields from other subgraphs first and sends them along. So the field set \
              needs the syntax of a selection without aliases, and every field of it has to be declared in this subgraph, \
              with `@external`. An argument that a required field is given must be one that the field has where it is \
              resolved.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { user: User }
type User @key(fields: "id") {
  id: ID!
  shipping: Int @requires(fields: "country")
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
        code: PROVIDES_INVALID_FIELDS,
        severity: Severity::Error,
        summary: "the field set of a `@provides` cannot be read, or does not fit the type",
        why: "A field set of `@provides` selects from the type that the field returns. It needs the syntax of a selection \
              without aliases, and every field of it has to be declared on that type in this subgraph, with `@external`.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! }"#,
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
