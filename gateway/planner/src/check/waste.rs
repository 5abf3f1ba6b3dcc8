//! Is everything that fetches ask for of use: shown to the client, an input of a fetch, or on the way to what a fetch adds?

use super::store::Object;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use weft_query_plan::{FetchField, FetchKind, FetchSelection, FetchSelectionSet, QueryPlan};

/// What is known of the fields of a plan's fetches after some runs, by where they stand in memory.
#[derive(Default)]
pub(super) struct Waste {
    /// Fields that were written in some run in which nobody read them.
    unread: BTreeSet<usize>,
    /// Fields that are inputs: they are fetched whether the fetch that takes them is sent or not.
    inputs: BTreeSet<usize>,
}

/// How a value was read in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Read {
    /// Not at all.
    #[default]
    Never,
    /// By the client, or by a path to what is below.
    Shown,
    /// As an input.
    AsInput,
}

/// What identifies a field of a plan.
pub(super) fn identity(field: &FetchField) -> usize {
    std::ptr::from_ref(field) as usize
}

impl Waste {
    /// Notes what one run wrote and read.
    pub(super) fn note(&mut self, root: &Object) {
        let mut run = FxHashMap::default();
        collect(root, &mut run);
        for (field, read) in run {
            match read {
                Read::Never => _ = self.unread.insert(field),
                Read::AsInput => _ = self.inputs.insert(field),
                Read::Shown => {}
            }
        }
    }

    /// Notes what a run as if all conditions held read as inputs.
    pub(super) fn note_inputs(&mut self, root: &Object) {
        let mut run = FxHashMap::default();
        collect(root, &mut run);
        let inputs = run.into_iter().filter(|(_, read)| *read == Read::AsInput);
        self.inputs.extend(inputs.map(|(field, _)| field));
    }

    /// The fields that are of no use, as problems.
    pub(super) fn problems(&self, plan: &QueryPlan, problems: &mut BTreeSet<String>) {
        for (index, fetch) in plan.fetches.iter().enumerate() {
            let selections: Vec<&FetchSelectionSet> = match &fetch.kind {
                FetchKind::Root { selection, .. } => vec![selection],
                FetchKind::Entities(calls) => calls.iter().map(|call| &call.selection).collect(),
            };
            let mut unused = Vec::new();
            selections
                .iter()
                .for_each(|selection| self.unused(selection, &mut unused));
            for name in unused {
                let subgraph = &fetch.subgraph_name;
                problems.insert(format!(
                    "fetch {index} to `{subgraph}`: `{name}` is asked for when nobody needs it"
                ));
            }
        }
    }

    fn unused<'p>(&self, selection: &'p FetchSelectionSet, found: &mut Vec<&'p str>) {
        for item in &selection.items {
            match item {
                FetchSelection::Field(field) => {
                    let identity = identity(field);
                    if self.unread.contains(&identity) && !self.inputs.contains(&identity) {
                        found.push(&field.stored_as);
                    }
                    self.unused(&field.selection, found);
                }
                FetchSelection::Fragment(fragment) => self.unused(&fragment.selection, found),
            }
        }
    }
}

/// How each field was read, all objects taken together; the same of all that is at an object. What is above an input is on its way,
/// and not an input itself.
fn collect(object: &Object, run: &mut FxHashMap<usize, Read>) -> Read {
    let mut all = Read::Never;
    for cell in object.cells.values() {
        // A type may be asked for to tell that an object is there.
        if cell.name == "__typename" {
            continue;
        }
        let below = collect(&cell.below, run).min(Read::Shown);
        let read = cell.read.get().max(below);
        for &field in &cell.fields {
            let known = run.entry(field).or_default();
            *known = read.max(*known);
        }
        all = all.max(read);
    }
    all
}
