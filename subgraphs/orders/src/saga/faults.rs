//! Points between two steps at which a test can kill the worker, as a power cut would.

use std::sync::Arc;

/// Between which two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultPoint {
    /// The row is claimed, nothing is done.
    Claimed,
    /// The products service has done its part; orders has written nothing about it.
    Called,
    /// Everything is written and committed; nobody in this process was told.
    Applied,
}

/// Decides at which points the worker dies. In production: at none.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<dyn Fn(FaultPoint) -> bool + Send + Sync>>);

/// The worker was killed by a test.
#[derive(Debug, thiserror::Error)]
#[error("killed at {0:?}")]
pub struct Killed(pub FaultPoint);

impl Faults {
    /// Kills the worker at the points for which `decide` says so.
    pub fn new(decide: impl Fn(FaultPoint) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(decide)))
    }

    pub(crate) fn pass(&self, point: FaultPoint) -> Result<(), Killed> {
        match &self.0 {
            Some(decide) if decide(point) => Err(Killed(point)),
            _ => Ok(()),
        }
    }
}
