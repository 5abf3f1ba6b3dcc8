//! The options under `planning`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_diagnostic::Diagnostic;
use weft_planner::PlanOptions;

use super::{ByteSize, TimeSpan, document};

/// How much work planning one operation may be. Memory and choices are counted where they are spent, not measured, so that a plan is the same on every machine
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlanningOptions {
    /// The memory that planning one operation may take. An operation that needs more is refused, with an error that says so: its client splits it into several, or this is raised. At least `1MB`
    pub memory_limit: ByteSize,
    /// How many choices are weighed for one operation. Beyond them the best plan that was found is taken: it is sound and has the fewest steps, perhaps more requests than needed. `weft plan --explain` says whether a plan is proven the best
    pub evaluation_limit: u64,
    /// How long planning one operation may take. One that takes longer is refused; it never gets another plan, whatever the machine is doing. Ordinary operations take far less than a millisecond
    pub time_limit: TimeSpan,
    /// Whether each plan is proven sound before it is used, and the operation refused if it is not. Takes about as long as planning, once for each document. `weft dev` always does it
    pub check: bool,
}

impl PlanningOptions {
    /// Less than this is too little for ordinary operations.
    const LEAST_MEMORY: ByteSize = ByteSize::mebibytes(1);

    /// Refuses budgets that no operation could be planned with.
    pub(super) fn check(&self) -> Result<(), Box<Diagnostic>> {
        if self.memory_limit.0 < Self::LEAST_MEMORY.0 {
            let message = "`planning.memory_limit` is too small to plan ordinary operations";
            return Err(Box::new(
                document::invalid(message.to_owned(), None)
                    .with_help("give at least `1MB`, or leave it out"),
            ));
        }
        Ok(())
    }

    /// What the planner is told.
    pub(crate) fn plan_options(&self) -> PlanOptions {
        PlanOptions {
            memory: self.memory_limit.0,
            evaluations: self.evaluation_limit,
            check: self.check,
            ..PlanOptions::default()
        }
    }
}

impl Default for PlanningOptions {
    fn default() -> Self {
        let options = PlanOptions::default();
        Self {
            memory_limit: ByteSize(options.memory),
            evaluation_limit: options.evaluations,
            time_limit: TimeSpan::seconds(10),
            check: options.check,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::tests::check;
    use super::*;

    #[test]
    fn the_budget_of_planning_has_two_keys_and_a_least_amount() {
        let text = "supergraph: a\nplanning: {memory_limit: 2MB, evaluation_limit: 7}\n";
        let options = check(text).unwrap().planning.plan_options();
        assert_eq!((options.memory, options.evaluations), (2 << 20, 7));
        let unsaid = check("supergraph: a\n").unwrap().planning.plan_options();
        assert_eq!(unsaid, PlanOptions::default());
        let refused = |text: &str| check(text).unwrap_err();
        let small = refused("supergraph: a\nplanning: {memory_limit: 10KB}\n");
        assert!(small.message.contains("`planning.memory_limit`"));
        assert!(small.help.unwrap().contains("`1MB`"));
        let misspelt = refused("supergraph: a\nplanning:\n  memory: 2MB\n");
        assert_eq!(misspelt.message, "unknown key `memory`");
        refused("supergraph: a\nplanning: {evaluation_limit: -1}\n");
    }
}
