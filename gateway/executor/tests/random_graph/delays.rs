//! Subgraphs that take their time: answers arrive in many orders, and what is ready in part leaves sooner or later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use weft_executor::Patience;

/// How long each answer takes, in turns of all others.
#[derive(Debug)]
pub(crate) struct Delays {
    /// None is without delays.
    seed: Option<u64>,
    count: AtomicU64,
}

impl Delays {
    /// The same ones for the same seed.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self {
            seed,
            count: AtomicU64::new(0),
        }
    }

    /// Until an answer is there.
    pub(crate) async fn answer(&self) {
        self.turns(12).await;
    }

    /// Until a request that is ready in part leaves.
    pub(crate) async fn wait(&self, patience: Patience) {
        match patience {
            Patience::Short => self.turns(6).await,
            Patience::Long => self.turns(40).await,
        }
    }

    async fn turns(&self, most: u64) {
        let Some(seed) = self.seed else { return };
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mixed = (seed ^ count).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut left = (mixed >> 32) % most;
        std::future::poll_fn(|context| match left.checked_sub(1) {
            Some(fewer) => {
                left = fewer;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            None => Poll::Ready(()),
        })
        .await;
    }
}
