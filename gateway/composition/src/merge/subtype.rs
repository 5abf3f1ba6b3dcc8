//! Is a type the same as, or narrower than another, given the merged interfaces and unions?

use apollo_compiler::ast::Type;

use crate::merge::merged::Merged;

/// Whether `narrow` is strictly narrower than `wide`: non-null, a member, an implementation, inside lists too.
pub(super) fn is_strict_subtype(merged: &Merged, wide: &Type, narrow: &Type) -> bool {
    match (wide, narrow) {
        (Type::Named(wide), Type::Named(narrow))
        | (Type::NonNullNamed(wide), Type::NonNullNamed(narrow)) => {
            is_possible(merged, wide, narrow)
        }
        (Type::Named(wide), Type::NonNullNamed(narrow)) => {
            wide == narrow || is_possible(merged, wide, narrow)
        }
        (Type::List(wide), Type::List(narrow))
        | (Type::NonNullList(wide), Type::NonNullList(narrow)) => {
            is_strict_subtype(merged, wide, narrow)
        }
        (Type::List(wide), Type::NonNullList(narrow)) => {
            wide == narrow || is_strict_subtype(merged, wide, narrow)
        }
        _ => false,
    }
}

/// Whether the types are equal or `narrow` is narrower.
pub(super) fn is_subtype(merged: &Merged, wide: &Type, narrow: &Type) -> bool {
    wide == narrow || is_strict_subtype(merged, wide, narrow)
}

fn is_possible(merged: &Merged, abstract_type: &str, name: &str) -> bool {
    let is_member = merged
        .types
        .get(abstract_type)
        .is_some_and(|ty| ty.members.contains(name));
    let implements = merged
        .types
        .get(name)
        .is_some_and(|ty| ty.interfaces.contains(abstract_type));
    is_member || implements
}
