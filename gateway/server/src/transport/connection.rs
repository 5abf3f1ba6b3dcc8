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
mod tests {
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
}
