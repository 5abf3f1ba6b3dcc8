//! Every document in `schema/operations/`, sent to the whole shop as the apps send it: from sign-up to a review.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};
use weft_tests::harness::root;
use weft_tests::harness::shop::Shop;
use weft_tests::harness::subscription::Subscription;

#[tokio::test(flavor = "multi_thread")]
async fn the_apps_operations_are_answered_on_sqlite() {
    all_operations(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_apps_operations_are_answered_on_postgresql() {
    all_operations(Engine::Postgres).await;
}

/// Sends documents by name and remembers which ones.
struct Documents {
    sent: BTreeSet<String>,
}

impl Documents {
    fn text(&mut self, name: &str) -> String {
        self.sent.insert(format!("{name}.graphql"));
        std::fs::read_to_string(root().join(format!("schema/operations/{name}.graphql"))).unwrap()
    }

    async fn send(&mut self, client: &GraphqlClient, name: &str, variables: Value) -> Value {
        client.data(&self.text(name), variables).await
    }
}

async fn all_operations(engine: Engine) {
    let shop = Shop::start(engine).await.unwrap();
    let mut documents = Documents {
        sent: BTreeSet::new(),
    };
    let visitor = shop.anonymous();
    let sku = browse(&mut documents, &visitor).await;
    let customer = register(&mut documents, &visitor).await;
    let ada = shop.signed_in("ada@example.com").await;
    let staff = shop.signed_in("staff@example.com").await;

    let cancelled = place(&mut documents, &customer, &sku, "the first order").await;
    let variables = json!({ "id": cancelled, "reason": "a second thought" });
    let data = documents.send(&customer, "cancel-order", variables).await;
    assert_eq!(data["cancelOrder"]["status"], "CANCELLED", "{data}");

    let order = place(&mut documents, &customer, &sku, "the second order").await;
    wait_until_reserved(&mut documents, &customer, &order).await;
    let payment = json!({ "id": order, "payment": { "cardToken": "tok_visa" } });
    let data = documents.send(&customer, "pay-order", payment).await;
    assert_eq!(data["payOrder"]["__typename"], "Order", "{data}");

    let input = json!({ "orderId": order, "lineNo": 1, "rating": 4, "body": "Does what it says." });
    let data = documents
        .send(&customer, "write-review", json!({ "input": input }))
        .await;
    assert_eq!(data["reviewProduct"]["rating"], 4, "{data}");
    assert_eq!(
        data["reviewProduct"]["author"]["displayName"], "Kay Example",
        "{data}"
    );

    let data = documents.send(&customer, "account", json!({})).await;
    assert_eq!(data["me"]["orders"]["totalCount"], 2, "{data}");
    assert_eq!(
        data["me"]["reviews"]["nodes"].as_array().unwrap().len(),
        1,
        "{data}"
    );
    let data = documents.send(&ada, "account", json!({})).await;
    assert!(data["me"]["invoiceAllowed"].is_boolean(), "{data}");

    let data = documents.send(&staff, "back-office", json!({})).await;
    assert!(
        data["orders"]["totalCount"].as_i64().unwrap() >= 2,
        "{data}"
    );
    assert!(
        data["orders"]["nodes"][0]["buyer"]["email"].is_string(),
        "{data}"
    );

    watch(&mut documents, &shop, &sku).await;
    let all: BTreeSet<String> = std::fs::read_dir(root().join("schema/operations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(documents.sent, all, "every document is sent");
    shop.stop().await.unwrap();
}

async fn browse(documents: &mut Documents, visitor: &GraphqlClient) -> String {
    let data = documents.send(visitor, "home", json!({})).await;
    assert_eq!(data["topProducts"].as_array().unwrap().len(), 3, "{data}");
    let data = documents
        .send(
            visitor,
            "catalogue",
            json!({ "sort": "PRICE_ASC", "filter": { "inStock": true }, "first": 20 }),
        )
        .await;
    let edges = data["products"]["edges"].as_array().unwrap();
    let sku = edges
        .iter()
        .find(|edge| edge["node"]["__typename"] == "PhysicalProduct")
        .map(|edge| edge["node"]["sku"].as_str().unwrap().to_owned())
        .unwrap();
    let data = documents
        .send(visitor, "product-page", json!({ "sku": sku }))
        .await;
    assert!(
        data["product"]["taxEstimate"]["amountMinor"].is_i64(),
        "{data}"
    );
    assert!(data["product"].get("boughtByMe").is_none(), "{data}");
    let data = documents
        .send(visitor, "search", json!({ "term": "coffee" }))
        .await;
    assert!(!data["search"].as_array().unwrap().is_empty(), "{data}");
    sku
}

async fn register(documents: &mut Documents, visitor: &GraphqlClient) -> GraphqlClient {
    let input = json!({ "email": "kay@example.com", "handle": "kay", "displayName": "Kay Example", "password": "a long enough phrase" });
    let data = documents
        .send(visitor, "sign-up", json!({ "input": input }))
        .await;
    assert_eq!(data["register"]["__typename"], "Session", "{data}");
    let variables = json!({ "email": "kay@example.com", "password": "a long enough phrase" });
    let data = documents.send(visitor, "sign-in", variables).await;
    let token = data["login"]["refreshToken"].as_str().unwrap();
    let data = documents
        .send(visitor, "refresh-session", json!({ "refreshToken": token }))
        .await;
    visitor.with_token(data["refreshToken"]["accessToken"].as_str().unwrap())
}

async fn place(
    documents: &mut Documents,
    customer: &GraphqlClient,
    sku: &str,
    key: &str,
) -> String {
    let variables = json!({
        "lines": [{ "sku": sku, "quantity": 1 }],
        "shipTo": { "address": { "line1": "10 Downing Street", "city": "London", "postcode": "SW1A 2AA", "country": "GB" } },
        "key": key,
    });
    let data = documents.send(customer, "place-order", variables).await;
    assert_eq!(
        data["placeOrder"]["__typename"], "PlaceOrderSuccess",
        "{data}"
    );
    data["placeOrder"]["order"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn wait_until_reserved(documents: &mut Documents, customer: &GraphqlClient, order: &str) {
    for _ in 0..1000 {
        let data = documents
            .send(customer, "order-details", json!({ "id": order }))
            .await;
        assert_eq!(
            data["order"]["buyer"]["displayName"], "Kay Example",
            "{data}"
        );
        if data["order"]["status"] == "RESERVED" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the order's stock is never reserved");
}

async fn product_id(visitor: &GraphqlClient, sku: &str) -> Value {
    let data = visitor
        .data(
            "query Id($sku: String!) { product(by: { sku: $sku }) { id } }",
            json!({ "sku": sku }),
        )
        .await;
    data["product"]["id"].clone()
}

/// Both subscriptions, while orders are placed until each has brought an event.
async fn watch(documents: &mut Documents, shop: &Shop, sku: &str) {
    let token = shop.token("grace@example.com").await;
    let grace = shop.anonymous().with_token(&token);
    let url = shop.gateway.websocket_url();
    let products = json!({ "products": [product_id(&grace, sku).await] });
    let mut stock = Subscription::start(&url, None, &documents.text("watch-stock"), products)
        .await
        .unwrap();
    let mut key = 0;
    let event = loop {
        place(documents, &grace, sku, &format!("to be watched, {key}")).await;
        key += 1;
        match tokio::time::timeout(Duration::from_secs(1), stock.next()).await {
            Ok(event) => break event.unwrap(),
            Err(_) => assert!(key < 30, "no news of stock"),
        }
    };
    assert!(
        event["data"]["stockChanged"]["unitsSold"].is_i64(),
        "{event}"
    );
    let order = place(documents, &grace, sku, "to be followed").await;
    let mut status = Subscription::start(
        &url,
        Some(&token),
        &documents.text("follow-order"),
        json!({ "id": order }),
    )
    .await
    .unwrap();
    // The subscription may reach the service after the first of these changes: then the second is the one that is seen.
    let payment = json!({ "id": order, "payment": { "cardToken": "tok_visa" } });
    documents.send(&grace, "pay-order", payment).await;
    let event = match tokio::time::timeout(Duration::from_secs(2), status.next()).await {
        Ok(event) => event.unwrap(),
        Err(_) => {
            let variables = json!({ "id": order, "reason": "seen enough" });
            documents.send(&grace, "cancel-order", variables).await;
            status.next().await.unwrap()
        }
    };
    let change = &event["data"]["orderStatusChanged"];
    assert_eq!(
        change["order"]["buyer"]["displayName"], "Grace Hopper",
        "{event}"
    );
    assert!(change["current"].is_string(), "{event}");
}
