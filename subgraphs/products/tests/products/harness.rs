//! A products service of a test's own, with the demo shop, and clients with each kind of token.

use products::{ProductsService, Settings};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use subgraph_service::test_support::{Engine, GraphqlClient, IdentityProvider, TestDatabase};
use subgraph_service::{RunningService, ServiceOptions};
use uuid::Uuid;

/// Runs each test function once on SQLite and once on PostgreSQL.
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() { super::$test(subgraph_service::test_support::Engine::Sqlite).await; })+
        }
        mod postgresql {
            $(#[tokio::test] async fn $test() { super::$test(subgraph_service::test_support::Engine::Postgres).await; })+
        }
    };
}
pub(crate) use on_both_engines;

/// A running service with the demo shop.
pub(crate) struct Shop {
    pub(crate) running: RunningService,
    pub(crate) identities: IdentityProvider,
    /// Anonymous.
    pub(crate) client: GraphqlClient,
    _database: TestDatabase,
}

impl Shop {
    pub(crate) async fn open(engine: Engine) -> Self {
        Self::open_with(engine, Settings::default()).await
    }

    pub(crate) async fn open_with(engine: Engine, settings: Settings) -> Self {
        let (database, identities) = (
            TestDatabase::new(engine).await,
            IdentityProvider::start().await,
        );
        let options = ServiceOptions {
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            database_url: Some(database.url.clone()),
            jwks_url: identities.keys_url(),
            demo_data: true,
            ..ServiceOptions::default()
        };
        let settings = Settings {
            users_url: identities.graphql_url(),
            ..settings
        };
        let running = subgraph_service::start::<ProductsService>(options, settings)
            .await
            .unwrap();
        let client = GraphqlClient::new(running.graphql_url());
        Self {
            running,
            identities,
            client,
            _database: database,
        }
    }

    /// As demo customer 1 (Ada), 2 (Grace) or 3 (Linus).
    pub(crate) fn customer(&self, number: u128) -> GraphqlClient {
        self.client
            .with_token(self.identities.tokens.customer(user(number)))
    }

    pub(crate) fn staff(&self) -> GraphqlClient {
        self.client
            .with_token(self.identities.tokens.staff(user(9)))
    }

    /// As the orders service.
    pub(crate) fn orders(&self) -> GraphqlClient {
        self.client
            .with_token(self.identities.tokens.service("orders", &["stock:reserve"]))
    }

    /// What can still be ordered of a product.
    pub(crate) async fn stock_level(&self, sku: &str) -> i64 {
        let query = "query ($sku: String!) { product(by: { sku: $sku }) { ... on PhysicalProduct { stockLevel } } }";
        self.staff().data(query, json!({ "sku": sku })).await["product"]["stockLevel"]
            .as_i64()
            .unwrap()
    }

    /// Holds stock for an order of Ada's; the answer.
    pub(crate) async fn reserve(&self, order: Uuid, lines: &[(&str, i64)]) -> Value {
        let query = "mutation ($order: ID!, $buyer: ID!, $lines: [StockLineInput!]!) {
          reserveStock(orderId: $order, buyerId: $buyer, lines: $lines) { orderId complete missing expiresAt }
        }";
        let lines: Vec<Value> = (1..).zip(lines).map(|(number, (sku, quantity))| json!({ "lineNo": number, "sku": sku, "quantity": quantity })).collect();
        let variables = json!({ "order": order, "buyer": user(1), "lines": lines });
        self.orders().data(query, variables).await["reserveStock"].clone()
    }

    pub(crate) async fn commit(&self, order: Uuid) -> bool {
        let data = self
            .orders()
            .data(
                "mutation ($order: ID!) { commitStock(orderId: $order) }",
                json!({ "order": order }),
            )
            .await;
        data["commitStock"].as_bool().unwrap()
    }

    pub(crate) async fn release(&self, order: Uuid) {
        let data = self
            .orders()
            .data(
                "mutation ($order: ID!) { releaseStock(orderId: $order) }",
                json!({ "order": order }),
            )
            .await;
        assert_eq!(data["releaseStock"], true);
    }
}

pub(crate) fn user(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0000 | number)
}

pub(crate) fn product(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_b000_0000_7000_8000_0000_0000_0000 | number)
}

pub(crate) fn order(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_c000_0000_7000_8000_0000_0000_0000 | number)
}

/// The values of one field in a list.
pub(crate) fn all(list: &Value, field: &str) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}
