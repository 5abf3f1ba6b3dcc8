//! `@override`: moving a field from one subgraph to another.

use weft_diagnostic::Severity;

use crate::codes::{
    FROM_SUBGRAPH_DOES_NOT_EXIST, OVERRIDDEN_FIELD_CAN_BE_REMOVED,
    OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE, OVERRIDE_DIRECTIVE_CAN_BE_REMOVED,
    OVERRIDE_FROM_SELF_ERROR, OVERRIDE_LABEL_INVALID, OVERRIDE_MIGRATION_IN_PROGRESS,
    OVERRIDE_ON_INTERFACE, OVERRIDE_SOURCE_HAS_OVERRIDE,
};
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::pages::{error, hint};

/// The subgraph that a field moves to, in the right form.
const BILLING: Example = example(
    "billing",
    r#"type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "payments") }"#,
);

/// The subgraph that a field moves from.
const PAYMENTS: Example = example(
    "payments",
    r#"
type Query { bill: Bill }
type Bill @key(fields: "id") { id: ID! amount: Int }"#,
);

/// The same, once the field is gone.
const PAYMENTS_AFTER: Example = example(
    "payments",
    r#"
type Query { bill: Bill }
type Bill @key(fields: "id") { id: ID! }"#,
);

pub(super) const PAGES: &[Explanation] = &[
    error(
        OVERRIDE_FROM_SELF_ERROR,
        "a field overrides itself: `from:` names its own subgraph",
        "`@override(from:)` names the subgraph that the field moves away from. Name that one.",
        &[
            example(
                "billing",
                r#"type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "billing") }"#,
            ),
            PAYMENTS_AFTER,
        ],
        &[BILLING, PAYMENTS],
    ),
    error(
        OVERRIDE_SOURCE_HAS_OVERRIDE,
        "a field is overridden in a subgraph that overrides it too",
        "A field moves from one subgraph to one other. When the subgraph that it moves from has an `@override` as well, it \
         is not clear where it ends. Remove one of them.",
        &[
            example(
                "billing",
                r#"type Bill @key(fields: "id") { id: ID! amount: Int @shareable @override(from: "payments") }"#,
            ),
            example(
                "payments",
                r#"
type Query { bill: Bill }
type Bill @key(fields: "id") { id: ID! amount: Int @shareable @override(from: "billing") }"#,
            ),
        ],
        &[BILLING, PAYMENTS],
    ),
    error(
        OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE,
        "an `@override` meets `@external`, `@requires` or `@provides` on the same field",
        "An external field is not resolved where it is declared, so it cannot override; and a field that requires or \
         provides others cannot be taken over without them. Resolve that first, in the subgraph that the field moves from.",
        &[
            example(
                "billing",
                r#"
type Bill @key(fields: "id") {
  id: ID!
  amount: Int @override(from: "payments") @external
  tax: Int @requires(fields: "amount")
}"#,
            ),
            PAYMENTS,
        ],
        &[BILLING, PAYMENTS],
    ),
    error(
        OVERRIDE_ON_INTERFACE,
        "a field of an interface has `@override`",
        "The field of an interface is resolved by the implementations: those are moved. Put the directive on their fields.",
        &[
            example(
                "billing",
                r#"
interface Payable { amount: Int @override(from: "payments") }
type Bill implements Payable @key(fields: "id") { id: ID! amount: Int @override(from: "payments") }"#,
            ),
            PAYMENTS,
        ],
        &[
            example(
                "billing",
                r#"
interface Payable { amount: Int }
type Bill implements Payable @key(fields: "id") { id: ID! amount: Int @override(from: "payments") }"#,
            ),
            PAYMENTS,
        ],
    ),
    error(
        OVERRIDE_LABEL_INVALID,
        "the `label` of an `@override` has neither the form of a name nor `percent(…)`",
        "A label is either the name of a flag (a letter, then letters, digits and `_-:./`) or a share of the requests, from \
         `percent(0)` to `percent(100)`, with up to eight decimals.",
        &[
            example(
                "billing",
                r#"
type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "payments", label: "percent(101)") }"#,
            ),
            PAYMENTS,
        ],
        &[
            example(
                "billing",
                r#"
type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "payments", label: "percent(25)") }"#,
            ),
            PAYMENTS,
        ],
    ),
    hint(
        FROM_SUBGRAPH_DOES_NOT_EXIST,
        Severity::Warning,
        "an `@override` names a subgraph that is not part of the graph",
        "The field is resolved as if the directive were not there. Either the name is misspelt, or the subgraph is gone and \
         the directive can be removed.",
        &[
            example(
                "billing",
                r#"type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "paymnets") }"#,
            ),
            PAYMENTS_AFTER,
        ],
        &[BILLING, PAYMENTS],
    ),
    hint(
        OVERRIDDEN_FIELD_CAN_BE_REMOVED,
        Severity::Info,
        "a field is overridden by another subgraph and no longer needed where it was",
        "The gateway does not ask for the field there any more. Remove it, and then the `@override`.",
        &[BILLING, PAYMENTS],
        &[
            example(
                "billing",
                r#"type Bill @key(fields: "id") { id: ID! amount: Int }"#,
            ),
            PAYMENTS_AFTER,
        ],
    ),
    hint(
        OVERRIDE_DIRECTIVE_CAN_BE_REMOVED,
        Severity::Info,
        "a field has `@override`, and the subgraph that it moved from no longer has it",
        "The move is complete. Remove the directive.",
        &[BILLING, PAYMENTS_AFTER],
        &[
            example(
                "billing",
                r#"type Bill @key(fields: "id") { id: ID! amount: Int }"#,
            ),
            PAYMENTS_AFTER,
        ],
    ),
    hint(
        OVERRIDE_MIGRATION_IN_PROGRESS,
        Severity::Info,
        "a field moves step by step: its `@override` has a `label`",
        "Both subgraphs resolve the field for some requests, so both have to keep it until all requests use the new one. \
         Then remove the label, and the field in the old subgraph.",
        &[
            example(
                "billing",
                r#"
type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "payments", label: "percent(25)") }"#,
            ),
            PAYMENTS,
        ],
        &[BILLING, PAYMENTS],
    ),
];
