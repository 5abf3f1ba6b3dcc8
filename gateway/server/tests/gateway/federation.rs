//! What happens between the gateway and its subgraphs: hops, headers, failures, timeouts.

use std::time::Duration;

use serde_json::json;
use weft_server::configuration::TimeSpan;

use crate::harness::TestGateway;

#[tokio::test]
async fn an_entity_is_completed_by_another_subgraph() {
    let test = TestGateway::start().await;
    let answer = test.query("{ me { reviews { stars id } name } }").await;
    let expected =
        json!({ "data": { "me": { "reviews": [{ "stars": 4, "id": "r1" }], "name": "Ada" } } });
    assert_eq!(answer, expected);
    let requests = test.reviews.requests();
    assert_eq!(requests.len(), 1);
    let variables = requests[0].1["variables"].to_string();
    assert!(
        variables.contains(r#""__typename":"User""#) && variables.contains(r#""id":"1""#),
        "{variables}"
    );
}

#[tokio::test]
async fn a_document_seen_before_is_answered_alike() {
    let test = TestGateway::start().await;
    let first = test.query("{ me { name } }").await;
    assert_eq!(first, test.query("{ me { name } }").await);
    assert_eq!(test.accounts.requests().len(), 2);
}

#[tokio::test]
async fn many_requests_for_a_new_document_are_all_answered() {
    let test = TestGateway::start().await;
    let all = (0..50).map(|_| test.query("{ me { id name } topReview { body } }"));
    for answer in futures::future::join_all(all).await {
        assert_eq!(answer["data"]["topReview"]["body"], "fine");
    }
}

#[tokio::test]
async fn only_configured_headers_reach_subgraphs() {
    let test = TestGateway::start().await;
    let request = test.post(&json!({ "query": "{ me { name } }" }));
    let request = request
        .header("authorization", "Bearer a")
        .header("cookie", "secret");
    request.send().await.unwrap();
    let (headers, _) = test.accounts.requests().remove(0);
    assert_eq!(headers["authorization"], "Bearer a");
    assert!(!headers.contains_key("cookie"));
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_failing_subgraph_costs_only_its_own_fields() {
    let test = TestGateway::start().await;
    test.reviews.answers(500, "<html>oops</html>");
    let answer = test.query("{ me { name } topReview { body } }").await;
    assert_eq!(
        answer["data"],
        json!({ "me": { "name": "Ada" }, "topReview": null })
    );
    assert_eq!(answer["errors"][0]["path"], json!(["topReview"]));
    test.reviews.answers(
        200,
        r#"{"data":{"topReview":{"__typename":"Review","body":"back"}}}"#,
    );
    let answer = test.query("{ me { name } topReview { body } }").await;
    assert_eq!(answer["data"]["topReview"]["body"], "back");
}

#[tokio::test]
async fn a_subgraph_that_cannot_be_reached_is_named() {
    let test = TestGateway::with(|configuration| {
        // A port that was free a moment ago, and belongs to nobody.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        configuration.subgraphs["reviews"].routing_url = Some(url.parse().unwrap());
    })
    .await;
    let answer = test.query("{ topReview { body } }").await;
    assert_eq!(answer["data"], json!({ "topReview": null }));
    assert_eq!(answer["errors"][0]["extensions"]["service"], "reviews");
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        "SUBREQUEST_HTTP_ERROR"
    );
}

#[tokio::test]
async fn a_slow_subgraph_is_given_up() {
    let test = TestGateway::with(|configuration| {
        configuration.subgraphs["reviews"].timeout = Some(TimeSpan(Duration::from_millis(50)));
    })
    .await;
    test.reviews.delays(Duration::from_secs(20));
    let answer = test.query("{ me { name } topReview { body } }").await;
    assert_eq!(
        answer["data"],
        json!({ "me": { "name": "Ada" }, "topReview": null })
    );
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GATEWAY_TIMEOUT");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_with_what_arrived() {
    let test = TestGateway::with(|configuration| {
        configuration.server.request_timeout = TimeSpan(Duration::from_millis(300));
    })
    .await;
    test.query("{ me { name } topReview { body } }").await;
    test.reviews.delays(Duration::from_secs(20));
    let answer = test.query("{ me { name } topReview { body } }").await;
    assert_eq!(
        answer["data"],
        json!({ "me": { "name": "Ada" }, "topReview": null })
    );
}

#[tokio::test]
async fn an_answer_larger_than_the_limit_is_a_failure() {
    let test = TestGateway::with(|configuration| {
        configuration.traffic.response_limit = weft_server::configuration::ByteSize(400);
    })
    .await;
    let large =
        json!({ "data": { "topReview": { "__typename": "Review", "body": "x".repeat(1000) } } });
    test.reviews.answers(200, &large.to_string());
    let answer = test.query("{ topReview { body } }").await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        "SUBREQUEST_TOO_LARGE"
    );
}

/// What clients get of three users and their reviews, and how often `reviews` was asked for them.
async fn reviews_of_three(
    change: impl FnOnce(&mut weft_server::configuration::TrafficOptions),
) -> (serde_json::Value, usize) {
    let test = TestGateway::with(|configuration| change(&mut configuration.traffic)).await;
    let user = |id: &str| json!({ "__typename": "User", "id": id, "name": "Ada" });
    let users = json!({ "data": { "a": user("1"), "b": user("2"), "c": user("3") } });
    test.accounts.answers(200, &users.to_string());
    let answer = test
        .query("{ a: user(id: 1) { reviews { body } } b: user(id: 2) { reviews { body } } c: user(id: 3) { reviews { body } } }")
        .await;
    (answer, test.reviews.requests().len())
}

#[tokio::test]
async fn an_answer_nested_deeper_than_the_limit_is_a_failure() {
    for (limit, expected) in [
        (4, json!("SUBREQUEST_MALFORMED_RESPONSE")),
        (5, json!(null)),
    ] {
        let test = TestGateway::with(|configuration| {
            configuration.traffic.response_depth_limit = limit;
        })
        .await;
        let body = r#"{"data":{"topReview":{"body":"x"}},"extensions":{"a":{"b":{"c":{}}}}}"#;
        test.reviews.answers(200, body);
        let answer = test.query("{ topReview { body } }").await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], expected,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn entities_over_the_limit_of_a_call_go_in_further_calls() {
    for (limit, expected) in [(1, 3), (2, 2), (3, 1)] {
        let (_, calls) = reviews_of_three(|traffic| traffic.entities_per_call = limit).await;
        assert_eq!(calls, expected, "{limit} in each call");
    }
}

#[tokio::test]
async fn entities_over_the_limit_of_a_request_are_not_asked_for() {
    let (answer, calls) = reviews_of_three(|traffic| traffic.entities_per_request = 2).await;
    assert_eq!(answer["data"], json!({ "a": null, "b": null, "c": null }));
    let code = &answer["errors"][0]["extensions"]["code"];
    assert_eq!(
        (calls, code),
        (0, &json!("REQUEST_LIMIT_EXCEEDED")),
        "{answer}"
    );
}

#[tokio::test]
async fn errors_over_the_limit_are_not_listed() {
    for limit in [1, 2] {
        let (answer, _) = reviews_of_three(|traffic| {
            traffic.entities_per_request = 2;
            traffic.errors_per_answer = limit;
        })
        .await;
        assert_eq!(
            answer["errors"].as_array().unwrap().len(),
            limit,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_large_part_that_is_passed_on_arrives_whole() {
    let test = TestGateway::start().await;
    let body = "x".repeat(100_000);
    let sent = format!(r#"{{"data":{{"topReview":{{"id":"r1","body":"{body}"}}}}}}"#);
    test.reviews.answers(200, &sent);
    let query = json!({ "query": "{ topReview { id body } }" });
    let request = test.post(&query).header("accept-encoding", "identity");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.content_length(), Some(sent.len() as u64));
    assert_eq!(answer.text().await.unwrap(), sent);
}

#[tokio::test]
async fn the_plan_is_shown_only_where_that_is_switched_on() {
    for allowed in [true, false] {
        let test =
            TestGateway::with(|configuration| configuration.graphql.query_plan = allowed).await;
        let request = test.post(&json!({ "query": "{ me { reviews { id } } }" }));
        let answer = request
            .header("weft-query-plan", "true")
            .send()
            .await
            .unwrap();
        let body: serde_json::Value =
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let plan = body["extensions"].get("queryPlan").map(ToString::to_string);
        assert_eq!(
            plan.is_some_and(|plan| plan.contains("reviews")),
            allowed,
            "{body}"
        );
    }
}

#[tokio::test]
async fn subgraphs_that_are_told_so_learn_where_a_request_came_from() {
    let test = TestGateway::with(|configuration| {
        configuration
            .headers
            .forward
            .push("x-forwarded-for".to_owned());
    })
    .await;
    let request = test.post(&json!({ "query": "{ me { reviews { id } } }" }));
    request
        .header("x-forwarded-for", "198.51.100.1")
        .send()
        .await
        .unwrap();
    for stub in [&test.accounts, &test.reviews] {
        let requests = stub.requests();
        assert_eq!(requests[0].0["x-forwarded-for"], "198.51.100.1, 127.0.0.1");
    }
}

#[tokio::test]
async fn the_id_of_a_request_reaches_the_subgraphs_and_comes_back() {
    let test = TestGateway::start().await;
    let request = test.post(&json!({ "query": "{ me { name } }" }));
    let answer = request
        .header("x-request-id", "order-7")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["x-request-id"], "order-7");
    assert_eq!(test.accounts.requests()[0].0["x-request-id"], "order-7");

    let refused = test.get(&[("query", "{ me {")]).send().await.unwrap();
    assert!(refused.headers().contains_key("x-request-id"));
}

/// An operation whose fragments double at each level, which takes its time to plan.
fn large_operation() -> String {
    let mut document = "{ me { ...f8 } } fragment f0 on User { id name }".to_owned();
    for level in 1..=8 {
        let below = level - 1;
        document.push_str(&format!(
            " fragment f{level} on User {{ a: reviews {{ author {{ ...f{below} }} }} b: reviews {{ author {{ ...f{below} }} }} }}"
        ));
    }
    document
}

#[tokio::test]
async fn other_requests_are_answered_while_a_large_operation_is_prepared() {
    let test = TestGateway::start().await;
    test.query("{ me { name } }").await;
    let body = json!({ "query": large_operation() });
    // This test has one thread: whatever were prepared on it would let nobody else pass.
    let large: Vec<_> = (0..20)
        .map(|_| tokio::spawn(test.post(&body).send()))
        .collect();
    let mut answered = 0;
    while !large.iter().any(tokio::task::JoinHandle::is_finished) {
        test.query("{ me { name } }").await;
        answered += 1;
    }
    assert!(answered > 3, "{answered}");
    for request in large {
        assert_eq!(request.await.unwrap().unwrap().status(), 200);
    }
}
