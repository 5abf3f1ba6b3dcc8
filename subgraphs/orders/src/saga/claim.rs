//! Takes one due row of the outbox for this worker: it is due again when the lease ends, should the worker die with it.

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use subgraph_service::Database;
use uuid::Uuid;

use crate::entity::outbox;

/// The oldest due row, now leased until `now + lease`. Rivals skip it: by its lock (PostgreSQL), or because they wait for the
/// whole transaction (SQLite).
pub(crate) async fn claim(
    database: &Database,
    now: i64,
    lease: i64,
) -> Result<Option<outbox::Model>, DbErr> {
    let transaction = database.begin_write().await?;
    let due = outbox::Entity::find()
        .filter(outbox::Column::DueAt.lte(now))
        .order_by_asc(outbox::Column::DueAt)
        .order_by_asc(outbox::Column::Id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(&transaction)
        .await?;
    let Some(row) = due else {
        transaction.rollback().await?;
        return Ok(None);
    };
    outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(now + lease))
        .col_expr(
            outbox::Column::Attempts,
            Expr::col(outbox::Column::Attempts).add(1),
        )
        .filter(outbox::Column::Id.eq(row.id))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(outbox::Model {
        attempts: row.attempts + 1,
        due_at: now + lease,
        ..row
    }))
}

/// Puts a row back for a later attempt.
pub(crate) async fn postpone(database: &Database, id: Uuid, due_at: i64) -> Result<(), DbErr> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(due_at))
        .filter(outbox::Column::Id.eq(id))
        .exec(&**database)
        .await?;
    Ok(())
}
