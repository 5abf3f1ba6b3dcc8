//! How long clients may take. A connection on which the head of a request does not get on, or an answer is not taken, is
//! given up; one that has nothing to do is closed after a while.
//!
//! Requests are bounded by `server.request_timeout` from the moment that their head is there. Before it, and after the
//! answer, nothing else limits what a slow or silent client holds: a socket, and an answer in memory. Connections are looked
//! at from time to time, which costs a request nothing but counting.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Version;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What happens on one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Requests whose head has arrived.
    requests: AtomicUsize,
    /// Those of them without an answer so far.
    answering: AtomicUsize,
    /// Pieces that arrived after the last head and outside of requests: the beginning of the next head.
    pieces: AtomicUsize,
    /// Pieces that left.
    written: AtomicUsize,
    /// Whether a piece waits for the client to take it.
    is_blocked: AtomicBool,
    /// HTTP/2, where more than heads arrives between requests.
    is_multiplexed: AtomicBool,
}

/// Why a connection comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// The client neither sends what it began, nor takes what it asked for.
    Stuck,
    /// There was nothing to do.
    Idle,
}

/// A request between its head and its answer.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Counts>);

impl Progress {
    /// Notes that the head of a request has arrived; until what is returned is dropped, the request is being answered.
    pub(crate) fn begin(&self, version: Version) -> Answering {
        let counts = &self.0;
        counts.requests.fetch_add(1, Relaxed);
        counts.answering.fetch_add(1, Relaxed);
        counts.pieces.store(0, Relaxed);
        if version == Version::HTTP_2 {
            counts.is_multiplexed.store(true, Relaxed);
        }
        Answering(Arc::clone(counts))
    }

    /// Ends when the connection should: something is stuck for at least `patience` (and at most twice as long), or there was
    /// nothing to do for `idle`.
    pub(crate) async fn overdue(&self, patience: Duration, idle: Duration) -> Overdue {
        let counts = &self.0;
        let period = patience.min(idle).max(Duration::from_millis(1));
        let mut idle_for = Duration::ZERO;
        loop {
            let (before, was_stuck) = (counts.seen(), counts.is_stuck());
            tokio::time::sleep(period).await;
            if counts.seen() != before {
                idle_for = Duration::ZERO;
            } else if was_stuck && counts.is_stuck() {
                return Overdue::Stuck;
            } else if counts.answering.load(Relaxed) == 0 {
                idle_for += period;
                if idle_for >= idle {
                    return Overdue::Idle;
                }
            }
        }
    }
}

impl Counts {
    /// What changes where anything gets on.
    fn seen(&self) -> (usize, usize) {
        (self.requests.load(Relaxed), self.written.load(Relaxed))
    }

    /// Whether the client is waited for.
    fn is_stuck(&self) -> bool {
        let owes_a_head = self.requests.load(Relaxed) == 0
            || (self.pieces.load(Relaxed) > 0 && !self.is_multiplexed.load(Relaxed));
        self.is_blocked.load(Relaxed) || (owes_a_head && self.answering.load(Relaxed) == 0)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.pieces.store(0, Relaxed);
        self.0.answering.fetch_sub(1, Relaxed);
    }
}

/// A socket that counts.
#[derive(Debug)]
pub(crate) struct Counted<S> {
    stream: S,
    progress: Progress,
}

impl<S> Counted<S> {
    /// A socket whose progress is noted.
    pub(crate) fn new(stream: S, progress: Progress) -> Self {
        Self { stream, progress }
    }

    fn note_written(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let counts = &self.progress.0;
        counts.is_blocked.store(written.is_pending(), Relaxed);
        if written.is_ready() {
            counts.written.fetch_add(1, Relaxed);
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.progress.0.pieces.fetch_add(1, Relaxed);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note_written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.note_written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(40);
    const LONG: Duration = Duration::from_secs(3600);

    fn connection(buffer: usize) -> (DuplexStream, Counted<DuplexStream>, Progress) {
        let (client, server) = duplex(buffer);
        let progress = Progress::default();
        (client, Counted::new(server, progress.clone()), progress)
    }

    async fn is_left_alone(progress: &Progress) -> bool {
        let overdue = progress.overdue(PATIENCE, LONG);
        timeout(PATIENCE * 4, overdue).await.is_err()
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_given_up() {
        let (mut client, mut server, progress) = connection(100);
        assert_eq!(progress.overdue(PATIENCE, LONG).await, Overdue::Stuck);
        drop(progress.begin(Version::HTTP_11));
        client.write_all(b"POST /gra").await.unwrap();
        server.read_exact(&mut [0; 9]).await.unwrap();
        assert_eq!(progress.overdue(PATIENCE, LONG).await, Overdue::Stuck);
    }

    #[tokio::test]
    async fn a_request_may_take_its_time_and_its_body_is_no_head() {
        let (mut client, mut server, progress) = connection(100);
        let answering = progress.begin(Version::HTTP_11);
        client.write_all(b"{\"query\":").await.unwrap();
        server.read_exact(&mut [0; 9]).await.unwrap();
        assert!(is_left_alone(&progress).await);
        drop(answering);
        assert!(is_left_alone(&progress).await);
    }

    #[tokio::test]
    async fn frames_between_requests_are_no_head() {
        let (mut client, mut server, progress) = connection(100);
        drop(progress.begin(Version::HTTP_2));
        client.write_all(b"a window update").await.unwrap();
        server.read_exact(&mut [0; 15]).await.unwrap();
        assert!(is_left_alone(&progress).await);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_given_up_and_a_slow_one_is_not() {
        let (mut client, mut server, progress) = connection(100);
        drop(progress.begin(Version::HTTP_11));
        let answer = [b' '; 4_000];
        let mut writing = std::pin::pin!(server.write_all(&answer));
        let slow = async {
            for _ in 0..16 {
                tokio::time::sleep(PATIENCE / 4).await;
                client.read_exact(&mut [0; 100]).await.unwrap();
            }
        };
        tokio::select! {
            overdue = progress.overdue(PATIENCE, LONG) => panic!("{overdue:?}"),
            written = &mut writing => panic!("{written:?}"),
            () = slow => {}
        }
        tokio::select! {
            overdue = progress.overdue(PATIENCE, LONG) => assert_eq!(overdue, Overdue::Stuck),
            written = &mut writing => panic!("{written:?}"),
        }
    }

    #[tokio::test]
    async fn a_connection_with_nothing_to_do_is_kept_for_as_long_as_was_said() {
        let (_client, _server, progress) = connection(100);
        drop(progress.begin(Version::HTTP_11));
        assert!(is_left_alone(&progress).await);
        let overdue = progress.overdue(LONG, PATIENCE);
        assert_eq!(overdue.await, Overdue::Idle);
    }
}
