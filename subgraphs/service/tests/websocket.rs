//! A whole service with a subscription, over WebSocket: who the caller is, and what becomes of those that are nobody.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use async_graphql::{
    Context, EmptyMutation, Object, Request, Result, Schema, SchemaBuilder, Subscription,
};
use futures::{SinkExt, Stream, StreamExt, stream};
use serde_json::{Value, json};
use subgraph_service::{
    Identity, NoMigrations, NoSettings, RunningService, Service, ServiceOptions, Start,
    TokenVerifier, export_schema,
    guard::{SignedIn, identity},
    test_support::{self, Engine, TestDatabase, TestTokens},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};
use uuid::Uuid;

const ADA: Uuid = Uuid::from_u128(1);

struct Clock;
struct Query;
struct Ticks;

/// Put into each request by the service's hook, as data loaders are.
struct PreparedFor(Option<Uuid>);

#[Object]
impl Query {
    async fn caller(&self, context: &Context<'_>) -> Option<String> {
        caller(context)
    }
}

#[Subscription(name = "Subscription")]
impl Ticks {
    /// Counts to three.
    async fn ticks(&self) -> impl Stream<Item = Tick> {
        stream::iter([Tick(1), Tick(2), Tick(3)])
    }

    #[graphql(guard = "SignedIn")]
    async fn private_ticks(&self) -> impl Stream<Item = Tick> {
        stream::iter([Tick(1)])
    }
}

struct Tick(i32);

#[Object]
impl Tick {
    async fn number(&self) -> i32 {
        self.0
    }
    async fn caller(&self, context: &Context<'_>) -> Option<String> {
        caller(context)
    }
    async fn odd_only(&self) -> Result<Option<i32>> {
        if self.0 % 2 == 1 {
            Ok(Some(self.0))
        } else {
            Err("even".into())
        }
    }
}

fn caller(context: &Context<'_>) -> Option<String> {
    let prepared = context
        .data_opt::<PreparedFor>()
        .and_then(|prepared| prepared.0);
    let id = identity(context).user_id();
    assert_eq!(prepared, id, "the hook and the resolvers see one identity");
    id.map(|id| id.to_string())
}

impl Service for Clock {
    const NAME: &'static str = "clock";
    const DEFAULT_LISTEN: &'static str = "127.0.0.1:0";
    type Settings = NoSettings;
    type Query = Query;
    type Mutation = EmptyMutation;
    type Subscription = Ticks;
    type Migrator = NoMigrations;

    fn schema() -> SchemaBuilder<Query, EmptyMutation, Ticks> {
        Schema::build(Query, EmptyMutation, Ticks)
    }

    async fn start(_start: &Start, _settings: NoSettings) -> anyhow::Result<Self> {
        Ok(Self)
    }

    fn prepare_request(&self, request: Request, identity: &Identity) -> Request {
        request.data(PreparedFor(identity.user_id()))
    }

    fn token_verifier(&self) -> Option<TokenVerifier> {
        Some(TestTokens::default().verifier())
    }
}

async fn clock() -> (RunningService, TestDatabase) {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let options = ServiceOptions {
        database_url: Some(database.url.clone()),
        ..ServiceOptions::default()
    };
    let running = subgraph_service::start::<Clock>(options, NoSettings {})
        .await
        .unwrap();
    (running, database)
}

async fn subscribe(
    running: &RunningService,
    token: Option<&str>,
    query: &str,
) -> test_support::Subscription {
    test_support::Subscription::start(&running.graphql_url(), token, query, json!({})).await
}

#[tokio::test]
async fn events_arrive_in_order() {
    let (running, _database) = clock().await;
    let mut ticks = subscribe(&running, None, "subscription { ticks { number } }").await;
    for number in 1..=3 {
        assert_eq!(
            ticks.next().await,
            json!({ "data": { "ticks": { "number": number } } })
        );
    }
}

#[tokio::test]
async fn a_failed_field_of_one_event_is_null_in_that_event_only() {
    let (running, _database) = clock().await;
    let mut ticks = subscribe(&running, None, "subscription { ticks { oddOnly } }").await;
    for (odd, errors) in [(json!(1), 0), (Value::Null, 1), (json!(3), 0)] {
        let event = ticks.next().await;
        assert_eq!(event["data"]["ticks"]["oddOnly"], odd);
        assert_eq!(
            event["errors"].as_array().map_or(0, Vec::len),
            errors,
            "{event}"
        );
    }
}

#[tokio::test]
async fn the_token_of_connection_init_says_who_is_there() {
    let (running, _database) = clock().await;
    let token = TestTokens::default().customer(ADA);
    let mut ticks = subscribe(
        &running,
        Some(&token),
        "subscription { privateTicks { caller } }",
    )
    .await;
    assert_eq!(
        ticks.next().await["data"]["privateTicks"]["caller"],
        ADA.to_string()
    );
}

#[tokio::test]
async fn queries_run_over_a_websocket_too() {
    let (running, _database) = clock().await;
    let token = TestTokens::default().customer(ADA);
    let mut answers = subscribe(&running, Some(&token), "{ caller }").await;
    assert_eq!(answers.next().await["data"]["caller"], ADA.to_string());
}

#[tokio::test]
async fn a_private_subscription_is_refused_without_a_token() {
    let (running, _database) = clock().await;
    let mut ticks = subscribe(&running, None, "subscription { privateTicks { number } }").await;
    assert_eq!(
        ticks.next().await["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
}

/// What comes after `connection_init` with this payload and this header.
async fn after_init(running: &RunningService, header: Option<&str>, payload: Value) -> Message {
    let mut request = running
        .graphql_url()
        .replacen("http", "ws", 1)
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert(
        "sec-websocket-protocol",
        HeaderValue::from_static("graphql-transport-ws"),
    );
    if let Some(value) = header {
        headers.insert("authorization", value.parse().unwrap());
    }
    let (mut socket, _) = connect_async(request).await.unwrap();
    let init = json!({ "type": "connection_init", "payload": payload });
    socket.send(Message::text(init.to_string())).await.unwrap();
    socket.next().await.unwrap().unwrap()
}

#[tokio::test]
async fn a_bad_token_closes_the_connection_with_the_reason() {
    let (running, _database) = clock().await;
    let tokens = TestTokens::default();
    let mut claims = tokens.claims(&ADA.to_string(), &[], &[]);
    claims.exp = claims.iat - 60;
    let expired = format!("Bearer {}", tokens.sign(&claims));
    for (header, payload) in [
        (None, json!({ "Authorization": expired })),
        (Some(expired.as_str()), json!({})),
    ] {
        let Message::Close(Some(frame)) = after_init(&running, header, payload).await else {
            panic!("the connection stays open");
        };
        assert!(frame.reason.contains("has expired"), "{frame:?}");
    }
}

#[tokio::test]
async fn the_header_of_the_upgrade_counts_when_the_payload_says_nothing() {
    let (running, _database) = clock().await;
    let header = format!("Bearer {}", TestTokens::default().customer(ADA));
    let answer = after_init(&running, Some(&header), json!({})).await;
    assert!(
        answer.to_text().unwrap().contains("connection_ack"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn subscriptions_are_in_the_exported_schema() {
    let sdl = export_schema::<Clock>().unwrap();
    assert!(
        sdl.contains("type Subscription {\n  \"\"\"Counts to three.\"\"\"\n  ticks: Tick!"),
        "{sdl}"
    );
}

#[tokio::test]
async fn stopping_ends_subscriptions() {
    let (running, _database) = clock().await;
    let url = running.graphql_url().replacen("http", "ws", 1);
    let mut request = url.into_client_request().unwrap();
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.unwrap();
    running.stop().await;
    let rest = tokio::time::timeout(Duration::from_secs(10), async {
        while let Some(Ok(_)) = socket.next().await {}
    });
    rest.await.unwrap();
}

#[tokio::test]
async fn a_stopped_service_takes_no_connections() {
    let (running, _database) = clock().await;
    let address = running.address;
    running.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
