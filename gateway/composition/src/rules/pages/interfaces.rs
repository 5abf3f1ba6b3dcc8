//! Interfaces over several subgraphs.

use crate::codes::{INTERFACE_FIELD_NO_IMPLEM, INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        INTERFACE_FIELD_NO_IMPLEM,
        "an implementation lacks a field that its interface has in the supergraph",
        "Each subgraph is valid by itself, but the interface of the supergraph has the fields of all of them, and this \
         implementation comes from a subgraph that does not know the field. Add it to the implementation in a subgraph.",
        &[
            example(
                "books",
                "type Query { books: [Medium] }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String }",
            ),
            example(
                "films",
                "type Query { films: [Medium] }\ninterface Medium { title: String length: Int }\n\
                 type Film implements Medium { title: String length: Int }",
            ),
        ],
        &[
            example(
                "books",
                "type Query { books: [Medium] }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String length: Int }",
            ),
            example(
                "films",
                "type Query { films: [Medium] }\ninterface Medium { title: String length: Int }\n\
                 type Film implements Medium { title: String length: Int }",
            ),
        ],
    ),
    error(
        INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE,
        "a subgraph has an interface with a `@key`, and not all of its implementations",
        "Other subgraphs can ask the subgraph for any entity of the interface by its key, whatever its type. So it has to \
         know every implementation that there is. Define the missing ones there, or leave the key to a subgraph that does.",
        &[
            example(
                "media",
                r#"
type Query { media: [Medium] }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }"#,
            ),
            example(
                "films",
                r#"
interface Medium { id: ID! }
type Film implements Medium @key(fields: "id") { id: ID! }"#,
            ),
        ],
        &[
            example(
                "media",
                r#"
type Query { media: [Medium] }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }
type Film implements Medium @key(fields: "id") { id: ID! }"#,
            ),
            example(
                "films",
                r#"
interface Medium { id: ID! }
type Film implements Medium @key(fields: "id") { id: ID! }"#,
            ),
        ],
    ),
];
