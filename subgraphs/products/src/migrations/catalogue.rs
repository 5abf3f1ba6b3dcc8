//! Categories, products and their tags, with the indexes that the catalogue's sort orders walk.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer_null, string, string_len, text, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(categories()).await?;
        manager.create_table(products()).await?;
        manager.create_table(product_tags()).await?;
        for columns in [
            ["created_at", "id"],
            ["price_minor", "id"],
            ["rating_milli", "id"],
            ["category_id", "id"],
        ] {
            manager.create_index(product_index(columns)).await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("product_tags_tag")
                    .table("product_tags")
                    .col("tag")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["product_tags", "products", "categories"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn categories() -> TableCreateStatement {
    Table::create()
        .table("categories")
        .col(uuid("id").primary_key())
        .col(string("name"))
        .col(uuid_null("parent_id"))
        .foreign_key(
            ForeignKey::create()
                .from("categories", "parent_id")
                .to("categories", "id"),
        )
        .to_owned()
}

fn products() -> TableCreateStatement {
    Table::create()
        .table("products")
        .col(uuid("id").primary_key())
        .col(string_len("sku", 64).unique_key())
        .col(string_len("kind", 16))
        .col(string("title"))
        .col(text("description"))
        .col(big_integer("price_minor"))
        .col(string_len("currency", 3))
        .col(uuid("category_id"))
        .col(string_len("tax_class", 16))
        .col(integer_null("weight_grams"))
        .col(integer_null("width_mm"))
        .col(integer_null("height_mm"))
        .col(integer_null("depth_mm"))
        .col(integer_null("download_size_bytes"))
        .col(big_integer_null("available").check(Expr::col("available").gte(0)))
        .col(big_integer("rating_sum").default(0))
        .col(big_integer("rating_count").default(0))
        .col(big_integer("rating_milli").default(0))
        .col(big_integer("units_committed").default(0))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("products", "category_id")
                .to("categories", "id"),
        )
        .to_owned()
}

fn product_tags() -> TableCreateStatement {
    Table::create()
        .table("product_tags")
        .col(uuid("product_id"))
        .col(string_len("tag", 64))
        .primary_key(Index::create().col("product_id").col("tag"))
        .foreign_key(
            ForeignKey::create()
                .from("product_tags", "product_id")
                .to("products", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn product_index(columns: [&'static str; 2]) -> IndexCreateStatement {
    let [first, second] = columns;
    Index::create()
        .name(format!("products_{first}"))
        .table("products")
        .col(first)
        .col(second)
        .to_owned()
}
