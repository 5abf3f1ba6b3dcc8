//! GraphQL over HTTP: media types, status codes, methods, limits.

use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::TestGateway;

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";

async fn body(answer: reqwest::Response) -> Value {
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// Status and `extensions.code` of the first error of a POST.
async fn check_refused(accept: &str, request: Value, status: u16, code: &str) {
    let test = TestGateway::start().await;
    let answer = test
        .post(&request)
        .header("accept", accept)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), status, "{request} with {accept}");
    let content_type = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(content_type, format!("{accept}; charset=utf-8"));
    let body = body(answer).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    assert_eq!(
        body.get("data"),
        None,
        "a refused request has no data: {body}"
    );
    assert!(test.accounts.requests().is_empty(), "no subgraph is called");
}

#[tokio::test]
async fn a_query_is_answered_in_the_media_type_that_is_accepted() {
    let test = TestGateway::start().await;
    for (accept, expected) in [(NEW, NEW), (OLD, OLD), ("*/*", OLD)] {
        let request = test.post(&json!({ "query": "{ me { name } }" }));
        let answer = request.header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(
            answer.headers()["content-type"].to_str().unwrap(),
            format!("{expected}; charset=utf-8")
        );
        assert_eq!(
            body(answer).await,
            json!({ "data": { "me": { "name": "Ada" } } })
        );
    }
}

#[tokio::test]
async fn a_document_that_does_not_parse_is_refused() {
    let request = json!({ "query": "{ me {" });
    check_refused(NEW, request.clone(), 400, "GRAPHQL_PARSE_FAILED").await;
    check_refused(OLD, request, 200, "GRAPHQL_PARSE_FAILED").await;
}

#[tokio::test]
async fn a_document_that_is_not_valid_is_refused() {
    let request = json!({ "query": "{ me { nam } }" });
    check_refused(NEW, request.clone(), 400, "GRAPHQL_VALIDATION_FAILED").await;
    check_refused(OLD, request, 200, "GRAPHQL_VALIDATION_FAILED").await;
}

#[tokio::test]
async fn an_operation_that_is_not_there_is_refused() {
    let request = json!({ "query": "query A { me { id } } query B { me { id } }" });
    check_refused(NEW, request.clone(), 400, "OPERATION_RESOLUTION_FAILURE").await;
    let mut named = request;
    named["operationName"] = json!("C");
    check_refused(NEW, named, 400, "OPERATION_RESOLUTION_FAILURE").await;
}

#[tokio::test]
async fn variables_that_do_not_fit_are_refused_before_a_subgraph_is_called() {
    let query = "query ($id: ID!) { user(id: $id) { name } }";
    let missing = json!({ "query": query });
    check_refused(NEW, missing, 400, "BAD_USER_INPUT").await;
    let wrong = json!({ "query": query, "variables": { "id": { "a": 1 } } });
    check_refused(OLD, wrong, 200, "BAD_USER_INPUT").await;
}

#[tokio::test]
async fn a_body_that_is_no_graphql_request_has_status_400_in_both_media_types() {
    let test = TestGateway::start().await;
    for text in ["", "{", "[]", "{\"query\":1}", "{}", "7"] {
        for accept in [NEW, OLD] {
            let request = test.client.post(test.url("/graphql"));
            let request = request.header("content-type", OLD).header("accept", accept);
            let answer = request.body(text).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{text}");
            let body = body(answer).await;
            assert!(body["errors"][0]["message"].is_string(), "{body}");
        }
    }
}

#[tokio::test]
async fn other_content_types_are_refused() {
    let test = TestGateway::start().await;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/graphql",
    ] {
        let request = test.client.post(test.url("/graphql"));
        let request = request
            .header("content-type", content_type)
            .body("{\"query\":\"{ me { id } }\"}");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

#[tokio::test]
async fn a_client_that_accepts_neither_media_type_is_told_which_there_are() {
    let test = TestGateway::start().await;
    let request = test
        .post(&json!({ "query": "{ me { id } }" }))
        .header("accept", "text/html");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_ACCEPTABLE);
    assert!(
        body(answer).await["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains(NEW)
    );
}

#[tokio::test]
async fn queries_can_be_sent_by_get_and_mutations_cannot() {
    let test = TestGateway::start().await;
    let query = [
        ("query", "query ($id: ID!) { user(id: $id) { name } }"),
        ("variables", "{\"id\":\"1\"}"),
    ];
    let answer = test.get(&query).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        body(answer).await,
        json!({ "data": { "user": { "name": "Ada" } } })
    );
    let mutation = [("query", "mutation { rename(name: \"b\") { name } }")];
    for accept in [NEW, OLD] {
        let request = test.get(&mutation).header("accept", accept);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()["allow"], "POST");
    }
    assert_eq!(
        test.accounts.requests().len(),
        1,
        "the mutation did not run"
    );
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_allowed() {
    let test = TestGateway::start().await;
    let answer = test.client.put(test.url("/graphql")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers()["allow"], "GET, POST");
}

#[tokio::test]
async fn a_body_larger_than_the_limit_is_refused() {
    let test = TestGateway::with(|configuration| {
        configuration.server.body_limit = weft_server::configuration::ByteSize(100);
    })
    .await;
    let request =
        test.post(&json!({ "query": format!("{{ me {{ id }} }} # {}", "x".repeat(200)) }));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_foreign_page_cannot_send_queries_through_a_browser() {
    let test = TestGateway::start().await;
    let request = test.get(&[("query", "{ me { id } }")]);
    let answer = request
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        body(answer).await["errors"][0]["extensions"]["code"],
        "CSRF_PREVENTED"
    );
}

#[tokio::test]
async fn only_origins_that_are_configured_may_read_answers() {
    let test = TestGateway::with(|configuration| {
        configuration
            .cors
            .origins
            .push("https://shop.example".to_owned());
    })
    .await;
    for (origin, allowed) in [
        ("https://shop.example", true),
        ("https://evil.example", false),
    ] {
        let request = test
            .post(&json!({ "query": "{ me { id } }" }))
            .header("origin", origin);
        let answer = request.send().await.unwrap();
        let header = answer.headers().get("access-control-allow-origin");
        assert_eq!(header.is_some_and(|it| it == origin), allowed, "{origin}");
    }
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let query = "{ __schema { queryType { name } } me { name } }";
    let test = TestGateway::start().await;
    let expected = json!({ "data": { "__schema": { "queryType": { "name": "Query" } }, "me": { "name": "Ada" } } });
    assert_eq!(test.query(query).await, expected);
    let test = TestGateway::with(|configuration| configuration.graphql.introspection = false).await;
    let answer = test.query(query).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        "INTROSPECTION_DISABLED"
    );
}

#[tokio::test]
async fn introspection_takes_variables_and_aliases() {
    let test = TestGateway::start().await;
    let request = json!({
        "query": "query ($name: String!) { it: __type(name: $name) { name kind } __typename }",
        "variables": { "name": "User" },
    });
    let answer = body(test.post(&request).send().await.unwrap()).await;
    let expected =
        json!({ "data": { "it": { "name": "User", "kind": "OBJECT" }, "__typename": "Query" } });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_gateway_without_a_supergraph_says_so() {
    let configuration = weft_server::configuration::Configuration::for_supergraph("none");
    let gateway = weft_server::Gateway::new(configuration).unwrap();
    let address = crate::harness::listen(&gateway).await;
    let client = reqwest::Client::new();
    let get = |path: &str| client.get(format!("http://{address}{path}")).send();
    assert_eq!(get("/health/live").await.unwrap().status(), StatusCode::OK);
    assert_eq!(
        get("/health/ready").await.unwrap().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let answer = get("/graphql?query=%7Bme%7Bid%7D%7D").await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        body(answer).await["errors"][0]["extensions"]["code"],
        "GATEWAY_NOT_READY"
    );
    gateway.swap(crate::harness::supergraph(crate::harness::SUPERGRAPH));
    assert_eq!(get("/health/ready").await.unwrap().status(), StatusCode::OK);
    gateway.stop_signal().cancel();
}

#[tokio::test]
async fn a_document_that_breaks_off_is_told_so_and_no_more() {
    let test = TestGateway::start().await;
    let answer = test.query("{ me { ").await;
    let messages: Vec<&str> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["message"].as_str().unwrap())
        .collect();
    assert!(
        messages.iter().all(|it| it.starts_with("syntax error")),
        "{messages:?}"
    );
    let mut once = messages.clone();
    once.dedup();
    assert_eq!(messages, once);
}

#[tokio::test]
async fn a_path_with_nothing_on_it_names_the_one_with_graphql() {
    let test = TestGateway::start().await;
    let answer = test.client.get(test.url("/grapql")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.text().await.unwrap().contains("`/graphql`"));
}

/// What encoding an answer with a text of so many characters has for a client that accepts those.
async fn encoding_of(length: usize, accepted: Option<&str>, compression: bool) -> Option<String> {
    let test = TestGateway::with(|configuration| {
        configuration.server.compression = compression;
    })
    .await;
    let review = json!({ "__typename": "Review", "body": "x".repeat(length) });
    let body = json!({ "data": { "topReview": review } }).to_string();
    test.reviews.answers(200, &body);
    // A client that asks for nothing by itself.
    let client = reqwest::Client::builder().no_gzip().no_brotli().no_zstd();
    let mut request = client.build().unwrap().post(test.url("/graphql"));
    request = request
        .header("content-type", "application/json")
        .body(r#"{"query":"{ topReview { body } }"}"#);
    if let Some(accepted) = accepted {
        request = request.header("accept-encoding", accepted);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut varies = answer.headers().get_all("vary").iter();
    let varies = varies.any(|value| value.to_str().unwrap().contains("accept-encoding"));
    let encoding = answer.headers().get("content-encoding").cloned();
    assert!(varies || encoding.is_none());
    let known = answer.headers().contains_key("content-length");
    let bytes = answer.bytes().await.unwrap();
    match &encoding {
        None => assert!(known && bytes.len() > length),
        Some(_) => assert!(!bytes.starts_with(b"{")),
    }
    encoding.map(|value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn large_answers_are_compressed_for_clients_that_accept_it() {
    let gzip = Some("gzip".to_owned());
    assert_eq!(encoding_of(5000, Some("gzip"), true).await, gzip);
    assert_eq!(
        encoding_of(100_000, Some("gzip, deflate"), true).await,
        gzip
    );
    let br = Some("br".to_owned());
    assert_eq!(encoding_of(5000, Some("gzip;q=0.5, br"), true).await, br);
    for accepted in [None, Some("identity"), Some("gzip;q=0")] {
        assert_eq!(
            encoding_of(5000, accepted, true).await,
            None,
            "{accepted:?}"
        );
    }
    assert_eq!(encoding_of(100, Some("gzip"), true).await, None);
    assert_eq!(encoding_of(5000, Some("gzip"), false).await, None);
}
