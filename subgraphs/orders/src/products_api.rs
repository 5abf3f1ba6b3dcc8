//! What orders asks of the products service, over its GraphQL API with a service token: prices of the day, and stock.

use serde::Deserialize;
use serde_json::{Value, json};
use subgraph_service::peer::{Peer, PeerError};
use uuid::Uuid;

use crate::entity::order::Currency;
use crate::entity::order_line;

const PRICES: &str = "query PricesOfTheDay($products: [_Any!]!) {
  _entities(representations: $products) {
    ... on Product { __typename id sku title weightGrams price { amountMinor currency } }
  }
}";
const RESERVE: &str =
    "mutation ReserveStock($orderId: ID!, $buyerId: ID!, $lines: [StockLineInput!]!) {
  reserveStock(orderId: $orderId, buyerId: $buyerId, lines: $lines) { complete missing expiresAt }
}";
const COMMIT: &str = "mutation CommitStock($orderId: ID!) { commitStock(orderId: $orderId) }";
const RELEASE: &str = "mutation ReleaseStock($orderId: ID!) { releaseStock(orderId: $orderId) }";

/// The products service as orders sees it; clones share its connections.
#[derive(Clone)]
pub(crate) struct ProductsApi(Peer);

/// What a product costs today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PricedProduct {
    pub(crate) id: Uuid,
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) price_minor: i64,
    pub(crate) currency: Currency,
    /// None for what is not shipped.
    pub(crate) weight_grams: Option<i64>,
}

/// What became of a request to hold an order's stock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reservation {
    /// Whether all lines are held; otherwise none is.
    pub(crate) complete: bool,
    /// The SKUs that are unknown or sold out.
    pub(crate) missing: Vec<String>,
    /// When unpaid stock goes back.
    pub(crate) expires_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductAnswer {
    id: Uuid,
    sku: String,
    title: String,
    weight_grams: Option<i64>,
    price: MoneyAnswer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoneyAnswer {
    amount_minor: i64,
    currency: CurrencyAnswer,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum CurrencyAnswer {
    Eur,
    Usd,
    Gbp,
}

impl ProductsApi {
    pub(crate) fn new(products: Peer) -> Self {
        Self(products)
    }

    /// Prices of the day, for those of the SKUs that exist.
    pub(crate) async fn prices(&self, skus: &[String]) -> Result<Vec<PricedProduct>, PeerError> {
        let representation = |sku: &String| json!({ "__typename": "Product", "sku": sku });
        self.priced(skus.iter().map(representation).collect()).await
    }

    /// The same by id.
    pub(crate) async fn prices_by_id(&self, ids: &[Uuid]) -> Result<Vec<PricedProduct>, PeerError> {
        let representation = |id: &Uuid| json!({ "__typename": "Product", "id": id });
        self.priced(ids.iter().map(representation).collect()).await
    }

    async fn priced(&self, representations: Vec<Value>) -> Result<Vec<PricedProduct>, PeerError> {
        let mut data = self
            .0
            .call(PRICES, json!({ "products": representations }))
            .await?;
        let found: Vec<Option<ProductAnswer>> = self.read(data["_entities"].take())?;
        Ok(found
            .into_iter()
            .flatten()
            .map(PricedProduct::from)
            .collect())
    }

    /// Holds all lines of an order or none; asking twice is asking once.
    pub(crate) async fn reserve(
        &self,
        order_id: Uuid,
        buyer_id: Uuid,
        lines: &[order_line::Model],
    ) -> Result<Reservation, PeerError> {
        let line = |line: &order_line::Model| json!({ "lineNo": line.line_no, "sku": line.sku, "quantity": line.quantity });
        let lines: Vec<_> = lines.iter().map(line).collect();
        let variables = json!({ "orderId": order_id, "buyerId": buyer_id, "lines": lines });
        let mut data = self.0.call(RESERVE, variables).await?;
        self.read(data["reserveStock"].take())
    }

    /// Makes what an order holds final; `false` when it is over.
    pub(crate) async fn commit(&self, order_id: Uuid) -> Result<bool, PeerError> {
        let mut data = self.0.call(COMMIT, json!({ "orderId": order_id })).await?;
        self.read(data["commitStock"].take())
    }

    /// Gives back what an order holds or has bought.
    pub(crate) async fn release(&self, order_id: Uuid) -> Result<(), PeerError> {
        self.0
            .call(RELEASE, json!({ "orderId": order_id }))
            .await
            .map(drop)
    }

    fn read<T: serde::de::DeserializeOwned>(&self, value: Value) -> Result<T, PeerError> {
        serde_json::from_value(value).map_err(|error| self.0.unreadable(error))
    }
}

impl From<ProductAnswer> for PricedProduct {
    fn from(answer: ProductAnswer) -> Self {
        let currency = match answer.price.currency {
            CurrencyAnswer::Eur => Currency::Eur,
            CurrencyAnswer::Usd => Currency::Usd,
            CurrencyAnswer::Gbp => Currency::Gbp,
        };
        Self {
            id: answer.id,
            sku: answer.sku,
            title: answer.title,
            price_minor: answer.price.amount_minor,
            currency,
            weight_grams: answer.weight_grams,
        }
    }
}
