//! One exchange over a pipe, with answers that arrive in any pieces, break off, or make no sense.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use tokio::io::duplex;

use super::*;

fn room(limit: usize, large: &LargeBuffers) -> Room<'_> {
    Room {
        limit,
        expected: 64,
        large,
    }
}

/// What a client makes of an answer that arrives in pieces of `size` bytes before the connection ends.
async fn answered(answer: &[u8], size: usize, limit: usize) -> Result<Exchange, ExchangeError> {
    let (mut client, mut server) = duplex(1 << 16);
    let large = LargeBuffers::default();
    let answer = answer.to_vec();
    let serving = async move {
        let mut request = vec![0; 8];
        server.read_exact(&mut request).await.unwrap();
        for piece in answer.chunks(size) {
            server.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let asking = exchange(
        &mut client,
        Bytes::from_static(b"head"),
        Bytes::from_static(b"body"),
        room(limit, &large),
    );
    tokio::join!(serving, asking).1
}

async fn check(answer: &str, body: &str, is_reusable: bool) {
    for size in 1..=answer.len() {
        let exchange = answered(answer.as_bytes(), size, 1000).await.unwrap();
        assert_eq!(exchange.body, body, "pieces of {size}");
        assert_eq!(exchange.is_reusable, is_reusable, "pieces of {size}");
    }
}

async fn check_broken(answer: &str, expected: &str) {
    for size in [1, answer.len().max(1)] {
        match answered(answer.as_bytes(), size, 10).await {
            Err(ExchangeError::Broken(reason)) => {
                assert!(reason.contains(expected), "{reason}");
            }
            other => panic!("{answer}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_may_arrive_in_any_pieces() {
    check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "{}", true).await;
    check(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        "{}",
        true,
    )
    .await;
    check("HTTP/1.1 200 OK\r\n\r\n{}", "{}", false).await;
    check(
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        "{}",
        false,
    )
    .await;
    check("HTTP/1.1 204 No Content\r\n\r\n", "", true).await;
}

#[tokio::test]
async fn a_large_answer_arrives_whole_and_leaves_what_follows_it() {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n").into_bytes();
    let head = answer.len();
    answer.extend((0..LARGE).map(|position| b'a' + (position % 23) as u8));
    for (more, size) in [(0, 1 << 16), (0, 1 << 20), (3, 1 << 14)] {
        let sent = [&answer[..], &b"xyz"[..more]].concat();
        let exchange = answered(&sent, size, LARGE).await.unwrap();
        assert_eq!(exchange.body, answer[head..], "pieces of {size}");
    }
    let cut = answered(&answer[..head + 1000], 300, LARGE).await;
    let Err(ExchangeError::Broken(reason)) = cut else {
        panic!("{cut:?}");
    };
    assert!(reason.contains("after 1000 of 524288 bytes"), "{reason}");
}

#[tokio::test]
async fn answers_before_the_final_one_are_passed_over() {
    let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n\
        HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    check(answer, "{}", true).await;
    check_broken(
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "another protocol",
    )
    .await;
}

#[tokio::test]
async fn a_connection_with_bytes_left_over_is_not_used_again() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n";
    let exchange = answered(answer.as_bytes(), answer.len(), 1000)
        .await
        .unwrap();
    assert!(!exchange.is_reusable);
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_where() {
    check_broken(
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"data\"",
        "the answer ended after 7 of 9 bytes",
    )
    .await;
    check_broken(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"da",
        "before its last chunk",
    )
    .await;
    check_broken("HTTP/1.1 200 OK\r\ncontent-le", "the answer ended").await;
    check_broken(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
        "chunks",
    )
    .await;
    check_broken("<html>\r\n\r\n", "not HTTP/1.1").await;
}

#[tokio::test]
async fn an_answer_that_comes_before_the_request_has_left_ends_the_exchange() {
    let (mut client, mut server) = duplex(1 << 10);
    let serving = async {
        let mut start = [0; 100];
        server.read_exact(&mut start).await.unwrap();
        let answer = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\n{}";
        server.write_all(answer).await.unwrap();
    };
    let body = Bytes::from(vec![b' '; 1 << 20]);
    let large = LargeBuffers::default();
    let head = Bytes::from_static(b"head");
    let asking = exchange(&mut client, head, body, room(10, &large));
    // The server's end stays open, and nobody reads the remainder of the body.
    let exchange = tokio::join!(serving, asking).1.unwrap();
    assert_eq!(
        (exchange.head.status, &exchange.body[..]),
        (413, &b"{}"[..])
    );
    assert!(!exchange.is_reusable);
}

#[tokio::test]
async fn a_large_request_leaves_the_connection_reusable() {
    let (mut client, mut server) = duplex(1 << 10);
    let serving = async {
        let mut request = vec![0; (1 << 20) + 4];
        server.read_exact(&mut request).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        server.write_all(answer).await.unwrap();
    };
    let body = Bytes::from(vec![b' '; 1 << 20]);
    let large = LargeBuffers::default();
    let head = Bytes::from_static(b"head");
    let asking = exchange(&mut client, head, body, room(10, &large));
    assert!(tokio::join!(serving, asking).1.unwrap().is_reusable);
}

#[tokio::test]
async fn a_connection_that_ends_without_a_byte_was_not_answered() {
    let ended = answered(b"", 1, 10).await;
    assert!(
        matches!(ended, Err(ExchangeError::Unanswered(_))),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_however_it_ends() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n",
        "HTTP/1.1 200 OK\r\n\r\n12345678901",
    ] {
        let refused = answered(answer.as_bytes(), answer.len(), 10).await;
        assert!(matches!(refused, Err(ExchangeError::TooLarge)), "{answer}");
    }
}
