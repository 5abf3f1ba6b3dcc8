//! Merges the types that subgraphs give to one field, argument or input field.
//!
//! An output type may be narrower in some subgraphs: the widest is taken. An input type may be wider in some: the
//! narrowest is taken. Anything else is a mismatch.

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::{
    FIELD_ARGUMENT_TYPE_MISMATCH, FIELD_TYPE_MISMATCH, INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE,
    INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE,
};
use crate::merge::Merging;
use crate::merge::mismatch::Place;
use crate::merge::subtype::is_strict_subtype;

/// The type of an element in one subgraph.
#[derive(Clone, Copy)]
pub(super) struct TypeUse<'a> {
    pub subgraph: usize,
    /// The element's name, for its place.
    pub name: &'a Name,
    pub ty: &'a Type,
}

/// What has the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// A field of an object or interface.
    Field,
    /// An argument.
    Argument,
    /// A field of an input object.
    InputField,
}

impl Position {
    pub(super) fn is_input(self) -> bool {
        self != Self::Field
    }
}

/// The merged type, and whether all subgraphs agree on it.
pub(super) struct MergedReference {
    pub ty: Type,
    pub all_equal: bool,
}

impl Merging<'_> {
    /// Merges the types of `coordinate`; `uses` is not empty.
    pub(super) fn merge_type_reference(
        &mut self,
        coordinate: &str,
        uses: &[TypeUse<'_>],
        position: Position,
    ) -> Option<MergedReference> {
        let (first, rest) = uses.split_first()?;
        let mut chosen = first.ty;
        let (mut compatible, mut incompatible) = (false, false);
        for other in rest.iter().map(|used| used.ty) {
            if other == chosen {
                continue;
            }
            let narrower = is_strict_subtype(&self.merged, chosen, other);
            let wider = is_strict_subtype(&self.merged, other, chosen);
            if narrower || wider {
                compatible = true;
                if narrower == position.is_input() {
                    chosen = other;
                }
            } else {
                incompatible = true;
            }
        }
        let ty = chosen.clone();
        self.note_enum_usage(coordinate, uses, &ty, position);
        if incompatible {
            self.report_type_mismatch(coordinate, uses, position);
        } else if compatible {
            self.hint_on_types(coordinate, uses, &ty, position);
        }
        Some(MergedReference {
            ty,
            all_equal: !incompatible && !compatible,
        })
    }

    fn report_type_mismatch(&mut self, coordinate: &str, uses: &[TypeUse<'_>], position: Position) {
        let (code, what) = match position {
            Position::Argument => (FIELD_ARGUMENT_TYPE_MISMATCH, "argument"),
            Position::Field => (FIELD_TYPE_MISMATCH, "field"),
            Position::InputField => (FIELD_TYPE_MISMATCH, "input field"),
        };
        let message = format!("{what} `{coordinate}` has types that do not fit together");
        let error = Diagnostic::error(code, message).with_coordinate(coordinate);
        let error = self.with_places(error, type_places(uses));
        self.errors
            .push(error.with_help("give it the same type in all subgraphs"));
    }

    fn hint_on_types(
        &mut self,
        coordinate: &str,
        uses: &[TypeUse<'_>],
        chosen: &Type,
        position: Position,
    ) {
        let code = match position {
            Position::Argument => INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE,
            _ => INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE,
        };
        let message = format!(
            "`{coordinate}` has type `{chosen}` in the supergraph, and others in some subgraphs"
        );
        let hint = Diagnostic::new(code, Severity::Info, message).with_coordinate(coordinate);
        let hint = self.with_places(hint, type_places(uses));
        self.hints.push(hint);
    }
}

fn type_places(uses: &[TypeUse<'_>]) -> Vec<Place> {
    uses.iter()
        .map(|used| {
            let message = format!("its type is `{}` here", used.ty);
            Place::new(used.subgraph, used.name.location(), message)
        })
        .collect()
}
