//! The members of a union.

use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::ComponentName;

use super::comparison::Comparison;

pub(super) const CODES: &[&str] = &["UNION_MEMBER_ADDED", "UNION_MEMBER_REMOVED"];

pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    name: &str,
    old: &IndexSet<ComponentName>,
    new: &IndexSet<ComponentName>,
) {
    let reachable = comparison.reach.output(name);
    for member in old.iter().filter(|one| !new.contains(*one)) {
        let level = comparison.breaking_if(reachable);
        let message = format!("member `{member}` was removed from union `{name}`");
        comparison.add("UNION_MEMBER_REMOVED", name, level, message);
    }
    for member in new.iter().filter(|one| !old.contains(*one)) {
        let level = comparison.dangerous_if(reachable);
        let message = format!("member `{member}` was added to union `{name}`");
        comparison.add("UNION_MEMBER_ADDED", name, level, message);
    }
}
