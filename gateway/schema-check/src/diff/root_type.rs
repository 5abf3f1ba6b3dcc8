//! The types where operations start: added, removed or replaced by a type of another name.

use apollo_compiler::ast::OperationType;

use super::comparison::Comparison;
use crate::Criticality;

pub(super) const CODES: &[&str] = &[
    "SCHEMA_QUERY_TYPE_CHANGED",
    "SCHEMA_MUTATION_TYPE_CHANGED",
    "SCHEMA_SUBSCRIPTION_TYPE_CHANGED",
];

pub(super) fn compare(comparison: &mut Comparison<'_>) {
    let kinds = [
        OperationType::Query,
        OperationType::Mutation,
        OperationType::Subscription,
    ];
    for (kind, code) in kinds.into_iter().zip(CODES) {
        let old = comparison.old.root_operation(kind);
        let new = comparison.new.root_operation(kind);
        if old == new {
            continue;
        }
        let (path, level, message) = match (old, new) {
            (Some(old), Some(new)) => (
                old,
                Criticality::Breaking,
                format!("the {kind} type changed from `{old}` to `{new}`"),
            ),
            (Some(old), None) => (
                old,
                Criticality::Breaking,
                format!("the schema has no {kind} type any more"),
            ),
            (None, Some(new)) => (
                new,
                Criticality::Safe,
                format!("`{new}` became the {kind} type"),
            ),
            (None, None) => continue,
        };
        comparison.add(code, path.as_str(), level, message);
    }
}
