//! The HTTP side that all services share, as a client meets it.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use subgraph_service::test_support::Engine;

use crate::harness::{Shop, on_both_engines};

on_both_engines!(a_healthy_service_says_so);

async fn a_healthy_service_says_so(engine: Engine) {
    let shop = Shop::open(engine).await;
    let response = reqwest::get(shop.url("/health")).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({ "status": "ok", "service": "users" })
    );
}

#[tokio::test]
async fn a_service_without_its_database_is_not_healthy() {
    let shop = Shop::open(Engine::Sqlite).await;
    shop.running.database.close_by_ref().await.unwrap();
    assert_eq!(
        reqwest::get(shop.url("/health")).await.unwrap().status(),
        503
    );
}

#[tokio::test]
async fn a_failure_inside_is_not_told_to_the_client() {
    let shop = Shop::open(Engine::Sqlite).await;
    shop.running.database.close_by_ref().await.unwrap();
    let response = shop
        .client
        .send("{ user(by: { handle: \"ada\" }) { id } }", json!({}))
        .await;
    assert_eq!(response.code(), "INTERNAL_SERVER_ERROR");
    assert!(
        !response.message().to_lowercase().contains("pool"),
        "{}",
        response.body
    );
}

async fn check(request: RequestBuilder, status: u16, message: &str) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), status);
    let body: Value = response.json().await.unwrap();
    let found = body["errors"][0]["message"].as_str().unwrap();
    assert!(found.contains(message), "{found}");
}

#[tokio::test]
async fn requests_that_are_no_graphql_are_explained() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (client, url) = (Client::new(), shop.url("/graphql"));
    check(client.post(&url).body("{}"), 415, "application/json").await;
    check(
        client
            .post(&url)
            .header("content-type", "application/json")
            .body("{"),
        400,
        "no GraphQL request",
    )
    .await;
    let list = client
        .post(&url)
        .json(&json!([{ "query": "{ __typename }" }]));
    check(list, 400, "one operation at a time").await;
    check(client.get(&url), 400, "`query`").await;
    check(
        client.get(format!("{url}?query=%7B__typename%7D&variables=x")),
        400,
        "`variables`",
    )
    .await;
    check(client.get(shop.url("/graphqls")), 404, "`/graphql`").await;
    check(
        client.get(format!("{url}?query=mutation%7Blogout%7D")),
        405,
        "`POST`",
    )
    .await;
    check(
        client.get(&url).header("upgrade", "websocket"),
        400,
        "graphql-transport-ws",
    )
    .await;
    check(
        client
            .post(&url)
            .header("authorization", "Basic abc")
            .json(&json!({ "query": "{ __typename }" })),
        401,
        "Bearer",
    )
    .await;
}

#[tokio::test]
async fn a_query_can_be_sent_with_get() {
    let shop = Shop::open(Engine::Sqlite).await;
    let query =
        "query=query+A%7B__typename%7Dquery+B($by:UserBy!)%7Buser(by:$by)%7BdisplayName%7D%7D";
    let variables = "variables=%7B%22by%22:%7B%22handle%22:%22ada%22%7D%7D";
    let url = shop.url(&format!("/graphql?{query}&operationName=B&{variables}"));
    let get = Client::new().get(url);
    let answer: Value = get.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        answer["data"]["user"]["displayName"], "Ada Lovelace",
        "{answer}"
    );
}

#[tokio::test]
async fn the_modern_media_type_tells_a_request_error_by_its_status() {
    let shop = Shop::open(Engine::Sqlite).await;
    let request = || {
        Client::new()
            .post(shop.url("/graphql"))
            .json(&json!({ "query": "{ nothing }" }))
    };
    assert_eq!(request().send().await.unwrap().status(), 200);
    let modern = request()
        .header("accept", "application/graphql-response+json")
        .send()
        .await
        .unwrap();
    assert_eq!(modern.status(), 400);
    assert_eq!(
        modern.headers()["content-type"],
        "application/graphql-response+json"
    );
}

#[tokio::test]
async fn a_request_keeps_its_id() {
    let shop = Shop::open(Engine::Sqlite).await;
    let response = Client::new()
        .get(shop.url("/health"))
        .header("x-request-id", "trace-7")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["x-request-id"], "trace-7");
    let without = reqwest::get(shop.url("/health")).await.unwrap();
    assert_eq!(without.headers()["x-request-id"].len(), 36);
}

#[tokio::test]
async fn operations_that_are_too_deep_or_too_costly_are_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let wide = (0..2100)
        .map(|index| format!("a{index}: user(by: {{ handle: \"ada\" }}) {{ id }} "))
        .collect::<String>();
    let response = shop.client.send(&format!("{{ {wide} }}"), json!({})).await;
    assert!(
        response.message().contains("complex"),
        "{}",
        response.message()
    );
    let deep = format!(
        "{{ __schema {{ types {{ {}name{} }} }} }}",
        "ofType { ".repeat(30),
        " }".repeat(30)
    );
    let response = shop.client.send(&deep, json!({})).await;
    assert!(
        response.message().contains("deep"),
        "{}",
        response.message()
    );
}
