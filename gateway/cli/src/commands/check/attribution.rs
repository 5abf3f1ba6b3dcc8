//! Which subgraph's text a change of the graph comes from: a coordinate in, a place out.

use weft_composition::SubgraphSource;
use weft_diagnostic::Span;
use weft_schema_check::places::{Places, around};

/// The texts of both graphs.
pub(super) struct Attribution {
    pub(super) old: Vec<Places>,
    pub(super) new: Vec<Places>,
}

impl Attribution {
    pub(super) fn of(old: &[SubgraphSource], new: &[SubgraphSource]) -> Self {
        let places =
            |list: &[SubgraphSource]| list.iter().map(|one| Places::of(&one.sdl)).collect();
        Self {
            old: places(old),
            new: places(new),
        }
    }

    /// The element where a text changed it; else the nearest around it, a changed one if there is one.
    pub(super) fn cause(&self, coordinate: &str) -> Option<Span> {
        let mut candidate = Some(coordinate);
        while let Some(path) = candidate {
            if let Some(span) = self.changed(path) {
                return Some(span);
            }
            candidate = around(path);
        }
        self.new
            .iter()
            .find_map(|places| places.nearest(coordinate))
    }

    /// The element, or what is around it, in one subgraph.
    pub(super) fn within(&self, subgraph: &str, coordinate: &str) -> Option<Span> {
        let named = |list: &[Places]| -> Option<Span> {
            let places = list.iter().find(|one| one.source().name() == subgraph)?;
            // What is about the subgraph as a whole stands at the start of its text.
            let start = || (coordinate == subgraph).then(|| places.source().span(0..0));
            places.nearest(coordinate).or_else(start)
        };
        named(&self.new).or_else(|| named(&self.old))
    }

    fn changed(&self, path: &str) -> Option<Span> {
        let same = |list: &'_ [Places], name: &str| -> Option<usize> {
            list.iter().position(|one| one.source().name() == name)
        };
        for after in &self.new {
            let before =
                same(&self.old, after.source().name()).and_then(|at| self.old[at].wording(path));
            if after.wording(path).is_some() && after.wording(path) != before {
                return after.exact(path);
            }
        }
        for before in self.old.iter().filter(|one| one.wording(path).is_some()) {
            match same(&self.new, before.source().name()) {
                None => return before.exact(path),
                Some(at) if self.new[at].wording(path).is_none() => {
                    return self.new[at].nearest(path).or_else(|| before.exact(path));
                }
                Some(_) => {}
            }
        }
        None
    }
}
