//! An orders service of a test's own beside a real products service, and clients with each kind of token.

use orders::{Faults, OrdersService, Settings};
use products::ProductsService;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use subgraph_service::service_token::ServiceTokenOptions;
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

pub(crate) const PLACE: &str = "mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on PlaceOrderSuccess { order { id number status closingNote
      subtotal { amountMinor } discount { amountMinor } shipping { amountMinor } total { amountMinor formatted }
      lines { lineNo title quantity unitPrice { amountMinor } total { amountMinor } product { id sku } } shipTo { label city country } } }
    ... on OrderError { message }
    ... on OutOfStock { products { sku id } }
    ... on UnknownProducts { skus }
    ... on CouponRejected { coupon }
  }
}";

pub(crate) const PAY: &str = "mutation ($id: ID!, $token: String!) {
  payOrder(id: $id, payment: { cardToken: $token }) { __typename ... on Order { id status } ... on NotPayable { status message } ... on PaymentDeclined { message } }
}";

pub(crate) const CANCEL: &str = "mutation ($id: ID!) {
  cancelOrder(id: $id, reason: \"changed my mind\") { __typename ... on Order { status closingNote } ... on NotCancellable { status } }
}";

/// How one orders service of a shop is to be.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) faults: Faults,
    /// After how long the step of a dead worker is done again.
    pub(crate) lease_milliseconds: u32,
    pub(crate) hold_seconds: u32,
    pub(crate) patience_seconds: u32,
    /// Without a worker only requests send SQL statements, so that they can be counted.
    pub(crate) worker: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            faults: Faults::default(),
            lease_milliseconds: 30_000,
            hold_seconds: 900,
            patience_seconds: 900,
            worker: true,
        }
    }
}

/// Products and orders, with the demo data of both.
pub(crate) struct Shop {
    pub(crate) running: RunningService,
    pub(crate) products: RunningService,
    pub(crate) identities: IdentityProvider,
    /// Anonymous.
    pub(crate) client: GraphqlClient,
    database: TestDatabase,
    _products_database: TestDatabase,
}

impl Shop {
    pub(crate) async fn open(engine: Engine) -> Self {
        Self::open_with(engine, Plan::default()).await
    }

    pub(crate) async fn open_with(engine: Engine, plan: Plan) -> Self {
        let identities = IdentityProvider::start().await;
        let (database, products_database) = (
            TestDatabase::new(engine).await,
            TestDatabase::new(engine).await,
        );
        let settings = products::Settings {
            users_url: identities.graphql_url(),
            hold_seconds: plan.hold_seconds,
        };
        let products = subgraph_service::start::<ProductsService>(
            options(&products_database, &identities),
            settings,
        )
        .await
        .unwrap();
        let running = start_orders(&database, &identities, products.graphql_url(), plan).await;
        let client = GraphqlClient::new(running.graphql_url());
        Self {
            running,
            products,
            identities,
            client,
            database,
            _products_database: products_database,
        }
    }

    /// Stops the orders service and starts it again on the same database.
    pub(crate) async fn restart(self, plan: Plan) -> Self {
        let Self {
            running,
            products,
            identities,
            database,
            _products_database,
            ..
        } = self;
        running.stop().await;
        let running = start_orders(&database, &identities, products.graphql_url(), plan).await;
        let client = GraphqlClient::new(running.graphql_url());
        Self {
            running,
            products,
            identities,
            client,
            database,
            _products_database,
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

    /// What can still be ordered of a product.
    pub(crate) async fn stock_level(&self, sku: &str) -> i64 {
        let products = GraphqlClient::new(self.products.graphql_url())
            .with_token(self.identities.tokens.staff(user(9)));
        let query = "query ($sku: String!) { product(by: { sku: $sku }) { ... on PhysicalProduct { stockLevel } } }";
        products.data(query, json!({ "sku": sku })).await["product"]["stockLevel"]
            .as_i64()
            .unwrap()
    }

    /// Ada places an order; the result.
    pub(crate) async fn place(&self, lines: &[(&str, i64)]) -> Value {
        self.customer(1)
            .data(PLACE, json!({ "input": input(lines) }))
            .await["placeOrder"]
            .clone()
    }

    /// Ada places an order that must succeed; its id.
    pub(crate) async fn placed(&self, lines: &[(&str, i64)]) -> String {
        let placed = self.place(lines).await;
        assert_eq!(placed["__typename"], "PlaceOrderSuccess", "{placed}");
        placed["order"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn pay(&self, id: &str) -> Value {
        self.customer(1)
            .data(PAY, json!({ "id": id, "token": "tok_visa" }))
            .await["payOrder"]
            .clone()
    }

    pub(crate) async fn cancel(&self, id: &str) -> Value {
        self.customer(1).data(CANCEL, json!({ "id": id })).await["cancelOrder"].clone()
    }

    /// Waits until an order of Ada's has this status.
    pub(crate) async fn until(&self, id: &str, status: &str) {
        let reached = async {
            let ada = self.customer(1);
            while ada
                .data(
                    "query ($id: ID!) { order(id: $id) { status } }",
                    json!({ "id": id }),
                )
                .await["order"]["status"]
                != status
            {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(30), reached).await;
        assert!(in_time.is_ok(), "the order does not become {status}");
    }

    /// Waits until this much of a product can be ordered.
    pub(crate) async fn until_stock(&self, sku: &str, level: i64) {
        let reached = async {
            while self.stock_level(sku).await != level {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(30), reached).await;
        assert!(
            in_time.is_ok(),
            "the stock of `{sku}` does not become {level}, it is {}",
            self.stock_level(sku).await
        );
    }
}

/// Starts orders alone, on a database, with products at any URL.
pub(crate) async fn start_orders(
    database: &TestDatabase,
    identities: &IdentityProvider,
    products_url: String,
    plan: Plan,
) -> RunningService {
    let token = ServiceTokenOptions {
        token_url: identities.token_url(),
        client_id: "orders".to_owned(),
        client_secret: "a-secret-of-tests".to_owned(),
    };
    let settings = Settings {
        products_url,
        users_url: identities.graphql_url(),
        lease_milliseconds: plan.lease_milliseconds,
        patience_seconds: plan.patience_seconds,
        worker: plan.worker,
        token,
        faults: plan.faults,
    };
    subgraph_service::start::<OrdersService>(options(database, identities), settings)
        .await
        .unwrap()
}

fn options(database: &TestDatabase, identities: &IdentityProvider) -> ServiceOptions {
    ServiceOptions {
        listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        database_url: Some(database.url.clone()),
        jwks_url: identities.keys_url(),
        demo_data: true,
        shutdown_seconds: 5,
        ..ServiceOptions::default()
    }
}

/// An order with a key of its own.
pub(crate) fn input(lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity }))
        .collect();
    let address = json!({ "line1": "12 St James's Square", "city": "London", "postcode": "SW1Y 4JH", "country": "gb" });
    json!({ "lines": lines, "shipTo": { "address": address }, "idempotencyKey": Uuid::now_v7() })
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
