//! What people do with a placed order: pay, cancel, ship, deliver. Each writes the new status, its event and what follows in one
//! transaction; doing the same again changes nothing.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use subgraph_service::Database;
use subgraph_service::clock::now_millis;
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::outbox::Task;
use crate::entity::{order, order_event};
use crate::saga::transition::{self, Closing};

/// What became of an order.
#[derive(Debug)]
pub(crate) enum Changed {
    /// It is so now; the event is to be announced.
    Now(order::Model, order_event::Model),
    /// It was so before.
    Already(order::Model),
    /// Its status does not allow it.
    Impossible(order::Model),
}

/// Agrees to pay: the worker commits the stock and settles the order. The payment is charged only when the stock is.
pub(crate) async fn pay(
    database: &Database,
    order_id: Uuid,
    payment: &str,
) -> Result<Option<Changed>, DbErr> {
    let transaction = database.begin_write().await?;
    let Some(order) = transition::lock(&transaction, order_id).await? else {
        return Ok(None);
    };
    let settled = matches!(
        order.status,
        Status::Paid | Status::Shipped | Status::Delivered
    );
    if settled || (order.status == Status::Reserved && order.payment.is_some()) {
        return Ok(Some(Changed::Already(order)));
    }
    if order.status != Status::Reserved {
        return Ok(Some(Changed::Impossible(order)));
    }
    set_payment(&transaction, order_id, payment).await?;
    let now = now_millis();
    transition::enqueue(&transaction, order_id, Task::Commit, now, now).await?;
    transaction.commit().await?;
    Ok(Some(Changed::Already(order::Model {
        payment: Some(payment.to_owned()),
        ..order
    })))
}

/// Gives an order up, until it is shipped. Its stock goes back.
pub(crate) async fn cancel(
    database: &Database,
    order_id: Uuid,
    reason: Option<&str>,
) -> Result<Option<Changed>, DbErr> {
    let transaction = database.begin_write().await?;
    let Some(order) = transition::lock(&transaction, order_id).await? else {
        return Ok(None);
    };
    if order.status == Status::Cancelled {
        return Ok(Some(Changed::Already(order)));
    }
    if !matches!(
        order.status,
        Status::Pending | Status::Reserved | Status::Paid
    ) {
        return Ok(Some(Changed::Impossible(order)));
    }
    let now = now_millis();
    let closing = Closing {
        note: reason.unwrap_or("cancelled").to_owned(),
        missing: Vec::new(),
    };
    transition::enqueue(&transaction, order_id, Task::Release, now, now).await?;
    let event = transition::close(&transaction, &order, Status::Cancelled, &closing, now).await?;
    finish(transaction, order, event).await.map(Some)
}

/// Moves a paid order on: `Paid` to `Shipped` to `Delivered`.
pub(crate) async fn advance(
    database: &Database,
    order_id: Uuid,
    to: Status,
) -> Result<Option<Changed>, DbErr> {
    let transaction = database.begin_write().await?;
    let Some(order) = transition::lock(&transaction, order_id).await? else {
        return Ok(None);
    };
    if order.status == to {
        return Ok(Some(Changed::Already(order)));
    }
    if !matches!(
        (order.status, to),
        (Status::Paid, Status::Shipped) | (Status::Shipped, Status::Delivered)
    ) {
        return Ok(Some(Changed::Impossible(order)));
    }
    let event = transition::advance(&transaction, &order, to, now_millis()).await?;
    finish(transaction, order, event).await.map(Some)
}

async fn finish(
    transaction: DatabaseTransaction,
    order: order::Model,
    event: Option<order_event::Model>,
) -> Result<Changed, DbErr> {
    let Some(event) = event else {
        return Ok(Changed::Impossible(order));
    };
    let order = order::Entity::find_by_id(order.id)
        .one(&transaction)
        .await?
        .unwrap_or(order);
    transaction.commit().await?;
    Ok(Changed::Now(order, event))
}

async fn set_payment(
    transaction: &DatabaseTransaction,
    order_id: Uuid,
    payment: &str,
) -> Result<(), DbErr> {
    order::Entity::update_many()
        .col_expr(order::Column::Payment, Expr::value(payment))
        .filter(order::Column::Id.eq(order_id))
        .exec(transaction)
        .await?;
    Ok(())
}
