//! One enum in several subgraphs.

use crate::codes::{EMPTY_MERGED_ENUM_TYPE, ENUM_VALUE_MISMATCH};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        ENUM_VALUE_MISMATCH,
        "an enum that is both given and returned has different values in different subgraphs",
        "As an input, an enum may only have values that every subgraph knows; as an output, it has all values that any \
         subgraph returns. An enum that is both has to be the same everywhere. (A value that clients shall not see yet can \
         be marked `@inaccessible`.)",
        &[
            example(
                "users",
                "type Query { users(order: Order): Order }\nenum Order { NAME AGE }",
            ),
            example(
                "orders",
                "type Query { orders(order: Order): Order }\nenum Order { NAME }",
            ),
        ],
        &[
            example(
                "users",
                "type Query { users(order: Order): Order }\nenum Order { NAME AGE }",
            ),
            example(
                "orders",
                "type Query { orders(order: Order): Order }\nenum Order { NAME AGE }",
            ),
        ],
    ),
    error(
        EMPTY_MERGED_ENUM_TYPE,
        "an enum that is an input has no value that all its subgraphs know",
        "A client's value may go to any subgraph that has the enum, so the supergraph has only the values that all of them \
         know. Here that is none. Give the enums a value in common, or different names.",
        &[
            example(
                "users",
                "type Query { users(order: Order): Int }\nenum Order { NAME }",
            ),
            example(
                "orders",
                "type Query { orders(order: Order): Int }\nenum Order { DATE }",
            ),
        ],
        &[
            example(
                "users",
                "type Query { users(order: UserOrder): Int }\nenum UserOrder { NAME }",
            ),
            example(
                "orders",
                "type Query { orders(order: Order): Int }\nenum Order { DATE }",
            ),
        ],
    ),
];
