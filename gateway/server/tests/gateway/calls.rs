//! How many calls reach a subgraph: entities reused within a request, identical calls shared between requests.

use std::time::Duration;

use serde_json::json;
use weft_server::configuration::EntityReuse;

use crate::harness::{TestGateway, eventually};

/// How often `accounts` is asked for a name that it told already.
async fn check_reuse(reuse: EntityReuse, expected: usize) {
    let test = TestGateway::with(|configuration| {
        configuration.traffic.entity_reuse = reuse;
    })
    .await;
    test.accounts.answers(
        200,
        r#"{"data":{"me":{"__typename":"User","id":"1","name":"Ada"},"_entities":[{"__typename":"User","name":"Ada"}]}}"#,
    );
    test.reviews.answers(
        200,
        r#"{"data":{"topReview":{"__typename":"Review","author":{"__typename":"User","id":"1"}}}}"#,
    );
    let answer = test
        .query("{ me { id name } topReview { author { name } } }")
        .await;
    let expected_answer = json!({ "data": {
        "me": { "id": "1", "name": "Ada" },
        "topReview": { "author": { "name": "Ada" } },
    }});
    assert_eq!(answer, expected_answer);
    assert_eq!(test.accounts.requests().len(), expected, "{reuse:?}");
}

#[tokio::test]
async fn what_a_root_field_brought_is_reused_only_where_that_is_configured() {
    check_reuse(EntityReuse::Off, 2).await;
    check_reuse(EntityReuse::EntityCalls, 2).await;
    check_reuse(EntityReuse::RootFields, 1).await;
}

/// How often `reviews` is asked when two clients send the same at the same time.
async fn check_sharing(shared: bool, query: &str, tokens: [&str; 2], expected: usize) {
    let test = TestGateway::with(|configuration| {
        configuration.traffic.share_identical_calls = shared;
    })
    .await;
    test.query("{ me { id } }").await;
    test.accounts.delays(Duration::from_millis(300));
    let before = test.accounts.requests().len();
    let send = |token: &str| {
        let request = test.post(&json!({ "query": query }));
        request.header("authorization", token).send()
    };
    let answers = futures::future::join_all(tokens.map(send)).await;
    let mut bodies = Vec::new();
    for answer in answers {
        bodies.push(answer.unwrap().text().await.unwrap());
    }
    assert!(bodies[0].starts_with(r#"{"data":{""#), "{}", bodies[0]);
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(test.accounts.requests().len() - before, expected);
}

#[tokio::test]
async fn identical_calls_under_way_are_shared_only_where_that_is_configured() {
    check_sharing(true, "{ me { name } }", ["a", "a"], 1).await;
    check_sharing(false, "{ me { name } }", ["a", "a"], 2).await;
}

#[tokio::test]
async fn calls_with_other_headers_and_mutations_are_not_shared() {
    check_sharing(true, "{ me { name } }", ["a", "b"], 2).await;
    check_sharing(
        true,
        "mutation { rename(name: \"B\") { name } }",
        ["a", "a"],
        2,
    )
    .await;
}

#[tokio::test]
async fn a_shared_call_outlives_the_client_that_began_it() {
    let test = TestGateway::with(|configuration| {
        configuration.traffic.share_identical_calls = true;
    })
    .await;
    test.query("{ me { name } }").await;
    test.accounts.delays(Duration::from_millis(400));
    let body = json!({ "query": "{ me { name } }" });
    let leader = tokio::spawn(test.post(&body).send());
    eventually("the call begins", || test.accounts.requests().len() == 2).await;
    let follower = tokio::spawn(test.post(&body).send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    leader.abort();
    let answer = follower.await.unwrap().unwrap().text().await.unwrap();
    assert_eq!(answer, r#"{"data":{"me":{"name":"Ada"}}}"#);
    assert_eq!(test.accounts.requests().len(), 2);
}

/// The author of `topReview` is known at once, those of `me`'s reviews are not, because `accounts` is slow to say who `me` is.
#[tokio::test]
async fn what_is_known_is_asked_for_before_a_slow_subgraph_uses_up_the_time() {
    let test = TestGateway::with(|configuration| {
        // Nothing waits for the authors' names: a quarter of the time may pass.
        configuration.server.request_timeout.0 = Duration::from_secs(2);
    })
    .await;
    test.accounts.answers(
        200,
        r#"{"data":{"me":{"__typename":"User","id":"3"},"_entities":[{"__typename":"User","name":"Ada"}]}}"#,
    );
    test.reviews.answers(
        200,
        r#"{"data":{"topReview":{"author":{"__typename":"User","id":"1"}},
            "_entities":[{"__typename":"User","reviews":[{"author":{"__typename":"User","id":"2"}}]}]}}"#,
    );
    test.accounts.delays(Duration::from_millis(700));
    let query = "{ me { reviews { author { name } } } topReview { author { name } } }";
    let expected = json!({ "data": {
        "me": { "reviews": [{ "author": { "name": "Ada" } }] },
        "topReview": { "author": { "name": "Ada" } },
    }});
    assert_eq!(test.query(query).await, expected);
    let asked = test.accounts.requests();
    let asked = asked.iter().filter_map(|(_, body)| {
        let sent = body["variables"]["representations"].as_array()?;
        Some(sent.iter().map(|one| one["id"].as_str().unwrap()).collect())
    });
    assert_eq!(asked.collect::<Vec<String>>(), ["1", "2"]);
}
