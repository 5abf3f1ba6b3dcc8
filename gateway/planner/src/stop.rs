//! Ending a planning from outside: the planner reads no clock, but whoever calls it may.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A wish that planning ends, to be given from another thread: time is up, or nobody waits for the plan any more. Clones share
/// one wish.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends every planning that got this, or gets it later, with [`PlanError::Stopped`](crate::PlanError::Stopped).
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl PartialEq for Stop {
    fn eq(&self, other: &Self) -> bool {
        self.is_wanted() == other.is_wanted()
    }
}

impl Eq for Stop {}
