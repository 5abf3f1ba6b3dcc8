//! What a caller can choose about planning.

use crate::stop::Stop;
use std::collections::BTreeSet;

/// Options of [`plan`](crate::plan).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOptions {
    /// The labels of progressive overrides that are on.
    pub override_labels: BTreeSet<String>,
    /// Whether whoever runs the plan asks for no field of an entity twice: then a request is left apart that may save the last
    /// step, at the price of one more where it does not.
    pub reuses_entities: bool,
    /// How many choices the search may evaluate before it takes what it has. Counted, not timed, so that a plan is the same
    /// on every machine.
    pub evaluations: u64,
    /// How many bytes planning may take; an operation that needs more is refused. Counted where they are taken, and so the same on
    /// every machine.
    pub memory: usize,
    /// Whether everything is answered at once, whatever the operation defers.
    pub answers_at_once: bool,
    /// How often the search may start again with prices that it learned from its last plan.
    pub rounds: u32,
    /// Whether the finished plan is proven by [`check`](crate::check), and refused if it is not sound: takes about as long as
    /// planning.
    pub check: bool,
    /// Ends planning from outside.
    pub stop: Stop,
}

impl PlanOptions {
    /// The defaults, with every plan proven.
    pub fn checked() -> Self {
        Self {
            check: true,
            ..Self::default()
        }
    }
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            override_labels: BTreeSet::new(),
            reuses_entities: false,
            evaluations: 8_000,
            memory: 64 << 20,
            answers_at_once: false,
            rounds: 4,
            check: false,
            stop: Stop::default(),
        }
    }
}
