//! `LIST_SIZE_INVALID_ASSUMED_SIZE`: no list has fewer than no elements.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::list_size::list_sizes;

const LIST_SIZE_INVALID_ASSUMED_SIZE: Code = Code::new("LIST_SIZE_INVALID_ASSUMED_SIZE");

/// The assumed size of a list is not negative.
pub(super) fn list_size_invalid_assumed_size(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for size in list_sizes(checked.subgraph) {
        let assumed = size.application.argument("assumedSize");
        let Some(number) = assumed.and_then(|value| value.to_i32()) else {
            continue;
        };
        if number >= 0 {
            continue;
        }
        let coordinate = size.coordinate();
        let message = format!("the list of `{coordinate}` cannot have `{number}` elements");
        findings.push(
            Diagnostic::error(LIST_SIZE_INVALID_ASSUMED_SIZE, message)
                .with_label(
                    checked
                        .subgraph
                        .node_label(&size.application.node, "negative size"),
                )
                .with_coordinate(coordinate)
                .with_help("give an `assumedSize` of 0 or more"),
        );
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: LIST_SIZE_INVALID_ASSUMED_SIZE,
    severity: Severity::Error,
    summary: "the `assumedSize` of a `@listSize` is negative",
    why: "The assumed size is multiplied with the cost of an element. Give a size of 0 or more.",
    wrong: &[example(
        "users",
        "type Query { scores: [Int] @listSize(assumedSize: -1) }",
    )],
    right: &[example(
        "users",
        "type Query { scores: [Int] @listSize(assumedSize: 10) }",
    )],
};
