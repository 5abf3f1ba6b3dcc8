//! `INVALID_SHAREABLE_USAGE`: `@shareable` is on what is resolved, once per declaration.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, Subgraph, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};

const INVALID_SHAREABLE_USAGE: Code = Code::new("INVALID_SHAREABLE_USAGE");

/// Object types and their fields have `@shareable` at most once per declaration; fields of interfaces never.
pub(super) fn invalid_shareable_usage(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let subgraph = checked.subgraph;
    for definition in subgraph.types.values() {
        if definition.kind == TypeKind::Object {
            findings.extend(repeated(subgraph, definition.name.as_str(), definition));
        }
        for field in definition.fields.values() {
            let coordinate = format!("{}.{}", definition.name, field.name);
            match definition.kind {
                TypeKind::Interface => findings.extend(
                    field
                        .applications(Federation::Shareable)
                        .map(|application| on_interface(subgraph, &coordinate, application)),
                ),
                _ => findings.extend(repeated(subgraph, &coordinate, field)),
            }
        }
    }
}

fn on_interface(subgraph: &Subgraph, coordinate: &str, application: &Application) -> Diagnostic {
    let name = subgraph.directive_name(Federation::Shareable);
    let message = format!("`{coordinate}` is a field of an interface and cannot be `@{name}`");
    Diagnostic::error(INVALID_SHAREABLE_USAGE, message)
        .with_label(subgraph.node_label(&application.node, "has no meaning here"))
        .with_coordinate(coordinate)
        .with_help(format!(
            "put `@{name}` on the fields of the implementations"
        ))
}

/// `@shareable` twice on the same declaration: the definition or one extension.
fn repeated<T: Directives>(
    subgraph: &Subgraph,
    coordinate: &str,
    element: &T,
) -> Option<Diagnostic> {
    let applications: Vec<&Application> = element.applications(Federation::Shareable).collect();
    let (second, first) = applications
        .iter()
        .enumerate()
        .find_map(|(index, second)| {
            let first = applications[..index]
                .iter()
                .find(|first| first.part == second.part)?;
            Some((second, first))
        })?;
    let name = subgraph.directive_name(Federation::Shareable);
    let message = format!("`{coordinate}` has `@{name}` twice on the same declaration");
    let finding = Diagnostic::error(INVALID_SHAREABLE_USAGE, message)
        .with_label(subgraph.node_label(&second.node, "once more here"))
        .with_label(subgraph.node_label(&first.node, "already here"))
        .with_coordinate(coordinate)
        .with_help("remove one of them");
    Some(finding)
}

pub(super) const PAGE: Explanation = Explanation {
    code: INVALID_SHAREABLE_USAGE,
    severity: Severity::Error,
    summary: "`@shareable` is on a field of an interface, or twice on the same declaration",
    why: "`@shareable` says that several subgraphs resolve a field alike. Fields of interfaces are not resolved, those of the \
          implementations are: put it there. It may be repeated only so that a type and its extensions can each have it.",
    wrong: &[example(
        "media",
        r#"
type Query { medium: Medium }
interface Medium { title: String @shareable }
type Book implements Medium { title: String }"#,
    )],
    right: &[example(
        "media",
        r#"
type Query { medium: Medium }
interface Medium { title: String }
type Book implements Medium { title: String @shareable }"#,
    )],
};
