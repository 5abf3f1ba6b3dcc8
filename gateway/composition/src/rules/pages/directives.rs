//! Directives that go into the supergraph: `@composeDirective` and protections.

use crate::codes::{DIRECTIVE_COMPOSITION_ERROR, MISSING_TRANSITIVE_AUTH_REQUIREMENTS};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        DIRECTIVE_COMPOSITION_ERROR,
        "a `@composeDirective` names a directive that cannot be composed",
        "The directive is kept in the supergraph together with the specification that it is from. So its name starts with \
         `@`, the subgraph defines it and imports it from a `@link` of its own, and all subgraphs mean the same \
         specification in versions that go together.",
        &[example(
            "users",
            r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
  @composeDirective(name: "audit")
directive @audit(reason: String) on FIELD_DEFINITION
type Query { me: String @audit(reason: "private") }"#,
        )],
        &[example(
            "users",
            r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
  @composeDirective(name: "@audit")
directive @audit(reason: String) on FIELD_DEFINITION
type Query { me: String @audit(reason: "private") }"#,
        )],
    ),
    error(
        MISSING_TRANSITIVE_AUTH_REQUIREMENTS,
        "a field uses protected data through `@requires` or `@fromContext` without being as protected",
        "The gateway hands the protected data to the subgraph that resolves the field, and through it the data could reach \
         a client who may not see it. Give the field at least the same `@authenticated`, `@requiresScopes` or `@policy`.",
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  birthday: String @external
  discount: Int @requires(fields: "birthday")
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! birthday: String @authenticated }"#,
            ),
        ],
        &[
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") {
  id: ID!
  birthday: String @external
  discount: Int @requires(fields: "birthday") @authenticated
}"#,
            ),
            example(
                "users",
                r#"type User @key(fields: "id") { id: ID! birthday: String @authenticated }"#,
            ),
        ],
    ),
];
