//! Merges descriptions: the one that most subgraphs have.

use apollo_compiler::Node;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::INCONSISTENT_DESCRIPTION;
use crate::merge::Merging;
use crate::merge::mismatch::Place;

impl Merging<'_> {
    /// The description of `coordinate`; of several, the most frequent, then the first.
    pub(super) fn merge_description(
        &mut self,
        coordinate: &str,
        sources: &[(usize, Option<&Node<str>>)],
    ) -> Option<Node<str>> {
        let mut counts: Vec<(&Node<str>, usize)> = Vec::new();
        for description in sources.iter().filter_map(|(_, description)| *description) {
            match counts.iter_mut().find(|(known, _)| *known == description) {
                Some((_, count)) => *count += 1,
                None => counts.push((description, 1)),
            }
        }
        let (first, rest) = counts.split_first()?;
        let non_empty: Vec<_> = counts
            .iter()
            .filter(|(description, _)| !description.is_empty())
            .collect();
        if rest.is_empty() {
            return Some(first.0.clone());
        }
        if let [only] = non_empty.as_slice() {
            return Some(only.0.clone());
        }
        let most = counts
            .iter()
            .filter(|(description, _)| !description.is_empty())
            .fold(None::<&(&Node<str>, usize)>, |best, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            });
        let chosen = most
            .map_or(first.0, |(description, _)| *description)
            .clone();
        self.hint_on_descriptions(coordinate, sources, &chosen);
        Some(chosen)
    }

    fn hint_on_descriptions(
        &mut self,
        coordinate: &str,
        sources: &[(usize, Option<&Node<str>>)],
        chosen: &Node<str>,
    ) {
        let message = format!("the subgraphs describe `{coordinate}` differently");
        let places = sources.iter().filter_map(|(subgraph, description)| {
            let description = (*description)?;
            let verdict = if description == chosen {
                "the supergraph has this description"
            } else {
                "this description is not used"
            };
            Some(Place::new(*subgraph, description.location(), verdict))
        });
        let hint = Diagnostic::new(INCONSISTENT_DESCRIPTION, Severity::Warning, message)
            .with_coordinate(coordinate);
        let hint = self.with_places(hint, places);
        self.hints
            .push(hint.with_help("describe it alike in all subgraphs, or in one only"));
    }
}
