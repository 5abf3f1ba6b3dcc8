//! Stock that cannot be sold twice: reservations go in, and come out held, committed, released or expired.
//! Every function here is idempotent by the order's id, because the orders service may ask again after a lost answer.

use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, TryInsertResult,
};
use std::collections::HashMap;
use subgraph_service::Database;
use uuid::Uuid;

use crate::entity::reservation::State;
use crate::entity::{product, reservation, reservation_line};
use crate::stock_feed::StockFeed;

/// How many of which product an order wants
#[derive(Clone, Debug, PartialEq, Eq, InputObject)]
#[graphql(inaccessible)]
pub(crate) struct StockLineInput {
    /// The number of the line within its order
    pub(crate) line_no: i32,
    /// What to reserve
    pub(crate) sku: String,
    /// How many, at least one
    pub(crate) quantity: i32,
}

/// What an order asks to hold.
#[derive(Clone, Debug)]
pub(crate) struct ReserveRequest {
    pub(crate) order_id: Uuid,
    pub(crate) buyer_id: Uuid,
    pub(crate) lines: Vec<StockLineInput>,
    pub(crate) now: i64,
    pub(crate) expires_at: i64,
}

/// What became of a request to hold stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// All lines are held (or were, when the same order asked before).
    Held(reservation::Model),
    /// Nothing is held: these SKUs are unknown or sold out.
    Missing(Vec<String>),
    /// The order had a reservation that is over: it was released or it expired.
    Over(reservation::Model),
}

/// A result with the products whose stock changed on the way, for the stock feed.
#[derive(Debug)]
pub(crate) struct Change<T> {
    pub(crate) outcome: T,
    pub(crate) products: Vec<Uuid>,
}

impl<T> Change<T> {
    fn none(outcome: T) -> Self {
        Self {
            outcome,
            products: Vec::new(),
        }
    }
}

/// Holds all lines of an order or none of them.
pub(crate) async fn reserve(
    database: &Database,
    request: &ReserveRequest,
) -> Result<Change<Reserved>, DbErr> {
    let transaction = database.begin_write().await?;
    if !insert_reservation(&transaction, request, State::Held).await? {
        let existing = find(&transaction, request.order_id).await?;
        transaction.rollback().await?;
        return Ok(Change::none(existing));
    }
    let products = products_by_sku(&transaction, &request.lines).await?;
    let mut missing = take_all(&transaction, request, &products).await?;
    if missing.is_empty() {
        insert_lines(&transaction, request, &products).await?;
        let outcome = find(&transaction, request.order_id).await?;
        StockFeed::announce_within(&transaction, products.values()).await?;
        transaction.commit().await?;
        return Ok(Change {
            outcome,
            products: products.into_values().collect(),
        });
    }
    transaction.rollback().await?;
    missing.sort();
    missing.dedup();
    Ok(Change::none(Reserved::Missing(missing)))
}

/// Makes a held reservation final: the order is paid. `false` when it is over (released or expired) or never was.
pub(crate) async fn commit(database: &Database, order_id: Uuid) -> Result<bool, DbErr> {
    let transaction = database.begin_write().await?;
    if change_state(&transaction, order_id, State::Held, State::Committed).await? {
        for line in lines_of(&transaction, order_id).await? {
            add(
                &transaction,
                line.product_id,
                product::Column::UnitsCommitted,
                line.quantity,
            )
            .await?;
        }
        transaction.commit().await?;
        return Ok(true);
    }
    let existing = reservation::Entity::find_by_id(order_id)
        .one(&transaction)
        .await?;
    transaction.rollback().await?;
    Ok(existing.is_some_and(|reservation| reservation.state == State::Committed))
}

/// Gives back what an order holds or has bought. An order that was never seen is remembered as released, so that a
/// request to reserve that is still under way cannot hold stock for it afterwards.
pub(crate) async fn release(
    database: &Database,
    order_id: Uuid,
    now: i64,
) -> Result<Change<()>, DbErr> {
    let transaction = database.begin_write().await?;
    let tombstone = ReserveRequest {
        order_id,
        buyer_id: Uuid::nil(),
        lines: Vec::new(),
        now,
        expires_at: now,
    };
    if insert_reservation(&transaction, &tombstone, State::Released).await? {
        transaction.commit().await?;
        return Ok(Change::none(()));
    }
    let mut products = Vec::new();
    if change_state(&transaction, order_id, State::Held, State::Released).await? {
        products = give_back(&transaction, order_id).await?;
    } else if change_state(&transaction, order_id, State::Committed, State::Released).await? {
        for line in lines_of(&transaction, order_id).await? {
            add(
                &transaction,
                line.product_id,
                product::Column::UnitsCommitted,
                -line.quantity,
            )
            .await?;
        }
        products = give_back(&transaction, order_id).await?;
    }
    StockFeed::announce_within(&transaction, &products).await?;
    transaction.commit().await?;
    Ok(Change {
        outcome: (),
        products,
    })
}

/// Gives back the stock of reservations that nobody paid in time; how many there were.
pub(crate) async fn expire(database: &Database, now: i64) -> Result<Change<usize>, DbErr> {
    let due = reservation::Entity::find()
        .filter(reservation::Column::State.eq(State::Held))
        .filter(reservation::Column::ExpiresAt.lte(now))
        .order_by_asc(reservation::Column::ExpiresAt)
        .limit(100)
        .all(&**database)
        .await?;
    let mut expired = Change::none(0);
    for reservation in due {
        let transaction = database.begin_write().await?;
        if change_state(
            &transaction,
            reservation.order_id,
            State::Held,
            State::Expired,
        )
        .await?
        {
            let products = give_back(&transaction, reservation.order_id).await?;
            StockFeed::announce_within(&transaction, &products).await?;
            expired.products.extend(products);
            expired.outcome += 1;
        }
        transaction.commit().await?;
    }
    Ok(expired)
}

/// Adds to (or takes from) what is available of a product that is counted; `false` when that would be less than nothing.
pub(crate) async fn adjust(
    connection: &impl ConnectionTrait,
    product_id: Uuid,
    delta: i64,
) -> Result<bool, DbErr> {
    let updated = product::Entity::update_many()
        .col_expr(
            product::Column::Available,
            Expr::col(product::Column::Available).add(delta),
        )
        .filter(product::Column::Id.eq(product_id))
        .filter(product::Column::Available.gte(-delta))
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// `false` when the order already has a reservation. PostgreSQL waits here for a rival that is about to insert the same.
async fn insert_reservation(
    transaction: &DatabaseTransaction,
    request: &ReserveRequest,
    state: State,
) -> Result<bool, DbErr> {
    let row = reservation::ActiveModel {
        order_id: Set(request.order_id),
        buyer_id: Set(request.buyer_id),
        state: Set(state),
        expires_at: Set(request.expires_at),
        created_at: Set(request.now),
    };
    let inserted = reservation::Entity::insert(row)
        .on_conflict(
            OnConflict::column(reservation::Column::OrderId)
                .do_nothing()
                .to_owned(),
        )
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

async fn find(transaction: &DatabaseTransaction, order_id: Uuid) -> Result<Reserved, DbErr> {
    let reservation = reservation::Entity::find_by_id(order_id)
        .one(transaction)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound(format!("reservation of order {order_id}")))?;
    Ok(match reservation.state {
        State::Held | State::Committed => Reserved::Held(reservation),
        State::Released | State::Expired => Reserved::Over(reservation),
    })
}

async fn products_by_sku(
    transaction: &DatabaseTransaction,
    lines: &[StockLineInput],
) -> Result<HashMap<String, Uuid>, DbErr> {
    let found: Vec<(String, Uuid)> = product::Entity::find()
        .select_only()
        .columns([product::Column::Sku, product::Column::Id])
        .filter(product::Column::Sku.is_in(lines.iter().map(|line| line.sku.as_str())))
        .into_tuple()
        .all(transaction)
        .await?;
    Ok(found.into_iter().collect())
}

/// Takes every line that it can and returns the SKUs that it could not. Rows are locked in one order, so rivals cannot deadlock.
async fn take_all(
    transaction: &DatabaseTransaction,
    request: &ReserveRequest,
    products: &HashMap<String, Uuid>,
) -> Result<Vec<String>, DbErr> {
    let mut missing = Vec::new();
    let mut wanted: Vec<(Uuid, &StockLineInput)> = Vec::new();
    for line in &request.lines {
        match products.get(&line.sku) {
            Some(id) => wanted.push((*id, line)),
            None => missing.push(line.sku.clone()),
        }
    }
    wanted.sort_by_key(|(id, line)| (*id, line.line_no));
    for (id, line) in wanted {
        if !take(transaction, id, i64::from(line.quantity)).await? {
            missing.push(line.sku.clone());
        }
    }
    Ok(missing)
}

/// One statement decides: it takes the stock only where there is enough of it.
async fn take(
    transaction: &DatabaseTransaction,
    product_id: Uuid,
    quantity: i64,
) -> Result<bool, DbErr> {
    let enough = product::Column::Available
        .gte(quantity)
        .or(product::Column::Available.is_null());
    let taken = product::Entity::update_many()
        .col_expr(
            product::Column::Available,
            Expr::col(product::Column::Available).sub(quantity),
        )
        .filter(product::Column::Id.eq(product_id))
        .filter(enough)
        .exec(transaction)
        .await?;
    Ok(taken.rows_affected == 1)
}

async fn insert_lines(
    transaction: &DatabaseTransaction,
    request: &ReserveRequest,
    products: &HashMap<String, Uuid>,
) -> Result<(), DbErr> {
    let rows = request.lines.iter().filter_map(|line| {
        let product_id = *products.get(&line.sku)?;
        Some(reservation_line::ActiveModel {
            order_id: Set(request.order_id),
            line_no: Set(line.line_no),
            product_id: Set(product_id),
            quantity: Set(i64::from(line.quantity)),
        })
    });
    reservation_line::Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

async fn change_state(
    transaction: &DatabaseTransaction,
    order_id: Uuid,
    from: State,
    to: State,
) -> Result<bool, DbErr> {
    let changed = reservation::Entity::update_many()
        .col_expr(reservation::Column::State, Expr::value(to))
        .filter(reservation::Column::OrderId.eq(order_id))
        .filter(reservation::Column::State.eq(from))
        .exec(transaction)
        .await?;
    Ok(changed.rows_affected == 1)
}

async fn give_back(transaction: &DatabaseTransaction, order_id: Uuid) -> Result<Vec<Uuid>, DbErr> {
    let lines = lines_of(transaction, order_id).await?;
    for line in &lines {
        add(
            transaction,
            line.product_id,
            product::Column::Available,
            line.quantity,
        )
        .await?;
    }
    Ok(lines.into_iter().map(|line| line.product_id).collect())
}

async fn add(
    transaction: &DatabaseTransaction,
    product_id: Uuid,
    column: product::Column,
    delta: i64,
) -> Result<(), DbErr> {
    product::Entity::update_many()
        .col_expr(column, Expr::col(column).add(delta))
        .filter(product::Column::Id.eq(product_id))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn lines_of(
    transaction: &DatabaseTransaction,
    order_id: Uuid,
) -> Result<Vec<reservation_line::Model>, DbErr> {
    reservation_line::Entity::find()
        .filter(reservation_line::Column::OrderId.eq(order_id))
        .order_by_asc(reservation_line::Column::ProductId)
        .order_by_asc(reservation_line::Column::LineNo)
        .all(transaction)
        .await
}
