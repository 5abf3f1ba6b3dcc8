//! How much memory planning takes, counted where it is taken, against a budget: a client's text cannot make the planner take more.

use crate::error::PlanError;
use crate::stop::Stop;

/// What is taken so far, and what may be.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    taken: usize,
    budget: usize,
    /// Looked at wherever memory is taken, which is wherever there is work.
    stop: Stop,
}

impl Memory {
    /// Nothing is taken yet.
    pub(crate) fn new(budget: usize, stop: Stop) -> Self {
        Self {
            taken: 0,
            budget,
            stop,
        }
    }

    /// Takes room for that many values in a list or a table. Whether planning may go on.
    pub(crate) fn take<T>(&mut self, count: usize) -> bool {
        // Tables and lists grow by doubling: on average a quarter of their room is empty.
        self.taken += count * size_of::<T>() * 4 / 3;
        !self.is_exceeded()
    }

    /// How much is taken.
    pub(crate) fn kilobytes(&self) -> u64 {
        (self.taken >> 10) as u64
    }

    /// Whether planning ends: more is taken than may be, or it was stopped.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.taken > self.budget || self.is_stopped()
    }

    /// Whether planning was stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_wanted()
    }

    /// Why it ends.
    pub(crate) fn error(&self) -> PlanError {
        if self.is_stopped() {
            PlanError::Stopped
        } else {
            PlanError::TooLarge
        }
    }
}
