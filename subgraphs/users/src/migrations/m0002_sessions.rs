//! Sessions and the refresh tokens that continue them.

use sea_orm_migration::{async_trait, prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sessions()).await?;
        manager
            .create_index(index("sessions_of_user", "sessions", "user_id"))
            .await?;
        manager.create_table(refresh_tokens()).await?;
        manager
            .create_index(index(
                "refresh_tokens_of_session",
                "refresh_tokens",
                "session_id",
            ))
            .await?;
        manager
            .create_index(index(
                "refresh_tokens_by_end",
                "refresh_tokens",
                "expires_at",
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("refresh_tokens").to_owned())
            .await?;
        manager
            .drop_table(Table::drop().table("sessions").to_owned())
            .await
    }
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("user_id"))
        .col(schema::big_integer("created_at"))
        .col(schema::big_integer_null("revoked_at"))
        .foreign_key(
            ForeignKey::create()
                .from("sessions", "user_id")
                .to("users", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn refresh_tokens() -> TableCreateStatement {
    Table::create()
        .table("refresh_tokens")
        .col(schema::text("digest").primary_key())
        .col(schema::uuid("session_id"))
        .col(schema::big_integer("created_at"))
        .col(schema::big_integer("expires_at"))
        .col(schema::big_integer_null("spent_at"))
        .foreign_key(
            ForeignKey::create()
                .from("refresh_tokens", "session_id")
                .to("sessions", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn index(name: &'static str, table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create()
        .name(name)
        .table(table)
        .col(column)
        .to_owned()
}
