//! `KEY_FIELDS_HAS_ARGS`, `PROVIDES_FIELDS_HAS_ARGS`: keys and provided fields take no arguments.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};

const KEY_FIELDS_HAS_ARGS: Code = Code::new("KEY_FIELDS_HAS_ARGS");
const PROVIDES_FIELDS_HAS_ARGS: Code = Code::new("PROVIDES_FIELDS_HAS_ARGS");

const CODES: [Code; 3] = [
    KEY_FIELDS_HAS_ARGS,
    KEY_FIELDS_HAS_ARGS,
    PROVIDES_FIELDS_HAS_ARGS,
];

/// No field of a key or a `@provides` is one with arguments.
pub(super) fn fields_has_args(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    for set in &checked.field_sets {
        if set.directive == Federation::Requires {
            continue;
        }
        for selected in set.selected() {
            let Some(field) = selected.field.filter(|field| !field.arguments.is_empty()) else {
                continue;
            };
            let problem = format!(
                "selects `{}.{}`, which has arguments",
                selected.parent.name, field.name
            );
            let place = (selected.range.clone(), "selected here");
            let error = set.error(checked.subgraph, CODES, &problem, place);
            findings.push(
                error
                    .with_label(checked.subgraph.label(&field.name, "has arguments"))
                    .with_help("select only fields without arguments"),
            );
        }
    }
}

const USERS: Example = example(
    "users",
    r#"
type User @key(fields: "id") { id: ID! name(upper: Boolean): String @shareable country: String @shareable }"#,
);

pub(super) const PAGES: [Explanation; 2] = [
    Explanation {
        code: KEY_FIELDS_HAS_ARGS,
        severity: Severity::Error,
        summary: "a `@key` selects a field that has arguments",
        why: "A key has one value per entity. A field with arguments has a value for each way to call it. Use fields \
              without arguments.",
        wrong: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "name") { name(upper: Boolean): String! }"#,
        )],
        right: &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id") { id: ID! name(upper: Boolean): String! }"#,
        )],
    },
    Explanation {
        code: PROVIDES_FIELDS_HAS_ARGS,
        severity: Severity::Error,
        summary: "a `@provides` selects a field that has arguments",
        why: "A provided field is resolved together with the field that provides it, before a client's arguments for it are \
              known there. Provide only fields without arguments.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: "name") }
type User @key(fields: "id") { id: ID! name(upper: Boolean): String @external }"#,
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
