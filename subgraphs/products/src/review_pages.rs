//! Pages of reviews, of a product or by an author, newest first; a loader asks for many at once.

use async_graphql::Result;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use std::collections::HashMap;
use subgraph_service::keyset::{
    CursorValue, Keyset, Page, PageArguments, PageSize, SortKey, ValueKind,
};
use subgraph_service::{Database, batched_pages};
use uuid::Uuid;

use crate::entity::review;

/// Whose reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Parent {
    Product(Uuid),
    Author(Uuid),
}

/// A page of a parent's reviews: the key with which a loader batches such pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ReviewPageKey {
    parent: Parent,
    arguments: PageArguments,
}

impl ReviewPageKey {
    /// # Errors
    /// When `first` or `after` cannot be used.
    pub(crate) fn new(parent: Parent, first: i32, after: Option<String>) -> Result<Self> {
        let arguments = PageArguments::forwards(Some(first), after, PageSize::default())?;
        let key = Self { parent, arguments };
        key.select()?;
        Ok(key)
    }

    /// Makes a page of the rows that [`load`] found for this key.
    pub(crate) fn page(&self, rows: Vec<review::Model>) -> Page<review::Model> {
        keyset().page(rows, &self.arguments, |review| {
            vec![
                CursorValue::Integer(review.created_at),
                CursorValue::Uuid(review.id),
            ]
        })
    }

    fn select(&self) -> Result<Select<review::Entity>> {
        let parent = match self.parent {
            Parent::Product(id) => review::Column::ProductId.eq(id),
            Parent::Author(id) => review::Column::AuthorId.eq(id),
        };
        keyset().restrict(review::Entity::find().filter(parent), &self.arguments)
    }
}

/// The rows of several pages, in one statement.
pub(crate) async fn load(
    database: &Database,
    keys: &[ReviewPageKey],
) -> Result<HashMap<ReviewPageKey, Vec<review::Model>>> {
    batched_pages::by_key(&**database, keys, ReviewPageKey::select).await
}

fn keyset() -> Keyset {
    let written = SortKey::descending(review::Column::CreatedAt, ValueKind::Integer);
    Keyset::new(
        "reviews",
        vec![
            written,
            SortKey::descending(review::Column::Id, ValueKind::Uuid),
        ],
    )
}
