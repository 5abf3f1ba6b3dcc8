//! Orders with their lines, and coupons.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, string, string_len, string_len_null, string_null, text_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(orders()).await?;
        manager.create_table(order_lines()).await?;
        manager.create_table(coupons()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["coupons", "order_lines", "orders"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn orders() -> TableCreateStatement {
    Table::create()
        .table("orders")
        .col(uuid("id").primary_key())
        .col(string_len("number", 32).unique_key())
        .col(uuid("buyer_id"))
        .col(string_len("idempotency_key", 128))
        .col(string_len("status", 16))
        .col(string_len("currency", 3))
        .col(big_integer("subtotal_minor"))
        .col(big_integer("discount_minor"))
        .col(big_integer("shipping_minor"))
        .col(big_integer("total_minor"))
        .col(string_len_null("coupon", 32))
        .col(string_null("payment"))
        .col(string_null("closing_note"))
        .col(text_null("missing_skus"))
        .col(string("ship_label"))
        .col(string("ship_line1"))
        .col(string_null("ship_line2"))
        .col(string("ship_city"))
        .col(string("ship_postcode"))
        .col(string_len("ship_country", 2))
        .col(big_integer("placed_at"))
        .to_owned()
}

fn order_lines() -> TableCreateStatement {
    Table::create()
        .table("order_lines")
        .col(uuid("order_id"))
        .col(integer("line_no"))
        .col(uuid("product_id"))
        .col(string_len("sku", 64))
        .col(string("title"))
        .col(integer("quantity").check(Expr::col("quantity").gt(0)))
        .col(big_integer("unit_price_minor"))
        .primary_key(Index::create().col("order_id").col("line_no"))
        .foreign_key(
            ForeignKey::create()
                .from("order_lines", "order_id")
                .to("orders", "id"),
        )
        .to_owned()
}

fn coupons() -> TableCreateStatement {
    Table::create()
        .table("coupons")
        .col(string_len("code", 32).primary_key())
        .col(integer("percent").check(Expr::col("percent").between(1, 100)))
        .col(big_integer("valid_until"))
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 5] {
    [
        Index::create()
            .name("orders_same_key")
            .table("orders")
            .col("buyer_id")
            .col("idempotency_key")
            .unique()
            .to_owned(),
        Index::create()
            .name("orders_of_buyer")
            .table("orders")
            .col("buyer_id")
            .col("placed_at")
            .col("id")
            .to_owned(),
        Index::create()
            .name("orders_placed_at")
            .table("orders")
            .col("placed_at")
            .col("id")
            .to_owned(),
        Index::create()
            .name("order_lines_product")
            .table("order_lines")
            .col("product_id")
            .to_owned(),
        Index::create()
            .name("order_lines_sku")
            .table("order_lines")
            .col("sku")
            .to_owned(),
    ]
}
