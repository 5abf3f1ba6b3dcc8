//! Merges the default values of arguments and input fields: all or none must have it, and the same.

use apollo_compiler::Node;
use apollo_compiler::ast::Value;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::codes::{
    FIELD_ARGUMENT_DEFAULT_MISMATCH, INCONSISTENT_DEFAULT_VALUE_PRESENCE,
    INPUT_FIELD_DEFAULT_MISMATCH,
};
use crate::ingest::subgraph::InputValue;
use crate::merge::Merging;
use crate::merge::mismatch::Place;

/// What the values belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputPlace {
    /// An argument of a field or a directive.
    Argument,
    /// A field of an input object.
    InputField,
}

impl InputPlace {
    fn default_code(self) -> Code {
        match self {
            Self::Argument => FIELD_ARGUMENT_DEFAULT_MISMATCH,
            Self::InputField => INPUT_FIELD_DEFAULT_MISMATCH,
        }
    }

    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::InputField => "input field",
        }
    }
}

impl Merging<'_> {
    /// The default of `coordinate`; none where only some subgraphs have one.
    pub(super) fn merge_default_value(
        &mut self,
        coordinate: &str,
        sources: &[(usize, &InputValue)],
        place: InputPlace,
    ) -> Option<Node<Value>> {
        let defaults: Vec<&Node<Value>> = sources
            .iter()
            .filter_map(|(_, input)| input.default_value.as_ref())
            .collect();
        let first = *defaults.first()?;
        if defaults.iter().any(|default| !values_equal(default, first)) {
            self.report_defaults(coordinate, sources, place);
            return Some(first.clone());
        }
        if defaults.len() == sources.len() {
            return Some(first.clone());
        }
        self.hint_on_default_presence(coordinate, sources, place);
        None
    }

    fn report_defaults(
        &mut self,
        coordinate: &str,
        sources: &[(usize, &InputValue)],
        place: InputPlace,
    ) {
        let message = format!(
            "{} `{coordinate}` has different defaults in the subgraphs",
            place.described()
        );
        let error = Diagnostic::error(place.default_code(), message).with_coordinate(coordinate);
        let error = self.with_places(error, default_places(sources));
        self.errors
            .push(error.with_help("give it the same default in all subgraphs"));
    }

    fn hint_on_default_presence(
        &mut self,
        coordinate: &str,
        sources: &[(usize, &InputValue)],
        place: InputPlace,
    ) {
        let message = format!(
            "{} `{coordinate}` has no default in the supergraph, as only some subgraphs give it one",
            place.described()
        );
        let hint = Diagnostic::new(
            INCONSISTENT_DEFAULT_VALUE_PRESENCE,
            Severity::Warning,
            message,
        )
        .with_coordinate(coordinate);
        let hint = self.with_places(hint, default_places(sources));
        self.hints
            .push(hint.with_help("give it the default in all subgraphs, or in none"));
    }
}

fn default_places(sources: &[(usize, &InputValue)]) -> Vec<Place> {
    sources
        .iter()
        .map(|(subgraph, input)| {
            let message = match &input.default_value {
                Some(value) => format!("the default is `{value}` here"),
                None => "no default here".to_owned(),
            };
            Place::new(*subgraph, input.name.location(), message)
        })
        .collect()
}

/// Equality that ignores the order of an object's entries.
pub(super) fn values_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| values_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| {
                    right.iter().any(|(other, other_value)| {
                        name == other && values_equal(value, other_value)
                    })
                })
        }
        _ => left == right,
    }
}
