//! A subscription over a WebSocket (`graphql-transport-ws`) for tests: an operation in, events out, one by one.

use std::{collections::VecDeque, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

/// Longer than any event takes: a test that waits in vain fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A subscription that runs.
#[derive(Debug)]
pub struct Subscription {
    /// Events that came before anybody waited for them.
    early: VecDeque<Value>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

#[allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
impl Subscription {
    /// Subscribes at the GraphQL endpoint `url` and returns once the server has the operation.
    ///
    /// # Panics
    /// When the server refuses the connection.
    pub async fn start(url: &str, token: Option<&str>, query: &str, variables: Value) -> Self {
        let mut request = url
            .replacen("http", "ws", 1)
            .into_client_request()
            .expect("a URL");
        request.headers_mut().insert(
            "sec-websocket-protocol",
            HeaderValue::from_static("graphql-transport-ws"),
        );
        let (socket, _) = connect_async(request).await.expect("the server upgrades");
        let mut subscription = Self {
            early: VecDeque::new(),
            socket,
        };
        let payload = token.map_or(
            json!({}),
            |token| json!({ "authorization": format!("Bearer {token}") }),
        );
        subscription
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(subscription.receive().await["type"], "connection_ack");
        let operation = json!({ "query": query, "variables": variables });
        subscription
            .send(json!({ "type": "subscribe", "id": "1", "payload": operation }))
            .await;
        // The server reads in order, so once the pong is here, the operation has arrived.
        subscription.send(json!({ "type": "ping" })).await;
        loop {
            let message = subscription.receive().await;
            if message["type"] == "pong" {
                return subscription;
            }
            subscription.early.push_back(message);
        }
    }

    /// The next event's whole payload: `data`, `errors`.
    ///
    /// # Panics
    /// When none comes, or the subscription ends.
    pub async fn next(&mut self) -> Value {
        let message = match self.early.pop_front() {
            Some(message) => message,
            None => self.receive().await,
        };
        match message["type"].as_str() {
            Some("next") => message["payload"].clone(),
            Some("error") => json!({ "errors": message["payload"] }),
            _ => panic!("expected an event, got {message}"),
        }
    }

    async fn send(&mut self, message: Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .expect("the socket is open");
    }

    async fn receive(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("a message comes in time");
            match message.expect("the socket is open").expect("a message") {
                Message::Text(text) => {
                    return serde_json::from_str(&text).expect("a message is JSON");
                }
                Message::Close(frame) => panic!("the server closed the connection: {frame:?}"),
                _ => {}
            }
        }
    }
}
