//! Does what one row of the outbox says: calls products, then writes the outcome and removes the row in one transaction.
//! A row may be done twice (its lease ended too early, an answer was lost); only the first to remove it writes.

use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};
use subgraph_service::clock::now_millis;
use subgraph_service::peer::PeerError;
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::outbox::Task;
use crate::entity::{order, order_event, outbox};
use crate::order_queries;
use crate::products_api::Reservation;
use crate::saga::faults::{FaultPoint, Killed};
use crate::saga::transition::{self, Closing};
use crate::saga::worker::Worker;

/// Why a step did not finish.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    /// Products did not do its part: to be tried again later.
    #[error(transparent)]
    Products(#[from] PeerError),
    /// The database did not do its part: to be tried again later.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A test has killed the worker here.
    #[error(transparent)]
    Killed(#[from] Killed),
}

/// What products answered, or that it was not asked.
enum Outcome {
    Reserved(Reservation),
    Committed(bool),
    Released,
    NotAsked,
}

/// Does one row. What it changed is announced at the end.
pub(crate) async fn run(worker: &Worker, row: &outbox::Model) -> Result<(), StepError> {
    let Some(order) = order::Entity::find_by_id(row.order_id)
        .one(&*worker.database)
        .await?
    else {
        return Ok(remove_row(worker, row).await?);
    };
    let outcome = ask_products(worker, row.task, &order).await?;
    worker.faults.pass(FaultPoint::Called)?;
    write(worker, row, |transaction, order, now| {
        Box::pin(apply(transaction, order, row.task, outcome, now))
    })
    .await
}

/// Gives up on products: the order cannot be had, and whatever products may hold for it goes back.
pub(crate) async fn give_up(worker: &Worker, row: &outbox::Model) -> Result<(), StepError> {
    let closing = Closing {
        note: "the stock could not be reserved in time, try again later".to_owned(),
        missing: Vec::new(),
    };
    write(worker, row, |transaction, order, now| {
        Box::pin(async move {
            if !matches!(order.status, Status::Pending | Status::Reserved) {
                return Ok(None);
            }
            transition::enqueue(transaction, order.id, Task::Release, now, now).await?;
            transition::close(transaction, order, Status::Rejected, &closing, now).await
        })
    })
    .await
}

async fn ask_products(
    worker: &Worker,
    task: Task,
    order: &order::Model,
) -> Result<Outcome, StepError> {
    match (task, order.status) {
        (Task::Reserve, Status::Pending) => {
            let lines = order_queries::lines_of(&worker.database, order.id).await?;
            Ok(Outcome::Reserved(
                worker
                    .products
                    .reserve(order.id, order.buyer_id, &lines)
                    .await?,
            ))
        }
        (Task::Commit, Status::Reserved) => {
            Ok(Outcome::Committed(worker.products.commit(order.id).await?))
        }
        (Task::Release, _) => {
            worker.products.release(order.id).await?;
            Ok(Outcome::Released)
        }
        _ => Ok(Outcome::NotAsked),
    }
}

/// What an outcome changes. The order was locked and read again, so its status is the present one.
async fn apply(
    transaction: &DatabaseTransaction,
    order: &order::Model,
    task: Task,
    outcome: Outcome,
    now: i64,
) -> Result<Option<order_event::Model>, DbErr> {
    match (outcome, order.status) {
        (Outcome::Reserved(reservation), Status::Pending) if reservation.complete => {
            transition::enqueue(
                transaction,
                order.id,
                Task::Expire,
                reservation.expires_at.timestamp_millis(),
                now,
            )
            .await?;
            transition::advance(transaction, order, Status::Reserved, now).await
        }
        (Outcome::Reserved(reservation), Status::Pending) => {
            let closing = Closing {
                note: "not everything is in stock".to_owned(),
                missing: reservation.missing,
            };
            transition::close(transaction, order, Status::Rejected, &closing, now).await
        }
        (Outcome::Committed(true), Status::Reserved) => {
            transition::advance(transaction, order, Status::Paid, now).await
        }
        (Outcome::Committed(false), Status::Reserved) => {
            let closing = Closing {
                note: "the stock was no longer held when the payment came; nothing was charged"
                    .to_owned(),
                missing: Vec::new(),
            };
            transition::close(transaction, order, Status::Rejected, &closing, now).await
        }
        (Outcome::NotAsked, Status::Reserved)
            if task == Task::Expire && order.payment.is_none() =>
        {
            let closing = Closing {
                note: "not paid in time".to_owned(),
                missing: Vec::new(),
            };
            transition::enqueue(transaction, order.id, Task::Release, now, now).await?;
            transition::close(transaction, order, Status::Cancelled, &closing, now).await
        }
        _ => Ok(None),
    }
}

type Change<'a> =
    std::pin::Pin<Box<dyn Future<Output = Result<Option<order_event::Model>, DbErr>> + Send + 'a>>;

/// Removes the row and writes the change, together or not at all; then tells subscribers.
async fn write<F>(worker: &Worker, row: &outbox::Model, change: F) -> Result<(), StepError>
where
    F: for<'a> FnOnce(&'a DatabaseTransaction, &'a order::Model, i64) -> Change<'a>,
{
    let now = now_millis();
    let transaction = worker.database.begin_write().await?;
    let Some(order) = transition::lock(&transaction, row.order_id).await? else {
        return Ok(());
    };
    if !delete(&transaction, row.id).await? {
        transaction.rollback().await?;
        return Ok(());
    }
    let event = change(&transaction, &order, now).await?;
    transaction.commit().await?;
    worker.faults.pass(FaultPoint::Applied)?;
    worker.wake.notify_one();
    if let Some(event) = event {
        worker.feed.announce_after(order.buyer_id, &event);
    }
    Ok(())
}

async fn delete(transaction: &DatabaseTransaction, row: Uuid) -> Result<bool, DbErr> {
    Ok(outbox::Entity::delete_by_id(row)
        .exec(transaction)
        .await?
        .rows_affected
        == 1)
}

async fn remove_row(worker: &Worker, row: &outbox::Model) -> Result<(), DbErr> {
    outbox::Entity::delete_by_id(row.id)
        .exec(&*worker.database)
        .await
        .map(drop)
}
