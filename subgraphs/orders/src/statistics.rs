//! Sums over orders that were paid: what products sold and what buyers spent, for many at once.

use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryResult};
use std::collections::HashMap;
use subgraph_service::Database;
use uuid::Uuid;

use crate::entity::order::{Currency, Status};
use crate::entity::{order, order_line};

/// How often a product was bought together with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Companion {
    pub(crate) id: Uuid,
    pub(crate) sku: String,
    pub(crate) orders: i64,
}

/// The statuses of orders that count: paid and not given up.
const SOLD: [Status; 3] = [Status::Paid, Status::Shipped, Status::Delivered];

/// How many of each product were sold.
pub(crate) async fn units_sold(
    database: &Database,
    products: &[Uuid],
) -> Result<HashMap<Uuid, i64>, DbErr> {
    let statement = sold_lines(products)
        .column((order_line::Entity, order_line::Column::ProductId))
        .expr_as(whole(order_line::Column::Quantity.sum()), "units")
        .group_by_col((order_line::Entity, order_line::Column::ProductId))
        .take();
    read(database, &statement, |row| {
        Ok((row.try_get("", "product_id")?, row.try_get("", "units")?))
    })
    .await
}

/// Which of the products this buyer has bought.
pub(crate) async fn bought_by(
    database: &Database,
    buyer: Uuid,
    products: &[Uuid],
) -> Result<HashMap<Uuid, bool>, DbErr> {
    let statement = sold_lines(products)
        .distinct()
        .column((order_line::Entity, order_line::Column::ProductId))
        .and_where(order::Column::BuyerId.eq(buyer))
        .take();
    read(database, &statement, |row| {
        Ok((row.try_get("", "product_id")?, true))
    })
    .await
}

/// What was bought in the same orders as each product, most often first.
pub(crate) async fn companions(
    database: &Database,
    products: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Companion>>, DbErr> {
    let rows = database.query_all(&companions_statement(products)).await?;
    let mut companions: HashMap<Uuid, Vec<Companion>> = HashMap::new();
    for row in rows {
        let companion = Companion {
            id: row.try_get("", "product_id")?,
            sku: row.try_get("", "sku")?,
            orders: row.try_get("", "orders")?,
        };
        companions
            .entry(row.try_get("", "of_product")?)
            .or_default()
            .push(companion);
    }
    Ok(companions)
}

/// What each buyer has spent, by currency.
pub(crate) async fn spent(
    database: &Database,
    buyers: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(Currency, i64)>>, DbErr> {
    let statement = Query::select()
        .columns([order::Column::BuyerId, order::Column::Currency])
        .expr_as(whole(order::Column::TotalMinor.sum()), "spent")
        .from(order::Entity)
        .and_where(order::Column::BuyerId.is_in(buyers.iter().copied()))
        .and_where(order::Column::Status.is_in(SOLD))
        .group_by_columns([order::Column::BuyerId, order::Column::Currency])
        .order_by(order::Column::Currency, sea_orm::Order::Asc)
        .take();
    let mut spent: HashMap<Uuid, Vec<(Currency, i64)>> = HashMap::new();
    for row in database.query_all(&statement).await? {
        spent
            .entry(row.try_get("", "buyer_id")?)
            .or_default()
            .push((row.try_get("", "currency")?, row.try_get("", "spent")?));
    }
    Ok(spent)
}

/// The SKU under which each product was ordered.
pub(crate) async fn skus(
    database: &Database,
    products: &[Uuid],
) -> Result<HashMap<Uuid, String>, DbErr> {
    let statement = known(order_line::Column::ProductId.is_in(products.iter().copied()));
    read(database, &statement, |row| {
        Ok((row.try_get("", "product_id")?, row.try_get("", "sku")?))
    })
    .await
}

/// The product that was ordered under each SKU.
pub(crate) async fn products_by_sku(
    database: &Database,
    skus: &[String],
) -> Result<HashMap<String, Uuid>, DbErr> {
    let statement = known(order_line::Column::Sku.is_in(skus));
    read(database, &statement, |row| {
        Ok((row.try_get("", "sku")?, row.try_get("", "product_id")?))
    })
    .await
}

fn known(condition: SimpleExpr) -> SelectStatement {
    Query::select()
        .distinct()
        .columns([order_line::Column::ProductId, order_line::Column::Sku])
        .from(order_line::Entity)
        .and_where(condition)
        .take()
}

fn sold_lines(products: &[Uuid]) -> SelectStatement {
    Query::select()
        .from(order_line::Entity)
        .join(
            JoinType::InnerJoin,
            order::Entity,
            Expr::col((order::Entity, order::Column::Id))
                .equals((order_line::Entity, order_line::Column::OrderId)),
        )
        .and_where(order_line::Column::ProductId.is_in(products.iter().copied()))
        .and_where(order::Column::Status.is_in(SOLD))
        .take()
}

/// Lines `own` of the products joined with the lines `other` of the same orders.
fn companions_statement(products: &[Uuid]) -> SelectStatement {
    let own = |column| (Alias::new("own"), column);
    let other = |column| (Alias::new("other"), column);
    use order_line::Column::{OrderId, ProductId, Sku};
    let same_order = Expr::col(own(OrderId))
        .equals(other(OrderId))
        .and(Expr::col(own(ProductId)).not_equals(other(ProductId)));
    Query::select()
        .expr_as(Expr::col(own(ProductId)), "of_product")
        .expr_as(Expr::col(other(ProductId)), "product_id")
        .expr_as(Expr::col(other(Sku)), "sku")
        .expr_as(Expr::col(other(OrderId)).count_distinct(), "orders")
        .from_as(order_line::Entity, "own")
        .join_as(JoinType::InnerJoin, order_line::Entity, "other", same_order)
        .join(
            JoinType::InnerJoin,
            order::Entity,
            Expr::col((order::Entity, order::Column::Id)).equals(own(OrderId)),
        )
        .and_where(Expr::col(own(ProductId)).is_in(products.iter().copied()))
        .and_where(order::Column::Status.is_in(SOLD))
        .group_by_columns([own(ProductId), other(ProductId)])
        .group_by_col(other(Sku))
        .order_by_expr(Expr::col("orders"), sea_orm::Order::Desc)
        .order_by(other(Sku), sea_orm::Order::Asc)
        .take()
}

/// PostgreSQL sums whole numbers to NUMERIC; this makes them whole again.
fn whole(sum: SimpleExpr) -> SimpleExpr {
    Func::cast_as(sum, "BIGINT").into()
}

async fn read<K, V>(
    database: &Database,
    statement: &SelectStatement,
    read: impl Fn(&QueryResult) -> Result<(K, V), DbErr>,
) -> Result<HashMap<K, V>, DbErr>
where
    K: std::hash::Hash + Eq,
{
    database
        .query_all(statement)
        .await?
        .iter()
        .map(read)
        .collect()
}
