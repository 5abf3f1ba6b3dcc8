//! `LIST_SIZE_INVALID_SLICING_ARGUMENT`: what says how many elements a list has is an integer argument of its field.

use apollo_compiler::ast::Type;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::list_size::{ListSize, list_sizes};
use crate::suggestion::did_you_mean;

const LIST_SIZE_INVALID_SLICING_ARGUMENT: Code = Code::new("LIST_SIZE_INVALID_SLICING_ARGUMENT");

/// Each slicing argument exists and is an `Int` or `Int!`.
pub(super) fn list_size_invalid_slicing_argument(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for size in list_sizes(checked.subgraph) {
        for name in size.names("slicingArguments") {
            findings.extend(check_argument(checked, &size, name));
        }
    }
}

fn check_argument(
    checked: &CheckedSubgraph<'_>,
    size: &ListSize<'_>,
    name: &str,
) -> Option<Diagnostic> {
    let coordinate = size.coordinate();
    let label = checked
        .subgraph
        .node_label(&size.application.node, "slices by it");
    let Some(argument) = size.field.arguments.get(name) else {
        let known = size.field.arguments.keys().map(|name| name.as_str());
        let help = did_you_mean(name, known);
        return Some(
            Diagnostic::error(
                LIST_SIZE_INVALID_SLICING_ARGUMENT,
                format!("`{coordinate}` has no argument `{name}`"),
            )
            .with_label(label)
            .with_coordinate(coordinate)
            .with_help(help.unwrap_or_else(|| {
                format!("add `{name}: Int` to the field, or leave it out of `slicingArguments`")
            })),
        );
    };
    let is_int = matches!(argument.ty.as_ref(), Type::Named(name) | Type::NonNullNamed(name) if name == "Int");
    let message = format!(
        "the slicing argument `{coordinate}({name}:)` has type `{}`, and the size of a list is an `Int`",
        argument.ty
    );
    (!is_int).then(|| {
        Diagnostic::error(LIST_SIZE_INVALID_SLICING_ARGUMENT, message)
            .with_label(checked.subgraph.label(&argument.name, "no `Int`"))
            .with_label(label)
            .with_coordinate(format!("{coordinate}({name}:)"))
            .with_help("make the argument an `Int`, or leave it out of `slicingArguments`")
    })
}

pub(super) const PAGE: Explanation = Explanation {
    code: LIST_SIZE_INVALID_SLICING_ARGUMENT,
    severity: Severity::Error,
    summary: "`slicingArguments` of a `@listSize` names an argument that does not exist or is not an `Int`",
    why: "A slicing argument (`first`, `limit`) tells how many elements the client asks for; the cost of an operation is \
          computed from its value. So it has to be an argument of the field, of type `Int` or `Int!`.",
    wrong: &[example(
        "users",
        r#"type Query { scores(first: Int): [Int] @listSize(slicingArguments: ["limit"]) }"#,
    )],
    right: &[example(
        "users",
        r#"type Query { scores(first: Int): [Int] @listSize(slicingArguments: ["first"]) }"#,
    )],
};
