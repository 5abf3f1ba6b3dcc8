//! One client's WebSocket: reads its messages, starts and ends its operations, writes what they say.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket};
use bytes::Bytes;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use http::HeaderMap;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::operation;
use super::protocol::{self, Close, Message, SUBPROTOCOL};
use super::token;
use crate::forwarded_headers::with_init_payload;
use crate::gateway::Gateway;
use crate::http_request;

/// Serves a socket until either side closes it.
pub(crate) async fn serve(gateway: Arc<Gateway>, socket: WebSocket, headers: HeaderMap) {
    let agreed = socket.protocol().is_some_and(|it| it == SUBPROTOCOL);
    let (sink, stream) = socket.split();
    let (outgoing, queue) =
        mpsc::channel(gateway.configuration().subscriptions.message_buffer.max(1));
    let writing = write(sink, queue);
    let reading = async move {
        let close = if agreed {
            Connection::new(gateway, headers, outgoing.clone())
                .read(stream)
                .await
        } else {
            Some(Close::SUBPROTOCOL_NOT_ACCEPTABLE)
        };
        if let Some(close) = close {
            let _ = outgoing.send(Outgoing::Close(close)).await;
        }
    };
    tokio::join!(writing, reading);
}

/// What is written to a client.
pub(crate) enum Outgoing {
    /// A message of the protocol.
    Text(String),
    /// A ping of the WebSocket itself.
    Ping,
    /// The end.
    Close(Close),
}

async fn write(mut sink: SplitSink<WebSocket, Frame>, mut queue: mpsc::Receiver<Outgoing>) {
    while let Some(outgoing) = queue.recv().await {
        let frame = match outgoing {
            Outgoing::Text(text) => Frame::Text(text.into()),
            Outgoing::Ping => Frame::Ping(Bytes::new()),
            Outgoing::Close(Close(code, reason)) => {
                let close = CloseFrame {
                    code,
                    reason: reason.into(),
                };
                let _ = sink.send(Frame::Close(Some(close))).await;
                break;
            }
        };
        if sink.send(frame).await.is_err() {
            break;
        }
    }
    let _ = sink.close().await;
}

/// The moment, if it ever comes.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

struct Connection {
    gateway: Arc<Gateway>,
    /// Those of the upgrade, with `connection_init`'s payload once it came.
    headers: Arc<HeaderMap>,
    initialised: bool,
    /// When the client's token ends.
    token_ends: Option<Instant>,
    operations: HashMap<String, AbortHandle>,
    /// Operations that run; each ends with its id. Dropped with the connection, which ends them all.
    tasks: JoinSet<String>,
    outgoing: mpsc::Sender<Outgoing>,
}

impl Connection {
    fn new(gateway: Arc<Gateway>, headers: HeaderMap, outgoing: mpsc::Sender<Outgoing>) -> Self {
        Self {
            gateway,
            headers: Arc::new(headers),
            initialised: false,
            token_ends: None,
            operations: HashMap::new(),
            tasks: JoinSet::new(),
            outgoing,
        }
    }

    /// Reads until the client closes, or until there is a reason to close from this side.
    async fn read(mut self, mut stream: SplitStream<WebSocket>) -> Option<Close> {
        let options = self.gateway.configuration().subscriptions.clone();
        let stop = self.gateway.stop_signal().clone();
        let initialise_by = Instant::now() + options.init_timeout.0;
        let mut ping = interval_at(
            Instant::now() + options.ping_interval.0,
            options.ping_interval.0,
        );
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut quiet_pings = 0;
        loop {
            tokio::select! {
                frame = stream.next() => {
                    quiet_pings = 0;
                    match frame {
                        Some(Ok(Frame::Text(text))) => {
                            if let Err(close) = self.handle(text.into()).await {
                                return Some(close);
                            }
                        }
                        Some(Ok(Frame::Binary(_))) => return Some(Close::INVALID_MESSAGE),
                        Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                        Some(Ok(Frame::Close(_)) | Err(_)) | None => return None,
                    }
                }
                Some(ended) = self.tasks.join_next() => {
                    if let Ok(id) = ended {
                        self.operations.remove(&id);
                    }
                }
                _ = ping.tick() => {
                    quiet_pings += 1;
                    if quiet_pings > 2 || self.send(Outgoing::Ping).await.is_err() {
                        return None;
                    }
                }
                () = tokio::time::sleep_until(initialise_by), if !self.initialised => {
                    return Some(Close::INITIALISATION_TIMEOUT);
                }
                () = at(self.token_ends) => return Some(Close::TOKEN_ENDED),
                () = stop.cancelled() => return Some(Close::GOING_AWAY),
            }
        }
    }

    async fn handle(&mut self, text: Bytes) -> Result<(), Close> {
        let message: Message<'_> =
            serde_json::from_slice(&text).map_err(|_| Close::INVALID_MESSAGE)?;
        match message.kind.as_ref() {
            "connection_init" => self.initialise(&message).await,
            "ping" => {
                self.send(Outgoing::Text(protocol::bare("pong", message.payload)))
                    .await
            }
            "pong" => Ok(()),
            "subscribe" => self.subscribe(&text, &message),
            "complete" => {
                let id = message.id.ok_or(Close::INVALID_MESSAGE)?;
                if let Some(operation) = self.operations.remove(id.as_ref()) {
                    operation.abort();
                }
                Ok(())
            }
            _ => Err(Close::INVALID_MESSAGE),
        }
    }

    async fn initialise(&mut self, message: &Message<'_>) -> Result<(), Close> {
        if self.initialised {
            return Err(Close::TOO_MANY_INITIALISATIONS);
        }
        self.initialised = true;
        self.headers = Arc::new(with_init_payload(&self.headers, message.payload));
        if self.gateway.configuration().subscriptions.close_with_token {
            let left = token::time_left(&self.headers, SystemTime::now());
            self.token_ends = left.map(|left| Instant::now() + left);
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Close::TOKEN_ENDED);
            }
        }
        self.send(Outgoing::Text(protocol::bare("connection_ack", None)))
            .await
    }

    fn subscribe(&mut self, text: &Bytes, message: &Message<'_>) -> Result<(), Close> {
        let (Some(id), Some(payload)) = (&message.id, message.payload) else {
            return Err(Close::INVALID_MESSAGE);
        };
        if !self.initialised {
            return Err(Close::UNAUTHORIZED);
        }
        if self.operations.contains_key(id.as_ref()) {
            return Err(Close(4409, "Subscriber for that id already exists"));
        }
        let limit = self
            .gateway
            .configuration()
            .subscriptions
            .operations_per_connection;
        if self.operations.len() >= limit {
            return Err(Close::TOO_MANY_OPERATIONS);
        }
        let payload = text.slice_ref(payload.get().as_bytes());
        let request = http_request::from_json(&payload).map_err(|_| Close::INVALID_MESSAGE)?;
        let id = id.clone().into_owned();
        let running = operation::run(
            Arc::clone(&self.gateway),
            Arc::clone(&self.headers),
            request,
            operation::Subscriber {
                id: id.clone(),
                outgoing: self.outgoing.clone(),
            },
        );
        let ended = id.clone();
        let handle = self.tasks.spawn(async move {
            running.await;
            ended
        });
        self.operations.insert(id, handle);
        Ok(())
    }

    async fn send(&self, outgoing: Outgoing) -> Result<(), Close> {
        // A client that reads nothing for so long is gone.
        let patience = self.gateway.configuration().subscriptions.ping_interval.0;
        match timeout(patience, self.outgoing.send(outgoing)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Close::GOING_AWAY),
        }
    }
}
