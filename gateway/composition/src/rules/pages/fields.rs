//! One field in several subgraphs.

use crate::codes::{
    CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS, FIELD_ARGUMENT_DEFAULT_MISMATCH,
    FIELD_ARGUMENT_TYPE_MISMATCH, FIELD_TYPE_MISMATCH, INVALID_FIELD_SHARING,
    REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH,
};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        FIELD_TYPE_MISMATCH,
        "a field has types in different subgraphs that do not go together",
        "The supergraph gives the field one type, which every subgraph's values have to fit: one may be stricter (`String!` \
         beside `String`, an object beside its interface), none may be something else.",
        &[
            example("users", "type Query { version: Int @shareable }"),
            example("orders", "type Query { version: String @shareable }"),
        ],
        &[
            example("users", "type Query { version: String @shareable }"),
            example("orders", "type Query { version: String @shareable }"),
        ],
    ),
    error(
        FIELD_ARGUMENT_TYPE_MISMATCH,
        "an argument has types in different subgraphs that do not go together",
        "A client's value for the argument is sent to whichever subgraph resolves the field, so it has to fit all of them: \
         one may be stricter (`Int!` beside `Int`), none may be something else.",
        &[
            example("users", "type Query { page(size: Int): String @shareable }"),
            example(
                "orders",
                "type Query { page(size: String): String @shareable }",
            ),
        ],
        &[
            example("users", "type Query { page(size: Int): String @shareable }"),
            example(
                "orders",
                "type Query { page(size: Int): String @shareable }",
            ),
        ],
    ),
    error(
        FIELD_ARGUMENT_DEFAULT_MISMATCH,
        "an argument has different default values in different subgraphs",
        "The supergraph has one default, and a field must not mean something else depending on which subgraph resolves it. \
         Use the same default everywhere.",
        &[
            example(
                "users",
                "type Query { page(size: Int = 10): String @shareable }",
            ),
            example(
                "orders",
                "type Query { page(size: Int = 20): String @shareable }",
            ),
        ],
        &[
            example(
                "users",
                "type Query { page(size: Int = 10): String @shareable }",
            ),
            example(
                "orders",
                "type Query { page(size: Int = 10): String @shareable }",
            ),
        ],
    ),
    error(
        REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH,
        "an argument is required in one subgraph and does not exist in another that resolves the field",
        "The supergraph has only the arguments that all subgraphs know, so this one could never be given to the subgraph \
         that requires it. Add it to the other subgraphs, or make it optional.",
        &[
            example(
                "users",
                "type Query { page(size: Int!): String @shareable }",
            ),
            example("orders", "type Query { page: String @shareable }"),
        ],
        &[
            example(
                "users",
                "type Query { page(size: Int!): String @shareable }",
            ),
            example(
                "orders",
                "type Query { page(size: Int): String @shareable }",
            ),
        ],
    ),
    error(
        CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS,
        "an argument comes from a context in one subgraph and is an ordinary, required one in another",
        "A `@fromContext` argument is hidden from clients, so no client could give the value that the other subgraph \
         requires. Use `@fromContext` in both, or make the other argument optional.",
        &[
            example(
                "users",
                r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") {
  id: ID!
  text(locale: String @fromContext(field: "$user { locale }")): String @shareable
}"#,
            ),
            example(
                "posts",
                r#"type Post @key(fields: "id") { id: ID! text(locale: String!): String @shareable }"#,
            ),
        ],
        &[
            example(
                "users",
                r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") {
  id: ID!
  text(locale: String @fromContext(field: "$user { locale }")): String
}"#,
            ),
            example("posts", r#"type Post @key(fields: "id") { id: ID! }"#),
        ],
    ),
    error(
        INVALID_FIELD_SHARING,
        "several subgraphs resolve a field, and not all of them say `@shareable`",
        "Each field is resolved by one subgraph unless all that have it agree that they resolve it alike. Add `@shareable` \
         in every subgraph, keep the field in one, or, to move it to another subgraph, use `@override`. Fields of a key are \
         shared without it.",
        &[
            example("users", "type Query { version: String }"),
            example("orders", "type Query { version: String @shareable }"),
        ],
        &[
            example("users", "type Query { version: String @shareable }"),
            example("orders", "type Query { version: String @shareable }"),
        ],
    ),
];
