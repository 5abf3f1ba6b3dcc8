//! The fields of objects and interfaces: added, removed, of another type.

use apollo_compiler::Name;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::Component;

use super::applied_directive::{self, Place};
use super::comparison::Comparison;
use super::{description, input_value};
use crate::{Criticality, Profile};

pub(super) const CODES: &[&str] = &["FIELD_ADDED", "FIELD_REMOVED", "FIELD_TYPE_CHANGED"];

type Fields = IndexMap<Name, Component<FieldDefinition>>;

pub(super) fn compare(comparison: &mut Comparison<'_>, name: &str, old: &Fields, new: &Fields) {
    for (field, before) in old {
        let path = format!("{name}.{field}");
        match new.get(field) {
            Some(after) => parts(comparison, name, before, after),
            None => {
                let level = comparison.breaking_if(comparison.reach.output(name));
                let message = format!("field `{field}` was removed from `{name}`");
                comparison.add("FIELD_REMOVED", path, level, message);
            }
        }
    }
    for field in new.keys().filter(|field| !old.contains_key(*field)) {
        let path = format!("{name}.{field}");
        let message = format!("field `{field}` was added to `{name}`");
        comparison.add("FIELD_ADDED", path, Criticality::Safe, message);
    }
}

fn parts(
    comparison: &mut Comparison<'_>,
    name: &str,
    before: &FieldDefinition,
    after: &FieldDefinition,
) {
    let path = format!("{name}.{}", after.name);
    let texts = (before.description.as_ref(), after.description.as_ref());
    description::compare(comparison, description::OF_FIELD, &path, texts);
    if before.ty != after.ty {
        let (level, why) = judge(comparison, name, before, after);
        let message = format!(
            "`{path}` changed from `{}` to `{}`{why}",
            before.ty, after.ty
        );
        comparison.add("FIELD_TYPE_CHANGED", path.clone(), level, message);
    }
    let reachable = comparison.reach.output(name);
    input_value::arguments(
        comparison,
        &path,
        reachable,
        &before.arguments,
        &after.arguments,
    );
    let lists = (&before.directives.0, &after.directives.0);
    applied_directive::compare(comparison, Place::FieldDefinition, &path, lists.0, lists.1);
}

/// How grave the new type is, and why where it does not show.
fn judge(
    comparison: &Comparison<'_>,
    name: &str,
    before: &FieldDefinition,
    after: &FieldDefinition,
) -> (Criticality, String) {
    let narrower = is_narrower(&after.ty, &before.ty);
    if comparison.profile == Profile::Inspector {
        let level = if narrower {
            Criticality::Safe
        } else {
            Criticality::Breaking
        };
        return (level, String::new());
    }
    if !comparison.reach.output(name) {
        return (Criticality::Safe, String::new());
    }
    if !narrower {
        return (Criticality::Breaking, String::new());
    }
    match comparison
        .shapes
        .conflict(comparison.new, name, before, after)
    {
        Some(other) => (
            Criticality::Breaking,
            format!(
                ", so operations cannot select it under one response name with `{other}` any more"
            ),
        ),
        None => (Criticality::Safe, String::new()),
    }
}

/// Whether every value of `new` is one of `old`: the same type, null in fewer places.
pub(crate) fn is_narrower(new: &Type, old: &Type) -> bool {
    match (new, old) {
        (Type::Named(new), Type::Named(old))
        | (Type::NonNullNamed(new), Type::Named(old) | Type::NonNullNamed(old)) => new == old,
        (Type::List(new), Type::List(old))
        | (Type::NonNullList(new), Type::List(old) | Type::NonNullList(old)) => {
            is_narrower(new, old)
        }
        _ => false,
    }
}
