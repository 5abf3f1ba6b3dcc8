//! Data loaders of one request: many lookups go in one by one, come out of one SQL statement each.
//! They belong to the request, so nothing that one caller loaded is shown to another.

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use std::time::Duration;
use subgraph_service::Database;
use subgraph_service::errors::internal;
use uuid::Uuid;

use crate::catalogue::{self, CategoryPageKey, ProductSort};
use crate::entity::{category, product, product_tag, review};
use crate::graphql::category::Category;
use crate::graphql::connection::{ProductConnection, ReviewConnection};
use crate::graphql::product::Product;
use crate::graphql::review::Review;
use crate::review_pages::{self, ReviewPageKey};

/// How long a loader waits for more keys: long enough for the resolvers that are ready now.
const DELAY: Duration = Duration::from_millis(1);
/// The most keys of one statement.
const BATCH: usize = 200;

/// The loaders of one request.
pub(crate) struct Loaders {
    products: DataLoader<ProductsById>,
    skus: DataLoader<ProductsBySku>,
    categories: DataLoader<CategoriesById>,
    tags: DataLoader<TagsByProduct>,
    reviews: DataLoader<ReviewsById>,
    review_pages: DataLoader<ReviewPages>,
    category_pages: DataLoader<CategoryPages>,
}

impl Loaders {
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            products: loader(ProductsById(database.clone())),
            skus: loader(ProductsBySku(database.clone())),
            categories: loader(CategoriesById(database.clone())),
            tags: loader(TagsByProduct(database.clone())),
            reviews: loader(ReviewsById(database.clone())),
            review_pages: loader(ReviewPages(database.clone())),
            category_pages: loader(CategoryPages(database.clone())),
        }
    }

    pub(crate) fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self> {
        ctx.data()
    }

    pub(crate) async fn product(&self, id: Uuid) -> Result<Option<Product>> {
        Ok(self.products.load_one(id).await?.map(Product::from))
    }

    pub(crate) async fn product_by_sku(&self, sku: String) -> Result<Option<Product>> {
        Ok(self.skus.load_one(sku).await?.map(Product::from))
    }

    pub(crate) async fn category(&self, id: Uuid) -> Result<Option<Category>> {
        Ok(self.categories.load_one(id).await?.map(Category))
    }

    pub(crate) async fn tags(&self, product: Uuid) -> Result<Vec<String>> {
        Ok(self.tags.load_one(product).await?.unwrap_or_default())
    }

    pub(crate) async fn review(&self, id: Uuid) -> Result<Option<Review>> {
        Ok(self.reviews.load_one(id).await?.map(Review))
    }

    pub(crate) async fn review_page(&self, key: ReviewPageKey) -> Result<ReviewConnection> {
        let rows = self
            .review_pages
            .load_one(key.clone())
            .await?
            .unwrap_or_default();
        Ok(key.page(rows).into())
    }

    pub(crate) async fn category_page(&self, key: CategoryPageKey) -> Result<ProductConnection> {
        let rows = self
            .category_pages
            .load_one(key.clone())
            .await?
            .unwrap_or_default();
        let page = ProductSort::Newest
            .keyset()
            .page(rows, &key.arguments(), |product| {
                ProductSort::Newest.place(product)
            });
        Ok(ProductConnection::new(page, key.filter()))
    }
}

/// An error that all waiting resolvers get.
type Failure = async_graphql::Error;

struct ProductsById(Database);
struct ProductsBySku(Database);
struct CategoriesById(Database);
struct TagsByProduct(Database);
struct ReviewsById(Database);
struct ReviewPages(Database);
struct CategoryPages(Database);

fn loader<L: Loader<K>, K: Send + Sync + Clone + Eq + std::hash::Hash + 'static>(
    loader: L,
) -> DataLoader<L> {
    DataLoader::new(loader, tokio::spawn)
        .delay(DELAY)
        .max_batch_size(BATCH)
}

fn failure(error: sea_orm::DbErr) -> Failure {
    internal(error)
}

impl Loader<Uuid> for ProductsById {
    type Value = product::Model;
    type Error = Failure;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, product::Model>, Failure> {
        let select = product::Entity::find().filter(product::Column::Id.is_in(ids.iter().copied()));
        let rows = select.all(&*self.0).await.map_err(failure)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<String> for ProductsBySku {
    type Value = product::Model;
    type Error = Failure;

    async fn load(&self, skus: &[String]) -> Result<HashMap<String, product::Model>, Failure> {
        let select = product::Entity::find().filter(product::Column::Sku.is_in(skus));
        let rows = select.all(&*self.0).await.map_err(failure)?;
        Ok(rows.into_iter().map(|row| (row.sku.clone(), row)).collect())
    }
}

impl Loader<Uuid> for CategoriesById {
    type Value = category::Model;
    type Error = Failure;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, category::Model>, Failure> {
        let select =
            category::Entity::find().filter(category::Column::Id.is_in(ids.iter().copied()));
        let rows = select.all(&*self.0).await.map_err(failure)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<Uuid> for TagsByProduct {
    type Value = Vec<String>;
    type Error = Failure;

    async fn load(&self, products: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>, Failure> {
        let select = product_tag::Entity::find()
            .filter(product_tag::Column::ProductId.is_in(products.iter().copied()))
            .order_by_asc(product_tag::Column::Tag);
        let mut tags: HashMap<Uuid, Vec<String>> = HashMap::new();
        for row in select.all(&*self.0).await.map_err(failure)? {
            tags.entry(row.product_id).or_default().push(row.tag);
        }
        Ok(tags)
    }
}

impl Loader<Uuid> for ReviewsById {
    type Value = review::Model;
    type Error = Failure;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, review::Model>, Failure> {
        let select = review::Entity::find().filter(review::Column::Id.is_in(ids.iter().copied()));
        let rows = select.all(&*self.0).await.map_err(failure)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<ReviewPageKey> for ReviewPages {
    type Value = Vec<review::Model>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ReviewPageKey],
    ) -> Result<HashMap<ReviewPageKey, Vec<review::Model>>, Failure> {
        review_pages::load(&self.0, keys).await
    }
}

impl Loader<CategoryPageKey> for CategoryPages {
    type Value = Vec<product::Model>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[CategoryPageKey],
    ) -> Result<HashMap<CategoryPageKey, Vec<product::Model>>, Failure> {
        catalogue::category_pages(&self.0, keys).await
    }
}
