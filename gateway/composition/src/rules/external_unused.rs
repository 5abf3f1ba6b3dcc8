//! `EXTERNAL_UNUSED`: a field is declared external for a reason.

use rustc_hash::FxHashSet;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Directives, FieldDefinition, TypeDefinition};
use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::field_sets::{Content, FieldSet};

const EXTERNAL_UNUSED: Code = Code::new("EXTERNAL_UNUSED");

/// A key, a requirement, a provision, a context or an interface uses each external field.
pub(super) fn external_unused(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    let meant = names_in_misplaced_provides(checked);
    for definition in checked.subgraph.types.values() {
        for field in definition.fields.values() {
            if field.is_external() && !field.used && !meant.contains(field.name.as_str()) {
                findings.push(unused(checked, definition, field));
            }
        }
    }
}

/// The names in `@provides` on fields that cannot provide: what they were meant for will be used once that is mended.
fn names_in_misplaced_provides(checked: &CheckedSubgraph<'_>) -> FxHashSet<String> {
    let misplaced = checked
        .field_sets
        .iter()
        .filter(|set| matches!(set.content, Content::NoTarget | Content::ExternalOwner));
    misplaced.flat_map(FieldSet::words).collect()
}

fn unused(
    checked: &CheckedSubgraph<'_>,
    definition: &TypeDefinition,
    field: &FieldDefinition,
) -> Diagnostic {
    let subgraph = checked.subgraph;
    let external = subgraph.directive_name(Federation::External);
    let coordinate = format!("{}.{}", definition.name, field.name);
    let message = format!("`{coordinate}` is `@{external}` and used by nothing in this subgraph");
    let finding = Diagnostic::error(EXTERNAL_UNUSED, message)
        .with_label(subgraph.label(&field.name, "never used"))
        .with_coordinate(coordinate)
        .with_help(format!(
            "remove the field, or remove `@{external}` if this subgraph resolves it"
        ));
    let mut faulty = checked
        .field_sets
        .iter()
        .filter(|set| matches!(set.content, Content::Faulty(_)));
    if let Some(set) = faulty.find(|set| set.words().iter().any(|word| field.name == word.as_str()))
    {
        let described = set.described(subgraph);
        return finding
            .with_label(set.label(subgraph, None, "may use it once this is mended"))
            .with_help(format!("mend `{described}` first: it may use the field"));
    }
    let on_type = definition
        .application(Federation::External)
        .filter(|_| !field.has(Federation::External));
    match on_type {
        Some(application) => finding
            .with_label(subgraph.node_label(&application.node, "makes all its fields external")),
        None => finding,
    }
}

const USERS: Example = example(
    "users",
    r#"type User @key(fields: "id") { id: ID! name: String }"#,
);

pub(super) const PAGE: Explanation = Explanation {
    code: EXTERNAL_UNUSED,
    severity: Severity::Error,
    summary: "an `@external` field is not used by any `@key`, `@requires`, `@provides` or `@fromContext`, nor to \
              implement an interface",
    why: "A field is declared `@external` so that something else in the subgraph can refer to it. When nothing does, the \
          declaration has no effect, and often a directive is missing or a name is wrong. Remove the field, or use it.",
    wrong: &[
        example(
            "reviews",
            r#"
type Query { author: User }
type User @key(fields: "id") { id: ID! name: String @external reviews: Int }"#,
        ),
        USERS,
    ],
    right: &[
        example(
            "reviews",
            r#"
type Query { author: User }
type User @key(fields: "id") { id: ID! reviews: Int }"#,
        ),
        USERS,
    ],
};
