//! `KEY_INVALID_FIELDS_TYPE`, `REQUIRES_INVALID_FIELDS_TYPE`, `PROVIDES_INVALID_FIELDS_TYPE`: a field set is a string.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::field_sets::Content;

const KEY_INVALID_FIELDS_TYPE: Code = Code::new("KEY_INVALID_FIELDS_TYPE");
const REQUIRES_INVALID_FIELDS_TYPE: Code = Code::new("REQUIRES_INVALID_FIELDS_TYPE");
const PROVIDES_INVALID_FIELDS_TYPE: Code = Code::new("PROVIDES_INVALID_FIELDS_TYPE");

const CODES: [Code; 3] = [
    KEY_INVALID_FIELDS_TYPE,
    REQUIRES_INVALID_FIELDS_TYPE,
    PROVIDES_INVALID_FIELDS_TYPE,
];

/// The value of `fields:` is a string, not a list or a bare name.
pub(super) fn invalid_fields_type(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    for set in &checked.field_sets {
        if !matches!(set.content, Content::NotAString) {
            continue;
        }
        let place = (None, "this has to be a string");
        let error = set.error(
            checked.subgraph,
            CODES,
            "has a field set that is not a string",
            place,
        );
        let words = set.words().join(" ");
        findings.push(error.with_help(format!("write `fields: \"{words}\"`")));
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! country: String @shareable }"#,
);

pub(super) const PAGES: [Explanation; 3] = [
    Explanation {
        code: KEY_INVALID_FIELDS_TYPE,
        severity: Severity::Error,
        summary: "the `fields` argument of a `@key` is not a string",
        why: "A key is the text of a selection, so that it can have nested fields. Federation 1 accepted a list of names \
              too; Federation 2 does not. Write the names into one string, separated by spaces.",
        wrong: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: ["id", "email"]) { id: ID! email: String }"#,
        )],
        right: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id email") { id: ID! email: String }"#,
        )],
    },
    Explanation {
        code: REQUIRES_INVALID_FIELDS_TYPE,
        severity: Severity::Error,
        summary: "the `fields` argument of a `@requires` is not a string",
        why: "A requirement is the text of a selection, so that it can have nested fields and arguments. Write the names \
              into one string, separated by spaces.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { user: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: ["country"])
  duty: Int @requires(fields: "country")
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
  duty: Int @requires(fields: "country")
}"#,
            ),
            USERS,
        ],
    },
    Explanation {
        code: PROVIDES_INVALID_FIELDS_TYPE,
        severity: Severity::Error,
        summary: "the `fields` argument of a `@provides` is not a string",
        why: "What a field provides is the text of a selection, so that it can have nested fields. Write the names into \
              one string, separated by spaces.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: ["country"]) seller: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! country: String @external }"#,
            ),
            USERS,
        ],
        right: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: "country") seller: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! country: String @external }"#,
            ),
            USERS,
        ],
    },
];
