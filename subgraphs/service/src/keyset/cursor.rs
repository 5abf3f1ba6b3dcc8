//! Cursors: the sort values of a row as base64url text. Opaque to clients, checked when they come back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One sort value of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CursorValue {
    /// Text.
    #[serde(rename = "t")]
    Text(String),
    /// A whole number, or a point in time in milliseconds.
    #[serde(rename = "i")]
    Integer(i64),
    /// A number with a fraction.
    #[serde(rename = "f")]
    Float(f64),
    /// An id.
    #[serde(rename = "u")]
    Uuid(Uuid),
}

/// The kind of value that a sort key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// [`CursorValue::Text`]
    Text,
    /// [`CursorValue::Integer`]
    Integer,
    /// [`CursorValue::Float`]
    Float,
    /// [`CursorValue::Uuid`]
    Uuid,
}

impl CursorValue {
    fn kind(&self) -> ValueKind {
        match self {
            Self::Text(_) => ValueKind::Text,
            Self::Integer(_) => ValueKind::Integer,
            Self::Float(_) => ValueKind::Float,
            Self::Uuid(_) => ValueKind::Uuid,
        }
    }

    pub(super) fn into_sql(self) -> sea_orm::Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Integer(number) => number.into(),
            Self::Float(number) => number.into(),
            Self::Uuid(id) => id.into(),
        }
    }
}

pub(super) fn encode(order: &str, values: &[CursorValue]) -> String {
    // Strings, numbers and ids always have a JSON form.
    let json = serde_json::to_vec(&(order, values)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(json)
}

pub(super) fn decode(
    order: &str,
    cursor: &str,
    kinds: &[ValueKind],
) -> Result<Vec<CursorValue>, String> {
    let (found_order, values) = parse(cursor).ok_or_else(|| {
        format!("`{cursor}` is no cursor; take one from `pageInfo` or an edge of this connection")
    })?;
    let found_kinds = values.iter().map(CursorValue::kind).collect::<Vec<_>>();
    if found_order != order || found_kinds != kinds {
        return Err(format!(
            "this cursor is from a list in another order (`{found_order}`); begin again without a cursor"
        ));
    }
    Ok(values)
}

fn parse(cursor: &str) -> Option<(String, Vec<CursorValue>)> {
    let json = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const KINDS: [ValueKind; 2] = [ValueKind::Integer, ValueKind::Uuid];

    #[test]
    fn a_cursor_reads_back_equal() {
        let values = vec![
            CursorValue::Integer(-7),
            CursorValue::Uuid(Uuid::from_u128(9)),
        ];
        assert_eq!(
            decode("NEWEST", &encode("NEWEST", &values), &KINDS),
            Ok(values)
        );
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = encode(
            "PRICE",
            &[CursorValue::Integer(1), CursorValue::Uuid(Uuid::nil())],
        );
        assert!(
            decode("NEWEST", &cursor, &KINDS)
                .unwrap_err()
                .contains("another order")
        );
    }

    #[test]
    fn a_forged_value_of_another_kind_is_refused() {
        let cursor = encode(
            "NEWEST",
            &[
                CursorValue::Text("'; DROP TABLE".to_owned()),
                CursorValue::Uuid(Uuid::nil()),
            ],
        );
        assert!(decode("NEWEST", &cursor, &KINDS).is_err());
    }

    #[test]
    fn nonsense_is_refused_with_where_to_get_a_cursor() {
        assert!(
            decode("NEWEST", "%%%", &KINDS)
                .unwrap_err()
                .contains("pageInfo")
        );
    }
}
