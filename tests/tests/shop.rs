//! The whole system over real sockets: three services on both databases, the gateway before them.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::time::Duration;

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};
use weft_tests::harness::shop::Shop;
use weft_tests::harness::subscription::Subscription;

const CATALOGUE: &str = "query Catalogue {
  products(first: 3, sort: PRICE_ASC, filter: { inStock: true }) {
    nodes { __typename id sku title price { formatted amountMinor } unitsSold ... on PhysicalProduct { shippingEstimate(country: \"DE\") { amountMinor } } }
  }
}";

const PLACE: &str = "mutation Place($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on PlaceOrderSuccess { order { id status lines { quantity unitPrice { amountMinor } product { title sku } } buyer { handle displayName } } }
    ... on OrderError { message }
  }
}";

const STATUS: &str = "subscription Status {
  orderStatusChanged { previous current order { number buyer { displayName } lines { product { title } } } }
}";

/// Each test on both engines.
macro_rules! on_both_engines {
    ($($name:ident => $test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$test(super::Engine::Sqlite).await; })*
        }
        mod postgresql {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$test(super::Engine::Postgres).await; })*
        }
    };
}

on_both_engines! {
    a_catalogue_query_crosses_services => catalogue,
    an_order_goes_from_sign_in_to_delivery => delivery,
    a_subscription_follows_an_order_across_services => follow,
    a_dead_subgraph_costs_its_own_fields_and_comes_back => outage,
    what_belongs_to_one_person_is_for_them_and_staff => privacy,
}

async fn catalogue(engine: Engine) {
    let shop = Shop::start(engine).await.unwrap();
    let data = shop.anonymous().data(CATALOGUE, json!({})).await;
    let nodes = data["products"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 3, "{data}");
    for node in nodes {
        assert!(
            node["unitsSold"].is_i64(),
            "orders adds to every product: {node}"
        );
        if node["__typename"] == "PhysicalProduct" {
            assert!(
                node["shippingEstimate"]["amountMinor"].as_i64().unwrap() > 0,
                "{node}"
            );
        }
    }
    shop.stop().await.unwrap();
}

async fn delivery(engine: Engine) {
    let shop = Shop::start(engine).await.unwrap();
    let ada = shop.signed_in("ada@example.com").await;
    let staff = shop.signed_in("staff@example.com").await;
    let placed = place(&shop, &ada, "an order to deliver").await;
    assert_eq!(placed["__typename"], "PlaceOrderSuccess", "{placed}");
    let order = &placed["order"];
    assert_eq!(order["lines"][0]["quantity"], 2);
    assert_eq!(order["buyer"]["displayName"], "Ada Lovelace");
    assert!(order["lines"][0]["product"]["title"].is_string());
    let id = order["id"].as_str().unwrap();
    wait_for_status(&ada, id, "RESERVED").await;
    let paid = ada
        .data(
            "mutation Pay($id: ID!) { payOrder(id: $id, payment: { cardToken: \"tok_ok\" }) { __typename ... on Order { status } ... on OrderError { message } } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(paid["payOrder"]["__typename"], "Order", "{paid}");
    wait_for_status(&ada, id, "PAID").await;
    for to in ["SHIPPED", "DELIVERED"] {
        let advanced = staff
            .data(
                "mutation Advance($id: ID!, $to: OrderStatus!) { advanceOrder(id: $id, to: $to) { status } }",
                json!({ "id": id, "to": to }),
            )
            .await;
        assert_eq!(advanced["advanceOrder"]["status"], to);
    }
    let again = place(&shop, &ada, "an order to deliver").await;
    assert_eq!(
        again["order"]["id"], order["id"],
        "the same key is the same order"
    );
    shop.stop().await.unwrap();
}

async fn follow(engine: Engine) {
    let shop = Shop::start(engine).await.unwrap();
    let token = shop.token("ada@example.com").await;
    let ada = shop.anonymous().with_token(&token);
    let url = shop.gateway.websocket_url();
    let mut events = Subscription::start(&url, Some(&token), STATUS, json!({}))
        .await
        .unwrap();
    // Nothing says when the service listens: place orders until one is seen.
    let mut attempt = 0;
    let event = loop {
        place(&shop, &ada, &format!("an order to follow, {attempt}")).await;
        attempt += 1;
        match tokio::time::timeout(Duration::from_secs(1), events.next()).await {
            Ok(event) => break event.unwrap(),
            Err(_) => assert!(attempt < 30, "no event after {attempt} orders"),
        }
    };
    let change = &event["data"]["orderStatusChanged"];
    assert_eq!(
        change["order"]["buyer"]["displayName"], "Ada Lovelace",
        "{event}"
    );
    assert!(
        change["order"]["lines"][0]["product"]["title"].is_string(),
        "{event}"
    );
    assert!(change["current"].is_string(), "{event}");
    shop.stop().await.unwrap();
}

async fn outage(engine: Engine) {
    let mut shop = Shop::start(engine).await.unwrap();
    let client = shop.anonymous();
    shop.stop_orders().await;
    let response = client.send(CATALOGUE, json!({})).await;
    assert!(response.code().len() > 3, "{}", response.body);
    assert_eq!(
        response.body["errors"][0]["extensions"]["service"], "orders",
        "{}",
        response.body
    );
    shop.start_orders().await.unwrap();
    let data = client.data(CATALOGUE, json!({})).await;
    assert!(data["products"]["nodes"][0]["unitsSold"].is_i64());
    let still = "{ products(first: 2) { nodes { title boughtByMe } } }";
    shop.stop_orders().await;
    let response = client.send(still, json!({})).await;
    let nodes = &response.body["data"]["products"]["nodes"];
    assert!(
        nodes[0]["title"].is_string(),
        "the other services' fields stay: {}",
        response.body
    );
    assert_eq!(nodes[1]["boughtByMe"], Value::Null);
    let paths: Vec<&Value> = response.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["path"])
        .collect();
    assert!(
        paths.contains(&&json!(["products", "nodes", 1, "boughtByMe"]))
            || paths.contains(&&json!(["products", "nodes", 1])),
        "{paths:?}"
    );
    shop.stop().await.unwrap();
}

async fn privacy(engine: Engine) {
    let shop = Shop::start(engine).await.unwrap();
    let profile = "query Profile($by: UserBy!) { user(by: $by) { displayName email } }";
    let ada = json!({ "by": { "id": "0190a000-0000-7000-8000-000000000001" } });
    for (reader, sees) in [
        ("ada@example.com", true),
        ("staff@example.com", true),
        ("grace@example.com", false),
    ] {
        let response = shop
            .signed_in(reader)
            .await
            .send(profile, ada.clone())
            .await;
        assert_eq!(response.body["data"]["user"]["displayName"], "Ada Lovelace");
        assert_eq!(
            response.body["data"]["user"]["email"].is_string(),
            sees,
            "{reader}: {}",
            response.body
        );
    }
    let expired = shop
        .anonymous()
        .with_token("no.such.token")
        .send("{ me { id } }", json!({}))
        .await;
    assert_eq!(expired.code(), "UNAUTHENTICATED", "{}", expired.body);
    let wrong = shop
        .anonymous()
        .data(
            "mutation { login(input: { email: \"ada@example.com\", password: \"not it\" }) { ... on AuthFailure { reason message } } }",
            json!({}),
        )
        .await;
    assert_eq!(wrong["login"]["reason"], "BAD_CREDENTIALS");
    shop.stop().await.unwrap();
}

async fn place(shop: &Shop, client: &GraphqlClient, key: &str) -> Value {
    let catalogue = shop
        .anonymous()
        .data(
            "{ products(first: 20, filter: { inStock: true }) { nodes { __typename sku } } }",
            json!({}),
        )
        .await;
    let sku = catalogue["products"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["__typename"] == "PhysicalProduct")
        .map(|node| node["sku"].clone())
        .unwrap();
    let input = json!({
        "lines": [{ "sku": sku, "quantity": 2 }],
        "shipTo": { "address": { "line1": "1 St James's Square", "city": "London", "postcode": "SW1Y 4JH", "country": "GB" } },
        "idempotencyKey": key,
    });
    client.data(PLACE, json!({ "input": input })).await["placeOrder"].clone()
}

async fn wait_for_status(client: &GraphqlClient, id: &str, status: &str) {
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        let data = client
            .data(
                "query Status($id: ID!) { order(id: $id) { status } }",
                json!({ "id": id }),
            )
            .await;
        if data["order"]["status"] == status {
            return;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "still {data}, not {status}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
