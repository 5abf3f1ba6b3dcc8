//! A subscription to a subgraph: a WebSocket of its own that speaks `graphql-transport-ws`, read as a list of events.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, HeaderValue};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::protocol::{self, Message, SUBPROTOCOL};

/// What is needed to open a subscription.
pub(crate) struct Request<'a> {
    /// A `ws:` or `wss:` address.
    pub(crate) url: &'a str,
    /// Headers of the upgrade request.
    pub(crate) headers: HeaderMap,
    /// The payload of `connection_init`, as JSON.
    pub(crate) init_payload: Option<String>,
    /// The payload of `subscribe`, as JSON: query, variables, operation name.
    pub(crate) operation: &'a str,
    /// How long connecting and the acknowledgement may take each.
    pub(crate) patience: Duration,
    /// The largest message that is read.
    pub(crate) message_limit: usize,
    /// After how long a silence the subgraph is asked whether it is still there.
    pub(crate) ping_interval: Duration,
}

/// Why a subscription could not be opened, or ended too early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// The socket cannot be opened, or broke.
    #[error("the WebSocket failed: {0}")]
    Socket(#[from] Box<tungstenite::Error>),
    /// The subgraph says nothing in time.
    #[error("the subgraph does not answer in time")]
    Timeout,
    /// The subgraph closed the socket.
    #[error("the subgraph closed the connection: {reason}")]
    Closed {
        /// The code of the WebSocket, where it gave one.
        code: Option<u16>,
        /// Code and words.
        reason: String,
    },
    /// The subgraph speaks something else.
    #[error("the subgraph does not speak `graphql-transport-ws`: {0}")]
    Protocol(String),
}

impl UpstreamError {
    /// Whether it may be well in a moment. The protocol's own codes (4400 and following) are about what was sent.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Socket(_) | Self::Timeout => true,
            Self::Closed { code, .. } => {
                code.is_none_or(|code| matches!(code, 1000 | 1001 | 1005 | 1006 | 1011..=1014))
            }
            Self::Protocol(_) => false,
        }
    }
}

/// What a subgraph says about a subscription.
#[derive(Debug)]
pub(crate) enum Event {
    /// A GraphQL response, `{"data": …}`.
    Next(Bytes),
    /// GraphQL errors that end the subscription: a JSON list.
    Error(Bytes),
}

/// An open subscription.
pub(crate) struct Upstream {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    ping_interval: Duration,
    /// Whether a ping was sent after the last message that came.
    pinged: bool,
}

const OPERATION_ID: &str = "1";

/// Opens a subscription: connects, introduces itself, subscribes.
///
/// # Errors
/// [`UpstreamError`] when the subgraph cannot be reached or does not speak the protocol.
pub(crate) async fn subscribe(request: &Request<'_>) -> Result<Upstream, UpstreamError> {
    let mut upgrade = request.url.into_client_request().map_err(Box::new)?;
    let protocol = HeaderValue::from_static(SUBPROTOCOL);
    upgrade.headers_mut().extend(request.headers.clone());
    upgrade
        .headers_mut()
        .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    let limits = WebSocketConfig::default()
        .max_message_size(Some(request.message_limit))
        .max_frame_size(Some(request.message_limit));
    let connecting = connect_async_with_config(upgrade, Some(limits), true);
    let (socket, _) = timeout(request.patience, connecting)
        .await
        .map_err(|_| UpstreamError::Timeout)?
        .map_err(Box::new)?;
    let mut upstream = Upstream {
        socket,
        ping_interval: request.ping_interval,
        pinged: false,
    };
    let payload = request.init_payload.clone();
    let payload = payload.and_then(|text| serde_json::value::RawValue::from_string(text).ok());
    upstream
        .send(protocol::bare("connection_init", payload.as_deref()))
        .await?;
    timeout(request.patience, upstream.acknowledged())
        .await
        .map_err(|_| UpstreamError::Timeout)??;
    upstream
        .send(protocol::with_payload(
            "subscribe",
            OPERATION_ID,
            request.operation,
        ))
        .await?;
    Ok(upstream)
}

impl Upstream {
    /// The next event; `None` when the subgraph says that there are no more.
    ///
    /// # Errors
    /// [`UpstreamError`] when the connection ends before the subscription.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, UpstreamError> {
        loop {
            let text = self.receive().await?;
            let message = parse(&text)?;
            let payload = || {
                message
                    .payload
                    .map(|payload| Bytes::copy_from_slice(payload.get().as_bytes()))
                    .ok_or_else(|| UpstreamError::Protocol("a message has no payload".to_owned()))
            };
            match message.kind.as_ref() {
                "next" => return Ok(Some(Event::Next(payload()?))),
                "error" => return Ok(Some(Event::Error(payload()?))),
                "complete" => return Ok(None),
                "ping" => self.send(protocol::bare("pong", None)).await?,
                _ => {}
            }
        }
    }

    /// Tells the subgraph that nobody listens any more.
    pub(crate) async fn close(mut self) {
        let _ = self.send(protocol::complete(OPERATION_ID)).await;
        let _ = self.socket.close(None).await;
    }

    async fn acknowledged(&mut self) -> Result<(), UpstreamError> {
        loop {
            let text = self.receive().await?;
            match parse(&text)?.kind.as_ref() {
                "connection_ack" => return Ok(()),
                "ping" => self.send(protocol::bare("pong", None)).await?,
                "pong" => {}
                other => {
                    return Err(UpstreamError::Protocol(format!(
                        "`{other}` came before `connection_ack`"
                    )));
                }
            }
        }
    }

    async fn send(&mut self, text: String) -> Result<(), UpstreamError> {
        let sent = self.socket.send(Frame::text(text)).await;
        Ok(sent.map_err(Box::new)?)
    }

    /// The next message. A silence is broken by a ping, which also keeps servers and proxies from closing an idle
    /// connection; a subgraph that lets it go unanswered for as long again is gone.
    async fn receive(&mut self) -> Result<tungstenite::Utf8Bytes, UpstreamError> {
        loop {
            let Ok(frame) = timeout(self.ping_interval, self.socket.next()).await else {
                if self.pinged {
                    return Err(UpstreamError::Timeout);
                }
                self.pinged = true;
                self.send(protocol::bare("ping", None)).await?;
                continue;
            };
            self.pinged = false;
            match frame {
                Some(Ok(Frame::Text(text))) => return Ok(text),
                Some(Ok(Frame::Close(frame))) => {
                    return Err(closed(frame));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Box::new(error).into()),
                None => return Err(closed(None)),
            }
        }
    }
}

fn closed(frame: Option<CloseFrame>) -> UpstreamError {
    UpstreamError::Closed {
        code: frame.as_ref().map(|frame| u16::from(frame.code)),
        reason: frame.map_or("no reason given".to_owned(), |frame| {
            format!("{} {}", u16::from(frame.code), frame.reason)
        }),
    }
}

fn parse(text: &str) -> Result<Message<'_>, UpstreamError> {
    serde_json::from_str(text)
        .map_err(|error| UpstreamError::Protocol(format!("a message cannot be read: {error}")))
}
