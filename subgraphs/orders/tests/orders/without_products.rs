//! Orders alone: a stand-in for products that answers as a test wants, fails, and loses answers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use subgraph_service::test_support::{Engine, GraphqlClient, IdentityProvider, TestDatabase};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::harness::{PLACE, Plan, input, on_both_engines, product, start_orders, user};

on_both_engines!(
    an_outage_while_reserving_delays_an_order_and_does_not_lose_it,
    an_order_is_given_up_when_products_never_answers,
);

/// What the stand-in does.
#[derive(Default)]
struct Behaviour {
    /// Every request for stock fails.
    fails: AtomicBool,
    reservations: AtomicUsize,
    releases: AtomicUsize,
}

async fn stand_in(behaviour: Arc<Behaviour>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/graphql", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/graphql", post(answer))
        .with_state(behaviour);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn answer(
    State(behaviour): State<Arc<Behaviour>>,
    Json(request): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let document = request["query"].as_str().unwrap();
    if document.contains("PricesOfTheDay") {
        let money = json!({ "amountMinor": 1000, "currency": "EUR" });
        let product = json!({ "__typename": "PhysicalProduct", "id": product(1), "sku": "A-THING", "title": "A thing", "weightGrams": 1, "price": money });
        return Ok(Json(json!({ "data": { "_entities": [product] } })));
    }
    if document.contains("releaseStock") {
        behaviour.releases.fetch_add(1, Ordering::SeqCst);
        return Ok(Json(json!({ "data": { "releaseStock": true } })));
    }
    behaviour.reservations.fetch_add(1, Ordering::SeqCst);
    if behaviour.fails.load(Ordering::SeqCst) {
        return Err(StatusCode::BAD_GATEWAY);
    }
    let held = json!({ "complete": true, "missing": [], "expiresAt": "2100-01-01T00:00:00Z" });
    Ok(Json(json!({ "data": { "reserveStock": held } })))
}

async fn an_outage_while_reserving_delays_an_order_and_does_not_lose_it(engine: Engine) {
    let (database, identities, behaviour) = (
        TestDatabase::new(engine).await,
        IdentityProvider::start().await,
        Arc::new(Behaviour::default()),
    );
    behaviour.fails.store(true, Ordering::SeqCst);
    let orders = start_orders(
        &database,
        &identities,
        stand_in(behaviour.clone()).await,
        Plan::default(),
    )
    .await;
    let ada =
        GraphqlClient::new(orders.graphql_url()).with_token(identities.tokens.customer(user(1)));
    let placed = ada
        .data(PLACE, json!({ "input": input(&[("A-THING", 1)]) }))
        .await["placeOrder"]["order"]
        .clone();
    assert_eq!(placed["status"], "PENDING");
    behaviour.fails.store(false, Ordering::SeqCst);
    until(&ada, &placed["id"], "RESERVED").await;
    assert!(behaviour.reservations.load(Ordering::SeqCst) > 1);
}

async fn an_order_is_given_up_when_products_never_answers(engine: Engine) {
    let (database, identities, behaviour) = (
        TestDatabase::new(engine).await,
        IdentityProvider::start().await,
        Arc::new(Behaviour::default()),
    );
    behaviour.fails.store(true, Ordering::SeqCst);
    let impatient = Plan {
        patience_seconds: 0,
        ..Plan::default()
    };
    let orders = start_orders(
        &database,
        &identities,
        stand_in(behaviour.clone()).await,
        impatient,
    )
    .await;
    let ada =
        GraphqlClient::new(orders.graphql_url()).with_token(identities.tokens.customer(user(1)));
    let placed = ada
        .data(PLACE, json!({ "input": input(&[("A-THING", 1)]) }))
        .await["placeOrder"]
        .clone();
    assert_eq!(placed["__typename"], "OutOfStock", "{placed}");
    let released = async {
        while behaviour.releases.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), released)
        .await
        .unwrap();
}

#[tokio::test]
async fn while_products_is_away_nothing_is_ordered_and_the_client_learns_why() {
    let (database, identities) = (
        TestDatabase::new(Engine::Sqlite).await,
        IdentityProvider::start().await,
    );
    let nobody = "http://127.0.0.1:9/graphql".to_owned();
    let orders = start_orders(&database, &identities, nobody, Plan::default()).await;
    let ada =
        GraphqlClient::new(orders.graphql_url()).with_token(identities.tokens.customer(user(1)));
    let response = ada
        .send(PLACE, json!({ "input": input(&[("A-THING", 1)]) }))
        .await;
    assert_eq!(response.code(), "SERVICE_UNAVAILABLE", "{}", response.body);
    assert!(
        response.message().contains("idempotencyKey"),
        "{}",
        response.message()
    );
    let unknown = ada
        .send(
            "query ($id: ID!) { order(id: $id) { id } }",
            json!({ "id": Uuid::nil() }),
        )
        .await;
    assert_eq!(unknown.data()["order"], Value::Null);
}

async fn until(client: &GraphqlClient, id: &Value, status: &str) {
    let reached = async {
        while client
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
    tokio::time::timeout(Duration::from_secs(40), reached)
        .await
        .unwrap();
}
