//! `REQUIRES_FIELDS_MISSING_EXTERNAL`, `PROVIDES_FIELDS_MISSING_EXTERNAL`: only what the subgraph does not resolve
//! itself is required or provided.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::Directives;
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::field_sets::{FieldSet, Selected};

const REQUIRES_FIELDS_MISSING_EXTERNAL: Code = Code::new("REQUIRES_FIELDS_MISSING_EXTERNAL");
const PROVIDES_FIELDS_MISSING_EXTERNAL: Code = Code::new("PROVIDES_FIELDS_MISSING_EXTERNAL");

const CODES: [Code; 3] = [
    REQUIRES_FIELDS_MISSING_EXTERNAL,
    REQUIRES_FIELDS_MISSING_EXTERNAL,
    PROVIDES_FIELDS_MISSING_EXTERNAL,
];

/// Each leaf of a `@requires` or `@provides` is external, or below a field that is.
pub(super) fn fields_missing_external(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for set in &checked.field_sets {
        if set.directive == Federation::Key {
            continue;
        }
        for selected in set.selected() {
            let is_external = selected.field.is_some_and(|field| field.is_external());
            if selected.is_leaf && !selected.below_external && !is_external {
                findings.push(missing_external(checked, set, selected));
            }
        }
    }
}

fn missing_external(
    checked: &CheckedSubgraph<'_>,
    set: &FieldSet<'_>,
    selected: &Selected<'_>,
) -> Diagnostic {
    let name = selected
        .field
        .map_or("__typename", |field| field.name.as_str());
    let external = checked.subgraph.directive_name(Federation::External);
    let is_key_of_extension = selected
        .field
        .is_some_and(|field| field.has(Federation::External));
    let reason = if is_key_of_extension {
        "a key field of an extension, which this subgraph resolves although it is marked external"
    } else {
        "resolved by this subgraph"
    };
    let problem = format!(
        "selects `{}.{name}`, which is {reason}",
        selected.parent.name
    );
    let place = (selected.range.clone(), "no need to select this");
    let error = set.error(checked.subgraph, CODES, &problem, place);
    let finding = error.with_help(format!(
        "leave `{name}` out, or mark it with `@{external}` where only other subgraphs resolve it"
    ));
    match selected.field {
        Some(field) => finding.with_label(checked.subgraph.label(&field.name, "resolved here")),
        None => finding,
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! country: String @shareable }"#,
);

pub(super) const PAGES: [Explanation; 2] = [
    Explanation {
        code: REQUIRES_FIELDS_MISSING_EXTERNAL,
        severity: Severity::Error,
        summary: "a `@requires` selects a field that is not `@external`",
        why: "`@requires` makes the gateway fetch fields from other subgraphs before it calls this one. A field that this \
              subgraph resolves itself needs no fetching. Mark the field with `@external` when another subgraph owns it; \
              otherwise leave it out and use your own data.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { user: User }
type User @key(fields: "id") {
  id: ID!
  country: String @shareable
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
        code: PROVIDES_FIELDS_MISSING_EXTERNAL,
        severity: Severity::Error,
        summary: "a `@provides` selects a field that is not `@external`",
        why: "`@provides` says that this subgraph can resolve, below this one field, what it cannot resolve otherwise. A \
              field without `@external` can be resolved here on any path, so providing it says nothing. Leave it out, or \
              mark it with `@external`.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { buyer: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! country: String @shareable }"#,
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
