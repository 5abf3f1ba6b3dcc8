//! A client for subscriptions over `graphql-transport-ws`: an operation in, its events out.

use std::time::Duration;

use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long an event may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// One running subscription on a connection of its own.
pub struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Subscription {
    /// Connects, signs in with `token`, and sends the operation.
    ///
    /// # Errors
    /// When the server does not acknowledge the connection.
    pub async fn start(
        url: &str,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> anyhow::Result<Self> {
        let mut request = url.into_client_request()?;
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let (socket, _) = connect_async(request).await?;
        let mut subscription = Self { socket };
        let payload = token.map_or(
            json!({}),
            |token| json!({ "authorization": format!("Bearer {token}") }),
        );
        subscription
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await?;
        let answer = subscription.receive().await?;
        if answer["type"] != "connection_ack" {
            bail!("the connection was not acknowledged: {answer}");
        }
        subscription
            .send(json!({
                "id": "1",
                "type": "subscribe",
                "payload": { "query": query, "variables": variables },
            }))
            .await?;
        Ok(subscription)
    }

    /// The next event's response; pings in between are answered.
    ///
    /// # Errors
    /// When there is none within half a minute, or the subscription ended.
    pub async fn next(&mut self) -> anyhow::Result<Value> {
        loop {
            let message = self.receive().await?;
            match message["type"].as_str() {
                Some("next") => return Ok(message["payload"].clone()),
                Some("ping") => self.send(json!({ "type": "pong" })).await?,
                _ => bail!("no event but {message}"),
            }
        }
    }

    async fn send(&mut self, message: Value) -> anyhow::Result<()> {
        let text = message.to_string();
        Ok(self.socket.send(Message::text(text)).await?)
    }

    async fn receive(&mut self) -> anyhow::Result<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .context("nothing arrived for half a minute")?
                .context("the connection was closed")??;
            match message {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(frame) => bail!("the connection was closed: {frame:?}"),
                _ => {}
            }
        }
    }
}
