//! `@link`: specifications, their versions and what is imported from them.

use crate::codes::{
    INVALID_LINK_DIRECTIVE_USAGE, INVALID_LINK_IDENTIFIER, LINK_IMPORT_NAME_MISMATCH,
    UNKNOWN_FEDERATION_LINK_VERSION, UNKNOWN_LINK_VERSION,
};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        INVALID_LINK_DIRECTIVE_USAGE,
        "a `@link` is used in a way that its specification does not allow",
        "An import that the linked version does not have, the same specification twice, a name that could mean two things: \
         after any of these it is not clear what a directive of the subgraph is. Correct the name, link a newer version, or \
         rename with `as:`.",
        &[example(
            "users",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@kye"])
type Query { me: String }"#,
        )],
        &[example(
            "users",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
type Query { me: String }"#,
        )],
    ),
    error(
        INVALID_LINK_IDENTIFIER,
        "the `url` of a `@link` is not that of a specification",
        "The URL ends in the name of the specification and its version: `https://specs.apollo.dev/federation/v2.9`.",
        &[example(
            "users",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation")
type Query { me: String }"#,
        )],
        &[example(
            "users",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")
type Query { me: String }"#,
        )],
    ),
    error(
        UNKNOWN_FEDERATION_LINK_VERSION,
        "a subgraph links a version of Federation that does not exist, or is newer than this program",
        "The version decides which directives there are and what they mean, so an unknown one cannot be composed. Link a \
         known version, or update `weft`.",
        &[example(
            "users",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.99")
type Query { me: String }"#,
        )],
        &[example(
            "users",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")
type Query { me: String }"#,
        )],
    ),
    error(
        UNKNOWN_LINK_VERSION,
        "a subgraph links a version of `@link` itself that does not exist",
        "There is one version, `https://specs.apollo.dev/link/v1.0`, and it need not be linked.",
        &[example(
            "users",
            r#"
schema @link(url: "https://specs.apollo.dev/link/v99.0") { query: Query }
type Query { me: String }"#,
        )],
        &[example(
            "users",
            r#"
schema @link(url: "https://specs.apollo.dev/link/v1.0") { query: Query }
type Query { me: String }"#,
        )],
    ),
    error(
        LINK_IMPORT_NAME_MISMATCH,
        "subgraphs import a directive that the supergraph keeps under different names",
        "Directives such as `@tag` stay in the supergraph, where they have one name. Import them under the same name in every \
         subgraph.",
        &[
            example(
                "users",
                r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag"])
type Query { me: String @tag(name: "a") }"#,
            ),
            example(
                "orders",
                r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@tag", as: "@label" }])
type Query { order: String @label(name: "a") }"#,
            ),
        ],
        &[
            example(
                "users",
                r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag"])
type Query { me: String @tag(name: "a") }"#,
            ),
            example(
                "orders",
                r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag"])
type Query { order: String @tag(name: "a") }"#,
            ),
        ],
    ),
];
