//! The supergraph's file changes while requests are answered.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use weft_server::Gateway;
use weft_server::configuration::Configuration;
use weft_server::supergraph_source::{Change, Origins, follow};

use crate::harness::{SUPERGRAPH, TestGateway, listen};

#[tokio::test]
async fn a_swapped_supergraph_is_used_by_the_next_request() {
    let test = TestGateway::start().await;
    let invalid = test.query("{ me { nickname } }").await;
    assert_eq!(
        invalid["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    let changed = SUPERGRAPH.replace(
        "  name: String!",
        "  nickname: String @join__field(graph: ACCOUNTS)\n  name: String!",
    );
    test.gateway.swap(crate::harness::supergraph(&changed));
    test.accounts.answers(
        200,
        r#"{"data":{"me":{"__typename":"User","id":"1","nickname":"A"}}}"#,
    );
    assert_eq!(
        test.query("{ me { nickname } }").await,
        json!({ "data": { "me": { "nickname": "A" } } })
    );
}

#[tokio::test]
async fn a_request_ends_with_the_supergraph_that_it_began_with() {
    let test = TestGateway::start().await;
    test.accounts.delays(Duration::from_millis(300));
    let asking = test.query("{ me { name } }");
    let swapping = async {
        crate::harness::eventually("the subgraph is asked", || {
            !test.accounts.requests().is_empty()
        })
        .await;
        let changed = SUPERGRAPH.replace("  name: String! @join__field(graph: ACCOUNTS)\n", "");
        test.gateway.swap(crate::harness::supergraph(&changed));
    };
    let (answer, ()) = tokio::join!(asking, swapping);
    assert_eq!(answer, json!({ "data": { "me": { "name": "Ada" } } }));
}

#[tokio::test]
async fn a_change_that_is_no_supergraph_is_told_and_the_last_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("supergraph.graphql");
    std::fs::write(&file, SUPERGRAPH).unwrap();
    let gateway = Gateway::new(Configuration::for_supergraph(&file)).unwrap();
    let (sender, mut changes) = mpsc::unbounded_channel();
    let looking = Duration::from_millis(20);
    tokio::spawn(follow(
        gateway.clone(),
        Origins::AsWritten,
        looking,
        move |change| {
            let _ = sender.send(change);
        },
    ));
    assert!(matches!(
        changes.recv().await,
        Some(Change::Swapped { first: true, .. })
    ));
    let address = listen(&gateway).await;
    std::fs::write(&file, "type Query { a: Int").unwrap();
    assert!(matches!(
        changes.recv().await,
        Some(Change::Refused { serving: true, .. })
    ));
    let ready = reqwest::get(format!("http://{address}/health/ready"))
        .await
        .unwrap();
    assert!(ready.status().is_success());
    std::fs::write(&file, SUPERGRAPH.replace("stars: Int!", "stars: Int")).unwrap();
    assert!(matches!(
        changes.recv().await,
        Some(Change::Swapped { first: false, .. })
    ));
    gateway.stop_signal().cancel();
}

#[tokio::test]
async fn a_file_that_appears_later_is_loaded_then() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("supergraph.graphql");
    let gateway = Gateway::new(Configuration::for_supergraph(&file)).unwrap();
    let (sender, mut changes) = mpsc::unbounded_channel();
    let looking = Duration::from_millis(20);
    tokio::spawn(follow(
        gateway.clone(),
        Origins::AsWritten,
        looking,
        move |change| {
            let _ = sender.send(change);
        },
    ));
    assert!(matches!(
        changes.recv().await,
        Some(Change::Refused { serving: false, .. })
    ));
    std::fs::write(&file, SUPERGRAPH).unwrap();
    assert!(matches!(
        changes.recv().await,
        Some(Change::Swapped { first: true, .. })
    ));
    gateway.stop_signal().cancel();
}
