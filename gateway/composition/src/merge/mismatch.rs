//! Builds diagnostics that show the same element in several subgraphs.

use apollo_compiler::parser::SourceSpan;
use weft_diagnostic::{Diagnostic, Label};

use crate::merge::Merging;

/// A place in a subgraph (by its index), and what is there.
pub(super) struct Place {
    pub subgraph: usize,
    pub location: Option<SourceSpan>,
    pub message: String,
}

impl Place {
    pub(super) fn new(
        subgraph: usize,
        location: Option<SourceSpan>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            subgraph,
            location,
            message: message.into(),
        }
    }
}

impl Merging<'_> {
    /// Adds a label for each place.
    pub(super) fn with_places(
        &self,
        diagnostic: Diagnostic,
        places: impl IntoIterator<Item = Place>,
    ) -> Diagnostic {
        places.into_iter().fold(diagnostic, |diagnostic, place| {
            let subgraph = &self.subgraphs[place.subgraph];
            diagnostic.with_label(Label::new(subgraph.span(place.location), place.message))
        })
    }

    /// The names of subgraphs for a sentence: `` `users` and `orders` ``.
    pub(super) fn names(&self, subgraphs: impl IntoIterator<Item = usize>) -> String {
        let names: Vec<String> = subgraphs
            .into_iter()
            .map(|index| format!("`{}`", self.subgraphs[index].name))
            .collect();
        match names.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}
