//! `graphql-transport-ws` from client to subgraph and back.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use weft_server::configuration::TimeSpan;

use crate::harness::{TestGateway, eventually};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(test: &TestGateway, protocol: &str) -> Self {
        let mut request = format!("ws://{}/graphql", test.address)
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol.parse().unwrap());
        Self(connect_async(request).await.unwrap().0)
    }

    /// Connected and acknowledged.
    async fn ready(test: &TestGateway) -> Self {
        let mut socket = Self::open(test, "graphql-transport-ws").await;
        socket
            .send(json!({ "type": "connection_init", "payload": { "Authorization": "Bearer a" } }))
            .await;
        assert_eq!(socket.receive().await, json!({ "type": "connection_ack" }));
        socket
    }

    async fn send(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "id": id, "type": "subscribe", "payload": { "query": query } }))
            .await;
    }

    async fn receive(&mut self) -> Value {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    async fn close_code(&mut self) -> u16 {
        while let Some(Ok(frame)) = self.0.next().await {
            if let Message::Close(frame) = frame {
                return frame.map_or(0, |frame| frame.code.into());
            }
        }
        0
    }
}

#[tokio::test]
async fn each_event_is_completed_with_fields_of_other_subgraphs() {
    let test = TestGateway::start().await;
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe(
            "s",
            "subscription { userChanged { name reviews { stars } } }",
        )
        .await;
    for number in 0..2 {
        let user = json!({ "name": format!("Ada {number}"), "reviews": [{ "stars": 4 }] });
        let expected =
            json!({ "id": "s", "type": "next", "payload": { "data": { "userChanged": user } } });
        assert_eq!(socket.receive().await, expected);
    }
    assert_eq!(
        socket.receive().await,
        json!({ "id": "s", "type": "complete" })
    );
    assert_eq!(test.reviews.requests().len(), 2);
    assert_eq!(test.reviews.requests()[0].0["authorization"], "Bearer a");
    assert_eq!(
        test.accounts.initialisations(),
        [json!({ "authorization": "Bearer a" })]
    );
}

#[tokio::test]
async fn completing_a_subscription_closes_its_source() {
    let test = TestGateway::start().await;
    test.accounts.brings_events(usize::MAX);
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("s", "subscription { userChanged { id } }")
        .await;
    assert_eq!(socket.receive().await["type"], "next");
    assert_eq!(test.accounts.open_sockets(), 1);
    socket.send(json!({ "id": "s", "type": "complete" })).await;
    eventually("the source is closed", || test.accounts.open_sockets() == 0).await;
}

#[tokio::test]
async fn a_client_that_goes_away_closes_its_sources() {
    let test = TestGateway::start().await;
    test.accounts.brings_events(usize::MAX);
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("s", "subscription { userChanged { id } }")
        .await;
    assert_eq!(socket.receive().await["type"], "next");
    drop(socket);
    eventually("the source is closed", || test.accounts.open_sockets() == 0).await;
}

#[tokio::test]
async fn queries_and_mutations_are_answered_once() {
    let test = TestGateway::start().await;
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("q", "mutation { rename(name: \"Countess\") { name } }")
        .await;
    let payload = json!({ "data": { "rename": { "name": "Countess" } } });
    assert_eq!(
        socket.receive().await,
        json!({ "id": "q", "type": "next", "payload": payload })
    );
    assert_eq!(
        socket.receive().await,
        json!({ "id": "q", "type": "complete" })
    );
}

#[tokio::test]
async fn an_invalid_operation_gets_its_errors_and_the_socket_goes_on() {
    let test = TestGateway::start().await;
    let mut socket = Socket::ready(&test).await;
    socket.subscribe("s", "subscription { nothing }").await;
    let answer = socket.receive().await;
    assert_eq!(
        (&answer["type"], &answer["id"]),
        (&json!("error"), &json!("s"))
    );
    assert_eq!(
        answer["payload"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    socket
        .send(json!({ "type": "ping", "payload": { "a": 1 } }))
        .await;
    assert_eq!(
        socket.receive().await,
        json!({ "type": "pong", "payload": { "a": 1 } })
    );
}

#[tokio::test]
async fn a_source_that_cannot_be_reached_is_an_error_of_the_subscription() {
    let test = TestGateway::with(|configuration| {
        configuration.subgraphs["accounts"].subscription_url =
            Some("ws://127.0.0.1:1/graphql".parse().unwrap());
    })
    .await;
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("s", "subscription { userChanged { id } }")
        .await;
    let answer = socket.receive().await;
    assert_eq!(answer["type"], "error");
    assert_eq!(
        answer["payload"][0]["extensions"]["code"],
        "SUBSCRIPTION_FAILED"
    );
}

async fn with_frequent_pings() -> TestGateway {
    TestGateway::with(|configuration| {
        configuration.subscriptions.ping_interval = TimeSpan(Duration::from_millis(50));
        configuration.subscriptions.reopen_attempts = 0;
    })
    .await
}

#[tokio::test]
async fn a_quiet_subscription_is_kept_open_by_pings() {
    let test = with_frequent_pings().await;
    test.accounts.brings_events(usize::MAX);
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("s", "subscription { userChanged { id } }")
        .await;
    // Reading also answers the gateway's own pings.
    let reading = async {
        loop {
            socket.receive().await;
        }
    };
    tokio::select! {
        () = reading => {}
        () = eventually("the subgraph is asked for signs of life", || test.accounts.pings() >= 5) => {}
    }
    assert_eq!(test.accounts.open_sockets(), 1);
}

#[tokio::test]
async fn a_subgraph_that_answers_no_ping_ends_its_subscriptions() {
    let test = with_frequent_pings().await;
    test.accounts.brings_events(usize::MAX);
    test.accounts.ignores_pings();
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("s", "subscription { userChanged { id } }")
        .await;
    let end = loop {
        let message = socket.receive().await;
        match message["type"].as_str() {
            Some("ping") => socket.send(json!({ "type": "pong" })).await,
            Some("next") => {}
            _ => break message,
        }
    };
    assert_eq!(end["type"], "error", "{end}");
    assert_eq!(
        end["payload"][0]["extensions"]["code"],
        "SUBSCRIPTION_FAILED"
    );
}

#[tokio::test]
async fn whoever_breaks_the_protocol_is_closed_with_its_code() {
    let test = TestGateway::start().await;
    let subscribe =
        json!({ "id": "s", "type": "subscribe", "payload": { "query": "{ me { id } }" } });
    let mut early = Socket::open(&test, "graphql-transport-ws").await;
    early.send(subscribe).await;
    assert_eq!(early.close_code().await, 4401);
    let mut twice = Socket::ready(&test).await;
    twice.send(json!({ "type": "connection_init" })).await;
    assert_eq!(twice.close_code().await, 4429);
    let mut unknown = Socket::ready(&test).await;
    unknown.send(json!({ "type": "nonsense" })).await;
    assert_eq!(unknown.close_code().await, 4400);
    test.accounts.brings_events(usize::MAX);
    let mut same = Socket::ready(&test).await;
    same.subscribe("s", "subscription { userChanged { id } }")
        .await;
    same.subscribe("s", "subscription { userChanged { id } }")
        .await;
    assert_eq!(same.close_code().await, 4409);
}

#[tokio::test]
async fn a_client_that_never_introduces_itself_is_closed() {
    let test = TestGateway::with(|configuration| {
        configuration.subscriptions.init_timeout = TimeSpan(Duration::from_millis(50));
    })
    .await;
    let mut socket = Socket::open(&test, "graphql-transport-ws").await;
    assert_eq!(socket.close_code().await, 4408);
}

#[tokio::test]
async fn stopping_the_gateway_closes_its_sockets() {
    let test = TestGateway::start().await;
    let mut socket = Socket::ready(&test).await;
    test.gateway.stop_signal().cancel();
    assert_eq!(socket.close_code().await, 1001);
}

#[tokio::test]
async fn a_subscription_by_http_is_told_to_use_a_websocket() {
    let test = TestGateway::start().await;
    let answer = test.query("subscription { userChanged { id } }").await;
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("graphql-transport-ws")
    );
}

/// What a client hears of a subscription until its end, and how often the source was opened.
async fn heard(
    attempts: u32,
    events: usize,
    breaks: usize,
    code: Option<u16>,
) -> (Vec<Value>, usize) {
    let test = TestGateway::with(|configuration| {
        configuration.subscriptions.reopen_attempts = attempts;
        configuration.subscriptions.reopen_delay = TimeSpan(Duration::from_millis(1));
    })
    .await;
    test.accounts.brings_events(events);
    test.accounts.breaks(breaks, code);
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("s", "subscription { userChanged { name } }")
        .await;
    let mut messages = Vec::new();
    loop {
        let message = socket.receive().await;
        let ended = message["type"] != "next";
        messages.push(message);
        if ended {
            return (messages, test.accounts.initialisations().len());
        }
    }
}

#[tokio::test]
async fn a_source_that_breaks_is_opened_again() {
    for code in [None, Some(1012)] {
        let (messages, opened) = heard(3, 2, 2, code).await;
        assert_eq!(messages.len(), 7, "{messages:?}");
        assert_eq!(messages[6]["type"], "complete");
        assert_eq!(opened, 3);
    }
}

#[tokio::test]
async fn a_source_that_breaks_again_and_again_fails_with_the_number_of_attempts() {
    let (messages, opened) = heard(2, 0, usize::MAX, None).await;
    let error = &messages[0]["payload"][0];
    assert_eq!(error["extensions"]["code"], "SUBSCRIPTION_FAILED");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("could not be opened again in 2 attempts"),
        "{message}"
    );
    assert_eq!(opened, 3);
}

#[tokio::test]
async fn a_source_is_not_opened_again_against_its_will() {
    // Forbidden, by a code of the protocol; or switched off here.
    for (attempts, code) in [(5, Some(4403)), (0, None)] {
        let (messages, opened) = heard(attempts, 1, 1, code).await;
        assert_eq!(messages[1]["type"], "error", "{messages:?}");
        assert_eq!(opened, 1);
    }
}

/// `connection_init` with a token that ends in so many seconds.
async fn with_token(test: &TestGateway, seconds: f64) -> Socket {
    let now = std::time::SystemTime::now();
    let now = now
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    let claims = json!({ "exp": now + seconds }).to_string();
    let claims = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims);
    let mut socket = Socket::open(test, "graphql-transport-ws").await;
    let payload = json!({ "Authorization": format!("Bearer e30.{claims}.c2ln") });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    socket
}

#[tokio::test]
async fn a_websocket_ends_with_the_token_that_opened_it() {
    let test = TestGateway::start().await;
    test.accounts.brings_events(usize::MAX);
    let mut ended = with_token(&test, -10.0).await;
    assert_eq!(ended.close_code().await, 4401);

    let mut brief = with_token(&test, 0.4).await;
    assert_eq!(brief.receive().await["type"], "connection_ack");
    brief
        .subscribe("s", "subscription { userChanged { id } }")
        .await;
    assert_eq!(brief.receive().await["type"], "next");
    assert_eq!(brief.close_code().await, 4401);
    eventually("its sources are closed", || {
        test.accounts.open_sockets() == 0
    })
    .await;
}

#[tokio::test]
async fn a_websocket_outlives_its_token_where_that_is_configured() {
    let test = TestGateway::with(|configuration| {
        configuration.subscriptions.close_with_token = false;
    })
    .await;
    let mut socket = with_token(&test, -10.0).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
}

#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn each_operation_of_a_websocket_leaves_a_line_in_the_log() {
    let log = Log::default();
    let writer = log.clone();
    // For the whole process, so with the lines of other tests: one for a thread is not seen by places that another thread
    // passed first.
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let test = TestGateway::start().await;
    let mut socket = Socket::ready(&test).await;
    socket
        .subscribe("first", "subscription Changes { userChanged { id } }")
        .await;
    while socket.receive().await["type"] != "complete" {}
    test.accounts.brings_events(usize::MAX);
    socket
        .subscribe("second", "subscription Endless { userChanged { id } }")
        .await;
    assert_eq!(socket.receive().await["type"], "next");
    drop(socket);
    eventually("both are logged", || log.text().contains("Endless")).await;
    let text = log.text();
    let line = |name: &str| {
        text.lines()
            .find(|line| line.contains(name))
            .unwrap()
            .to_owned()
    };
    let first = line("operation=\"Changes\"");
    for part in [
        "kind=\"subscription\"",
        "id=\"first\"",
        "answers=2",
        "end=\"complete\"",
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert!(
        line("operation=\"Endless\"").contains("end=\"the client ended it\""),
        "{text}"
    );
}
