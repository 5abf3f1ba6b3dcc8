//! The client for subgraphs without TLS: HTTP/1.1 on connections that are kept, without tasks and channels in between.
//! `docs/decisions/transport.md` says what it saves.
//!
//! A request and its connection belong to one future. Dropping it closes the connection, so that nothing of a call that
//! was given up is left.

use std::time::Duration;

use bytes::Bytes;

use super::connection::{Connection, Exchange, ExchangeError, Room};
use super::content_encoding::{self, DecodeError};
use super::large_buffers::LargeBuffers;
use super::origin::Origin;
use super::pool::Pool;

/// A client with its idle connections.
#[derive(Debug)]
pub(crate) struct PlainClient {
    pool: Pool,
    large: LargeBuffers,
    connect_timeout: Duration,
}

/// One request.
#[derive(Debug)]
pub(crate) struct PlainCall<'a> {
    /// Where it goes.
    pub(crate) origin: &'a Origin,
    /// Its head with the empty line, and a small body.
    pub(crate) head: Bytes,
    /// The body, where it is not small.
    pub(crate) body: Bytes,
    /// The largest body of an answer.
    pub(crate) limit: usize,
    /// How many bytes an answer probably has.
    pub(crate) expected: usize,
    /// Whether it changes nothing, so that it may be sent twice.
    pub(crate) is_safe: bool,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The media type, where one was given.
    pub(crate) content_type: Option<String>,
    /// The body, decompressed.
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlainError {
    /// No connection, or it broke.
    #[error("{0}")]
    Connection(String),
    /// A connection took too long.
    #[error("{0}")]
    Timeout(String),
    /// The answer is larger than allowed.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

impl PlainClient {
    /// A client without connections.
    pub(crate) fn new(connect_timeout: Duration, idle_timeout: Duration) -> Self {
        Self {
            pool: Pool::new(idle_timeout),
            large: LargeBuffers::default(),
            connect_timeout,
        }
    }

    /// Closes connections and frees memory that nobody needs any more.
    pub(crate) fn sweep(&self) {
        self.pool.sweep();
        self.large.sweep();
    }

    /// Sends a request and reads the whole answer. A kept connection may turn out to be closed: the request is sent once
    /// more on a new one if nothing of it has left, or if it is safe and nothing came back.
    ///
    /// # Errors
    /// [`PlainError`].
    pub(crate) async fn send(&self, call: PlainCall<'_>) -> Result<Answer, PlainError> {
        let mut kept = self.pool.take(call.origin);
        loop {
            let is_kept = kept.is_some();
            let connection = match kept.take() {
                Some(connection) => connection,
                // Rare, and its future is large.
                None => Box::pin(self.connect(call.origin)).await?,
            };
            match self.exchange(connection, &call).await {
                Err(ExchangeError::Unsent(_)) if is_kept => {}
                Err(ExchangeError::Unanswered(_)) if is_kept && call.is_safe => {}
                result => return finish(result, &call).await,
            }
        }
    }

    async fn connect(&self, origin: &Origin) -> Result<Connection, PlainError> {
        let connecting = Connection::open(origin, self.connect_timeout);
        connecting.await.map_err(|error| {
            let message = format!("cannot connect: {error}");
            match error.kind() {
                std::io::ErrorKind::TimedOut => PlainError::Timeout(message),
                _ => PlainError::Connection(message),
            }
        })
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        call: &PlainCall<'_>,
    ) -> Result<Exchange, ExchangeError> {
        let (head, body) = (call.head.clone(), call.body.clone());
        let room = Room {
            limit: call.limit,
            expected: call.expected,
            large: &self.large,
        };
        let exchange = connection.exchange(head, body, room).await?;
        if exchange.is_reusable {
            self.pool.put(call.origin, connection, exchange.head.idle);
        }
        Ok(exchange)
    }
}

async fn finish(
    result: Result<Exchange, ExchangeError>,
    call: &PlainCall<'_>,
) -> Result<Answer, PlainError> {
    let exchange = result.map_err(|error| match error {
        ExchangeError::Unsent(error) => {
            PlainError::Connection(format!("the request could not be sent: {error}"))
        }
        ExchangeError::Unanswered(reason) | ExchangeError::Broken(reason) => {
            PlainError::Connection(reason)
        }
        ExchangeError::TooLarge => PlainError::TooLarge(call.limit),
    })?;
    let head = exchange.head;
    let body = match head.encodings.is_empty() {
        true => exchange.body,
        false => Box::pin(content_encoding::decode(
            exchange.body,
            &head.encodings,
            call.limit,
        ))
        .await
        .map_err(|error| match error {
            DecodeError::Malformed(reason) => PlainError::Connection(reason),
            DecodeError::TooLarge => PlainError::TooLarge(call.limit),
        })?,
    };
    Ok(Answer {
        status: head.status,
        content_type: head.content_type,
        body,
    })
}
