//! Checks a part of a body that the client gets as it is; nothing is kept but where it starts and ends.

use super::{Scanner, is_32_bits};
use crate::compile::Variant;
use crate::compile::scan_shape::{LeafKind, ScanKind};
use crate::compile::verbatim::{VerbatimKind, VerbatimType};
use crate::json::{Cursor, Expected, Kind, Malformed};
use crate::store::Value;

impl Scanner<'_> {
    /// A value as one slice, or by its parts where something in it is not as the client must get it.
    pub(super) fn verbatim(
        &mut self,
        ty: &VerbatimType,
        kind: &ScanKind,
    ) -> Result<Value, Malformed> {
        if !self.may_pass_on || self.cursor.peek()? == Kind::Null {
            return self.value(kind);
        }
        let before = self.cursor.clone();
        let start = before.position();
        if passes(self.variant, &mut self.cursor, ty)? {
            self.has_passed_on = true;
            return Ok(Value::Leaf(self.slice(start)));
        }
        self.cursor = before;
        self.may_pass_on = false;
        let value = self.value(kind);
        self.may_pass_on = true;
        value
    }
}

/// Whether the client may get the next value as it is; where not, the cursor stands anywhere.
fn passes(
    variant: &Variant,
    cursor: &mut Cursor<'_>,
    ty: &VerbatimType,
) -> Result<bool, Malformed> {
    match (&ty.kind, cursor.peek()?) {
        (_, Kind::Null) => cursor.literal().map(|()| !ty.non_null),
        (VerbatimKind::Leaf(leaf), found) => leaf_passes(variant, cursor, *leaf, found),
        (VerbatimKind::List(item), Kind::List) => list_passes(variant, cursor, item),
        (VerbatimKind::Object(members), Kind::Object) => object_passes(variant, cursor, members),
        _ => Ok(false),
    }
}

fn list_passes(
    variant: &Variant,
    cursor: &mut Cursor<'_>,
    item: &VerbatimType,
) -> Result<bool, Malformed> {
    cursor.open(b'[')?;
    let mut more = !cursor.is_empty(b']');
    while more {
        if !passes(variant, cursor, item)? {
            return Ok(false);
        }
        more = cursor.another(b']')?;
    }
    Ok(true)
}

fn object_passes(
    variant: &Variant,
    cursor: &mut Cursor<'_>,
    members: &[(Expected, VerbatimType)],
) -> Result<bool, Malformed> {
    cursor.open(b'{')?;
    let mut more = !cursor.is_empty(b'}');
    for (key, ty) in members {
        if !more || !member_key(cursor, key)? || !passes(variant, cursor, ty)? {
            return Ok(false);
        }
        more = cursor.another(b'}')?;
    }
    Ok(!more)
}

/// Whether that key comes next; `key` has its quotes and its colon.
#[inline]
fn member_key(cursor: &mut Cursor<'_>, key: &Expected) -> Result<bool, Malformed> {
    cursor.skip_whitespace();
    if cursor.take_expected(key) {
        return Ok(true);
    }
    let text = key.text();
    let is_next = cursor.take_exact(text.strip_suffix(b":").unwrap_or(text));
    if is_next {
        cursor.colon()?;
    }
    Ok(is_next)
}

fn leaf_passes(
    variant: &Variant,
    cursor: &mut Cursor<'_>,
    leaf: LeafKind,
    found: Kind,
) -> Result<bool, Malformed> {
    let start = cursor.position();
    match (found, leaf) {
        (_, LeafKind::Any) => cursor.skip().map(|()| true),
        (Kind::String, LeafKind::String | LeafKind::Id) => cursor.string().map(|_| true),
        (Kind::String, LeafKind::Enum(position)) => {
            let text = cursor.string()?;
            Ok(variant.enums[position as usize].contains(cursor.slice(&text)))
        }
        (Kind::Number, LeafKind::Float) => cursor.number().map(|_| true),
        (Kind::Number, LeafKind::Int) => {
            let number = cursor.number()?;
            let text = cursor.slice(&(start..cursor.position()));
            Ok(number.is_integer && is_32_bits(text))
        }
        (Kind::Boolean, LeafKind::Boolean) => cursor.literal().map(|()| true),
        _ => Ok(false),
    }
}
