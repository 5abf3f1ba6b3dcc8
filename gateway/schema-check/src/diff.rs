//! Two schemas in, their differences out: one file for each kind of element.

mod applied_directive;
mod comparison;
mod description;
mod directive;
mod enum_value;
mod field;
mod input_type;
mod input_value;
mod interface;
mod one_of;
mod root_type;
mod type_definition;
mod union_member;

use apollo_compiler::Schema;

use crate::{Change, Profile};
use comparison::Comparison;
pub(crate) use field::is_narrower;
pub(crate) use input_type::is_wider;

/// What changed from `old` to `new`, the gravest first, then by coordinate.
pub fn diff(old: &Schema, new: &Schema, profile: Profile) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new, profile);
    root_type::compare(&mut comparison);
    directive::compare(&mut comparison);
    type_definition::compare(&mut comparison);
    comparison.finish()
}

/// The codes of all changes that [`diff`] can report, in alphabetical order.
pub fn change_codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = [
        applied_directive::CODES,
        description::CODES,
        directive::CODES,
        enum_value::CODES,
        field::CODES,
        input_value::CODES,
        interface::CODES,
        one_of::CODES,
        root_type::CODES,
        type_definition::CODES,
        union_member::CODES,
    ]
    .concat();
    codes.sort_unstable();
    codes
}

#[cfg(test)]
mod tests;
