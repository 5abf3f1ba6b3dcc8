//! Directives applied to elements of the schema: deprecations, and custom ones, which operations never see.

use apollo_compiler::ast::Directive;
use apollo_compiler::schema::ExtendedType;

use super::comparison::Comparison;
use crate::Criticality::{Dangerous, Safe};

pub(super) const CODES: &[&str] = &[
    "DIRECTIVE_USAGE_ARGUMENT_DEFINITION_ADDED",
    "DIRECTIVE_USAGE_ARGUMENT_DEFINITION_REMOVED",
    "DIRECTIVE_USAGE_ENUM_ADDED",
    "DIRECTIVE_USAGE_ENUM_REMOVED",
    "DIRECTIVE_USAGE_ENUM_VALUE_ADDED",
    "DIRECTIVE_USAGE_ENUM_VALUE_REMOVED",
    "DIRECTIVE_USAGE_FIELD_DEFINITION_ADDED",
    "DIRECTIVE_USAGE_FIELD_DEFINITION_REMOVED",
    "DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_ADDED",
    "DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_REMOVED",
    "DIRECTIVE_USAGE_INTERFACE_ADDED",
    "DIRECTIVE_USAGE_INTERFACE_REMOVED",
    "DIRECTIVE_USAGE_OBJECT_ADDED",
    "DIRECTIVE_USAGE_OBJECT_REMOVED",
    "DIRECTIVE_USAGE_SCALAR_ADDED",
    "DIRECTIVE_USAGE_SCALAR_REMOVED",
    "DIRECTIVE_USAGE_UNION_MEMBER_ADDED",
    "DIRECTIVE_USAGE_UNION_MEMBER_REMOVED",
    "ENUM_VALUE_DEPRECATION_REASON_ADDED",
    "ENUM_VALUE_DEPRECATION_REASON_CHANGED",
    "ENUM_VALUE_DEPRECATION_REASON_REMOVED",
    "FIELD_DEPRECATION_ADDED",
    "FIELD_DEPRECATION_REASON_CHANGED",
    "FIELD_DEPRECATION_REMOVED",
];

/// What the directive stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    ArgumentDefinition,
    Enum,
    EnumValue,
    FieldDefinition,
    InputFieldDefinition,
    InputObject,
    Interface,
    Object,
    Scalar,
    Union,
}

impl Place {
    pub(super) fn of_type(definition: &ExtendedType) -> Self {
        match definition {
            ExtendedType::Scalar(_) => Self::Scalar,
            ExtendedType::Object(_) => Self::Object,
            ExtendedType::Interface(_) => Self::Interface,
            ExtendedType::Union(_) => Self::Union,
            ExtendedType::Enum(_) => Self::Enum,
            ExtendedType::InputObject(_) => Self::InputObject,
        }
    }

    /// The codes of an added and a removed directive.
    fn usage_codes(self) -> [&'static str; 2] {
        match self {
            Self::ArgumentDefinition => [
                "DIRECTIVE_USAGE_ARGUMENT_DEFINITION_ADDED",
                "DIRECTIVE_USAGE_ARGUMENT_DEFINITION_REMOVED",
            ],
            Self::Enum => ["DIRECTIVE_USAGE_ENUM_ADDED", "DIRECTIVE_USAGE_ENUM_REMOVED"],
            Self::EnumValue => [
                "DIRECTIVE_USAGE_ENUM_VALUE_ADDED",
                "DIRECTIVE_USAGE_ENUM_VALUE_REMOVED",
            ],
            Self::FieldDefinition => [
                "DIRECTIVE_USAGE_FIELD_DEFINITION_ADDED",
                "DIRECTIVE_USAGE_FIELD_DEFINITION_REMOVED",
            ],
            Self::InputFieldDefinition => [
                "DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_ADDED",
                "DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_REMOVED",
            ],
            Self::InputObject => [
                "DIRECTIVE_USAGE_INPUT_OBJECT_ADDED",
                "DIRECTIVE_USAGE_INPUT_OBJECT_REMOVED",
            ],
            Self::Interface => [
                "DIRECTIVE_USAGE_INTERFACE_ADDED",
                "DIRECTIVE_USAGE_INTERFACE_REMOVED",
            ],
            Self::Object => [
                "DIRECTIVE_USAGE_OBJECT_ADDED",
                "DIRECTIVE_USAGE_OBJECT_REMOVED",
            ],
            Self::Scalar => [
                "DIRECTIVE_USAGE_SCALAR_ADDED",
                "DIRECTIVE_USAGE_SCALAR_REMOVED",
            ],
            Self::Union => [
                "DIRECTIVE_USAGE_UNION_MEMBER_ADDED",
                "DIRECTIVE_USAGE_UNION_MEMBER_REMOVED",
            ],
        }
    }

    /// The codes of an added, a changed and a removed deprecation.
    fn deprecation_codes(self) -> [&'static str; 3] {
        match self {
            Self::EnumValue => [
                "ENUM_VALUE_DEPRECATION_REASON_ADDED",
                "ENUM_VALUE_DEPRECATION_REASON_CHANGED",
                "ENUM_VALUE_DEPRECATION_REASON_REMOVED",
            ],
            Self::FieldDefinition => [
                "FIELD_DEPRECATION_ADDED",
                "FIELD_DEPRECATION_REASON_CHANGED",
                "FIELD_DEPRECATION_REMOVED",
            ],
            _ => {
                let [added, removed] = self.usage_codes();
                [added, added, removed]
            }
        }
    }
}

/// Compares what is applied to one element. `@oneOf` and `@specifiedBy` have files of their own.
pub(super) fn compare<D: AsRef<Directive>>(
    comparison: &mut Comparison<'_>,
    place: Place,
    path: &str,
    old: &[D],
    new: &[D],
) {
    let old: Vec<&Directive> = old.iter().map(AsRef::as_ref).collect();
    let new: Vec<&Directive> = new.iter().map(AsRef::as_ref).collect();
    deprecation(comparison, place, path, find(&old), find(&new));
    let [added, removed] = place.usage_codes();
    let level = comparison.level(Safe, Dangerous);
    for directive in custom(&old).filter(|one| !new.contains(one)) {
        let message = format!("`{directive}` was removed from `{path}`");
        comparison.add(removed, path, level, message);
    }
    for directive in custom(&new).filter(|one| !old.contains(one)) {
        let message = format!("`{directive}` was added to `{path}`");
        comparison.add(added, path, level, message);
    }
}

fn find<'a>(list: &[&'a Directive]) -> Option<&'a Directive> {
    list.iter()
        .copied()
        .find(|directive| directive.name == "deprecated")
}

fn custom<'a>(list: &[&'a Directive]) -> impl Iterator<Item = &'a Directive> {
    let own = ["deprecated", "oneOf", "specifiedBy"];
    list.iter()
        .copied()
        .filter(move |directive| !own.contains(&directive.name.as_str()))
}

fn deprecation(
    comparison: &mut Comparison<'_>,
    place: Place,
    path: &str,
    old: Option<&Directive>,
    new: Option<&Directive>,
) {
    let codes = place.deprecation_codes();
    let (code, message) = match (old, new) {
        (None, Some(_)) => (codes[0], format!("`{path}` is deprecated now")),
        (Some(_), None) => (codes[2], format!("`{path}` is not deprecated any more")),
        (Some(old), Some(new)) if reason(old) != reason(new) => (
            codes[1],
            format!("the deprecation reason of `{path}` changed"),
        ),
        _ => return,
    };
    comparison.add(code, path, Safe, message);
}

fn reason(directive: &Directive) -> &str {
    directive
        .specified_argument_by_name("reason")
        .and_then(|reason| reason.as_str())
        .unwrap_or("No longer supported")
}
