//! `EXTERNAL_ON_INTERFACE`: fields of interfaces are resolved nowhere, so not elsewhere either.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};

const EXTERNAL_ON_INTERFACE: Code = Code::new("EXTERNAL_ON_INTERFACE");

/// No field of an interface is external.
pub(super) fn external_on_interface(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    let subgraph = checked.subgraph;
    let name = subgraph.directive_name(Federation::External);
    let interfaces = subgraph
        .types
        .values()
        .filter(|definition| definition.kind == TypeKind::Interface);
    for interface in interfaces {
        for field in interface
            .fields
            .values()
            .filter(|field| field.is_external())
        {
            let coordinate = format!("{}.{}", interface.name, field.name);
            let message =
                format!("`{coordinate}` is a field of an interface and cannot be `@{name}`");
            let label = match field.application(Federation::External) {
                Some(application) => subgraph.node_label(&application.node, "has no meaning here"),
                None => subgraph.label(&field.name, "external here"),
            };
            findings.push(
                Diagnostic::error(EXTERNAL_ON_INTERFACE, message)
                    .with_label(label)
                    .with_coordinate(coordinate)
                    .with_help(format!(
                        "remove it, and put `@{name}` on the fields of the implementations that other subgraphs resolve"
                    )),
            );
        }
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! name: String }"#,
);

pub(super) const PAGE: Explanation = Explanation {
    code: EXTERNAL_ON_INTERFACE,
    severity: Severity::Error,
    summary: "a field of an interface is marked with `@external`",
    why: "`@external` says which subgraph resolves a field. No subgraph resolves the field of an interface: those of the \
          implementations are resolved. Put `@external` on these.",
    wrong: &[
        example(
            "reviews",
            r#"
type Query { author: Named @provides(fields: "name") }
interface Named { name: String @external }
type User implements Named @key(fields: "id") { id: ID! name: String @external }"#,
        ),
        USERS,
    ],
    right: &[
        example(
            "reviews",
            r#"
type Query { author: Named }
interface Named { name: String }
type User implements Named @key(fields: "id") { id: ID! name: String @external }"#,
        ),
        USERS,
    ],
};
