//! Directive definitions. Those that operations cannot use break no operation.

use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation};

use super::comparison::Comparison;
use super::{description, input_value};
use crate::Criticality::{self, Breaking, Dangerous, Safe};
use crate::reach::{is_executable, is_executable_location};

pub(super) const CODES: &[&str] = &[
    "DIRECTIVE_ADDED",
    "DIRECTIVE_LOCATION_ADDED",
    "DIRECTIVE_LOCATION_REMOVED",
    "DIRECTIVE_REMOVED",
    "DIRECTIVE_REPEATABLE_ADDED",
    "DIRECTIVE_REPEATABLE_REMOVED",
];

/// Directives of the GraphQL specification: a schema may define them or leave them out.
const SPECIFIED: &[&str] = &["deprecated", "include", "oneOf", "skip", "specifiedBy"];

pub(super) fn compare(comparison: &mut Comparison<'_>) {
    let (old, new) = (comparison.old, comparison.new);
    let ours = |definition: &DirectiveDefinition| !SPECIFIED.contains(&definition.name.as_str());
    for (name, before) in old
        .directive_definitions
        .iter()
        .filter(|(_, one)| ours(one))
    {
        let path = format!("@{name}");
        match new.directive_definitions.get(name) {
            Some(after) => parts(comparison, &path, before, after),
            None => {
                let level = comparison.breaking_if(is_executable(before));
                let message = format!("directive `{path}` was removed");
                comparison.add("DIRECTIVE_REMOVED", path, level, message);
            }
        }
    }
    for (name, _) in new
        .directive_definitions
        .iter()
        .filter(|(_, one)| ours(one))
    {
        if !old.directive_definitions.contains_key(name) {
            let path = format!("@{name}");
            let message = format!("directive `{path}` was added");
            comparison.add("DIRECTIVE_ADDED", path, Safe, message);
        }
    }
}

fn parts(
    comparison: &mut Comparison<'_>,
    path: &str,
    before: &DirectiveDefinition,
    after: &DirectiveDefinition,
) {
    let texts = (before.description.as_ref(), after.description.as_ref());
    description::compare(comparison, description::OF_DIRECTIVE, path, texts);
    repeatable(comparison, path, before, after);
    for location in missing(&before.locations, &after.locations) {
        let level = comparison.breaking_if(is_executable_location(location));
        let message = format!("`{path}` cannot stand on {location} any more");
        comparison.add("DIRECTIVE_LOCATION_REMOVED", path, level, message);
    }
    for location in missing(&after.locations, &before.locations) {
        let message = format!("`{path}` can stand on {location} now");
        comparison.add("DIRECTIVE_LOCATION_ADDED", path, Safe, message);
    }
    let lists = (&before.arguments, &after.arguments);
    let reachable = is_executable(before);
    input_value::directive_arguments(comparison, path, reachable, lists.0, lists.1);
}

fn repeatable(
    comparison: &mut Comparison<'_>,
    path: &str,
    before: &DirectiveDefinition,
    after: &DirectiveDefinition,
) {
    match (before.repeatable, after.repeatable) {
        (true, false) => {
            let spec: Criticality = if is_executable(before) {
                Breaking
            } else {
                Safe
            };
            let level = comparison.level(spec, Dangerous);
            let message = format!("`{path}` is not repeatable any more");
            comparison.add("DIRECTIVE_REPEATABLE_REMOVED", path, level, message);
        }
        (false, true) => {
            let message = format!("`{path}` is repeatable now");
            comparison.add("DIRECTIVE_REPEATABLE_ADDED", path, Safe, message);
        }
        _ => {}
    }
}

fn missing(of: &[DirectiveLocation], from: &[DirectiveLocation]) -> Vec<DirectiveLocation> {
    let gone = |location: &&DirectiveLocation| !from.contains(location);
    of.iter().filter(gone).copied().collect()
}
