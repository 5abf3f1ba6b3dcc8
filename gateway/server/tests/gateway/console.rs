//! The playground: its page, its files, its policy.

use http::StatusCode;

use crate::harness::TestGateway;

#[tokio::test]
async fn the_page_and_its_files_are_served_under_the_policy() {
    let test =
        TestGateway::with(|configuration| configuration.server.path = "/api".to_owned()).await;
    let page = test.client.get(test.url("/")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe-eval"),
        "{policy}"
    );
    let page = page.text().await.unwrap();
    assert!(
        page.contains("content=\"/api\""),
        "the page knows the endpoint: {page}"
    );
    let script = page.split('"').find(|part| part.ends_with(".js")).unwrap();
    let url = test.url(&format!(
        "/{}",
        script.trim_start_matches("./").trim_start_matches('/')
    ));
    let plain = test
        .client
        .get(&url)
        .header("accept-encoding", "identity")
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), StatusCode::OK, "{url}");
    assert_eq!(
        plain.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
    assert_eq!(plain.headers()["content-security-policy"], policy.as_str());
    assert!(
        plain.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert!(!plain.headers().contains_key("content-encoding"));
    assert!(!plain.text().await.unwrap().is_empty());
    let as_sent = reqwest::Client::builder().no_brotli().build().unwrap();
    let packed = as_sent
        .get(&url)
        .header("accept-encoding", "br")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "br");
}

#[tokio::test]
async fn files_outside_are_not_served() {
    let test = TestGateway::start().await;
    for path in [
        "/assets/nothing.js",
        "/assets/..%2Findex.html",
        "/index.html.br",
    ] {
        let answer = test.client.get(test.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_console_can_be_switched_off() {
    let test = TestGateway::with(|configuration| configuration.console.enabled = false).await;
    let answer = test.client.get(test.url("/")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}
