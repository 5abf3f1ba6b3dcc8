//! One input type in several subgraphs.

use crate::codes::{
    EMPTY_MERGED_INPUT_TYPE, INPUT_FIELD_DEFAULT_MISMATCH,
    REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH,
};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        INPUT_FIELD_DEFAULT_MISMATCH,
        "a field of an input type has different default values in different subgraphs",
        "The supergraph has one default, and an input must not mean something else depending on where it is used. Use the \
         same default everywhere.",
        &[
            example(
                "users",
                "type Query { users(page: Page): Int }\ninput Page { size: Int = 10 }",
            ),
            example(
                "orders",
                "type Query { orders(page: Page): Int }\ninput Page { size: Int = 20 }",
            ),
        ],
        &[
            example(
                "users",
                "type Query { users(page: Page): Int }\ninput Page { size: Int = 10 }",
            ),
            example(
                "orders",
                "type Query { orders(page: Page): Int }\ninput Page { size: Int = 10 }",
            ),
        ],
    ),
    error(
        REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH,
        "a field of an input type is required in one subgraph and does not exist in another",
        "The supergraph has only the fields that all subgraphs know, so this one could never be given to the subgraph that \
         requires it. Add it to the other subgraphs, or make it optional.",
        &[
            example(
                "users",
                "type Query { users(page: Page): Int }\ninput Page { size: Int! after: ID }",
            ),
            example(
                "orders",
                "type Query { orders(page: Page): Int }\ninput Page { after: ID }",
            ),
        ],
        &[
            example(
                "users",
                "type Query { users(page: Page): Int }\ninput Page { size: Int! after: ID }",
            ),
            example(
                "orders",
                "type Query { orders(page: Page): Int }\ninput Page { size: Int! after: ID }",
            ),
        ],
    ),
    error(
        EMPTY_MERGED_INPUT_TYPE,
        "an input type has no field that all its subgraphs know",
        "A value of the type may go to any subgraph that has it, so the supergraph has only the fields that all of them \
         know. Here that is none. Give the types a field in common, or different names.",
        &[
            example(
                "users",
                "type Query { users(page: Page): Int }\ninput Page { size: Int }",
            ),
            example(
                "orders",
                "type Query { orders(page: Page): Int }\ninput Page { after: ID }",
            ),
        ],
        &[
            example(
                "users",
                "type Query { users(page: Page): Int }\ninput Page { size: Int }",
            ),
            example(
                "orders",
                "type Query { orders(page: Page): Int }\ninput Page { size: Int after: ID }",
            ),
        ],
    ),
];
