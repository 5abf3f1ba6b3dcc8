//! The strands of all fetches in one list: what each waits for, and what waits for it.

use crate::compile::fetches::{CompiledFetch, Work};
use std::ops::Range;
use weft_query_plan::{QueryPlan, StrandId};

/// What one fetch does at one of its targets.
#[derive(Debug)]
pub(crate) struct CompiledStrand {
    /// The fetch, by position.
    pub(crate) fetch: usize,
    /// The call of the fetch, and its target there, by position.
    pub(crate) target: (usize, usize),
    /// Whether it asks anything: its conditions hold.
    pub(crate) is_included: bool,
    /// How many strands it waits for.
    pub(crate) waits_for: u32,
    /// The strands that wait for it, by position.
    pub(crate) dependents: Vec<usize>,
}

/// The strands of a fetch, by position in the list of all.
pub(crate) fn of_fetch(plan: &QueryPlan, fetch: usize) -> Range<usize> {
    let first = plan.fetches.iter().take(fetch);
    let first = first.map(|fetch| fetch.strands.len()).sum();
    let own = plan.fetches.get(fetch);
    first..first + own.map_or(0, |fetch| fetch.strands.len())
}

/// The position of a strand in the list of all.
pub(crate) fn position(plan: &QueryPlan, strand: StrandId) -> usize {
    of_fetch(plan, strand.fetch.index()).start + strand.number as usize
}

/// The strands of a plan's fetches.
pub(crate) fn compile(plan: &QueryPlan, fetches: &[CompiledFetch]) -> Vec<CompiledStrand> {
    let mut strands: Vec<CompiledStrand> = Vec::new();
    for (position, fetch) in fetches.iter().enumerate() {
        let targets = targets(fetch);
        strands.extend(
            targets
                .into_iter()
                .map(|(target, is_included)| CompiledStrand {
                    fetch: position,
                    target,
                    is_included: is_included && fetch.is_included,
                    waits_for: 0,
                    dependents: Vec::new(),
                }),
        );
    }
    let planned = plan.fetches.iter().flat_map(|fetch| &fetch.strands);
    for (number, strand) in planned.enumerate() {
        for before in &strand.waits_for {
            if let Some(before) = strands.get_mut(position(plan, *before)) {
                before.dependents.push(number);
                strands[number].waits_for += 1;
            }
        }
    }
    strands
}

/// The targets of a fetch, each with whether its call is sent.
fn targets(fetch: &CompiledFetch) -> Vec<((usize, usize), bool)> {
    let Work::Entities(calls) = &fetch.work else {
        return vec![((0, 0), true)];
    };
    let targets = calls.iter().enumerate().flat_map(|(number, call)| {
        (0..call.targets.len()).map(move |target| ((number, target), call.is_included))
    });
    targets.collect()
}
