//! What still has to be done for orders, and what has happened to them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len, string_len_null, uuid};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_table(order_events()).await?;
        let due = Index::create()
            .name("outbox_due")
            .table("outbox")
            .col("due_at")
            .col("id")
            .to_owned();
        manager.create_index(due).await?;
        let of_order = Index::create()
            .name("order_events_of_order")
            .table("order_events")
            .col("order_id")
            .col("id")
            .to_owned();
        manager.create_index(of_order).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["order_events", "outbox"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(uuid("id").primary_key())
        .col(uuid("order_id"))
        .col(string_len("task", 16))
        .col(integer("attempts"))
        .col(big_integer("due_at"))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("outbox", "order_id")
                .to("orders", "id"),
        )
        .to_owned()
}

fn order_events() -> TableCreateStatement {
    Table::create()
        .table("order_events")
        .col(uuid("id").primary_key())
        .col(uuid("order_id"))
        .col(string_len_null("previous", 16))
        .col(string_len("current", 16))
        .col(big_integer("at"))
        .foreign_key(
            ForeignKey::create()
                .from("order_events", "order_id")
                .to("orders", "id"),
        )
        .to_owned()
}
