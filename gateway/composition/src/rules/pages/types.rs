//! One type in several subgraphs.

use crate::codes::{EXTENSION_WITH_NO_BASE, TYPE_KIND_MISMATCH, TYPE_WITH_ONLY_UNUSED_EXTERNAL};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        TYPE_KIND_MISMATCH,
        "a type is of different kinds in different subgraphs",
        "A name stands for one type in the supergraph, and that is an object or an interface or a scalar, not both. Rename \
         one of the types, or make them the same kind. (An interface may be an object in a subgraph that marks it with \
         `@interfaceObject`.)",
        &[
            example("users", "type Query { me: Name }\nscalar Name"),
            example(
                "orders",
                "type Query { buyer: Name }\ntype Name { first: String }",
            ),
        ],
        &[
            example("users", "type Query { me: NameText }\nscalar NameText"),
            example(
                "orders",
                "type Query { buyer: Name }\ntype Name { first: String }",
            ),
        ],
    ),
    error(
        EXTENSION_WITH_NO_BASE,
        "a type is extended and defined nowhere",
        "`extend type` adds to a type that some subgraph defines. Often the name is misspelt, or the subgraph with the \
         definition is missing from the list.",
        &[
            example(
                "orders",
                r#"
# Federation 1
type Query { orders: Int }
extend type Usr @key(fields: "id") { id: ID! @external orders: Int }"#,
            ),
            example(
                "users",
                r#"
# Federation 1
type User @key(fields: "id") { id: ID! }"#,
            ),
        ],
        &[
            example(
                "orders",
                r#"
# Federation 1
type Query { orders: Int }
extend type User @key(fields: "id") { id: ID! @external orders: Int }"#,
            ),
            example(
                "users",
                r#"
# Federation 1
type User @key(fields: "id") { id: ID! }"#,
            ),
        ],
    ),
    error(
        TYPE_WITH_ONLY_UNUSED_EXTERNAL,
        "a type of a Federation 1 subgraph has nothing but external fields that are not used",
        "Unused external fields have no effect in Federation 1 and are left out when its subgraphs are brought to \
         Federation 2. This type would be empty then. Remove it, or use its fields.",
        &[
            example(
                "orders",
                r#"
# Federation 1
type Query { buyer: User }
extend type User { name: String @external }"#,
            ),
            example(
                "users",
                r#"
# Federation 1
type User { name: String }"#,
            ),
        ],
        &[
            example(
                "orders",
                r#"
# Federation 1
type Query { buyer: User }
extend type User @key(fields: "id") { id: ID! @external }"#,
            ),
            example(
                "users",
                r#"
# Federation 1
type User @key(fields: "id") { id: ID! name: String }"#,
            ),
        ],
    ),
];
