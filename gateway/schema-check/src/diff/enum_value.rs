//! The values of an enum, by position: a removed value breaks who sends it, an added one surprises who receives it.

use apollo_compiler::Name;
use apollo_compiler::ast::EnumValueDefinition;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::Component;

use super::applied_directive::{self, Place};
use super::comparison::Comparison;
use super::description;
use crate::Profile;

pub(super) const CODES: &[&str] = &["ENUM_VALUE_ADDED", "ENUM_VALUE_REMOVED"];

type Values = IndexMap<Name, Component<EnumValueDefinition>>;

pub(super) fn compare(comparison: &mut Comparison<'_>, name: &str, old: &Values, new: &Values) {
    for (value, before) in old {
        let path = format!("{name}.{value}");
        let Some(after) = new.get(value) else {
            let sent = comparison.reach.input(name);
            let level = comparison.breaking_if(sent);
            let message = match sent || comparison.profile == Profile::Inspector {
                true => format!("value `{value}` was removed from enum `{name}`"),
                false => format!(
                    "value `{value}` was removed from enum `{name}`, which no operation sends"
                ),
            };
            comparison.add("ENUM_VALUE_REMOVED", path, level, message);
            continue;
        };
        let texts = (before.description.as_ref(), after.description.as_ref());
        description::compare(comparison, description::OF_ENUM_VALUE, &path, texts);
        let lists = (&before.directives.0, &after.directives.0);
        applied_directive::compare(comparison, Place::EnumValue, &path, lists.0, lists.1);
    }
    for value in new.keys().filter(|value| !old.contains_key(*value)) {
        let level = comparison.dangerous_if(comparison.reach.output(name));
        let message = format!("value `{value}` was added to enum `{name}`");
        comparison.add(
            "ENUM_VALUE_ADDED",
            format!("{name}.{value}"),
            level,
            message,
        );
    }
}
