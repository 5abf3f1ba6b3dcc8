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
        self.namesake(coordinate).or_else(|| {
            self.new
                .iter()
                .find_map(|places| places.nearest(coordinate))
        })
    }

    /// A changed field of the same name on another type: objects get fields from interface objects, which stand under the
    /// interface's name.
    fn namesake(&self, coordinate: &str) -> Option<Span> {
        let (_, field) = coordinate.split_once('.')?;
        let texts = self.old.iter().chain(&self.new);
        let mut namesakes: Vec<&str> = texts
            .flat_map(Places::wordings)
            .map(|(path, _)| path)
            .filter(|path| path.split_once('.').is_some_and(|(_, own)| own == field))
            .collect();
        namesakes.sort_unstable();
        namesakes.into_iter().find_map(|path| self.changed(path))
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

#[cfg(test)]
mod tests {
    use weft_diagnostic::Source;

    use super::*;

    #[test]
    fn a_field_that_an_interface_object_gave_points_to_that_subgraph() {
        let subgraph = |name: &str, sdl: &str| SubgraphSource {
            name: name.to_owned(),
            url: String::new(),
            sdl: Source::new(name, format!("{name}.graphql"), sdl),
        };
        let books = "interface Media { id: ID! } type Book implements Media { id: ID! }";
        let stars = "type Media @interfaceObject { id: ID! stars: Int }";
        let graph = |stars: &str| [subgraph("books", books), subgraph("stars", stars)];
        let (old, new) = (graph(stars), graph(&stars.replace("stars: Int", "")));
        let attribution = Attribution::of(&old, &new);
        let file = |path: &str| {
            let cause = attribution.cause(path);
            cause.map(|span| span.source().path().to_owned())
        };
        assert_eq!(file("Book.stars").as_deref(), Some("stars.graphql"));
        assert_eq!(file("Book.id").as_deref(), Some("books.graphql"));
    }
}
