//! Many pages in one statement: the first reviews of each of twenty products take one query and not twenty.
//! Limited selects go in, their rows come out in the same order.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::Result;
use sea_orm::sea_query::{Asterisk, Expr, Query, SelectStatement, UnionType};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QuerySelect, QueryTrait, Select,
};

use crate::errors::internal;

/// The column that says to which select a row belongs.
const PAGE: &str = "page_number";

/// Runs all selects as one `UNION ALL`; each keeps its own condition, order and limit.
///
/// # Errors
/// When the database fails.
pub async fn fetch<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    selects: Vec<Select<E>>,
) -> Result<Vec<Vec<E::Model>>, DbErr> {
    let mut pages: Vec<Vec<E::Model>> = selects.iter().map(|_| Vec::new()).collect();
    let Some(statement) = union(selects) else {
        return Ok(pages);
    };
    for row in connection.query_all(&statement).await? {
        let number: i64 = row.try_get("", PAGE)?;
        if let Some(page) = usize::try_from(number)
            .ok()
            .and_then(|number| pages.get_mut(number))
        {
            page.push(E::Model::from_query_result(&row, "")?);
        }
    }
    Ok(pages)
}

/// The rows of each key's page, in one statement.
///
/// # Errors
/// When a key has no select, or the database fails.
pub async fn by_key<K: Clone + Eq + Hash, E: EntityTrait>(
    connection: &impl ConnectionTrait,
    keys: &[K],
    select: impl Fn(&K) -> Result<Select<E>>,
) -> Result<HashMap<K, Vec<E::Model>>> {
    let selects = keys.iter().map(select).collect::<Result<_>>()?;
    let pages = fetch(connection, selects).await.map_err(internal)?;
    Ok(keys.iter().cloned().zip(pages).collect())
}

fn union<E: EntityTrait>(selects: Vec<Select<E>>) -> Option<SelectStatement> {
    let mut numbered = (0_i64..).zip(selects).map(|(number, select)| {
        let page = select.expr_as(Expr::value(number), PAGE).into_query();
        // Neither database allows ORDER BY and LIMIT in a member of a union, unless it is a subquery.
        Query::select()
            .column(Asterisk)
            .from_subquery(page, "page")
            .take()
    });
    let first = numbered.next()?;
    Some(numbered.fold(first, |mut all, page| {
        all.union(UnionType::All, page).take()
    }))
}
