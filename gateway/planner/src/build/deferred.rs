//! The deferred parts of a place: entered anew, by keys, so that the first answer does not wait for them. What cannot be entered
//! by a key comes with the first answer.

use super::{Builder, LinkId, Place, PlaceId};
use crate::error::PlanError;
use crate::search::{Handle, Level};
use crate::selection::{Need, NodeId};

impl Builder<'_, '_> {
    /// Builds all that is deferred at a place.
    pub(super) fn build_deferred(
        &mut self,
        node: NodeId,
        place: PlaceId,
        links: &[LinkId],
    ) -> Result<(), PlanError> {
        for (part, around) in self.search.selections.node(node).starts.clone() {
            self.note_part(part, around, place);
        }
        for (part, needs) in self.search.selections.deferred_needs(node) {
            let again: Vec<LinkId> = links.iter().map(|&link| self.closed(link)).collect();
            let handles: Vec<Handle> = again
                .iter()
                .map(|&link| self.links[link].handle.clone())
                .collect();
            let (later, now): (Vec<Need>, Vec<Need>) = needs
                .into_iter()
                .partition(|need| self.is_enterable(node, need, &handles));
            if !now.is_empty() {
                let selections = &mut self.search.selections;
                let now = now.into_iter();
                let now = now
                    .map(|need| selections.deferred_below(need, part))
                    .collect();
                self.build_part(node, now, place, links)?;
            }
            if !later.is_empty() {
                let place = self.place_of_part(place, part)?;
                self.build_part(node, later, place, &again)?;
            }
        }
        Ok(())
    }

    fn build_part(
        &mut self,
        node: NodeId,
        needs: Vec<Need>,
        place: PlaceId,
        links: &[LinkId],
    ) -> Result<(), PlanError> {
        let node = self.search.selections.with_needs(node, needs);
        let first = self.search.selections.without_deferred(node);
        let handles: Vec<Handle> = links
            .iter()
            .map(|&link| self.links[link].handle.clone())
            .collect();
        let deadline = self.search.earliest(first, &handles);
        self.build_node(node, place, links, deadline.unwrap_or(Level::MAX))?;
        Ok(())
    }

    /// Whether a need can be had without what is open.
    fn is_enterable(&mut self, node: NodeId, need: &Need, handles: &[Handle]) -> bool {
        let need = Need {
            defer: None,
            ..need.clone()
        };
        let alone = self.search.selections.with_needs(node, vec![need]);
        let alone = self.search.selections.without_deferred(alone);
        self.search.earliest(alone, handles).is_some()
    }

    /// A link that gives inputs only.
    fn closed(&mut self, link: LinkId) -> LinkId {
        let handle = Handle {
            is_closed: true,
            ..self.links[link].handle.clone()
        };
        let source = self.links[link].source.clone();
        self.link(handle, source)
    }

    /// The same objects, for a part of the answer. What they give to fields below is there already.
    fn place_of_part(&mut self, place: PlaceId, part: usize) -> Result<PlaceId, PlanError> {
        let known = &self.places[place];
        let offer = known.offer.clone();
        let place = Place {
            spot: known.spot,
            segments: known.segments.clone(),
            depth: known.depth,
            conditions: known.conditions.clone(),
            is_root: known.is_root,
            is_input: known.is_input,
            parent: known.parent,
            types: known.types.clone(),
            part: Some(part),
            offer,
        };
        self.place(place)
    }

    /// Notes that a fragment stands at a place.
    fn note_part(&mut self, part: usize, around: Option<usize>, place: PlaceId) {
        let (path, within) = (self.path(place), self.places[place].part);
        let (paths, parent) = self.parts.entry(part).or_default();
        if !paths.contains(&path) {
            paths.push(path);
        }
        *parent = parent.or(around).or(within);
    }

    /// Lets groups belong to all parts that need what they bring.
    pub(super) fn pass_parts_on(&mut self, index: usize) {
        let (before, parts) = (
            self.groups[index].depends_on.clone(),
            self.groups[index].parts.clone(),
        );
        for dependency in before {
            let known = &mut self.groups[dependency.0].parts;
            let count = known.len();
            known.extend(&parts);
            if known.len() > count {
                self.pass_parts_on(dependency.0);
            }
        }
    }
}
