//! Descriptions, which no operation depends on.

use apollo_compiler::Node;

use super::comparison::Comparison;
use crate::Criticality;

pub(super) const CODES: &[&str] = &[
    "DIRECTIVE_ARGUMENT_DESCRIPTION_CHANGED",
    "DIRECTIVE_DESCRIPTION_CHANGED",
    "ENUM_VALUE_DESCRIPTION_CHANGED",
    "FIELD_ARGUMENT_DESCRIPTION_CHANGED",
    "FIELD_DESCRIPTION_ADDED",
    "FIELD_DESCRIPTION_CHANGED",
    "FIELD_DESCRIPTION_REMOVED",
    "INPUT_FIELD_DESCRIPTION_ADDED",
    "INPUT_FIELD_DESCRIPTION_CHANGED",
    "INPUT_FIELD_DESCRIPTION_REMOVED",
    "TYPE_DESCRIPTION_ADDED",
    "TYPE_DESCRIPTION_CHANGED",
    "TYPE_DESCRIPTION_REMOVED",
];

type Text<'a> = Option<&'a Node<str>>;

pub(super) fn of_type(comparison: &mut Comparison<'_>, path: &str, old: Text<'_>, new: Text<'_>) {
    let codes = [
        "TYPE_DESCRIPTION_ADDED",
        "TYPE_DESCRIPTION_CHANGED",
        "TYPE_DESCRIPTION_REMOVED",
    ];
    compare(comparison, codes, path, old, new);
}

pub(super) fn of_field(comparison: &mut Comparison<'_>, path: &str, old: Text<'_>, new: Text<'_>) {
    let codes = [
        "FIELD_DESCRIPTION_ADDED",
        "FIELD_DESCRIPTION_CHANGED",
        "FIELD_DESCRIPTION_REMOVED",
    ];
    compare(comparison, codes, path, old, new);
}

pub(super) fn of_input_field(
    comparison: &mut Comparison<'_>,
    path: &str,
    old: Text<'_>,
    new: Text<'_>,
) {
    let codes = [
        "INPUT_FIELD_DESCRIPTION_ADDED",
        "INPUT_FIELD_DESCRIPTION_CHANGED",
        "INPUT_FIELD_DESCRIPTION_REMOVED",
    ];
    compare(comparison, codes, path, old, new);
}

pub(super) fn of_argument(
    comparison: &mut Comparison<'_>,
    path: &str,
    old: Text<'_>,
    new: Text<'_>,
) {
    compare(
        comparison,
        ["FIELD_ARGUMENT_DESCRIPTION_CHANGED"; 3],
        path,
        old,
        new,
    );
}

pub(super) fn of_directive(
    comparison: &mut Comparison<'_>,
    path: &str,
    old: Text<'_>,
    new: Text<'_>,
) {
    compare(
        comparison,
        ["DIRECTIVE_DESCRIPTION_CHANGED"; 3],
        path,
        old,
        new,
    );
}

pub(super) fn of_directive_argument(
    comparison: &mut Comparison<'_>,
    path: &str,
    old: Text<'_>,
    new: Text<'_>,
) {
    compare(
        comparison,
        ["DIRECTIVE_ARGUMENT_DESCRIPTION_CHANGED"; 3],
        path,
        old,
        new,
    );
}

pub(super) fn of_enum_value(
    comparison: &mut Comparison<'_>,
    path: &str,
    old: Text<'_>,
    new: Text<'_>,
) {
    compare(
        comparison,
        ["ENUM_VALUE_DESCRIPTION_CHANGED"; 3],
        path,
        old,
        new,
    );
}

/// The codes are those of an added, a changed and a removed description.
fn compare(
    comparison: &mut Comparison<'_>,
    codes: [&'static str; 3],
    path: &str,
    old: Text<'_>,
    new: Text<'_>,
) {
    if old == new {
        return;
    }
    let (code, what) = match (old, new) {
        (None, _) => (codes[0], "was added"),
        (_, None) => (codes[2], "was removed"),
        _ => (codes[1], "changed"),
    };
    let message = format!("the description of `{path}` {what}");
    comparison.add(code, path, Criticality::Safe, message);
}
