//! To which part of the answer each selection belongs: the first one, or a deferred fragment, perhaps within others.

use apollo_compiler::executable::{DirectiveList, Field};
use indexmap::IndexSet;
use std::collections::BTreeSet;
use weft_query_plan::deferred_part;

/// A deferred fragment that is answered later, within those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TagId(u32);

/// The part that something belongs to; `None` for the first one.
pub(crate) type Tag = Option<TagId>;

/// Where a response key of an object is, as one part sees it.
pub(crate) enum Place {
    /// It belongs to other parts alone.
    Elsewhere,
    /// It belongs to the part.
    Here,
    /// Another part has answered it; something below it belongs to this one.
    Deeper,
}

/// The deferred fragments of an operation.
#[derive(Debug)]
pub(crate) struct Tags {
    /// Number and fragment around it.
    known: IndexSet<(usize, Tag)>,
    /// The numbers of the fragments that are answered later.
    later: BTreeSet<usize>,
}

impl Tags {
    /// Of an operation whose plan answers those fragments later.
    pub(crate) fn new(later: BTreeSet<usize>) -> Self {
        Self {
            known: IndexSet::new(),
            later,
        }
    }

    /// The part that a fragment's selections belong to, which is noted where the fragment is deferred.
    pub(crate) fn enter(
        &mut self,
        directives: &DirectiveList,
        tag: Tag,
        starts: &mut Vec<TagId>,
    ) -> Tag {
        let part = deferred_part(directives).filter(|part| self.later.contains(part));
        let Some(part) = part else { return tag };
        let position = self.known.insert_full((part, tag)).0;
        let id = TagId(u32::try_from(position).unwrap_or(u32::MAX));
        if !starts.contains(&id) {
            starts.push(id);
        }
        Some(id)
    }

    /// The fragment's number.
    pub(crate) fn part(&self, id: TagId) -> usize {
        self.known[id.0 as usize].0
    }

    /// The part around a fragment.
    pub(crate) fn around(&self, id: TagId) -> Tag {
        self.known[id.0 as usize].1
    }

    /// Whether a part is another one, or within it.
    pub(crate) fn is_within(&self, inner: Tag, outer: Tag) -> bool {
        outer.is_none()
            || std::iter::successors(inner, |id| self.around(*id)).any(|id| Some(id) == outer)
    }

    /// Where a response key is for the part `view`, by all selections that it has.
    pub(crate) fn place(&self, fields: &[(&Field, Tag)], view: Tag) -> Place {
        if fields.iter().all(|(_, tag)| *tag != view) {
            return Place::Elsewhere;
        }
        let is_before = |tag: Tag| tag != view && self.is_within(view, tag);
        match fields.iter().any(|(_, tag)| is_before(*tag)) {
            false => Place::Here,
            true if fields[0].0.selection_set.selections.is_empty() => Place::Elsewhere,
            true => Place::Deeper,
        }
    }
}
