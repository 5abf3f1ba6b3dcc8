//! When values from contexts are there is only known of a finished plan: planned again until what was assumed is so.

use crate::error::PlanError;
use crate::schedule::Scheduled;
use crate::search::Search;

/// How often a plan is made again because values from contexts come later than it had assumed.
const CONTEXT_ROUNDS: usize = 3;

/// Plans until the steps in which values from contexts are there are those that the search assumed; the best plan on the way.
pub(super) fn with_contexts(
    search: &mut Search<'_>,
    mut plan: impl FnMut(&mut Search<'_>) -> Result<Scheduled, PlanError>,
) -> Result<Scheduled, PlanError> {
    search.wait_for_values(false);
    let mut best = settle(search, &mut plan)?;
    if search.wait_for_values(true) {
        // What waits comes later: that must save a step or a request.
        let requests = |scheduled: &Scheduled| {
            let (steps, requests, _) = scheduled.cost();
            (steps, requests)
        };
        match plan(search) {
            Err(error) if search.memory.is_exceeded() => return Err(error),
            Ok(other) if requests(&other) < requests(&best) => best = other,
            _ => _ = search.wait_for_values(false),
        }
    }
    Ok(best)
}

/// The same, while calls leave as soon as they can: none waits for a value that fields below what it enters take.
fn settle(
    search: &mut Search<'_>,
    plan: &mut impl FnMut(&mut Search<'_>) -> Result<Scheduled, PlanError>,
) -> Result<Scheduled, PlanError> {
    let mut best = plan(search)?;
    let mut context_levels = best.value_levels();
    for _ in 0..CONTEXT_ROUNDS {
        if !search.set_context_levels(context_levels) {
            break;
        }
        let other = match plan(search) {
            Err(error) if search.memory.is_exceeded() => return Err(error),
            // A value is not there when it was expected: nothing may count on that.
            Err(_) if search.keep_values_apart() => {
                context_levels = best.value_levels();
                continue;
            }
            found => found?,
        };
        context_levels = other.value_levels();
        if other.cost() <= best.cost() {
            best = other;
        }
    }
    Ok(best)
}
