//! `COST_APPLIED_TO_INTERFACE_FIELD`: costs belong to what is resolved.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};

const COST_APPLIED_TO_INTERFACE_FIELD: Code = Code::new("COST_APPLIED_TO_INTERFACE_FIELD");

/// No field of an interface has `@cost`.
pub(super) fn cost_applied_to_interface_field(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let subgraph = checked.subgraph;
    let name = subgraph.directive_name(Federation::Cost);
    let interfaces = subgraph
        .types
        .values()
        .filter(|definition| definition.kind == TypeKind::Interface);
    for interface in interfaces {
        for field in interface.fields.values() {
            for application in field.applications(Federation::Cost) {
                let coordinate = format!("{}.{}", interface.name, field.name);
                let message =
                    format!("`{coordinate}` is a field of an interface and cannot have `@{name}`");
                findings.push(
                    Diagnostic::error(COST_APPLIED_TO_INTERFACE_FIELD, message)
                        .with_label(subgraph.node_label(&application.node, "not allowed here"))
                        .with_label(subgraph.label(&field.name, "part of an interface"))
                        .with_coordinate(coordinate)
                        .with_help(format!(
                            "put `@{name}` on the fields of the implementations"
                        )),
                );
            }
        }
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: COST_APPLIED_TO_INTERFACE_FIELD,
    severity: Severity::Error,
    summary: "`@cost` is on a field of an interface",
    why: "The cost of a field of an interface is the highest among its implementations, so it is given there: each \
          implementation may cost differently.",
    wrong: &[example(
        "media",
        r#"
type Query { medium: Medium }
interface Medium { title: String @cost(weight: 3) }
type Book implements Medium { title: String }"#,
    )],
    right: &[example(
        "media",
        r#"
type Query { medium: Medium }
interface Medium { title: String }
type Book implements Medium { title: String @cost(weight: 3) }"#,
    )],
};
