//! Reading the catalogue: a filter, a sort order and a place in it go in, products come out.

use async_graphql::{Enum, ID, InputObject, Result};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Order, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use std::collections::HashMap;
use subgraph_service::errors::{bad_user_input, internal};
use subgraph_service::keyset::{
    CursorValue, Keyset, Page, PageArguments, PageSize, SortKey, ValueKind,
};
use subgraph_service::{Database, batched_pages};
use uuid::Uuid;

use crate::entity::{category, product, product_tag};

/// What to leave out of the catalogue; whatever is not given leaves out nothing
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct ProductFilter {
    /// Only what stands on this shelf or on one below it
    category: Option<ID>,
    /// Only what costs at least this, in minor units
    price_min: Option<i32>,
    /// Only what costs at most this, in minor units
    price_max: Option<i32>,
    /// Only what can (or cannot) be ordered now
    in_stock: Option<bool>,
    /// Only what has all of these tags
    tags: Option<Vec<String>>,
}

/// In which order the catalogue is shown
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(crate) enum ProductSort {
    /// What came last, first
    #[default]
    Newest,
    /// From cheap to dear
    PriceAsc,
    /// From dear to cheap
    PriceDesc,
    /// What buyers like best, first
    Rating,
}

impl ProductSort {
    /// The order as sort keys; the id decides between equals.
    pub(crate) fn keyset(self) -> Keyset {
        use product::Column::{CreatedAt, Id, PriceMinor, RatingMilli};
        let id = SortKey::descending(Id, ValueKind::Uuid);
        match self {
            Self::Newest => Keyset::new(
                "newest",
                vec![SortKey::descending(CreatedAt, ValueKind::Integer), id],
            ),
            Self::PriceAsc => Keyset::new(
                "price-asc",
                vec![SortKey::ascending(PriceMinor, ValueKind::Integer), id],
            ),
            Self::PriceDesc => Keyset::new(
                "price-desc",
                vec![SortKey::descending(PriceMinor, ValueKind::Integer), id],
            ),
            Self::Rating => Keyset::new(
                "rating",
                vec![SortKey::descending(RatingMilli, ValueKind::Integer), id],
            ),
        }
    }

    /// The place of a product in this order.
    pub(crate) fn place(self, product: &product::Model) -> Vec<CursorValue> {
        let value = match self {
            Self::Newest => product.created_at,
            Self::PriceAsc | Self::PriceDesc => product.price_minor,
            Self::Rating => product.rating_milli,
        };
        vec![CursorValue::Integer(value), CursorValue::Uuid(product.id)]
    }
}

/// A page of what stands on a shelf: the key with which a loader batches such pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CategoryPageKey {
    category: Uuid,
    size: u64,
    after: Option<String>,
}

impl CategoryPageKey {
    /// # Errors
    /// When `first` or `after` cannot be used.
    pub(crate) fn new(category: Uuid, first: i32, after: Option<String>) -> Result<Self> {
        let arguments = PageArguments::forwards(Some(first), after, PageSize::default())?;
        let key = Self {
            category,
            size: arguments.size,
            after: arguments.cursor,
        };
        key.select()?;
        Ok(key)
    }

    pub(crate) fn filter(&self) -> Condition {
        Condition::all().add(product::Column::CategoryId.eq(self.category))
    }

    pub(crate) fn arguments(&self) -> PageArguments {
        PageArguments {
            size: self.size,
            backwards: false,
            cursor: self.after.clone(),
        }
    }

    fn select(&self) -> Result<Select<product::Entity>> {
        ProductSort::Newest.keyset().restrict(
            product::Entity::find().filter(self.filter()),
            &self.arguments(),
        )
    }
}

impl ProductFilter {
    /// The filter as a condition.
    ///
    /// # Errors
    /// When the category is not an id.
    pub(crate) fn condition(&self) -> Result<Condition> {
        let category = self
            .category
            .as_ref()
            .map(|id| parse_id("category", id))
            .transpose()?;
        let in_stock = product::Column::Available
            .gt(0)
            .or(product::Column::Available.is_null());
        let mut condition = Condition::all()
            .add_option(category.map(on_shelf))
            .add_option(
                self.price_min
                    .map(|price| product::Column::PriceMinor.gte(price)),
            )
            .add_option(
                self.price_max
                    .map(|price| product::Column::PriceMinor.lte(price)),
            )
            .add_option(self.in_stock.map(|wanted| {
                if wanted {
                    in_stock
                } else {
                    product::Column::Available.lte(0)
                }
            }));
        for tag in self.tags.iter().flatten() {
            condition = condition.add(has_tag(tag));
        }
        Ok(condition)
    }
}

/// One page of the filtered catalogue.
pub(crate) async fn page(
    database: &Database,
    filter: Condition,
    sort: ProductSort,
    arguments: &PageArguments,
) -> Result<Page<product::Model>> {
    let select = product::Entity::find().filter(filter);
    sort.keyset()
        .fetch(select, arguments, &**database, |product| {
            sort.place(product)
        })
        .await
}

/// The pages of several shelves, in one statement; each with one product more than asked when there are more.
pub(crate) async fn category_pages(
    database: &Database,
    keys: &[CategoryPageKey],
) -> Result<HashMap<CategoryPageKey, Vec<product::Model>>> {
    let selects = keys
        .iter()
        .map(CategoryPageKey::select)
        .collect::<Result<_>>()?;
    let pages = batched_pages::fetch(&**database, selects)
        .await
        .map_err(internal)?;
    Ok(keys.iter().cloned().zip(pages).collect())
}

/// How many products pass a filter.
pub(crate) async fn count(database: &Database, filter: Condition) -> Result<u64, DbErr> {
    product::Entity::find()
        .filter(filter)
        .count(&**database)
        .await
}

/// All shelves, by name.
pub(crate) async fn categories(database: &Database) -> Result<Vec<category::Model>, DbErr> {
    category::Entity::find()
        .order_by_asc(category::Column::Name)
        .all(&**database)
        .await
}

/// Products that mention every word of the term; those whose title does come first.
pub(crate) async fn search_products(
    database: &Database,
    term: &str,
    limit: u64,
) -> Result<Vec<product::Model>, DbErr> {
    let mut mentions = Condition::all();
    let mut in_title = Condition::all();
    for word in term.split_whitespace() {
        let title = contains(product::Column::Title, word);
        in_title = in_title.add(title.clone());
        mentions = mentions.add(
            Condition::any()
                .add(title)
                .add(contains(product::Column::Sku, word))
                .add(contains(product::Column::Description, word))
                .add(has_tag(&word.to_lowercase())),
        );
    }
    product::Entity::find()
        .filter(mentions)
        .order_by(SimpleExpr::from(in_title), Order::Desc)
        .order_by(product::Column::RatingMilli, Order::Desc)
        .order_by(product::Column::Id, Order::Asc)
        .limit(limit)
        .all(&**database)
        .await
}

/// Categories whose name has every word of the term.
pub(crate) async fn search_categories(
    database: &Database,
    term: &str,
    limit: u64,
) -> Result<Vec<category::Model>, DbErr> {
    let named = term.split_whitespace().fold(Condition::all(), |all, word| {
        all.add(contains(category::Column::Name, word))
    });
    category::Entity::find()
        .filter(named)
        .order_by_asc(category::Column::Name)
        .limit(limit)
        .all(&**database)
        .await
}

/// What sold best, then what buyers like best.
pub(crate) async fn top_products(
    database: &Database,
    limit: u64,
) -> Result<Vec<product::Model>, DbErr> {
    product::Entity::find()
        .order_by_desc(product::Column::UnitsCommitted)
        .order_by_desc(product::Column::RatingMilli)
        .order_by_asc(product::Column::Id)
        .limit(limit)
        .all(&**database)
        .await
}

/// Reads an id that a client sent.
///
/// # Errors
/// When it is not a UUID, as all ids of this service are.
pub(crate) fn parse_id(name: &str, id: &ID) -> Result<Uuid> {
    Uuid::parse_str(id).map_err(|_| {
        bad_user_input(
            name,
            format!(
                "`{name}` is not an id: expected a UUID, got `{}`",
                id.as_str()
            ),
        )
    })
}

fn on_shelf(category: Uuid) -> SimpleExpr {
    let below = Query::select()
        .column(category::Column::Id)
        .from(category::Entity)
        .and_where(category::Column::ParentId.eq(category))
        .to_owned();
    product::Column::CategoryId
        .eq(category)
        .or(product::Column::CategoryId.in_subquery(below))
}

fn has_tag(tag: &str) -> SimpleExpr {
    let tagged = Query::select()
        .column(product_tag::Column::ProductId)
        .from(product_tag::Entity)
        .and_where(product_tag::Column::Tag.eq(tag))
        .to_owned();
    product::Column::Id.in_subquery(tagged)
}

/// Whether a column contains a word, whatever its case; `%` and `_` in the word mean themselves.
fn contains(column: impl ColumnTrait, word: &str) -> SimpleExpr {
    let escaped = word
        .to_lowercase()
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Expr::expr(Func::lower(Expr::col(column.as_column_ref())))
        .like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}
