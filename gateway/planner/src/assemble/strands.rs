//! Groups of one request in, its strands out: what each target of the request waits for.

use crate::build::{Group, GroupId};
use std::collections::BTreeSet;
use weft_query_plan::{FetchId, Strand, StrandId};

/// The strand of each group that has one so far.
pub(crate) struct StrandOf(Vec<StrandId>);

impl StrandOf {
    /// For so many groups.
    pub(crate) fn new(groups: usize) -> Self {
        let none = StrandId {
            fetch: FetchId(0),
            number: 0,
        };
        Self(vec![none; groups])
    }

    /// Notes the strands of a fetch's groups: for each of `members` its number.
    pub(crate) fn note(&mut self, fetch: FetchId, members: &[usize], numbers: &[u32]) {
        for (&group, &number) in members.iter().zip(numbers) {
            self.0[group] = StrandId { fetch, number };
        }
    }

    /// The strands of the fetch that has those groups.
    pub(crate) fn strands(&self, members: &[usize], groups: &[&Group]) -> Vec<Strand> {
        let mut strands: Vec<BTreeSet<StrandId>> = Vec::new();
        for (&member, group) in members.iter().zip(groups) {
            let number = self.0[member].number as usize;
            if strands.len() <= number {
                strands.resize_with(number + 1, BTreeSet::new);
            }
            let before = group.depends_on.iter();
            strands[number].extend(before.map(|&GroupId(group)| self.0[group]));
        }
        let strand = |before: BTreeSet<StrandId>| Strand {
            waits_for: before.into_iter().collect(),
        };
        strands.into_iter().map(strand).collect()
    }
}
