//! `LIST_SIZE_INVALID_SIZED_FIELD`: the sized fields exist on what the field returns.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::list_size::list_sizes;
use crate::suggestion::did_you_mean;

const LIST_SIZE_INVALID_SIZED_FIELD: Code = Code::new("LIST_SIZE_INVALID_SIZED_FIELD");

/// Each sized field is a field of the type that the field returns.
pub(super) fn list_size_invalid_sized_field(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let subgraph = checked.subgraph;
    for size in list_sizes(subgraph) {
        let type_name = size.field.ty.inner_named_type();
        let definition = subgraph
            .types
            .get(type_name)
            .filter(|definition| definition.kind.is_composite());
        let mut problems = Vec::new();
        match definition {
            None if size.names("sizedFields").is_empty() => {}
            None => problems.push((
                format!("`{type_name}` has no fields that could have a size"),
                None,
            )),
            Some(definition) => {
                for name in size.names("sizedFields") {
                    if definition.fields.contains_key(name) {
                        continue;
                    }
                    let known = definition.fields.keys().map(|name| name.as_str());
                    let message =
                        format!("the sized field `{name}` is not a field of `{type_name}`");
                    problems.push((message, did_you_mean(name, known)));
                }
            }
        }
        for (message, help) in problems {
            let label = subgraph.node_label(&size.application.node, "sized fields");
            findings.push(
                Diagnostic::error(LIST_SIZE_INVALID_SIZED_FIELD, message)
                    .with_label(label)
                    .with_label(
                        subgraph.label(&size.field.name, format!("returns `{}`", size.field.ty)),
                    )
                    .with_coordinate(size.coordinate())
                    .with_help(help.unwrap_or_else(|| {
                        "name list fields of the type that the field returns in `sizedFields`"
                            .to_owned()
                    })),
            );
        }
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: LIST_SIZE_INVALID_SIZED_FIELD,
    severity: Severity::Error,
    summary: "`sizedFields` of a `@listSize` names a field that the returned type does not have",
    why: "`sizedFields` is for fields that return a page of a list rather than the list: it names the lists in the page. They \
          have to be fields of the type that the field returns.",
    wrong: &[example(
        "users",
        r#"
type Query { users(first: Int): UserPage @listSize(slicingArguments: ["first"], sizedFields: ["items"]) }
type UserPage { nodes: [String] }"#,
    )],
    right: &[example(
        "users",
        r#"
type Query { users(first: Int): UserPage @listSize(slicingArguments: ["first"], sizedFields: ["nodes"]) }
type UserPage { nodes: [String] }"#,
    )],
};
