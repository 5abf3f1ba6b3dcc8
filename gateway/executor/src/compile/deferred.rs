//! To which part of the answer each selection belongs: the first one, or a deferred fragment, perhaps within others.

use apollo_compiler::executable::{DirectiveList, Field};
use indexmap::IndexSet;
use std::collections::BTreeSet;
use weft_query_plan::deferred_part;

/// A deferred fragment that is answered later, within those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TagId(u32);

/// The part that something belongs to; `None` for the first one.
pub(crate) type Tag = Option<TagId>;

/// The parts that ask for the same thing, of which the one that is ready first brings it; sorted, empty for the first answer. A part that
/// is within another one of them is left out.
pub(crate) type View = Vec<TagId>;

/// Where a response key of an object is, as one view sees it.
pub(crate) enum Place {
    /// It belongs to others alone.
    Elsewhere,
    /// It belongs to the view.
    Here,
    /// Another view has answered it; something below it belongs to this one.
    Deeper,
}

/// The deferred fragments of an operation.
#[derive(Debug)]
pub(crate) struct Tags {
    /// Number and fragment around it.
    known: IndexSet<(usize, Tag)>,
    /// The numbers of the fragments that are answered later.
    later: BTreeSet<usize>,
    /// The views of several parts that were met.
    shared: IndexSet<View>,
}

impl Tags {
    /// Of an operation whose plan answers those fragments later.
    pub(crate) fn new(later: BTreeSet<usize>) -> Self {
        Self {
            known: IndexSet::new(),
            later,
            shared: IndexSet::new(),
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

    /// The parts that ask for something, by all its selections.
    fn view(&self, tags: &[Tag]) -> View {
        let mut view: View = tags.iter().copied().flatten().collect();
        if view.len() < tags.len() {
            return View::new();
        }
        view.sort_unstable();
        view.dedup();
        let all = view.clone();
        let is_inner = |tag: TagId| {
            let mut others = all.iter().filter(|other| **other != tag);
            others.any(|other| self.is_within(Some(tag), Some(*other)))
        };
        view.retain(|tag| !is_inner(*tag));
        view
    }

    /// Whether what one view brings is there when another one is due.
    fn is_before(&self, earlier: &View, later: &View) -> bool {
        let mut later = later.iter();
        earlier.is_empty()
            || later.all(|later| {
                let mut earlier = earlier.iter();
                earlier.any(|earlier| self.is_within(Some(*later), Some(*earlier)))
            })
    }

    /// Where a response key is for a view, by all selections that it has.
    pub(crate) fn place(&mut self, fields: &[(&Field, Tag)], view: &View) -> Place {
        let tags: Vec<Tag> = fields.iter().map(|(_, tag)| *tag).collect();
        let own = self.view(&tags);
        if own.len() > 1 {
            self.shared.insert(own.clone());
        }
        if own == *view {
            return Place::Here;
        }
        // Something of each part of the view may be below.
        let leads_there = match view.as_slice() {
            [] => false,
            [only] => tags.contains(&Some(*only)),
            several => several.iter().all(|part| {
                let mut tags = tags.iter();
                tags.any(|tag| self.is_within(Some(*part), *tag))
            }),
        };
        let is_leaf = fields[0].0.selection_set.selections.is_empty();
        match leads_there && !is_leaf && self.is_before(&own, view) {
            true => Place::Deeper,
            false => Place::Elsewhere,
        }
    }

    /// The views that are due with a part, those first whose fields others go on below. Each has a number, which is none for what the
    /// part has alone. Only what was met so far counts.
    pub(crate) fn views_of(&self, part: TagId) -> Vec<(Option<usize>, View)> {
        let shared = self.shared.iter().enumerate();
        let shared = shared.filter(|(_, view)| view.contains(&part));
        let mut left: Vec<_> = shared
            .map(|(number, view)| (Some(number), view.clone()))
            .chain([(None, vec![part])])
            .collect();
        let mut ordered = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let is_first = |(_, view): &(Option<usize>, View)| {
                let mut others = left.iter().filter(|(_, other)| other != view);
                !others.any(|(_, other)| self.is_before(other, view))
            };
            let first = left.iter().position(is_first).unwrap_or_default();
            ordered.push(left.remove(first));
        }
        ordered
    }
}
