//! The keys that access tokens are signed with.

use sea_orm_migration::{async_trait, prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("signing_keys")
            .col(schema::text("id").primary_key())
            .col(schema::text("secret"))
            .col(schema::text("public"))
            .col(schema::big_integer("created_at"))
            .col(schema::big_integer("activates_at"))
            .col(schema::big_integer_null("retires_at"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("signing_keys").to_owned())
            .await
    }
}
