//! Stands in the data where a field failed, until the execution is complete: it says which errors it is for, and whether null may be there.

use async_graphql::{Name, Value};

/// No name of a schema has this character.
const SIGN: char = '\u{0}';

/// A place that failed.
pub(super) struct Marker {
    /// Whether null may not be here, so that it has to go further up.
    pub(super) non_null: bool,
    /// The numbers of the errors that made it fail.
    pub(super) errors: Vec<usize>,
}

impl Marker {
    /// A value that no resolver makes.
    pub(super) fn into_value(self) -> Value {
        let nullability = if self.non_null { '!' } else { '?' };
        let errors = self.errors.iter().map(ToString::to_string);
        let errors = errors.collect::<Vec<_>>().join(",");
        Value::Enum(Name::new(format!("{SIGN}{nullability}{errors}")))
    }

    fn of(value: &Value) -> Option<Self> {
        let Value::Enum(name) = value else {
            return None;
        };
        let text = name.as_str().strip_prefix(SIGN)?;
        let non_null = text.starts_with('!');
        let errors = text[1..]
            .split(',')
            .filter_map(|number| number.parse().ok());
        Some(Self {
            non_null,
            errors: errors.collect(),
        })
    }
}

/// The value if it can stay; the errors if something failed in it that may not be null.
pub(super) fn settle(value: Value, items_non_null: bool) -> Result<Value, Vec<usize>> {
    match value {
        Value::Object(ref fields) if fields.values().any(is_non_null_marker) => {
            Err(errors_in(&value))
        }
        Value::List(ref items) if items_non_null && items.iter().any(is_marker) => {
            Err(errors_in(&value))
        }
        // Entities have no outcome of their own: each is settled with its list.
        Value::List(items) => Ok(Value::List(items.into_iter().map(settle_item).collect())),
        value => Ok(value),
    }
}

/// The numbers of all errors in a value.
pub(super) fn errors_in(value: &Value) -> Vec<usize> {
    match value {
        Value::Object(fields) => fields.values().flat_map(errors_in).collect(),
        Value::List(items) => items.iter().flat_map(errors_in).collect(),
        leaf => Marker::of(leaf).map_or_else(Vec::new, |marker| marker.errors),
    }
}

/// The value with null for each marker.
pub(super) fn into_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key, into_nulls(value)))
                    .collect(),
            )
        }
        Value::List(items) => Value::List(items.into_iter().map(into_nulls).collect()),
        leaf if is_marker(&leaf) => Value::Null,
        leaf => leaf,
    }
}

fn settle_item(item: Value) -> Value {
    settle(item, false).unwrap_or_else(|errors| {
        let non_null = false;
        Marker { non_null, errors }.into_value()
    })
}

fn is_marker(value: &Value) -> bool {
    matches!(value, Value::Enum(name) if name.as_str().starts_with(SIGN))
}

fn is_non_null_marker(value: &Value) -> bool {
    Marker::of(value).is_some_and(|marker| marker.non_null)
}
