//! `KEY_UNSUPPORTED_ON_INTERFACE`, `REQUIRES_UNSUPPORTED_ON_INTERFACE`, `PROVIDES_UNSUPPORTED_ON_INTERFACE`.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::TypeKind;
use crate::ingest::version::Version;
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::field_sets::Content;
use crate::rules::{CheckedSubgraph, code_of_field_set};

const KEY_UNSUPPORTED_ON_INTERFACE: Code = Code::new("KEY_UNSUPPORTED_ON_INTERFACE");
const REQUIRES_UNSUPPORTED_ON_INTERFACE: Code = Code::new("REQUIRES_UNSUPPORTED_ON_INTERFACE");
const PROVIDES_UNSUPPORTED_ON_INTERFACE: Code = Code::new("PROVIDES_UNSUPPORTED_ON_INTERFACE");

/// Interfaces have keys from Federation 2.3 on, and never `@requires` or `@provides`. A `@provides` that could not be
/// anywhere is left to its own rule.
pub(super) fn unsupported_on_interface(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let keys_allowed = checked.subgraph.federation >= Version::new(2, 3);
    for set in &checked.field_sets {
        let is_key = set.directive == Federation::Key;
        let is_allowed = is_key && keys_allowed;
        let provides_nothing = matches!(set.content, Content::NoTarget);
        if set.owner.kind != TypeKind::Interface || is_allowed || provides_nothing {
            continue;
        }
        let codes = [
            KEY_UNSUPPORTED_ON_INTERFACE,
            REQUIRES_UNSUPPORTED_ON_INTERFACE,
            PROVIDES_UNSUPPORTED_ON_INTERFACE,
        ];
        let coordinate = set.coordinate();
        let name = checked.subgraph.directive_name(set.directive);
        let (reason, help) = if is_key {
            (
                "keys on interfaces exist from Federation 2.3 on",
                "link Federation 2.3 or newer, or put the key on the implementations",
            )
        } else {
            (
                "a field of an interface is resolved by the implementations",
                "put it on the fields of the implementations",
            )
        };
        let message = format!("`@{name}` cannot be on `{coordinate}`: {reason}");
        let declared = set.field.map_or(&set.owner.name, |field| &field.name);
        findings.push(
            Diagnostic::error(code_of_field_set(set.directive, codes), message)
                .with_label(set.label(checked.subgraph, None, "not allowed here"))
                .with_label(checked.subgraph.label(declared, "part of an interface"))
                .with_coordinate(coordinate)
                .with_help(help),
        );
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! country: String @shareable }"#,
);

const ADDRESSES: Example = example(
    "users",
    r#"
type User @key(fields: "id") { id: ID! address: Address }
type Address { country: String @shareable }"#,
);

pub(super) const PAGES: [Explanation; 3] = [
    Explanation {
        code: KEY_UNSUPPORTED_ON_INTERFACE,
        severity: Severity::Error,
        summary: "a `@key` is on an interface, in a subgraph that links a Federation older than 2.3",
        why: "Entity interfaces came with Federation 2.3. Link 2.3 or newer; every implementation in the subgraph then needs \
              the same key.",
        wrong: &[example(
            "media",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
type Query { medium: Medium }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }"#,
        )],
        right: &[example(
            "media",
            r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { medium: Medium }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }"#,
        )],
    },
    Explanation {
        code: REQUIRES_UNSUPPORTED_ON_INTERFACE,
        severity: Severity::Error,
        summary: "a `@requires` is on a field of an interface",
        why: "Only the fields of object types are resolved, so only they can require data. Put the directive on the field of \
              each implementation.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { account: Account }
interface Account { address: Address shipping: Int @requires(fields: "address { country }") }
type User implements Account @key(fields: "id") {
  id: ID!
  address: Address @external
  shipping: Int @requires(fields: "address { country }")
}
type Address { country: String @shareable }"#,
            ),
            ADDRESSES,
        ],
        right: &[
            example(
                "orders",
                r#"
type Query { account: Account }
interface Account { address: Address shipping: Int }
type User implements Account @key(fields: "id") {
  id: ID!
  address: Address @external
  shipping: Int @requires(fields: "address { country }")
}
type Address { country: String @shareable }"#,
            ),
            ADDRESSES,
        ],
    },
    Explanation {
        code: PROVIDES_UNSUPPORTED_ON_INTERFACE,
        severity: Severity::Error,
        summary: "a `@provides` is on a field of an interface",
        why: "Only the fields of object types are resolved, so only they can provide data. Put the directive on the field of \
              each implementation.",
        wrong: &[
            example(
                "orders",
                r#"
type Query { sale: Sale }
interface Sale { buyer: User @provides(fields: "country") }
type Order implements Sale { buyer: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! country: String @external }"#,
            ),
            USERS,
        ],
        right: &[
            example(
                "orders",
                r#"
type Query { sale: Sale }
interface Sale { buyer: User }
type Order implements Sale { buyer: User @provides(fields: "country") }
type User @key(fields: "id") { id: ID! country: String @external }"#,
            ),
            USERS,
        ],
    },
];
