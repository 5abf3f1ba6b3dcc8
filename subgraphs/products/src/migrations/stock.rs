//! Reservations: one per order, with its lines, and an index for finding those that are due to expire.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len, uuid};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(reservations()).await?;
        manager.create_table(reservation_lines()).await?;
        let due = Index::create()
            .name("reservations_due")
            .table("reservations")
            .col("state")
            .col("expires_at")
            .to_owned();
        manager.create_index(due).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["reservation_lines", "reservations"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn reservations() -> TableCreateStatement {
    Table::create()
        .table("reservations")
        .col(uuid("order_id").primary_key())
        .col(uuid("buyer_id"))
        .col(string_len("state", 16))
        .col(big_integer("expires_at"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn reservation_lines() -> TableCreateStatement {
    Table::create()
        .table("reservation_lines")
        .col(uuid("order_id"))
        .col(integer("line_no"))
        .col(uuid("product_id"))
        .col(big_integer("quantity").check(Expr::col("quantity").gt(0)))
        .primary_key(Index::create().col("order_id").col("line_no"))
        .foreign_key(
            ForeignKey::create()
                .from("reservation_lines", "order_id")
                .to("reservations", "order_id"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("reservation_lines", "product_id")
                .to("products", "id"),
        )
        .to_owned()
}
