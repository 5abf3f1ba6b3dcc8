//! Does each fetch come after all that it waits for, and a later field of a mutation after the earlier ones?

use apollo_compiler::ast::OperationType;
use std::collections::BTreeSet;
use weft_query_plan::{FetchId, FetchKind, QueryPlan, StrandId};

/// Finds fetches that do not wait for what they must wait for.
pub(super) fn check_order(plan: &QueryPlan, problems: &mut BTreeSet<String>) {
    for (index, fetch) in plan.fetches.iter().enumerate() {
        let id = FetchId(index as u32);
        for &before in &fetch.depends_on {
            if !serves(&plan.fetch(before).parts, &fetch.parts) {
                problems.insert(format!(
                    "fetch {index} waits for fetch {}, which belongs to a later part of the answer",
                    before.0
                ));
            }
        }
        let waits_for = fetch.strands.iter().flat_map(|strand| &strand.waits_for);
        let awaited: BTreeSet<FetchId> = waits_for.map(|strand| strand.fetch).collect();
        if !awaited.iter().eq(&fetch.depends_on) || fetch.strands.len() != fetch.targets().len() {
            problems.insert(format!(
                "the strands of fetch {index} are not those of its targets"
            ));
        }
        if let Some(earlier) = unfinished_mutation(plan, index) {
            problems.insert(format!(
                "fetch {index} changes something before fetch {earlier} has ended, which belongs to an earlier field"
            ));
        }
        if fetch.depends_on.iter().any(|&before| before >= id) {
            problems.insert(format!(
                "fetch {index} does not come after all that it depends on"
            ));
        }
    }
}

/// A fetch for an earlier field of a mutation that a fetch which starts a later one does not wait for.
fn unfinished_mutation(plan: &QueryPlan, index: usize) -> Option<usize> {
    let changes = |index: usize| match &plan.fetches[index].kind {
        FetchKind::Root {
            operation_type,
            target,
            ..
        } => *operation_type == OperationType::Mutation && target.0.is_empty(),
        FetchKind::Entities(_) => false,
    };
    if !changes(index) {
        return None;
    }
    let strand = |index: usize, number: u32| StrandId {
        fetch: FetchId(index as u32),
        number,
    };
    let ended = plan.strands_before(strand(index, 0));
    let has_ended = |earlier: usize| {
        let strands = 0..plan.fetches[earlier].strands.len() as u32;
        strands
            .map(|number| strand(earlier, number))
            .all(|one| ended.contains(&one))
    };
    let first = (0..index).find(|&earlier| changes(earlier))?;
    let mut earlier = (first..index).filter(|&earlier| plan.fetches[earlier].parts.is_empty());
    earlier.find(|&earlier| !has_ended(earlier))
}

/// Whether a fetch for some parts of the answer has ended when others begin; no parts stand for the first answer.
fn serves(before: &[usize], after: &[usize]) -> bool {
    before.is_empty() || (!after.is_empty() && after.iter().all(|part| before.contains(part)))
}
