//! One connection to a subgraph: writes a request, reads the answer into one buffer. Whoever drops it closes it.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::chunked::{Chunked, ChunkedError};
use super::connect::{connect, late};
use super::large_buffers::{LARGE, LargeBuffers};
use super::origin::Origin;
use super::response_head::{self, Framing, ResponseHead};

/// An announced body gets a buffer of its size at once up to here; a larger one grows as it arrives.
const LARGEST_RESERVATION: usize = 64 * 1024 * 1024;

/// An open connection.
#[derive(Debug)]
pub(crate) enum Connection {
    /// By TCP.
    Tcp(TcpStream),
    /// To a socket of this machine.
    Unix(UnixStream),
}

/// What an answer may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room<'a> {
    /// The largest body.
    pub(crate) limit: usize,
    /// How many bytes it probably has.
    pub(crate) expected: usize,
    /// Where large bodies go.
    pub(crate) large: &'a LargeBuffers,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// The head.
    pub(crate) head: ResponseHead,
    /// The body as it arrived.
    pub(crate) body: Bytes,
    /// Whether the connection is ready for another request.
    pub(crate) is_reusable: bool,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// Nothing of the request was sent.
    Unsent(io::Error),
    /// The connection ended before the first byte of an answer.
    Unanswered(String),
    /// It ended, or made no sense, later.
    Broken(String),
    /// The answer is larger than allowed.
    TooLarge,
}

impl Connection {
    /// Connects; a host with several addresses is tried at all of them.
    ///
    /// # Errors
    /// When nobody listens, or not in time.
    pub(crate) async fn open(origin: &Origin, patience: Duration) -> io::Result<Self> {
        match origin {
            Origin::Unix(path) => {
                let connecting = timeout(patience, UnixStream::connect(path)).await;
                connecting.map_err(|_| late(patience))?.map(Self::Unix)
            }
            Origin::Tcp(host, port) => connect(host, *port, patience).await.map(Self::Tcp),
        }
    }

    /// Whether the server has neither closed it nor sent anything that nobody asked for.
    pub(crate) fn is_open(&self) -> bool {
        let mut byte = [0];
        let read = match self {
            Self::Tcp(stream) => stream.try_read(&mut byte),
            Self::Unix(stream) => stream.try_read(&mut byte),
        };
        matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// [`ExchangeError`], after which the connection is of no use.
    pub(crate) async fn exchange(
        &mut self,
        head: Bytes,
        body: Bytes,
        room: Room<'_>,
    ) -> Result<Exchange, ExchangeError> {
        match self {
            Self::Tcp(stream) => exchange(stream, head, body, room).await,
            Self::Unix(stream) => exchange(stream, head, body, room).await,
        }
    }
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    head: Bytes,
    body: Bytes,
    room: Room<'_>,
) -> Result<Exchange, ExchangeError> {
    let mut request = head.chain(body);
    let sent = stream.write_buf(&mut request).await;
    let sent = sent.map_err(ExchangeError::Unsent)?;
    if sent == 0 || request.has_remaining() {
        return Box::pin(exchange_rest(stream, request, room)).await;
    }
    Reader::new(stream, room).read().await
}

/// Writes what is left of a request, and reads meanwhile: a server may answer before it has read all, such as with status
/// 413, and neither read on nor close.
async fn exchange_rest<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    mut request: impl Buf,
    room: Room<'_>,
) -> Result<Exchange, ExchangeError> {
    let (mut from_server, mut to_server) = tokio::io::split(stream);
    let mut reader = Reader::new(&mut from_server, room);
    let mut reading = pin!(reader.read());
    let writing = pin!(to_server.write_all_buf(&mut request));
    let written = tokio::select! {
        // Both may have ended: a server that has read all has written all then, too.
        biased;
        written = writing => written,
        answered = reading.as_mut() => return answered.map(not_reusable),
    };
    match written {
        Ok(()) => reading.await,
        Err(error) => reading
            .await
            .map(not_reusable)
            .map_err(|_| ExchangeError::Broken(format!("the request could not be sent: {error}"))),
    }
}

/// A part of the request may still be on its way.
fn not_reusable(exchange: Exchange) -> Exchange {
    Exchange {
        is_reusable: false,
        ..exchange
    }
}

struct Reader<'a, S> {
    stream: &'a mut S,
    buffer: BytesMut,
    room: Room<'a>,
}

impl<'a, S: AsyncRead + Unpin> Reader<'a, S> {
    /// With room for an answer of the expected size.
    fn new(stream: &'a mut S, room: Room<'a>) -> Self {
        Self {
            stream,
            buffer: BytesMut::with_capacity(room.expected),
            room,
        }
    }

    async fn read(&mut self) -> Result<Exchange, ExchangeError> {
        let head = self.read_head().await?;
        let body = match head.framing {
            Framing::Length(length) => self.read_length(length).await?,
            Framing::Chunked => self.read_chunked().await?,
            Framing::Close => self.read_to_end().await?,
        };
        Ok(Exchange {
            // Bytes behind the answer were not asked for.
            is_reusable: head.keeps_alive && self.buffer.is_empty(),
            head,
            body,
        })
    }

    async fn read_head(&mut self) -> Result<ResponseHead, ExchangeError> {
        loop {
            let read = match self.buffer.is_empty() {
                true => None,
                false => response_head::read(&self.buffer).map_err(ExchangeError::Broken)?,
            };
            match read {
                Some(head) if head.status == 101 => {
                    let message = "the answer switches to another protocol";
                    return Err(ExchangeError::Broken(message.to_owned()));
                }
                // The final answer comes after those.
                Some(head) if head.status < 200 => self.buffer.advance(head.length),
                Some(head) => {
                    self.buffer.advance(head.length);
                    return Ok(head);
                }
                None => {
                    let is_first = self.buffer.is_empty();
                    self.buffer.reserve(4096);
                    if let Err(reason) = self.more().await {
                        return Err(match is_first {
                            true => ExchangeError::Unanswered(reason),
                            false => ExchangeError::Broken(reason),
                        });
                    }
                }
            }
        }
    }

    async fn read_length(&mut self, length: u64) -> Result<Bytes, ExchangeError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > self.room.limit {
            return Err(ExchangeError::TooLarge);
        }
        if length >= LARGE {
            return self.read_large(length).await;
        }
        let missing = length.saturating_sub(self.buffer.len());
        self.buffer.reserve(missing);
        while self.buffer.len() < length {
            let read = self.more().await;
            read.map_err(|reason| cut_short(&reason, self.buffer.len(), length))?;
        }
        Ok(self.buffer.split_to(length).freeze())
    }

    /// A large body, into memory that is used again.
    async fn read_large(&mut self, length: usize) -> Result<Bytes, ExchangeError> {
        let mut buffer = self.room.large.take(length.min(LARGEST_RESERVATION));
        let here = self.buffer.len().min(length);
        buffer
            .bytes()
            .extend_from_slice(&self.buffer.split_to(here));
        while buffer.bytes().len() < length {
            let arrived = buffer.bytes().len();
            let mut rest = buffer.bytes().limit(length - arrived);
            let read = self.stream.read_buf(&mut rest).await;
            ended(read).map_err(|reason| cut_short(&reason, arrived, length))?;
        }
        Ok(buffer.freeze())
    }

    async fn read_chunked(&mut self) -> Result<Bytes, ExchangeError> {
        let mut chunked = Chunked::new();
        let mut body = BytesMut::with_capacity(self.buffer.len().max(self.room.expected));
        loop {
            let decoded = chunked.decode(&mut self.buffer, &mut body, self.room.limit);
            match decoded {
                Ok(true) => return Ok(body.freeze()),
                Ok(false) => {}
                Err(ChunkedError::TooLarge) => return Err(ExchangeError::TooLarge),
                Err(ChunkedError::Malformed) => {
                    let message = "the chunks of the answer cannot be read";
                    return Err(ExchangeError::Broken(message.to_owned()));
                }
            }
            self.buffer.reserve(8192);
            let more = self.more().await;
            more.map_err(|reason| {
                ExchangeError::Broken(format!("{reason} before its last chunk"))
            })?;
        }
    }

    async fn read_to_end(&mut self) -> Result<Bytes, ExchangeError> {
        loop {
            if self.buffer.len() > self.room.limit {
                return Err(ExchangeError::TooLarge);
            }
            self.buffer.reserve(8192);
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) => return Ok(self.buffer.split().freeze()),
                Ok(_) => {}
                Err(error) => return Err(ExchangeError::Broken(broke(&error))),
            }
        }
    }

    /// Reads what is there into the buffer; fails where nothing more will come.
    async fn more(&mut self) -> Result<(), String> {
        ended(self.stream.read_buf(&mut self.buffer).await)
    }
}

/// Whether nothing more will come.
fn ended(read: io::Result<usize>) -> Result<(), String> {
    match read {
        Ok(0) => Err("the answer ended".to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(broke(&error)),
    }
}

fn cut_short(reason: &str, arrived: usize, length: usize) -> ExchangeError {
    ExchangeError::Broken(format!("{reason} after {arrived} of {length} bytes"))
}

fn broke(error: &io::Error) -> String {
    format!("the connection broke: {error}")
}

#[cfg(test)]
mod tests;
