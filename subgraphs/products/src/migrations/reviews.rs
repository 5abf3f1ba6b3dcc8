//! Reviews: at most one for each purchased order line.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string, text_null, uuid};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(reviews()).await?;
        let once = Index::create()
            .name("reviews_line")
            .table("reviews")
            .col("order_id")
            .col("line_no")
            .unique()
            .to_owned();
        manager.create_index(once).await?;
        for parent in ["product_id", "author_id"] {
            let index = Index::create()
                .name(format!("reviews_{parent}"))
                .table("reviews")
                .col(parent)
                .col("created_at")
                .col("id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("reviews").to_owned())
            .await
    }
}

fn reviews() -> TableCreateStatement {
    Table::create()
        .table("reviews")
        .col(uuid("id").primary_key())
        .col(uuid("product_id"))
        .col(uuid("author_id"))
        .col(string("author_name"))
        .col(uuid("order_id"))
        .col(integer("line_no"))
        .col(integer("rating").check(Expr::col("rating").between(1, 5)))
        .col(text_null("body"))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("reviews", "product_id")
                .to("products", "id"),
        )
        .to_owned()
}
