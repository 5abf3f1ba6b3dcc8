//! `INTERFACE_OBJECT_USAGE_ERROR`: an interface object is an entity.

use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::INTERFACE_OBJECT_USAGE_ERROR;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::Directives;
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};

/// Every interface object has a key.
pub(super) fn interface_object_usage_error(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let subgraph = checked.subgraph;
    for definition in subgraph.types.values() {
        let Some(application) = definition.application(Federation::InterfaceObject) else {
            continue;
        };
        if definition.is_entity() {
            continue;
        }
        let name = &definition.name;
        let directive = subgraph.directive_name(Federation::InterfaceObject);
        let message = format!("`{name}` is an `@{directive}` and has no key");
        findings.push(
            Diagnostic::error(INTERFACE_OBJECT_USAGE_ERROR, message)
                .with_label(subgraph.label(name, "needs a key"))
                .with_label(subgraph.node_label(&application.node, "because of this"))
                .with_coordinate(name.as_str())
                .with_help(format!(
                    "add the key that the interface has in another subgraph: `@{}(fields: \"…\")`",
                    subgraph.directive_name(Federation::Key)
                )),
        );
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: INTERFACE_OBJECT_USAGE_ERROR,
    severity: Severity::Error,
    summary: "an `@interfaceObject` has no key, or no interface with a key to stand for",
    why: "`@interfaceObject` lets a subgraph add fields to all implementations of an interface without knowing them. The \
          gateway reaches those fields through the interface's key. So the type needs a `@key`, and some other subgraph \
          needs an interface of that name with that key, written for Federation 2.3 or newer.",
    wrong: &[
        example(
            "media",
            r#"
type Query { media: [Medium] }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }"#,
        ),
        example(
            "reviews",
            "type Medium @interfaceObject { id: ID! @shareable stars: Int }",
        ),
    ],
    right: &[
        example(
            "media",
            r#"
type Query { media: [Medium] }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }"#,
        ),
        example(
            "reviews",
            r#"type Medium @interfaceObject @key(fields: "id") { id: ID! stars: Int }"#,
        ),
    ],
};
