//! `outbox`: what still has to be done for an order, written in the transaction that made it necessary.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub order_id: Uuid,
    pub task: Task,
    pub attempts: i32,
    /// Not before this; while a worker has the row, when it is given up for dead.
    pub due_at: i64,
    pub created_at: i64,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Task {
    /// Hold the order's stock at products.
    #[sea_orm(string_value = "RESERVE")]
    Reserve,
    /// Make the held stock final and settle the payment.
    #[sea_orm(string_value = "COMMIT")]
    Commit,
    /// Give the stock back.
    #[sea_orm(string_value = "RELEASE")]
    Release,
    /// Cancel the order if it is still not paid.
    #[sea_orm(string_value = "EXPIRE")]
    Expire,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
