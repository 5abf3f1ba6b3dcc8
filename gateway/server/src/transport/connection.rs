//! One connection to a subgraph: writes a request, reads the answer into one buffer. Whoever drops it closes it.

use std::io;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::{Instant, timeout_at};

use super::chunked::{Chunked, ChunkedError};
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
        let deadline = Instant::now() + patience;
        match origin {
            Origin::Unix(path) => {
                let connecting = timeout_at(deadline, UnixStream::connect(path));
                connecting
                    .await
                    .map_err(|_| late(patience))?
                    .map(Self::Unix)
            }
            Origin::Tcp(host, port) => {
                let looking = tokio::net::lookup_host((host.as_str(), *port));
                let found = timeout_at(deadline, looking).await;
                let addresses: Vec<_> = found.map_err(|_| late(patience))??.collect();
                let mut failure = io::Error::other("the name of the host has no address");
                for (position, address) in addresses.iter().enumerate() {
                    // An address that says nothing must leave time for those after it.
                    let left = deadline.saturating_duration_since(Instant::now());
                    let share = left / u32::try_from(addresses.len() - position).unwrap_or(1);
                    match timeout_at(Instant::now() + share, TcpStream::connect(address)).await {
                        Ok(Ok(stream)) => {
                            stream.set_nodelay(true)?;
                            return Ok(Self::Tcp(stream));
                        }
                        Ok(Err(error)) => failure = error,
                        Err(_) => failure = late(patience),
                    }
                }
                Err(failure)
            }
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

    /// Sends a request and reads its answer; `expected` is how many bytes the answer probably has.
    ///
    /// # Errors
    /// [`ExchangeError`], after which the connection is of no use.
    pub(crate) async fn exchange(
        &mut self,
        head: Bytes,
        body: Bytes,
        limit: usize,
        expected: usize,
    ) -> Result<Exchange, ExchangeError> {
        match self {
            Self::Tcp(stream) => exchange(stream, head, body, limit, expected).await,
            Self::Unix(stream) => exchange(stream, head, body, limit, expected).await,
        }
    }
}

fn late(patience: Duration) -> io::Error {
    let message = format!("no connection within {} ms", patience.as_millis());
    io::Error::new(io::ErrorKind::TimedOut, message)
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    head: Bytes,
    body: Bytes,
    limit: usize,
    expected: usize,
) -> Result<Exchange, ExchangeError> {
    let written = write(stream, head, body).await;
    let mut reader = Reader {
        stream,
        buffer: BytesMut::with_capacity(expected),
        limit,
    };
    match written {
        Ok(()) => reader.read().await,
        Err(WriteError::Unsent(error)) => Err(ExchangeError::Unsent(error)),
        // A server may answer, such as with status 413, and close without reading all.
        Err(WriteError::Partly(error)) => match reader.read().await {
            Ok(exchange) => Ok(Exchange {
                is_reusable: false,
                ..exchange
            }),
            Err(_) => Err(ExchangeError::Broken(format!(
                "the request could not be sent: {error}"
            ))),
        },
    }
}

enum WriteError {
    Unsent(io::Error),
    Partly(io::Error),
}

async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    head: Bytes,
    body: Bytes,
) -> Result<(), WriteError> {
    let mut request = head.chain(body);
    let sent = stream.write_buf(&mut request).await;
    let sent = sent.map_err(WriteError::Unsent)?;
    if sent > 0 && !request.has_remaining() {
        return Ok(());
    }
    let rest = stream.write_all_buf(&mut request).await;
    rest.map_err(WriteError::Partly)
}

struct Reader<'a, S> {
    stream: &'a mut S,
    buffer: BytesMut,
    limit: usize,
}

impl<S: AsyncRead + Unpin> Reader<'_, S> {
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
        if length > self.limit {
            return Err(ExchangeError::TooLarge);
        }
        let missing = length.saturating_sub(self.buffer.len());
        self.buffer.reserve(missing.min(LARGEST_RESERVATION));
        while self.buffer.len() < length {
            self.more().await.map_err(|reason| {
                let arrived = self.buffer.len();
                ExchangeError::Broken(format!("{reason} after {arrived} of {length} bytes"))
            })?;
        }
        Ok(self.buffer.split_to(length).freeze())
    }

    async fn read_chunked(&mut self) -> Result<Bytes, ExchangeError> {
        let mut chunked = Chunked::new();
        let mut body = BytesMut::with_capacity(self.buffer.len());
        loop {
            let decoded = chunked.decode(&mut self.buffer, &mut body, self.limit);
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
            if self.buffer.len() > self.limit {
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
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err("the answer ended".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(broke(&error)),
        }
    }
}

fn broke(error: &io::Error) -> String {
    format!("the connection broke: {error}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use tokio::io::duplex;

    use super::*;

    /// What a client makes of an answer that arrives in pieces of `size` bytes before the connection ends.
    async fn answered(answer: &[u8], size: usize, limit: usize) -> Result<Exchange, ExchangeError> {
        let (mut client, mut server) = duplex(1 << 16);
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
            limit,
            64,
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
