//! A subgraph below HTTP libraries: it answers with the bytes that it is told, and counts connections.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};

/// What becomes of one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Those bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// Those bytes, perhaps none, and the end of the connection.
    BytesAndEnd(Vec<u8>),
    /// Those bytes, and a reset of the connection.
    BytesAndReset(Vec<u8>),
    /// Nothing, for ever.
    Silence,
}

/// A subgraph for `{ topReview { body } }`.
#[derive(Clone)]
pub(crate) struct RawSubgraph {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    replies: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<String>>,
    accepted: AtomicUsize,
    open: AtomicUsize,
}

/// A good answer as a body.
pub(crate) const BODY: &str = r#"{"data":{"topReview":{"__typename":"Review","body":"raw"}}}"#;

/// An answer with a body of known length.
pub(crate) fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

impl RawSubgraph {
    /// Listens on a port of its own, and replies in order; after that every answer is good.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let subgraph = Self::new(listener.local_addr().unwrap(), replies);
        let state = Arc::clone(&subgraph.state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    let reset = serve(&state, stream).await;
                    if let Some(stream) = reset {
                        // What is left unread, and a linger of zero, make it a reset.
                        let _ = stream.set_zero_linger();
                    }
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        subgraph
    }

    /// Listens on a socket of the file system.
    pub(crate) fn start_unix(listener: UnixListener) -> Self {
        let subgraph = Self::new(([127, 0, 0, 1], 0).into(), []);
        let state = Arc::clone(&subgraph.state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move { serve(&state, stream).await });
            }
        });
        subgraph
    }

    /// Answers on a stream that is open already, such as one with TLS.
    pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) {
        serve(&self.state, stream).await;
    }

    /// Without a listener.
    pub(crate) fn new(address: SocketAddr, replies: impl IntoIterator<Item = Reply>) -> Self {
        let state = State {
            replies: Mutex::new(replies.into_iter().collect()),
            ..State::default()
        };
        Self {
            address,
            state: Arc::new(state),
        }
    }

    /// Its address.
    pub(crate) fn url(&self) -> url::Url {
        format!("http://{}/graphql", self.address).parse().unwrap()
    }

    /// How many connections there ever were.
    pub(crate) fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }

    /// The requests, head and body, as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }
}

/// Serves a connection; gives it back where it is to be reset.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(state: &State, mut stream: S) -> Option<S> {
    state.accepted.fetch_add(1, Ordering::SeqCst);
    state.open.fetch_add(1, Ordering::SeqCst);
    while let Some(request) = read_request(&mut stream).await {
        state.requests.lock().unwrap().push(request);
        let reply = state.replies.lock().unwrap().pop_front();
        match reply.unwrap_or_else(|| Reply::Bytes(answer("", BODY.as_bytes()))) {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await.ok()?,
            Reply::BytesAndEnd(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                stream.shutdown().await.ok()?;
                return None;
            }
            Reply::BytesAndReset(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                stream.flush().await.ok()?;
                return Some(stream);
            }
            Reply::Silence => {
                // Until the other side closes.
                let _ = stream.read(&mut [0; 1]).await;
                return None;
            }
        }
    }
    None
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))?
            .parse::<usize>()
            .ok()?;
        if body.len() >= length {
            return Some(text);
        }
    }
}
