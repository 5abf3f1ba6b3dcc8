//! `@override`: which subgraph's field is replaced by which other's, at once or step by step with a label.

use rustc_hash::FxHashMap;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::codes::{
    FROM_SUBGRAPH_DOES_NOT_EXIST, OVERRIDDEN_FIELD_CAN_BE_REMOVED,
    OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE, OVERRIDE_DIRECTIVE_CAN_BE_REMOVED,
    OVERRIDE_FROM_SELF_ERROR, OVERRIDE_LABEL_INVALID, OVERRIDE_MIGRATION_IN_PROGRESS,
    OVERRIDE_ON_INTERFACE, OVERRIDE_SOURCE_HAS_OVERRIDE,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, TypeKind};
use crate::merge::Merging;
use crate::merge::mismatch::Place;
use crate::merge::sources::{FieldSource, FieldSources};
use crate::suggestion::did_you_mean;

/// The overrides of one field, by subgraph.
#[derive(Debug, Default)]
pub(super) struct Overrides(FxHashMap<usize, State>);

#[derive(Debug, Default, Clone)]
struct State {
    /// Overridden, and still needed by a key, a requirement or an interface.
    used: bool,
    /// Overridden, and needed by nothing.
    unused: bool,
    /// It overrides a subgraph that does not exist.
    unknown_target: bool,
    label: Option<String>,
}

impl Overrides {
    pub(super) fn is_used(&self, subgraph: usize) -> bool {
        self.0.get(&subgraph).is_some_and(|state| state.used)
    }

    pub(super) fn is_unused(&self, subgraph: usize) -> bool {
        self.0.get(&subgraph).is_some_and(|state| state.unused)
    }

    pub(super) fn is_overridden(&self, subgraph: usize) -> bool {
        self.is_used(subgraph) || self.is_unused(subgraph)
    }

    pub(super) fn has_unknown_target(&self, subgraph: usize) -> bool {
        self.0
            .get(&subgraph)
            .is_some_and(|state| state.unknown_target)
    }

    pub(super) fn label(&self, subgraph: usize) -> Option<&str> {
        self.0.get(&subgraph)?.label.as_deref()
    }

    pub(super) fn needs_join_field(&self) -> bool {
        self.0
            .values()
            .any(|state| state.used || state.label.is_some())
    }

    fn state(&mut self, subgraph: usize) -> &mut State {
        self.0.entry(subgraph).or_default()
    }
}

/// One `@override`, where it stands.
struct Override<'a, 'b> {
    coordinate: &'b str,
    source: FieldSource<'a>,
    application: &'a Application,
    from: &'a str,
}

impl<'a> Merging<'a> {
    /// Reads and checks the overrides of a field.
    pub(super) fn overrides(&mut self, coordinate: &str, sources: &FieldSources<'a>) -> Overrides {
        let mut result = Overrides::default();
        let overriding: Vec<Override<'a, '_>> = sources
            .present
            .iter()
            .filter_map(|source| {
                let application = source.field.application(Federation::Override)?;
                Some(Override {
                    coordinate,
                    source: *source,
                    application,
                    from: application.string_argument("from").unwrap_or_default(),
                })
            })
            .collect();
        for one in &overriding {
            self.check_override(one, &overriding, sources, &mut result);
        }
        result
    }

    fn check_override(
        &mut self,
        one: &Override<'a, '_>,
        all: &[Override<'a, '_>],
        sources: &FieldSources<'a>,
        result: &mut Overrides,
    ) {
        if let Some((code, is)) = misplaced(one) {
            let message = format!("`{}` {is}", one.coordinate);
            return self.fail(
                one,
                code,
                message,
                "override the fields of the implementations",
            );
        }
        let from = self
            .subgraphs
            .iter()
            .position(|subgraph| subgraph.name == one.from);
        let Some(from) = from else {
            result.state(one.source.subgraph).unknown_target = true;
            return self.hint_on_unknown_source(one);
        };
        if from == one.source.subgraph {
            let message = format!(
                "`{}` overrides itself: `{}` is this subgraph",
                one.coordinate, one.from
            );
            return self.fail(
                one,
                OVERRIDE_FROM_SELF_ERROR,
                message,
                "name the subgraph that had the field before",
            );
        }
        if let Some(other) = all.iter().find(|other| other.source.subgraph == from) {
            return self.fail_mutual(one, other);
        }
        match sources
            .present
            .iter()
            .find(|source| source.subgraph == from)
        {
            Some(overridden) => self.check_overridden(one, overridden, result),
            None => self.check_missing_source(one, from),
        }
    }

    /// The field that is overridden overrides another.
    fn fail_mutual(&mut self, one: &Override<'a, '_>, other: &Override<'a, '_>) {
        let message = format!(
            "`{}` has an `@override` in `{}` too, which it overrides",
            one.coordinate, one.from
        );
        let error = Diagnostic::error(OVERRIDE_SOURCE_HAS_OVERRIDE, message)
            .with_coordinate(one.coordinate)
            .with_help("keep one of the two");
        let places = [place(one, "this one"), place(other, "and this one")];
        let error = self.with_places(error, places);
        self.errors.push(error);
    }

    /// The subgraph that is named does not have the field.
    fn check_missing_source(&mut self, one: &Override<'a, '_>, from: usize) {
        let abstracted =
            self.abstracting_fields(&one.source.parent.name, &one.source.field.name, from);
        if !abstracted.is_empty() {
            let message = format!(
                "`{}` cannot be overridden: `{}` has it through an `@interfaceObject`",
                one.coordinate, one.from
            );
            return self.fail(
                one,
                OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE,
                message,
                "move the field out of the `@interfaceObject` first",
            );
        }
        let message = format!("`{}` no longer exists in `{}`", one.coordinate, one.from);
        let hint = Diagnostic::new(OVERRIDE_DIRECTIVE_CAN_BE_REMOVED, Severity::Info, message)
            .with_coordinate(one.coordinate)
            .with_help("remove this `@override`");
        let hint = self.with_places(hint, [place(one, "overrides nothing")]);
        self.hints.push(hint);
    }

    fn check_overridden(
        &mut self,
        one: &Override<'a, '_>,
        overridden: &FieldSource<'a>,
        result: &mut Overrides,
    ) {
        let conflict = [Federation::Requires, Federation::Provides]
            .into_iter()
            .find(|directive| overridden.field.has(*directive))
            .or_else(|| {
                one.source
                    .field
                    .is_external()
                    .then_some(Federation::External)
            });
        if let Some(directive) = conflict {
            let message = format!(
                "`{}` cannot be overridden: it has `{directive}`",
                one.coordinate
            );
            let help = format!("remove `{directive}`, or the `@override`");
            return self.fail(
                one,
                OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE,
                message,
                help,
            );
        }
        let label = one.application.string_argument("label");
        if overridden.field.is_external() {
            let message = format!("`{}` is `@external` in `{}`", one.coordinate, one.from);
            let hint = Diagnostic::new(OVERRIDE_DIRECTIVE_CAN_BE_REMOVED, Severity::Info, message)
                .with_coordinate(one.coordinate)
                .with_help("remove this `@override`");
            let hint = self.with_places(hint, [place(one, "overrides nothing")]);
            self.hints.push(hint);
        } else {
            let state = result.state(overridden.subgraph);
            state.used = overridden.field.used;
            state.unused = !overridden.field.used;
            if label.is_none() {
                self.hint_on_overridden(one, overridden);
            }
        }
        if let Some(label) = label {
            self.check_label(one, overridden, label, result);
        }
    }

    fn check_label(
        &mut self,
        one: &Override<'a, '_>,
        overridden: &FieldSource<'a>,
        label: &str,
        result: &mut Overrides,
    ) {
        if is_valid_label(label) {
            for subgraph in [one.source.subgraph, overridden.subgraph] {
                result.state(subgraph).label = Some(label.to_owned());
            }
        } else {
            let message = format!("`{label}` is not a label for `@override`");
            let help = "a label starts with a letter and goes on with letters, digits and `_-:./`, \
                        or is `percent(x)` with x from 0 to 100";
            self.fail(one, OVERRIDE_LABEL_INVALID, message, help);
        }
        let message = format!(
            "`{}` is on its way from `{}` to another subgraph",
            one.coordinate, one.from
        );
        let hint = Diagnostic::new(OVERRIDE_MIGRATION_IN_PROGRESS, Severity::Info, message)
            .with_coordinate(one.coordinate)
            .with_help(format!(
                "once it is over, remove the field from `{}`",
                one.from
            ));
        let hint = self.with_places(
            hint,
            [
                overridden_place(overridden),
                place(one, "overridden by this"),
            ],
        );
        self.hints.push(hint);
    }

    fn hint_on_overridden(&mut self, one: &Override<'a, '_>, overridden: &FieldSource<'a>) {
        let message = format!("`{}` is overridden in `{}`", one.coordinate, one.from);
        let help = if overridden.field.used {
            "it is still used in a key, a requirement or an interface: mark it `@external`, or remove it with its uses"
        } else {
            "remove it"
        };
        let hint = Diagnostic::new(OVERRIDDEN_FIELD_CAN_BE_REMOVED, Severity::Info, message)
            .with_coordinate(one.coordinate)
            .with_help(help);
        let hint = self.with_places(
            hint,
            [
                overridden_place(overridden),
                place(one, "overridden by this"),
            ],
        );
        self.hints.push(hint);
    }

    fn hint_on_unknown_source(&mut self, one: &Override<'a, '_>) {
        let message = format!(
            "there is no subgraph `{}` for `{}` to be overridden from",
            one.from, one.coordinate
        );
        let names = self.subgraphs.iter().map(|subgraph| subgraph.name.as_str());
        let help = did_you_mean(one.from, names);
        let mut hint = Diagnostic::new(FROM_SUBGRAPH_DOES_NOT_EXIST, Severity::Warning, message)
            .with_coordinate(one.coordinate);
        hint.help = help;
        let hint = self.with_places(hint, [place(one, "has no effect")]);
        self.hints.push(hint);
    }

    fn fail(
        &mut self,
        one: &Override<'a, '_>,
        code: Code,
        message: String,
        help: impl Into<String>,
    ) {
        let error = Diagnostic::error(code, message)
            .with_coordinate(one.coordinate)
            .with_help(help);
        let error = self.with_places(error, [place(one, "here")]);
        self.errors.push(error);
    }
}

/// Why a field of that type cannot override, if it cannot.
fn misplaced(one: &Override<'_, '_>) -> Option<(Code, &'static str)> {
    if one.source.parent.kind == TypeKind::Interface {
        return Some((
            OVERRIDE_ON_INTERFACE,
            "is a field of an interface and cannot be overridden",
        ));
    }
    one.source.parent.is_interface_object().then_some((
        OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE,
        "is a field of an `@interfaceObject` and cannot override",
    ))
}

fn place(one: &Override<'_, '_>, message: &str) -> Place {
    Place::new(
        one.source.subgraph,
        one.application.node.location(),
        message,
    )
}

fn overridden_place(overridden: &FieldSource<'_>) -> Place {
    let location = overridden.field.name.location();
    Place::new(overridden.subgraph, location, "this field is overridden")
}

fn is_valid_label(label: &str) -> bool {
    if let Some(percent) = label.strip_prefix("percent(") {
        return percent.strip_suffix(')').is_some_and(is_percentage);
    }
    let mut characters = label.chars();
    let starts = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic());
    starts && characters.all(|next| next.is_ascii_alphanumeric() || "_-:./".contains(next))
}

fn is_percentage(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    text == "100" || (digits(whole, 2) && digits(fraction, 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_names_or_percentages() {
        for label in [
            "beta",
            "team:feature/1.2-x",
            "percent(0)",
            "percent(99.5)",
            "percent(100)",
        ] {
            assert!(is_valid_label(label), "{label}");
        }
        for label in [
            "1st",
            "a b",
            "percent(101)",
            "percent(x)",
            "percent(5",
            "percent(1.)",
            "",
        ] {
            assert!(!is_valid_label(label), "{label}");
        }
    }
}
