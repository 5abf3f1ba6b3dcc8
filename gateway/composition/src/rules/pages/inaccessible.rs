//! `@inaccessible`: what clients do not see must not leave a hole in what they do see.

use crate::codes::{
    DEFAULT_VALUE_USES_INACCESSIBLE, DISALLOWED_INACCESSIBLE, IMPLEMENTED_BY_INACCESSIBLE,
    ONLY_INACCESSIBLE_CHILDREN, QUERY_ROOT_TYPE_INACCESSIBLE, REFERENCED_INACCESSIBLE,
    REQUIRED_INACCESSIBLE,
};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        REFERENCED_INACCESSIBLE,
        "something that clients see has an `@inaccessible` type",
        "Clients would see a field or an argument of a type that does not exist for them. Hide the field too, or show the \
         type.",
        &[example(
            "users",
            "type Query { me: User }\ntype User @inaccessible { name: String }",
        )],
        &[example(
            "users",
            "type Query { me: User @inaccessible version: Int }\ntype User @inaccessible { name: String }",
        )],
    ),
    error(
        DEFAULT_VALUE_USES_INACCESSIBLE,
        "a default value that clients see uses an `@inaccessible` enum value or input field",
        "Clients would see a value that does not exist for them. Use another default, hide the argument too, or show the \
         value.",
        &[example(
            "users",
            "type Query { users(order: Order = NAME): Int }\nenum Order { NAME @inaccessible AGE }",
        )],
        &[example(
            "users",
            "type Query { users(order: Order = AGE): Int }\nenum Order { NAME @inaccessible AGE }",
        )],
    ),
    error(
        QUERY_ROOT_TYPE_INACCESSIBLE,
        "the query type is `@inaccessible`",
        "Every GraphQL API has a query type. Hide its fields one by one instead, and leave at least one.",
        &[example("users", "type Query @inaccessible { me: String }")],
        &[example(
            "users",
            "type Query { me: String internal: String @inaccessible }",
        )],
    ),
    error(
        REQUIRED_INACCESSIBLE,
        "a required argument or input field is `@inaccessible`",
        "No client could give the value, and without it the field cannot be called. Make it optional, give it a default, or \
         hide the field that has it.",
        &[example(
            "users",
            "type Query { user(id: ID! @inaccessible): String }",
        )],
        &[example(
            "users",
            "type Query { user(id: ID @inaccessible): String }",
        )],
    ),
    error(
        DISALLOWED_INACCESSIBLE,
        "an argument of a directive that goes into the supergraph is `@inaccessible`",
        "`@composeDirective` puts a directive with its definition into the supergraph, for gateways and tools. Clients do not \
         see it, so there is nothing to hide. Remove `@inaccessible` from the argument.",
        &[example(
            "users",
            "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@inaccessible\", \"@composeDirective\"])\n\
             @link(url: \"https://example.com/audit/v1.0\", import: [\"@audit\"]) @composeDirective(name: \"@audit\")\n\
             directive @audit(reason: String @inaccessible) on FIELD_DEFINITION\ntype Query { me: String @audit version: Int @inaccessible }",
        )],
        &[example(
            "users",
            "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@inaccessible\", \"@composeDirective\"])\n\
             @link(url: \"https://example.com/audit/v1.0\", import: [\"@audit\"]) @composeDirective(name: \"@audit\")\n\
             directive @audit(reason: String) on FIELD_DEFINITION\ntype Query { me: String @audit version: Int @inaccessible }",
        )],
    ),
    error(
        IMPLEMENTED_BY_INACCESSIBLE,
        "a field that an interface demands is `@inaccessible`",
        "Clients would see an implementation that lacks a field of its interface. Hide the field of the interface too, or \
         show that of the implementation.",
        &[example(
            "users",
            "type Query { me: Named }\ninterface Named { name: String id: ID }\n\
             type User implements Named { name: String @inaccessible id: ID }",
        )],
        &[example(
            "users",
            "type Query { me: Named }\ninterface Named { name: String @inaccessible id: ID }\n\
             type User implements Named { name: String @inaccessible id: ID }",
        )],
    ),
    error(
        ONLY_INACCESSIBLE_CHILDREN,
        "everything in a type that clients see is `@inaccessible`",
        "Clients would see an empty type, which GraphQL does not allow. Hide the type itself, or show something of it.",
        &[example(
            "users",
            "type Query { me: User }\ntype User { name: String @inaccessible }",
        )],
        &[example(
            "users",
            "type Query { me: User @inaccessible version: Int }\ntype User @inaccessible { name: String }",
        )],
    ),
];
