//! Reading orders: ids, buyers and filters in, rows out.

use async_graphql::Result;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select,
};
use std::collections::HashMap;
use subgraph_service::keyset::{
    CursorValue, Keyset, Page, PageArguments, PageSize, SortKey, ValueKind,
};
use subgraph_service::{Database, batched_pages};
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::{order, order_line};

/// The lines of one order, in their order.
pub(crate) async fn lines_of(
    database: &Database,
    order_id: Uuid,
) -> Result<Vec<order_line::Model>, DbErr> {
    order_line::Entity::find()
        .filter(order_line::Column::OrderId.eq(order_id))
        .order_by_asc(order_line::Column::LineNo)
        .all(&**database)
        .await
}

/// The order that a buyer has placed with this key.
pub(crate) async fn placed_with_key(
    database: &Database,
    buyer_id: Uuid,
    key: &str,
) -> Result<Option<order::Model>, DbErr> {
    order::Entity::find()
        .filter(order::Column::BuyerId.eq(buyer_id))
        .filter(order::Column::IdempotencyKey.eq(key))
        .one(&**database)
        .await
}

/// What staff asks for.
pub(crate) fn filter(
    statuses: Option<Vec<Status>>,
    placed_after: Option<DateTime<Utc>>,
) -> Condition {
    Condition::all()
        .add_option(statuses.map(|statuses| order::Column::Status.is_in(statuses)))
        .add_option(placed_after.map(|time| order::Column::PlacedAt.gt(time.timestamp_millis())))
}

/// One page of all orders that pass a filter, newest first.
pub(crate) async fn page(
    database: &Database,
    filter: Condition,
    arguments: &PageArguments,
) -> Result<Page<order::Model>> {
    keyset()
        .fetch(
            order::Entity::find().filter(filter),
            arguments,
            &**database,
            place,
        )
        .await
}

/// How many orders pass a filter.
pub(crate) async fn count(database: &Database, filter: Condition) -> Result<u64, DbErr> {
    order::Entity::find()
        .filter(filter)
        .count(&**database)
        .await
}

/// A page of a buyer's orders: the key with which a loader batches such pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BuyerPageKey {
    buyer: Uuid,
    status: Option<Status>,
    arguments: PageArguments,
}

impl BuyerPageKey {
    /// # Errors
    /// When `first` or `after` cannot be used.
    pub(crate) fn new(
        buyer: Uuid,
        status: Option<Status>,
        first: i32,
        after: Option<String>,
    ) -> Result<Self> {
        let arguments = PageArguments::forwards(Some(first), after, PageSize::default())?;
        let key = Self {
            buyer,
            status,
            arguments,
        };
        key.select()?;
        Ok(key)
    }

    pub(crate) fn filter(&self) -> Condition {
        Condition::all()
            .add(order::Column::BuyerId.eq(self.buyer))
            .add_option(self.status.map(|status| order::Column::Status.eq(status)))
    }

    /// Makes a page of the rows that [`buyer_pages`] found for this key.
    pub(crate) fn page(&self, rows: Vec<order::Model>) -> Page<order::Model> {
        keyset().page(rows, &self.arguments, place)
    }

    fn select(&self) -> Result<Select<order::Entity>> {
        keyset().restrict(order::Entity::find().filter(self.filter()), &self.arguments)
    }
}

/// The rows of several buyers' pages, in one statement.
pub(crate) async fn buyer_pages(
    database: &Database,
    keys: &[BuyerPageKey],
) -> Result<HashMap<BuyerPageKey, Vec<order::Model>>> {
    batched_pages::by_key(&**database, keys, BuyerPageKey::select).await
}

fn keyset() -> Keyset {
    let placed = SortKey::descending(order::Column::PlacedAt, ValueKind::Integer);
    Keyset::new(
        "orders",
        vec![
            placed,
            SortKey::descending(order::Column::Id, ValueKind::Uuid),
        ],
    )
}

fn place(order: &order::Model) -> Vec<CursorValue> {
    vec![
        CursorValue::Integer(order.placed_at),
        CursorValue::Uuid(order.id),
    ]
}
