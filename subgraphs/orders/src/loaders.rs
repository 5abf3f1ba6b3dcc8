//! Data loaders of one request: many lookups go in one by one, come out of one SQL statement each.
//! They belong to the request, so nothing that one caller loaded is shown to another.

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;
use subgraph_service::Database;
use subgraph_service::errors::{SERVICE_UNAVAILABLE, error, internal};
use uuid::Uuid;

use crate::entity::order::Currency;
use crate::entity::{order, order_line};
use crate::order_queries::{self, BuyerPageKey};
use crate::products_api::ProductsApi;
use crate::statistics::{self, Companion};

/// How long a loader waits for more keys: long enough for the resolvers that are ready now.
const DELAY: Duration = Duration::from_millis(1);
/// The most keys of one statement.
const BATCH: usize = 200;

/// The loaders of one request.
pub(crate) struct Loaders {
    pub(crate) orders: DataLoader<Orders>,
    pub(crate) lines: DataLoader<Lines>,
    pub(crate) buyer_pages: DataLoader<BuyerPages>,
    pub(crate) units_sold: DataLoader<UnitsSold>,
    pub(crate) bought: DataLoader<Bought>,
    pub(crate) companions: DataLoader<Companions>,
    pub(crate) spent: DataLoader<Spent>,
    pub(crate) skus: DataLoader<Skus>,
    pub(crate) products_by_sku: DataLoader<ProductsBySku>,
}

impl Loaders {
    pub(crate) fn new(database: &Database, products: &ProductsApi) -> Self {
        Self {
            orders: loader(Orders(database.clone())),
            lines: loader(Lines(database.clone())),
            buyer_pages: loader(BuyerPages(database.clone())),
            units_sold: loader(UnitsSold(database.clone())),
            bought: loader(Bought(database.clone())),
            companions: loader(Companions(database.clone())),
            spent: loader(Spent(database.clone())),
            skus: loader(Skus(database.clone(), products.clone())),
            products_by_sku: loader(ProductsBySku(database.clone(), products.clone())),
        }
    }

    pub(crate) fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self> {
        ctx.data()
    }
}

/// An error that all waiting resolvers get.
type Failure = async_graphql::Error;

/// Orders by id.
pub(crate) struct Orders(Database);
/// The lines of an order.
pub(crate) struct Lines(Database);
/// Pages of a buyer's orders.
pub(crate) struct BuyerPages(Database);
/// How many of a product were sold.
pub(crate) struct UnitsSold(Database);
/// Whether a buyer has bought a product.
pub(crate) struct Bought(Database);
/// What was bought together with a product.
pub(crate) struct Companions(Database);
/// What a buyer has spent.
pub(crate) struct Spent(Database);
/// The SKU of a product: from its orders, or else asked of products.
pub(crate) struct Skus(Database, ProductsApi);
/// The product with a SKU: from its orders, or else asked of products.
pub(crate) struct ProductsBySku(Database, ProductsApi);

fn loader<L: Loader<K>, K: Send + Sync + Clone + Eq + Hash + 'static>(loader: L) -> DataLoader<L> {
    DataLoader::new(loader, tokio::spawn)
        .delay(DELAY)
        .max_batch_size(BATCH)
}

impl Loader<Uuid> for Orders {
    type Value = order::Model;
    type Error = Failure;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, order::Model>, Failure> {
        let select = order::Entity::find().filter(order::Column::Id.is_in(ids.iter().copied()));
        let rows = select.all(&*self.0).await.map_err(internal)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<Uuid> for Lines {
    type Value = Vec<order_line::Model>;
    type Error = Failure;

    async fn load(
        &self,
        orders: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<order_line::Model>>, Failure> {
        let select = order_line::Entity::find()
            .filter(order_line::Column::OrderId.is_in(orders.iter().copied()))
            .order_by_asc(order_line::Column::LineNo);
        let mut lines: HashMap<Uuid, Vec<order_line::Model>> = HashMap::new();
        for row in select.all(&*self.0).await.map_err(internal)? {
            lines.entry(row.order_id).or_default().push(row);
        }
        Ok(lines)
    }
}

impl Loader<BuyerPageKey> for BuyerPages {
    type Value = Vec<order::Model>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[BuyerPageKey],
    ) -> Result<HashMap<BuyerPageKey, Vec<order::Model>>, Failure> {
        order_queries::buyer_pages(&self.0, keys).await
    }
}

impl Loader<Uuid> for UnitsSold {
    type Value = i64;
    type Error = Failure;

    async fn load(&self, products: &[Uuid]) -> Result<HashMap<Uuid, i64>, Failure> {
        statistics::units_sold(&self.0, products)
            .await
            .map_err(internal)
    }
}

/// The key is the buyer and the product; a request has one buyer.
impl Loader<(Uuid, Uuid)> for Bought {
    type Value = bool;
    type Error = Failure;

    async fn load(&self, keys: &[(Uuid, Uuid)]) -> Result<HashMap<(Uuid, Uuid), bool>, Failure> {
        let mut products: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (buyer, product) in keys {
            products.entry(*buyer).or_default().push(*product);
        }
        let mut bought = HashMap::new();
        for (buyer, products) in products {
            let found = statistics::bought_by(&self.0, buyer, &products)
                .await
                .map_err(internal)?;
            bought.extend(found.into_keys().map(|product| ((buyer, product), true)));
        }
        Ok(bought)
    }
}

impl Loader<Uuid> for Companions {
    type Value = Vec<Companion>;
    type Error = Failure;

    async fn load(&self, products: &[Uuid]) -> Result<HashMap<Uuid, Vec<Companion>>, Failure> {
        statistics::companions(&self.0, products)
            .await
            .map_err(internal)
    }
}

impl Loader<Uuid> for Spent {
    type Value = Vec<(Currency, i64)>;
    type Error = Failure;

    async fn load(&self, buyers: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Currency, i64)>>, Failure> {
        statistics::spent(&self.0, buyers).await.map_err(internal)
    }
}

impl Loader<Uuid> for Skus {
    type Value = String;
    type Error = Failure;

    async fn load(&self, products: &[Uuid]) -> Result<HashMap<Uuid, String>, Failure> {
        let mut found = statistics::skus(&self.0, products)
            .await
            .map_err(internal)?;
        let unsold: Vec<Uuid> = products
            .iter()
            .copied()
            .filter(|id| !found.contains_key(id))
            .collect();
        if !unsold.is_empty() {
            let asked = self.1.prices_by_id(&unsold).await.map_err(unavailable)?;
            found.extend(asked.into_iter().map(|product| (product.id, product.sku)));
        }
        Ok(found)
    }
}

impl Loader<String> for ProductsBySku {
    type Value = Uuid;
    type Error = Failure;

    async fn load(&self, skus: &[String]) -> Result<HashMap<String, Uuid>, Failure> {
        let mut found = statistics::products_by_sku(&self.0, skus)
            .await
            .map_err(internal)?;
        let unsold: Vec<String> = skus
            .iter()
            .filter(|sku| !found.contains_key(*sku))
            .cloned()
            .collect();
        if !unsold.is_empty() {
            let asked = self.1.prices(&unsold).await.map_err(unavailable)?;
            found.extend(asked.into_iter().map(|product| (product.sku, product.id)));
        }
        Ok(found)
    }
}

fn unavailable(cause: subgraph_service::peer::PeerError) -> Failure {
    tracing::warn!(%cause, "products could not be asked for a key of a product");
    error(
        SERVICE_UNAVAILABLE,
        "the products service does not answer: try again in a minute",
    )
}
