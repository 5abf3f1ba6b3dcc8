//! Types in input positions: whether all that could be sent before can be sent now.

use apollo_compiler::ast::Type;

/// Whether `new` takes every literal and every variable that `old` took: the same type, null in more places.
pub(crate) fn is_wider(new: &Type, old: &Type) -> bool {
    match (new, old) {
        (Type::NonNullNamed(new), Type::NonNullNamed(old))
        | (Type::Named(new), Type::Named(old) | Type::NonNullNamed(old)) => new == old,
        (Type::NonNullList(new), Type::NonNullList(old))
        | (Type::List(new), Type::List(old) | Type::NonNullList(old)) => is_wider(new, old),
        _ => false,
    }
}
