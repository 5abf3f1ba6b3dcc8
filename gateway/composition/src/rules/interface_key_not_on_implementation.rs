//! `INTERFACE_KEY_NOT_ON_IMPLEMENTATION`: what identifies an interface identifies its implementations.

use apollo_compiler::ast::Selection;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, Subgraph, TypeDefinition, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};

const INTERFACE_KEY_NOT_ON_IMPLEMENTATION: Code = Code::new("INTERFACE_KEY_NOT_ON_IMPLEMENTATION");

/// Every implementation has every key of its interface, resolvable when the interface's is.
pub(super) fn interface_key_not_on_implementation(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let interfaces = checked
        .subgraph
        .types
        .values()
        .filter(|definition| definition.kind == TypeKind::Interface);
    for interface in interfaces {
        for key in interface.applications(Federation::Key) {
            findings.extend(check_key(checked.subgraph, interface, key));
        }
    }
}

fn check_key(
    subgraph: &Subgraph,
    interface: &TypeDefinition,
    key: &Application,
) -> Option<Diagnostic> {
    let fields = canonical_key(key)?;
    let (mut missing, mut not_resolvable) = (Vec::new(), Vec::new());
    for implementation in subgraph.implementations(&interface.name) {
        let same = implementation
            .applications(Federation::Key)
            .find(|other| canonical_key(other).as_ref() == Some(&fields));
        match same {
            // A key that cannot be read is reported as that.
            None if has_unreadable_key(implementation) => {}
            None => missing.push(implementation),
            Some(same) if is_resolvable(key) && !is_resolvable(same) => {
                not_resolvable.push(implementation);
            }
            Some(_) => {}
        }
    }
    let text = key.string_argument("fields").unwrap_or_default();
    let (implementations, problem, help) = if missing.is_empty() {
        (
            not_resolvable,
            "has it with `resolvable: false`",
            "remove `resolvable: false` there".to_owned(),
        )
    } else {
        let help = format!(
            "add `@{}(fields: \"{text}\")` there",
            subgraph.directive_name(Federation::Key)
        );
        (missing, "does not have it", help)
    };
    let first = implementations.first()?;
    let message = format!(
        "interface `{}` has the key `{text}`, and its implementation `{}` {problem}",
        interface.name, first.name
    );
    let mut finding = Diagnostic::error(INTERFACE_KEY_NOT_ON_IMPLEMENTATION, message)
        .with_label(subgraph.node_label(&key.node, "the interface's key"))
        .with_coordinate(interface.name.as_str())
        .with_help(help);
    for implementation in implementations {
        finding = finding.with_label(subgraph.label(&implementation.name, problem));
    }
    Some(finding)
}

fn has_unreadable_key(definition: &TypeDefinition) -> bool {
    let mut keys = definition.applications(Federation::Key);
    keys.any(|key| canonical_key(key).is_none())
}

fn is_resolvable(key: &Application) -> bool {
    key.bool_argument("resolvable") != Some(false)
}

/// The key's field set with the fields in an order that does not depend on how they are written.
fn canonical_key(key: &Application) -> Option<String> {
    Some(canonical(&key.fields()?.selections.ok()?))
}

fn canonical(selections: &[Selection]) -> String {
    let mut parts: Vec<String> = selections
        .iter()
        .map(|selection| match selection {
            Selection::Field(field) if field.selection_set.is_empty() => field.name.to_string(),
            Selection::Field(field) => {
                format!("{} {{ {} }}", field.name, canonical(&field.selection_set))
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.type_condition.as_deref().unwrap_or_default();
                format!(
                    "... on {condition} {{ {} }}",
                    canonical(&fragment.selection_set)
                )
            }
            Selection::FragmentSpread(spread) => format!("...{}", spread.fragment_name),
        })
        .collect();
    parts.sort_unstable();
    parts.dedup();
    parts.join(" ")
}

pub(super) const PAGE: Explanation = Explanation {
    code: INTERFACE_KEY_NOT_ON_IMPLEMENTATION,
    severity: Severity::Error,
    summary: "an interface has a `@key` that one of its implementations does not have, or has with `resolvable: false`",
    why: "Other subgraphs may know the interface only as one type (`@interfaceObject`) and send back its key without saying \
          which implementation it is. The subgraph has to find the entity by that key whatever its type, so every \
          implementation in it needs the same key.",
    wrong: &[example(
        "media",
        r#"
type Query { media: [Medium] }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }
type Film implements Medium { id: ID! }"#,
    )],
    right: &[example(
        "media",
        r#"
type Query { media: [Medium] }
interface Medium @key(fields: "id") { id: ID! }
type Book implements Medium @key(fields: "id") { id: ID! }
type Film implements Medium @key(fields: "id") { id: ID! }"#,
    )],
};
