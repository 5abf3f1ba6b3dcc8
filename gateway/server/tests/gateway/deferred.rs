//! `@defer` over real sockets: the first part arrives while a subgraph has not answered yet.

use serde_json::{Value, json};

use crate::harness::{TestGateway, eventually};

const QUERY: &str = r#"query($later: Boolean = true) {
  me { name ... @defer(label: "reviews", if: $later) { reviews { body } } }
}"#;

/// What arrives until there is a whole part, as JSON.
async fn next_part(response: &mut reqwest::Response, arrived: &mut String) -> Value {
    loop {
        let complete = arrived.split_once("\r\n\r\n").and_then(|(_, rest)| {
            let (json, rest) = rest.split_once("\r\n---")?;
            Some((json.to_owned(), rest.to_owned()))
        });
        if let Some((json, rest)) = complete {
            *arrived = rest;
            return serde_json::from_str(&json).unwrap();
        }
        let chunk = response.chunk().await.unwrap().unwrap();
        arrived.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

#[tokio::test]
async fn the_first_part_arrives_before_a_slow_subgraph_answers() {
    let test = TestGateway::start().await;
    let gate = test.reviews.holds();
    let request = test.post(&json!({ "query": QUERY }));
    let request = request.header("accept", "multipart/mixed, application/json");
    let mut response = request.send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "multipart/mixed; boundary=\"-\""
    );
    let mut arrived = String::new();
    let first = next_part(&mut response, &mut arrived).await;
    let expected = json!({
        "data": { "me": { "name": "Ada" } },
        "pending": [{ "id": "0", "path": ["me"], "label": "reviews" }],
        "hasNext": true,
    });
    assert_eq!(first, expected);
    gate.add_permits(1);
    let second = next_part(&mut response, &mut arrived).await;
    let expected = json!({
        "incremental": [{ "id": "0", "data": { "reviews": [{ "body": "fine" }] } }],
        "completed": [{ "id": "0" }],
        "hasNext": false,
    });
    assert_eq!(second, expected);
    while let Some(chunk) = response.chunk().await.unwrap() {
        arrived.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert_eq!(arrived, "--\r\n");
}

#[tokio::test]
async fn the_older_form_goes_to_clients_that_ask_for_it() {
    let test = TestGateway::start().await;
    let request = test.post(&json!({ "query": QUERY }));
    let accept = "multipart/mixed;deferSpec=20220824, application/json";
    let mut response = request.header("accept", accept).send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "multipart/mixed; boundary=\"-\"; deferSpec=20220824"
    );
    let mut arrived = String::new();
    let first = next_part(&mut response, &mut arrived).await;
    assert_eq!(
        first,
        json!({ "data": { "me": { "name": "Ada" } }, "hasNext": true })
    );
    let second = next_part(&mut response, &mut arrived).await;
    let expected = json!({
        "incremental": [{
            "path": ["me"],
            "label": "reviews",
            "data": { "reviews": [{ "body": "fine" }] },
        }],
        "hasNext": false,
    });
    assert_eq!(second, expected);
}

/// The answer comes whole.
async fn check_whole(body: Value, accept: &str) {
    let test = TestGateway::start().await;
    let response = test.post(&body).header("accept", accept).send().await;
    let response = response.unwrap();
    let media_type = response.headers()["content-type"].to_str().unwrap();
    assert!(media_type.contains("json"), "{media_type}");
    let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let expected = json!({ "data": { "me": { "name": "Ada", "reviews": [{ "body": "fine" }] } } });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn answers_come_whole_where_nothing_is_deferred() {
    let query = json!({ "query": QUERY });
    check_whole(query, "application/json").await;
    let switched_off = json!({ "query": QUERY, "variables": { "later": false } });
    check_whole(switched_off, "multipart/mixed, application/json").await;
    let plain = json!({ "query": "{ me { name reviews { body } } }" });
    check_whole(plain, "multipart/mixed, application/json").await;
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_what_is_under_way() {
    let test = TestGateway::start().await;
    // No permit ever comes.
    let _gate = test.reviews.holds();
    let request = test.post(&json!({ "query": QUERY }));
    let request = request.header("accept", "multipart/mixed");
    let mut response = request.send().await.unwrap();
    next_part(&mut response, &mut String::new()).await;
    eventually("the call begins", || test.reviews.held() == 1).await;
    drop(response);
    eventually("the call is given up", || test.reviews.held() == 0).await;
}
