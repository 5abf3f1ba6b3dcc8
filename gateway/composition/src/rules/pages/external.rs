//! `@external` fields and the fields that they stand for.

use crate::codes::{
    EXTERNAL_ARGUMENT_DEFAULT_MISMATCH, EXTERNAL_ARGUMENT_MISSING, EXTERNAL_ARGUMENT_TYPE_MISMATCH,
    EXTERNAL_MISSING_ON_BASE, EXTERNAL_TYPE_MISMATCH, MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL,
};
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::pages::error;

const WHY_ALIKE: &str = "An external field repeats the declaration of a field that another subgraph resolves. The gateway \
     relies on the repetition when it asks that subgraph, so the two have to agree. Copy the declaration.";

const LABELS: Example = example(
    "orders",
    r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  name(upper: Boolean = true): String @external
  label: String @requires(fields: "name")
}"#,
);

const LABELS_WITHOUT_DEFAULT: Example = example(
    "orders",
    r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  name(upper: Boolean): String @external
  label: String @requires(fields: "name")
}"#,
);

pub(super) const PAGES: &[Explanation] = &[
    error(
        EXTERNAL_MISSING_ON_BASE,
        "a field is `@external` in each subgraph that has it",
        "`@external` says that another subgraph resolves the field. Some subgraph has to have the field without it.",
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: "country")
}"#,
            ),
            example("users", r#"type User @key(fields: "id") { id: ID! }"#),
        ],
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: "country")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! country: String }"#,
            ),
        ],
    ),
    error(
        EXTERNAL_TYPE_MISMATCH,
        "an `@external` field has another type than where it is resolved",
        WHY_ALIKE,
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  country: Int @external
  shipping: Int @requires(fields: "country")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! country: String }"#,
            ),
        ],
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: "country")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! country: String }"#,
            ),
        ],
    ),
    error(
        EXTERNAL_ARGUMENT_MISSING,
        "an `@external` field lacks an argument that it has where it is resolved",
        WHY_ALIKE,
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  name: String @external
  label: String @requires(fields: "name")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! name(upper: Boolean = true): String }"#,
            ),
        ],
        &[
            LABELS,
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! name(upper: Boolean = true): String }"#,
            ),
        ],
    ),
    error(
        EXTERNAL_ARGUMENT_TYPE_MISMATCH,
        "an argument of an `@external` field has another type than where the field is resolved",
        WHY_ALIKE,
        &[
            LABELS_WITHOUT_DEFAULT,
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! name(upper: Int): String }"#,
            ),
        ],
        &[
            LABELS_WITHOUT_DEFAULT,
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! name(upper: Boolean): String }"#,
            ),
        ],
    ),
    error(
        EXTERNAL_ARGUMENT_DEFAULT_MISMATCH,
        "an argument of an `@external` field has another default than where the field is resolved",
        WHY_ALIKE,
        &[
            LABELS,
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! name(upper: Boolean = false): String }"#,
            ),
        ],
        &[
            LABELS,
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! name(upper: Boolean = true): String }"#,
            ),
        ],
    ),
    error(
        MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL,
        "an `@external` field has a directive that goes into the supergraph, such as `@tag`",
        "What a field is in the supergraph is said where it is resolved. The same directive on the external declaration \
         would be ignored. Move it to the subgraph that resolves the field.",
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external @tag(name: "private")
  shipping: Int @requires(fields: "country")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! country: String }"#,
            ),
        ],
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  country: String @external
  shipping: Int @requires(fields: "country")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! country: String @tag(name: "private") }"#,
            ),
        ],
    ),
];
