//! The worker: takes due rows of the outbox one after the other, until the service stops. Any number may run, here and elsewhere.

use sea_orm::DbErr;
use std::sync::Arc;
use std::time::Duration;
use subgraph_service::Database;
use subgraph_service::clock::now_millis;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::entity::outbox::{self, Task};
use crate::products_api::ProductsApi;
use crate::saga::claim;
use crate::saga::faults::{FaultPoint, Faults, Killed};
use crate::saga::step::{self, StepError};
use crate::status_feed::StatusFeed;

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

/// Why a worker stopped.
#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Killed(#[from] Killed),
}

impl Worker {
    /// Works until `stopping`. A row that has begun is finished first.
    pub(crate) async fn run(self, stopping: CancellationToken) {
        while !stopping.is_cancelled() {
            match self.work_once().await {
                Ok(true) => {}
                Ok(false) => self.wait(&stopping).await,
                Err(WorkerError::Killed(killed)) => {
                    return tracing::warn!(%killed, "the worker was killed by a test");
                }
                Err(WorkerError::Database(error)) => {
                    tracing::warn!(%error, "the outbox cannot be read, trying again");
                    self.wait(&stopping).await;
                }
            }
        }
    }

    /// Does one due row; `false` when there is none.
    async fn work_once(&self) -> Result<bool, WorkerError> {
        let Some(row) = claim::claim(&self.database, now_millis(), self.lease).await? else {
            return Ok(false);
        };
        self.faults.pass(FaultPoint::Claimed)?;
        match step::run(self, &row).await {
            Ok(()) => {}
            Err(StepError::Killed(killed)) => return Err(killed.into()),
            Err(error) => self.later(&row, &error).await?,
        }
        Ok(true)
    }

    /// Tries again after a pause that doubles; gives up on an order that has waited too long. Stock is always given back.
    async fn later(&self, row: &outbox::Model, error: &StepError) -> Result<(), WorkerError> {
        let now = now_millis();
        tracing::warn!(%error, order = %row.order_id, task = ?row.task, attempt = row.attempts, "a step of an order failed");
        let hopeless = now - row.created_at > self.patience
            && matches!(row.task, Task::Reserve | Task::Commit);
        if hopeless {
            return match step::give_up(self, row).await {
                Ok(()) => Ok(()),
                Err(StepError::Killed(killed)) => Err(killed.into()),
                Err(StepError::Database(error)) => Err(error.into()),
                Err(StepError::Products(_)) => Ok(()),
            };
        }
        let pause = (250_i64 << row.attempts.clamp(0, 10)).min(LONGEST_PAUSE);
        claim::postpone(&self.database, row.id, now + pause).await?;
        Ok(())
    }

    async fn wait(&self, stopping: &CancellationToken) {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = self.wake.notified() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
