//! Clients that hold a connection without getting on.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use weft_server::configuration::TimeSpan;

use crate::harness::TestGateway;

const HEAD: &[u8] =
    b"GET /graphql?query=%7Bme%7Bname%7D%7D HTTP/1.1\r\nhost: gateway\r\naccept: */*\r\n\r\n";
/// Far longer than a test may take.
const LONG: Duration = Duration::from_secs(600);

async fn gateway(patience: Duration, idle: Duration) -> TestGateway {
    TestGateway::with(|configuration| {
        configuration.server.client_timeout = TimeSpan(patience);
        configuration.server.idle_timeout = TimeSpan(idle);
    })
    .await
}

/// One request and its answer, as far as the answer's last bracket.
async fn ask(stream: &mut TcpStream) {
    stream.write_all(HEAD).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}}}") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
    }
}

/// Waits until the gateway closes a connection.
async fn check_closed(stream: &mut TcpStream) {
    let end = timeout(LONG, stream.read(&mut [0; 100])).await.unwrap();
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn who_never_ends_the_head_of_a_request_loses_the_connection() {
    let test = gateway(Duration::from_millis(100), LONG).await;
    let mut stream = TcpStream::connect(test.address).await.unwrap();
    stream.write_all(&HEAD[..30]).await.unwrap();
    check_closed(&mut stream).await;
    // Also where requests were answered before.
    let mut stream = TcpStream::connect(test.address).await.unwrap();
    ask(&mut stream).await;
    stream.write_all(&HEAD[..30]).await.unwrap();
    check_closed(&mut stream).await;
}

#[tokio::test]
async fn a_kept_connection_outlives_the_patience_for_heads_and_ends_when_it_was_idle_for_long() {
    let test = gateway(Duration::from_millis(50), Duration::from_millis(400)).await;
    let mut stream = TcpStream::connect(test.address).await.unwrap();
    for _ in 0..3 {
        ask(&mut stream).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    check_closed(&mut stream).await;
}
