//! `LIST_SIZE_APPLIED_TO_NON_LIST`: what has a size is a list.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::list_size::{ListSize, list_sizes};

const LIST_SIZE_APPLIED_TO_NON_LIST: Code = Code::new("LIST_SIZE_APPLIED_TO_NON_LIST");

/// The field with `@listSize`, or each field that its `sizedFields` name, is a list.
pub(super) fn list_size_applied_to_non_list(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for size in list_sizes(checked.subgraph) {
        let sized = size.names("sizedFields");
        if sized.is_empty() && !size.field.ty.is_list() {
            findings.push(no_list(
                checked,
                &size,
                &size.coordinate(),
                &size.field.ty.to_string(),
            ));
        }
        let ty = size.field.ty.inner_named_type();
        for name in sized {
            let field = checked.subgraph.field(ty, name);
            if let Some(field) = field.filter(|field| !field.ty.is_list()) {
                let finding = no_list(
                    checked,
                    &size,
                    &format!("{ty}.{name}"),
                    &field.ty.to_string(),
                );
                findings.push(finding.with_label(checked.subgraph.label(&field.name, "no list")));
            }
        }
    }
}

fn no_list(
    checked: &CheckedSubgraph<'_>,
    size: &ListSize<'_>,
    coordinate: &str,
    ty: &str,
) -> Diagnostic {
    let message = format!("`{coordinate}` has type `{ty}`, which is no list and has no size");
    Diagnostic::error(LIST_SIZE_APPLIED_TO_NON_LIST, message)
        .with_label(checked.subgraph.node_label(&size.application.node, "gives a size"))
        .with_coordinate(size.coordinate())
        .with_help("put the directive on a field that returns a list, or name such a field in `sizedFields`")
}

pub(super) const PAGE: Explanation = Explanation {
    code: LIST_SIZE_APPLIED_TO_NON_LIST,
    severity: Severity::Error,
    summary: "`@listSize` gives a size to something that is not a list",
    why: "The directive estimates how many elements a list has, for the cost of an operation. Put it on a field that returns \
          a list; for a connection, name its list fields in `sizedFields`.",
    wrong: &[example(
        "users",
        "type Query { count: Int @listSize(assumedSize: 10) }",
    )],
    right: &[example(
        "users",
        "type Query { scores: [Int] @listSize(assumedSize: 10) }",
    )],
};
