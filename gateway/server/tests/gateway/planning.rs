//! The budget of planning, as clients meet it.

use std::fmt::Write;

use weft_server::configuration::ByteSize;

use crate::harness::TestGateway;

#[tokio::test]
async fn an_operation_beyond_the_memory_limit_is_refused_and_a_smaller_one_is_answered() {
    let test = TestGateway::with(|configuration| {
        configuration.planning.memory_limit = ByteSize::mebibytes(1);
    })
    .await;
    let mut large = String::from("{");
    for number in 0..10_000 {
        // Writing to a string cannot fail.
        let _ = write!(
            large,
            " a{number}: topReview {{ author {{ b{number}: name }} }}"
        );
    }
    let answer = test.query(&format!("{large} }}")).await;
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
