//! The worker: takes due rows of the outbox and does them, until the service stops. Any number of processes may run one.

use std::sync::Arc;
use std::time::Duration;
use subgraph_service::Database;
use subgraph_service::clock::now_millis;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::entity::outbox::{self, Task};
use crate::products_api::ProductsApi;
use crate::saga::claim;
use crate::saga::faults::{FaultPoint, Faults, Killed};
use crate::saga::step::{self, StepError};
use crate::status_feed::StatusFeed;

/// How many rows are done at once.
const AT_ONCE: usize = 4;
/// How long a worker sleeps when nothing is due and nobody wakes it.
const NAP: Duration = Duration::from_secs(1);
/// The longest pause between two attempts, in milliseconds.
const LONGEST_PAUSE: i64 = 30_000;

/// What a worker needs; clones share it.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) database: Database,
    pub(crate) products: ProductsApi,
    pub(crate) feed: StatusFeed,
    /// Notified when a row was written.
    pub(crate) wake: Arc<Notify>,
    pub(crate) faults: Faults,
    /// After how many milliseconds a row whose worker died is due again.
    pub(crate) lease: i64,
    /// After how many milliseconds an order is given up when products does not answer.
    pub(crate) patience: i64,
}

impl Worker {
    /// Works until `stopping`, on several rows at once: a slow answer of products holds up only one. What has begun is finished.
    pub(crate) async fn run(self, stopping: CancellationToken) {
        let mut steps = JoinSet::new();
        while !stopping.is_cancelled() {
            match self.begin_step(&mut steps).await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = stopping.cancelled() => {}
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(NAP) => {}
                        Some(Ok(Err(killed))) = steps.join_next() => return died(&killed),
                    }
                }
                Err(killed) => return died(&killed),
            }
        }
        while let Some(step) = steps.join_next().await {
            if let Ok(Err(killed)) = step {
                return died(&killed);
            }
        }
    }

    /// Begins one due row; `false` when there is none, or enough is being done.
    async fn begin_step(&self, steps: &mut JoinSet<Result<(), Killed>>) -> Result<bool, Killed> {
        while let Some(finished) = steps.try_join_next() {
            finished.unwrap_or(Ok(()))?;
        }
        if steps.len() >= AT_ONCE {
            return Ok(false);
        }
        let row = match claim::claim(&self.database, now_millis(), self.lease).await {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(false),
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read, trying again");
                return Ok(false);
            }
        };
        self.faults.pass(FaultPoint::Claimed)?;
        steps.spawn(self.clone().do_step(row));
        Ok(true)
    }

    async fn do_step(self, row: outbox::Model) -> Result<(), Killed> {
        match step::run(&self, &row).await {
            Ok(()) => Ok(()),
            Err(StepError::Killed(killed)) => Err(killed),
            Err(error) => self.later(&row, &error).await,
        }
    }

    /// Tries again after a pause that doubles; gives up on an order that has waited too long. Stock is always given back.
    async fn later(&self, row: &outbox::Model, error: &StepError) -> Result<(), Killed> {
        let now = now_millis();
        tracing::warn!(%error, order = %row.order_id, task = ?row.task, attempt = row.attempts, "a step of an order failed");
        let hopeless = now - row.created_at > self.patience
            && matches!(row.task, Task::Reserve | Task::Commit);
        let outcome = if hopeless {
            step::give_up(self, row).await
        } else {
            let pause = (250_i64 << row.attempts.clamp(0, 10)).min(LONGEST_PAUSE);
            claim::postpone(&self.database, row.id, now + pause)
                .await
                .map_err(StepError::from)
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(StepError::Killed(killed)) => Err(killed),
            // The lease ends, and the row is due again.
            Err(error) => {
                tracing::warn!(%error, order = %row.order_id, "the attempt could not be written down");
                Ok(())
            }
        }
    }
}

fn died(killed: &Killed) {
    tracing::warn!(%killed, "the worker was killed by a test");
}
