//! Changes an order's status, together with the event that says so and the outbox rows that follow from it.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::outbox::Task;
use crate::entity::{order, order_event, outbox};
use crate::status_feed::StatusFeed;

/// Why an order ends, for people; and what was missing when that is why.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closing {
    pub(crate) note: String,
    pub(crate) missing: Vec<String>,
}

/// An order, locked until the transaction ends (PostgreSQL; on SQLite the transaction itself is the lock).
pub(crate) async fn lock(
    transaction: &DatabaseTransaction,
    order_id: Uuid,
) -> Result<Option<order::Model>, DbErr> {
    order::Entity::find_by_id(order_id)
        .lock_exclusive()
        .one(transaction)
        .await
}

/// Moves an order on. One statement decides, so two rivals cannot both succeed; none when the order has moved by now.
pub(crate) async fn advance(
    transaction: &DatabaseTransaction,
    order: &order::Model,
    to: Status,
    now: i64,
) -> Result<Option<order_event::Model>, DbErr> {
    let moved = order::Entity::update_many()
        .col_expr(order::Column::Status, Expr::value(to.to_value()))
        .filter(order::Column::Id.eq(order.id))
        .filter(order::Column::Status.eq(order.status))
        .exec(transaction)
        .await?;
    if moved.rows_affected == 0 {
        return Ok(None);
    }
    record(transaction, order, Some(order.status), to, now)
        .await
        .map(Some)
}

/// Moves an order to where it ends, and says why.
pub(crate) async fn close(
    transaction: &DatabaseTransaction,
    order: &order::Model,
    to: Status,
    closing: &Closing,
    now: i64,
) -> Result<Option<order_event::Model>, DbErr> {
    let Some(event) = advance(transaction, order, to, now).await? else {
        return Ok(None);
    };
    let missing = (!closing.missing.is_empty()).then(|| closing.missing.join(","));
    order::Entity::update_many()
        .col_expr(
            order::Column::ClosingNote,
            Expr::value(closing.note.as_str()),
        )
        .col_expr(order::Column::MissingSkus, Expr::value(missing))
        .filter(order::Column::Id.eq(order.id))
        .exec(transaction)
        .await?;
    Ok(Some(event))
}

/// Writes that an order has a new status, for subscribers too.
pub(crate) async fn record(
    transaction: &DatabaseTransaction,
    order: &order::Model,
    previous: Option<Status>,
    current: Status,
    now: i64,
) -> Result<order_event::Model, DbErr> {
    let event = order_event::Model {
        id: Uuid::now_v7(),
        order_id: order.id,
        previous,
        current,
        at: now,
    };
    order_event::Entity::insert(event.clone().into_active_model())
        .exec_without_returning(transaction)
        .await?;
    StatusFeed::announce_within(transaction, order.buyer_id, &event).await?;
    Ok(event)
}

/// Writes what is to be done next for an order.
pub(crate) async fn enqueue(
    transaction: &DatabaseTransaction,
    order_id: Uuid,
    task: Task,
    due_at: i64,
    now: i64,
) -> Result<(), DbErr> {
    let row = outbox::ActiveModel {
        id: Set(Uuid::now_v7()),
        order_id: Set(order_id),
        task: Set(task),
        attempts: Set(0),
        due_at: Set(due_at),
        created_at: Set(now),
    };
    outbox::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
