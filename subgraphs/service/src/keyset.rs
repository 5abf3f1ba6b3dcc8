//! Keyset pagination: connection arguments and an order in, a page of rows with cursors out. Asks for one row more than the page
//! holds to know whether there is another; goes forwards (`first`/`after`) and backwards (`last`/`before`).

mod arguments;
mod cursor;

use async_graphql::{Error, Result};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoSimpleExpr, Order, QueryFilter,
    QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

pub use arguments::{PageArguments, PageSize};
pub use cursor::{CursorValue, ValueKind};

use crate::{errors::internal, shared_types::PageInfo};

/// A column or expression that rows are sorted by; it must never be NULL.
#[derive(Clone, Debug)]
pub struct SortKey {
    expression: SimpleExpr,
    order: Order,
    kind: ValueKind,
}

/// An order of rows. The last key must be unique, so that the order is total.
#[derive(Clone, Debug)]
pub struct Keyset {
    name: &'static str,
    keys: Vec<SortKey>,
}

/// A page of rows, in the order of the keyset, whichever way it was asked for.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Cursor and row.
    pub edges: Vec<(String, T)>,
    /// Whether there are rows before the first.
    pub has_previous_page: bool,
    /// Whether there are rows after the last.
    pub has_next_page: bool,
}

impl SortKey {
    /// Smallest first.
    pub fn ascending(column: impl IntoSimpleExpr, kind: ValueKind) -> Self {
        Self {
            expression: column.into_simple_expr(),
            order: Order::Asc,
            kind,
        }
    }

    /// Largest first.
    pub fn descending(column: impl IntoSimpleExpr, kind: ValueKind) -> Self {
        Self {
            expression: column.into_simple_expr(),
            order: Order::Desc,
            kind,
        }
    }
}

impl Keyset {
    /// An order called `name`: a cursor made in another order is refused.
    pub fn new(name: &'static str, keys: Vec<SortKey>) -> Self {
        Self { name, keys }
    }

    /// The order of a column of time-ordered ids, oldest first.
    pub fn by_id(name: &'static str, column: impl ColumnTrait) -> Self {
        Self::new(name, vec![SortKey::ascending(column, ValueKind::Uuid)])
    }

    /// The page of `select` that `arguments` ask for; `key` gives a row's values of the sort keys, in their order.
    pub async fn fetch<E, K>(
        &self,
        select: Select<E>,
        arguments: &PageArguments,
        connection: &impl ConnectionTrait,
        key: K,
    ) -> Result<Page<E::Model>>
    where
        E: EntityTrait,
        K: Fn(&E::Model) -> Vec<CursorValue>,
    {
        let select = self.restrict(select, arguments)?;
        let rows = select.all(connection).await.map_err(internal)?;
        Ok(self.page(rows, arguments, key))
    }

    /// Adds the condition of the cursor, the order and the limit (one more than the page).
    pub fn restrict<E: EntityTrait>(
        &self,
        mut select: Select<E>,
        arguments: &PageArguments,
    ) -> Result<Select<E>> {
        if let Some(cursor) = &arguments.cursor {
            let values = cursor::decode(self.name, cursor, &self.kinds())
                .map_err(|error| cursor_error(arguments, error))?;
            select = select.filter(self.beyond(values, arguments.backwards));
        }
        for key in &self.keys {
            select = select.order_by(
                key.expression.clone(),
                direction(&key.order, arguments.backwards),
            );
        }
        Ok(select.limit(arguments.size + 1))
    }

    /// Makes a page of the rows that a restricted select returned.
    pub fn page<T>(
        &self,
        mut rows: Vec<T>,
        arguments: &PageArguments,
        key: impl Fn(&T) -> Vec<CursorValue>,
    ) -> Page<T> {
        let size = usize::try_from(arguments.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if arguments.backwards {
            rows.reverse();
        }
        let came_from_somewhere = arguments.cursor.is_some();
        let (has_previous_page, has_next_page) = if arguments.backwards {
            (more, came_from_somewhere)
        } else {
            (came_from_somewhere, more)
        };
        let edges = rows
            .into_iter()
            .map(|row| (cursor::encode(self.name, &key(&row)), row))
            .collect();
        Page {
            edges,
            has_previous_page,
            has_next_page,
        }
    }

    fn kinds(&self) -> Vec<ValueKind> {
        self.keys.iter().map(|key| key.kind).collect()
    }

    /// (a > x) or (a = x and b > y) or …, with each key's own direction.
    fn beyond(&self, values: Vec<CursorValue>, backwards: bool) -> Condition {
        let mut any = Condition::any();
        let mut equal = Condition::all();
        for (key, value) in self.keys.iter().zip(values) {
            let value = Expr::value(value.into_sql());
            let strict = match direction(&key.order, backwards) {
                Order::Desc => key.expression.clone().lt(value.clone()),
                _ => key.expression.clone().gt(value.clone()),
            };
            any = any.add(equal.clone().add(strict));
            equal = equal.add(key.expression.clone().eq(value));
        }
        any
    }
}

impl<T> Page<T> {
    /// The page information of a Relay connection.
    pub fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous_page,
            has_next_page: self.has_next_page,
            start_cursor: self.edges.first().map(|(cursor, _)| cursor.clone()),
            end_cursor: self.edges.last().map(|(cursor, _)| cursor.clone()),
        }
    }
}

fn direction(order: &Order, backwards: bool) -> Order {
    match (order, backwards) {
        (Order::Desc, false) => Order::Desc,
        (Order::Desc, true) => Order::Asc,
        (_, false) => Order::Asc,
        (_, true) => Order::Desc,
    }
}

fn cursor_error(arguments: &PageArguments, message: String) -> Error {
    crate::errors::bad_user_input(
        if arguments.backwards {
            "before"
        } else {
            "after"
        },
        message,
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
