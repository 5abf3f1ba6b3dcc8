//! Accounts and their addresses.

use sea_orm_migration::{async_trait, prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        manager.create_table(addresses()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("addresses").to_owned())
            .await?;
        manager
            .drop_table(Table::drop().table("users").to_owned())
            .await
    }
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(schema::uuid("id").primary_key())
        .col(schema::text("email").unique_key())
        .col(schema::text("handle").unique_key())
        .col(schema::text("display_name"))
        .col(schema::text("password_hash"))
        .col(schema::text("role"))
        .col(schema::integer("loyalty_points").default(0))
        .col(schema::double_null("risk_score"))
        .col(schema::big_integer("created_at"))
        .to_owned()
}

fn addresses() -> TableCreateStatement {
    Table::create()
        .table("addresses")
        .col(schema::uuid("user_id"))
        .col(schema::integer("position"))
        .col(schema::text("label"))
        .col(schema::text("line1"))
        .col(schema::text_null("line2"))
        .col(schema::text("city"))
        .col(schema::text("postcode"))
        .col(schema::text("country"))
        .primary_key(Index::create().col("user_id").col("position"))
        .foreign_key(
            ForeignKey::create()
                .from("addresses", "user_id")
                .to("users", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
