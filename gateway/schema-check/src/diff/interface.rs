//! The interfaces that a type implements.

use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{ComponentName, ExtendedType};

use super::comparison::Comparison;
use crate::{Criticality, Profile};

pub(super) const CODES: &[&str] = &[
    "OBJECT_TYPE_INTERFACE_ADDED",
    "OBJECT_TYPE_INTERFACE_REMOVED",
];

pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    name: &str,
    (old, new): (&IndexSet<ComponentName>, &IndexSet<ComponentName>),
) {
    for interface in old.iter().filter(|one| !new.contains(*one)) {
        let level = comparison.breaking_if(comparison.reach.output(name));
        let message = format!("`{name}` implements `{interface}` no longer");
        comparison.add("OBJECT_TYPE_INTERFACE_REMOVED", name, level, message);
    }
    for interface in new.iter().filter(|one| !old.contains(*one)) {
        let level = comparison.dangerous_if(comparison.reach.output(interface));
        let message = format!("`{name}` implements `{interface}` now");
        comparison.add("OBJECT_TYPE_INTERFACE_ADDED", name, level, message);
    }
}

/// A new implementation of an interface that was there before: clients get objects of a type that they do not know.
pub(super) fn of_new_type(comparison: &mut Comparison<'_>, definition: &ExtendedType) {
    let ExtendedType::Object(object) = definition else {
        return;
    };
    let name = object.name.as_str();
    for interface in &object.implements_interfaces {
        let by_inspector = comparison.profile == Profile::Inspector;
        if by_inspector || comparison.reach.output(interface) {
            let level = comparison.level(Criticality::Dangerous, Criticality::Safe);
            let message = format!("the new type `{name}` implements `{interface}`");
            comparison.add("OBJECT_TYPE_INTERFACE_ADDED", name, level, message);
        }
    }
}
