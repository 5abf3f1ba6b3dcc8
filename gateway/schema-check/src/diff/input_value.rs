//! Arguments of fields and directives, and fields of input objects: added, removed, of another type or default.

use apollo_compiler::Node;
use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::InputObjectType;

use super::applied_directive::{self, Place};
use super::comparison::Comparison;
use super::description;
use super::input_type::is_wider;
use crate::Criticality::{self, Breaking, Dangerous, Safe};

pub(super) const CODES: &[&str] = &[
    "DIRECTIVE_ARGUMENT_ADDED",
    "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED",
    "DIRECTIVE_ARGUMENT_REMOVED",
    "DIRECTIVE_ARGUMENT_TYPE_CHANGED",
    "FIELD_ARGUMENT_ADDED",
    "FIELD_ARGUMENT_DEFAULT_CHANGED",
    "FIELD_ARGUMENT_REMOVED",
    "FIELD_ARGUMENT_TYPE_CHANGED",
    "INPUT_FIELD_ADDED",
    "INPUT_FIELD_DEFAULT_VALUE_CHANGED",
    "INPUT_FIELD_REMOVED",
    "INPUT_FIELD_TYPE_CHANGED",
];

/// What takes the value; the four codes of what can happen to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    DirectiveArgument,
    FieldArgument,
    InputField,
}

/// One value's place.
struct Slot<'a> {
    kind: Kind,
    /// The coordinate of the field, directive or input object.
    parent: &'a str,
    /// Whether operations can write it.
    reachable: bool,
}

/// Arguments of a field.
pub(super) fn arguments(
    comparison: &mut Comparison<'_>,
    field: &str,
    reachable: bool,
    old: &[Node<InputValueDefinition>],
    new: &[Node<InputValueDefinition>],
) {
    let slot = Slot {
        kind: Kind::FieldArgument,
        parent: field,
        reachable,
    };
    compare(comparison, &slot, old, new);
}

/// Arguments of a directive; `reachable` when operations can use it.
pub(super) fn directive_arguments(
    comparison: &mut Comparison<'_>,
    directive: &str,
    reachable: bool,
    old: &[Node<InputValueDefinition>],
    new: &[Node<InputValueDefinition>],
) {
    let slot = Slot {
        kind: Kind::DirectiveArgument,
        parent: directive,
        reachable,
    };
    compare(comparison, &slot, old, new);
}

/// Fields of an input object.
pub(super) fn fields(
    comparison: &mut Comparison<'_>,
    old: &InputObjectType,
    new: &InputObjectType,
) {
    let parent = new.name.as_str();
    let reachable = comparison.reach.input(parent);
    let list = |input: &InputObjectType| -> Vec<Node<InputValueDefinition>> {
        input
            .fields
            .values()
            .map(|field| field.node.clone())
            .collect()
    };
    let slot = Slot {
        kind: Kind::InputField,
        parent,
        reachable,
    };
    compare(comparison, &slot, &list(old), &list(new));
}

fn compare(
    comparison: &mut Comparison<'_>,
    slot: &Slot<'_>,
    old: &[Node<InputValueDefinition>],
    new: &[Node<InputValueDefinition>],
) {
    for before in old {
        match new.iter().find(|after| after.name == before.name) {
            Some(after) => parts(comparison, slot, before, after),
            None => {
                let level = comparison.breaking_if(slot.reachable);
                let message = format!("{} was removed", slot.named(before));
                comparison.add(slot.code(1), slot.path(before), level, message);
            }
        }
    }
    for after in new {
        if !old.iter().any(|before| before.name == after.name) {
            added(comparison, slot, after);
        }
    }
}

fn added(comparison: &mut Comparison<'_>, slot: &Slot<'_>, after: &InputValueDefinition) {
    let required = after.is_required();
    let inspector = match (
        slot.kind,
        after.ty.is_non_null(),
        after.default_value.is_some(),
    ) {
        (Kind::DirectiveArgument, non_null, _) => {
            if non_null {
                Breaking
            } else {
                Safe
            }
        }
        (_, true, false) => Breaking,
        (Kind::FieldArgument, ..) => Dangerous,
        (Kind::InputField, false, false) => Safe,
        (Kind::InputField, ..) => Dangerous,
    };
    let spec = if required && slot.reachable {
        Breaking
    } else {
        Safe
    };
    let adjective = if required { "required " } else { "" };
    let message = format!(
        "{adjective}{} of type `{}` was added",
        slot.named(after),
        after.ty
    );
    let level = comparison.level(spec, inspector);
    comparison.add(slot.code(0), slot.path(after), level, message);
}

fn parts(
    comparison: &mut Comparison<'_>,
    slot: &Slot<'_>,
    before: &InputValueDefinition,
    after: &InputValueDefinition,
) {
    let path = slot.path(after);
    let texts = (before.description.as_ref(), after.description.as_ref());
    description::compare(comparison, slot.description_codes(), &path, texts);
    if before.ty != after.ty {
        let level = match is_wider(&after.ty, &before.ty) {
            true => Safe,
            false => comparison.breaking_if(slot.reachable),
        };
        let message = format!("`{path}` changed from `{}` to `{}`", before.ty, after.ty);
        comparison.add(slot.code(2), path.clone(), level, message);
    }
    if before.default_value != after.default_value {
        default(comparison, slot, before, after);
    }
    let lists = (&before.directives.0, &after.directives.0);
    applied_directive::compare(comparison, slot.place(), &path, lists.0, lists.1);
}

fn default(
    comparison: &mut Comparison<'_>,
    slot: &Slot<'_>,
    before: &InputValueDefinition,
    after: &InputValueDefinition,
) {
    let path = slot.path(after);
    let spec = match slot.reachable {
        true => default_level(before, after),
        false => Safe,
    };
    let level = comparison.level(spec, Dangerous);
    let message = match (&before.default_value, &after.default_value) {
        (Some(old), Some(new)) => {
            format!("the default of `{path}` changed from `{old}` to `{new}`")
        }
        (Some(_), None) if after.is_required() => {
            format!("the default of `{path}` was removed, which makes it required")
        }
        (Some(old), None) => format!("the default `{old}` of `{path}` was removed"),
        (None, Some(new)) => format!("`{path}` has the default `{new}` now"),
        (None, None) => return,
    };
    comparison.add(slot.code(3), path, level, message);
}

/// A default that goes from a type without null makes the value required; one that comes to a required value changes no
/// operation; any other changes what an operation that leaves the value out means.
fn default_level(before: &InputValueDefinition, after: &InputValueDefinition) -> Criticality {
    match (before.is_required(), after.is_required()) {
        (false, true) => Breaking,
        (true, _) => Safe,
        (false, false) => Dangerous,
    }
}

impl Slot<'_> {
    /// Added, removed, type changed, default changed.
    fn code(&self, happening: usize) -> &'static str {
        let codes = match self.kind {
            Kind::DirectiveArgument => [
                "DIRECTIVE_ARGUMENT_ADDED",
                "DIRECTIVE_ARGUMENT_REMOVED",
                "DIRECTIVE_ARGUMENT_TYPE_CHANGED",
                "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED",
            ],
            Kind::FieldArgument => [
                "FIELD_ARGUMENT_ADDED",
                "FIELD_ARGUMENT_REMOVED",
                "FIELD_ARGUMENT_TYPE_CHANGED",
                "FIELD_ARGUMENT_DEFAULT_CHANGED",
            ],
            Kind::InputField => [
                "INPUT_FIELD_ADDED",
                "INPUT_FIELD_REMOVED",
                "INPUT_FIELD_TYPE_CHANGED",
                "INPUT_FIELD_DEFAULT_VALUE_CHANGED",
            ],
        };
        codes[happening]
    }

    fn description_codes(&self) -> description::Codes {
        match self.kind {
            Kind::DirectiveArgument => description::OF_DIRECTIVE_ARGUMENT,
            Kind::FieldArgument => description::OF_ARGUMENT,
            Kind::InputField => description::OF_INPUT_FIELD,
        }
    }

    fn path(&self, value: &InputValueDefinition) -> String {
        match self.kind {
            Kind::InputField => format!("{}.{}", self.parent, value.name),
            _ => format!("{}({}:)", self.parent, value.name),
        }
    }

    fn named(&self, value: &InputValueDefinition) -> String {
        let kind = match self.kind {
            Kind::InputField => "input field",
            _ => "argument",
        };
        format!("{kind} `{}` of `{}`", value.name, self.parent)
    }

    fn place(&self) -> Place {
        match self.kind {
            Kind::InputField => Place::InputFieldDefinition,
            _ => Place::ArgumentDefinition,
        }
    }
}
