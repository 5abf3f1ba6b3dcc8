//! The budget of planning, as clients meet it.

use std::fmt::Write;
use std::time::Duration;

use weft_server::configuration::{ByteSize, TimeSpan};

use crate::harness::TestGateway;

#[tokio::test]
async fn an_operation_beyond_the_memory_limit_is_refused_and_a_smaller_one_is_answered() {
    let test = TestGateway::with(|configuration| {
        configuration.planning.memory_limit = ByteSize::mebibytes(1);
        // On a busy machine the memory may be used up late.
        configuration.planning.time_limit = TimeSpan(Duration::from_secs(600));
    })
    .await;
    let answer = test.query(&large()).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "QUERY_PLANNING_FAILED");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("split it into several"), "{message}");
    let answer = test.query("{ me { name } }").await;
    assert_ne!(
        answer["errors"][0]["extensions"]["code"],
        "QUERY_PLANNING_FAILED"
    );
}

#[tokio::test]
async fn an_operation_beyond_the_time_limit_is_refused_each_time_anew() {
    let test = TestGateway::with(|configuration| {
        configuration.planning.time_limit = TimeSpan(Duration::from_millis(1));
    })
    .await;
    for _ in 0..2 {
        let answer = test.query(&large()).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "QUERY_PLANNING_TIMEOUT");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("longer than 1ms: split it"), "{message}");
    }
}

/// An operation that takes long to plan, and much memory.
fn large() -> String {
    let mut large = String::from("{");
    for number in 0..10_000 {
        // Writing to a string cannot fail.
        let _ = write!(
            large,
            " a{number}: topReview {{ author {{ b{number}: name }} }}"
        );
    }
    large + " }"
}
