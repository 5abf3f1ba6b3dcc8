//! `AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE`: access is protected where it is granted, on object types.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, Subgraph, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};

const AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE: Code =
    Code::new("AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE");

/// No interface, interface object or field of an interface has `@authenticated`, `@requiresScopes` or `@policy`.
pub(super) fn auth_requirements_applied_on_interface(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for definition in checked.subgraph.types.values() {
        let name = definition.name.as_str();
        if definition.kind == TypeKind::Interface || definition.is_interface_object() {
            report(checked.subgraph, name, definition, findings);
        }
        if definition.kind == TypeKind::Interface {
            for field in definition.fields.values() {
                let coordinate = format!("{name}.{}", field.name);
                report(checked.subgraph, &coordinate, field, findings);
            }
        }
    }
}

fn report<T: Directives>(
    subgraph: &Subgraph,
    coordinate: &str,
    element: &T,
    findings: &mut Vec<Diagnostic>,
) {
    let protections = element.directives().iter().filter(is_protection);
    findings.extend(protections.map(|application| {
        let message = format!(
            "`@{}` cannot be on `{coordinate}`: it belongs to the implementations",
            application.node.name
        );
        Diagnostic::error(AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE, message)
            .with_label(subgraph.node_label(&application.node, "not allowed here"))
            .with_coordinate(coordinate)
            .with_help(
                "put it on the implementations, or on their fields; the interface then requires what all of them do",
            )
    }));
}

fn is_protection(application: &&Application) -> bool {
    matches!(
        application.meaning,
        Some(Federation::Authenticated | Federation::RequiresScopes | Federation::Policy)
    )
}

pub(super) const PAGE: Explanation = Explanation {
    code: AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE,
    severity: Severity::Error,
    summary: "`@authenticated`, `@requiresScopes` or `@policy` is on an interface, a field of one, or an `@interfaceObject`",
    why: "Values that an interface returns are objects, and a client can reach an object without its interface. Protection on \
          the interface alone would promise more than it keeps. Put it on the object types or their fields; what an \
          interface requires is worked out from its implementations.",
    wrong: &[example(
        "media",
        r#"
type Query { medium: Medium }
interface Medium @authenticated { title: String }
type Book implements Medium { title: String }"#,
    )],
    right: &[example(
        "media",
        r#"
type Query { medium: Medium }
interface Medium { title: String }
type Book implements Medium @authenticated { title: String }"#,
    )],
};
