//! Types: added, removed, of another kind; those that stay are compared part by part.

use apollo_compiler::Node;
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType, ScalarType, UnionType};

use super::applied_directive::{self, Place};
use super::comparison::Comparison;
use super::{description, enum_value, field, input_value, interface, one_of, union_member};
use crate::Criticality;

pub(super) const CODES: &[&str] = &[
    "SPECIFIED_BY_URL_CHANGED",
    "TYPE_ADDED",
    "TYPE_KIND_CHANGED",
    "TYPE_REMOVED",
];

pub(super) fn compare(comparison: &mut Comparison<'_>) {
    let (old, new) = (comparison.old, comparison.new);
    for (name, before) in old.types.iter().filter(|(_, one)| !one.is_built_in()) {
        match new.types.get(name) {
            Some(after) => parts(comparison, before, after),
            None => removed(comparison, before),
        }
    }
    for (name, after) in new.types.iter().filter(|(_, one)| !one.is_built_in()) {
        if !old.types.contains_key(name) {
            let message = format!("{} `{name}` was added", kind(after));
            comparison.add("TYPE_ADDED", name.as_str(), Criticality::Safe, message);
            interface::of_new_type(comparison, after);
        }
    }
}

fn removed(comparison: &mut Comparison<'_>, before: &ExtendedType) {
    let name = before.name().as_str();
    let level = comparison.breaking_if(comparison.reach.any(name));
    let message = format!("{} `{name}` was removed", kind(before));
    comparison.add("TYPE_REMOVED", name, level, message);
}

fn parts(comparison: &mut Comparison<'_>, before: &ExtendedType, after: &ExtendedType) {
    let name = after.name().as_str();
    let texts = (before.description(), after.description());
    description::compare(comparison, description::OF_TYPE, name, texts);
    match (before, after) {
        (ExtendedType::Scalar(old), ExtendedType::Scalar(new)) => scalar(comparison, old, new),
        (ExtendedType::Object(old), ExtendedType::Object(new)) => {
            let names = (&old.implements_interfaces, &new.implements_interfaces);
            interface::compare(comparison, name, names);
            field::compare(comparison, name, &old.fields, &new.fields);
        }
        (ExtendedType::Interface(old), ExtendedType::Interface(new)) => {
            let names = (&old.implements_interfaces, &new.implements_interfaces);
            interface::compare(comparison, name, names);
            field::compare(comparison, name, &old.fields, &new.fields);
        }
        (ExtendedType::Union(old), ExtendedType::Union(new)) => union(comparison, old, new),
        (ExtendedType::Enum(old), ExtendedType::Enum(new)) => enumeration(comparison, old, new),
        (ExtendedType::InputObject(old), ExtendedType::InputObject(new)) => {
            input_object(comparison, old, new);
        }
        _ => return kind_changed(comparison, before, after),
    }
    let lists = (&before.directives().0, &after.directives().0);
    applied_directive::compare(comparison, Place::of_type(after), name, lists.0, lists.1);
}

fn kind_changed(comparison: &mut Comparison<'_>, before: &ExtendedType, after: &ExtendedType) {
    let name = before.name().as_str();
    let level = comparison.breaking_if(comparison.reach.any(name));
    let message = format!(
        "`{name}` changed from {} to {}",
        with_article(before),
        with_article(after)
    );
    comparison.add("TYPE_KIND_CHANGED", name, level, message);
}

fn union(comparison: &mut Comparison<'_>, old: &Node<UnionType>, new: &Node<UnionType>) {
    union_member::compare(comparison, new.name.as_str(), &old.members, &new.members);
}

fn enumeration(comparison: &mut Comparison<'_>, old: &Node<EnumType>, new: &Node<EnumType>) {
    enum_value::compare(comparison, new.name.as_str(), &old.values, &new.values);
}

fn input_object(
    comparison: &mut Comparison<'_>,
    old: &Node<InputObjectType>,
    new: &Node<InputObjectType>,
) {
    one_of::compare(comparison, old, new);
    input_value::fields(comparison, old, new);
}

fn scalar(comparison: &mut Comparison<'_>, old: &Node<ScalarType>, new: &Node<ScalarType>) {
    let url = |scalar: &ScalarType| {
        let directive = scalar.directives.get("specifiedBy")?;
        directive
            .specified_argument_by_name("url")
            .and_then(|url| url.as_str())
            .map(ToOwned::to_owned)
    };
    if url(old) != url(new) {
        let name = new.name.as_str();
        let level = comparison.dangerous_if(comparison.reach.any(name));
        let message = format!("the specification of scalar `{name}` changed");
        comparison.add("SPECIFIED_BY_URL_CHANGED", name, level, message);
    }
}

fn kind(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "scalar",
        ExtendedType::Object(_) => "type",
        ExtendedType::Interface(_) => "interface",
        ExtendedType::Union(_) => "union",
        ExtendedType::Enum(_) => "enum",
        ExtendedType::InputObject(_) => "input",
    }
}

fn with_article(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "a scalar",
        ExtendedType::Object(_) => "an object type",
        ExtendedType::Interface(_) => "an interface",
        ExtendedType::Union(_) => "a union",
        ExtendedType::Enum(_) => "an enum",
        ExtendedType::InputObject(_) => "an input object",
    }
}
