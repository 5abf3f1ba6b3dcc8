//! Input objects of which exactly one field is sent.

use apollo_compiler::schema::InputObjectType;

use super::comparison::Comparison;
use crate::{Criticality, Profile};

pub(super) const CODES: &[&str] = &[
    "DIRECTIVE_USAGE_INPUT_OBJECT_ADDED",
    "DIRECTIVE_USAGE_INPUT_OBJECT_REMOVED",
    "ONE_OF_ADDED",
    "ONE_OF_REMOVED",
];

pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    old: &InputObjectType,
    new: &InputObjectType,
) {
    let name = new.name.as_str();
    let by_spec = comparison.profile == Profile::Spec;
    match (old.directives.has("oneOf"), new.directives.has("oneOf")) {
        (false, true) => {
            let code = if by_spec {
                "ONE_OF_ADDED"
            } else {
                "DIRECTIVE_USAGE_INPUT_OBJECT_ADDED"
            };
            let level = comparison.breaking_if(comparison.reach.input(name));
            let message = format!("`{name}` takes exactly one of its fields now (`@oneOf`)");
            comparison.add(code, name, level, message);
        }
        (true, false) => {
            let code = if by_spec {
                "ONE_OF_REMOVED"
            } else {
                "DIRECTIVE_USAGE_INPUT_OBJECT_REMOVED"
            };
            let message = format!("`{name}` takes any number of its fields now (no `@oneOf`)");
            comparison.add(code, name, Criticality::Safe, message);
        }
        _ => {}
    }
}
