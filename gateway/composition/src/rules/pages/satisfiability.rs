//! What can be resolved once the subgraphs are merged.

use weft_diagnostic::Severity;

use crate::codes::{
    INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN, REQUIRES_WITHOUT_WAY_BACK,
    SATISFIABILITY_ERROR, SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES,
};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::{error, hint};

pub(super) const PAGES: &[Explanation] = &[
    error(
        SATISFIABILITY_ERROR,
        "a client can ask for a field that no subgraph can resolve there",
        "The message shows the shortest operation that cannot be answered, and for each subgraph why it cannot help: it \
         lacks the field, or the gateway cannot get to it because there is no key, or a key that needs fields which cannot \
         be had on that way. Usually a `@key` is missing, or the field has to be resolved in one more subgraph.",
        &[
            example(
                "users",
                "type Query { me: User }\ntype User { id: ID! @shareable name: String }",
            ),
            example(
                "orders",
                "type Query { buyer: User }\ntype User { id: ID! @shareable orders: Int }",
            ),
        ],
        &[
            example(
                "users",
                r#"
type Query { me: User }
type User @key(fields: "id") { id: ID! name: String }"#,
            ),
            example(
                "orders",
                r#"
type Query { buyer: User }
type User @key(fields: "id") { id: ID! orders: Int }"#,
            ),
        ],
    ),
    error(
        SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES,
        "a shared field returns objects of different types in different subgraphs, with none in common",
        "`@shareable` promises that the subgraphs resolve the field alike. When one can only return a `Book` and the other \
         only a `Film`, they cannot. Know the same types in both, or do not share the field.",
        &[
            example(
                "books",
                "type Query { latest: Medium @shareable }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String }",
            ),
            example(
                "films",
                "type Query { latest: Medium @shareable }\ninterface Medium { title: String }\n\
                 type Film implements Medium { title: String }",
            ),
        ],
        &[
            example(
                "books",
                "type Query { latestBook: Medium }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String }",
            ),
            example(
                "films",
                "type Query { latestFilm: Medium }\ninterface Medium { title: String }\n\
                 type Film implements Medium { title: String }",
            ),
        ],
    ),
    hint(
        INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN,
        Severity::Warning,
        "a shared field can return objects of types that one of its subgraphs does not know",
        "`@shareable` promises that the subgraphs resolve the field alike. Here one can return more types than another; when \
         it does, the answer depends on which subgraph was asked. Know the same types in both, or be sure that only the \
         common ones are returned.",
        &[
            example(
                "books",
                "type Query { latest: Medium @shareable }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String @shareable }",
            ),
            example(
                "media",
                "type Query { latest: Medium @shareable }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String @shareable }\n\
                 type Film implements Medium { title: String }",
            ),
        ],
        &[
            example(
                "books",
                "type Query { latest: Medium @shareable }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String @shareable }",
            ),
            example(
                "media",
                "type Query { latest: Medium @shareable }\ninterface Medium { title: String }\n\
                 type Book implements Medium { title: String @shareable }",
            ),
        ],
    ),
    hint(
        REQUIRES_WITHOUT_WAY_BACK,
        Severity::Warning,
        "a field requires values of other subgraphs, and its subgraph cannot be entered with them",
        "To resolve the field, the gateway fetches what it requires elsewhere and comes back to the subgraph with a \
         representation of the object. Objects come back by a `@key`; when all keys there say `resolvable: false`, or need \
         fields that cannot be had, operations that select the field have no plan.",
        &[
            example(
                "shop",
                "type Query { open: Boolean }\ntype Product @key(fields: \"id\") { id: ID! weight: Int }",
            ),
            example(
                "shipping",
                "type Query { parcel: Product }\ntype Product @key(fields: \"id\", resolvable: false) {\n  id: ID!\n  \
                 weight: Int @external\n  cost: Int @requires(fields: \"weight\")\n}",
            ),
        ],
        &[
            example(
                "shop",
                "type Query { open: Boolean }\ntype Product @key(fields: \"id\") { id: ID! weight: Int }",
            ),
            example(
                "shipping",
                "type Query { parcel: Product }\ntype Product @key(fields: \"id\") {\n  id: ID!\n  \
                 weight: Int @external\n  cost: Int @requires(fields: \"weight\")\n}",
            ),
        ],
    ),
];
