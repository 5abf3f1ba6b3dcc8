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

/// The codes of an added, a changed and a removed description, for one kind of element.
pub(super) type Codes = [&'static str; 3];

pub(super) const OF_TYPE: Codes = [
    "TYPE_DESCRIPTION_ADDED",
    "TYPE_DESCRIPTION_CHANGED",
    "TYPE_DESCRIPTION_REMOVED",
];
pub(super) const OF_FIELD: Codes = [
    "FIELD_DESCRIPTION_ADDED",
    "FIELD_DESCRIPTION_CHANGED",
    "FIELD_DESCRIPTION_REMOVED",
];
pub(super) const OF_INPUT_FIELD: Codes = [
    "INPUT_FIELD_DESCRIPTION_ADDED",
    "INPUT_FIELD_DESCRIPTION_CHANGED",
    "INPUT_FIELD_DESCRIPTION_REMOVED",
];
pub(super) const OF_ARGUMENT: Codes = ["FIELD_ARGUMENT_DESCRIPTION_CHANGED"; 3];
pub(super) const OF_DIRECTIVE: Codes = ["DIRECTIVE_DESCRIPTION_CHANGED"; 3];
pub(super) const OF_DIRECTIVE_ARGUMENT: Codes = ["DIRECTIVE_ARGUMENT_DESCRIPTION_CHANGED"; 3];
pub(super) const OF_ENUM_VALUE: Codes = ["ENUM_VALUE_DESCRIPTION_CHANGED"; 3];

type Text<'a> = Option<&'a Node<str>>;

/// Compares the descriptions of one element.
pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    codes: Codes,
    path: &str,
    (old, new): (Text<'_>, Text<'_>),
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
