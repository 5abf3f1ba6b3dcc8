//! Counters of sign-in attempts, by account and by network address.

use sea_orm_migration::{async_trait, prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("attempts")
            .col(schema::text("key").primary_key())
            .col(schema::big_integer("count"))
            .col(schema::big_integer("window_began_at"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("attempts_by_window")
            .table("attempts")
            .col("window_began_at")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("attempts").to_owned())
            .await
    }
}
