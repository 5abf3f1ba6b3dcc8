//! A gateway on a port of its own, and stub subgraphs that answer with prepared bodies and remember what they were asked.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use weft_diagnostic::Source;
use weft_server::Gateway;
use weft_server::configuration::{Configuration, SubgraphOptions};
use weft_supergraph::Supergraph;

/// The graph of most tests.
pub(crate) const SUPERGRAPH: &str = include_str!("supergraph.graphql");

/// A gateway that listens until it is dropped.
pub(crate) struct TestGateway {
    pub(crate) address: SocketAddr,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) accounts: Stub,
    pub(crate) reviews: Stub,
    pub(crate) client: reqwest::Client,
}

impl TestGateway {
    /// With stubs that know one user and her reviews.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With another configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Configuration)) -> Self {
        let accounts = Stub::start(json!({ "data": {
            "me": { "__typename": "User", "id": "1", "name": "Ada" },
            "user": { "__typename": "User", "id": "1", "name": "Ada" },
            "rename": { "__typename": "User", "id": "1", "name": "Countess" },
            "userChanged": { "__typename": "User", "id": "1", "name": "Ada" },
            "_entities": [{ "__typename": "User", "name": "Ada" }],
        }}))
        .await;
        let reviews = Stub::start(json!({ "data": {
            "topReview": { "__typename": "Review", "id": "r1", "body": "fine", "stars": 4 },
            "_entities": [{ "__typename": "User", "reviews": [
                { "__typename": "Review", "id": "r1", "body": "fine", "stars": 4 },
            ]}],
        }}))
        .await;
        let mut configuration = Configuration::for_supergraph("unused.graphql");
        configuration.planning.check = true;
        configuration
            .headers
            .forward
            .push("authorization".to_owned());
        for (name, stub) in [("accounts", &accounts), ("reviews", &reviews)] {
            let options = SubgraphOptions {
                routing_url: Some(stub.url().parse().unwrap()),
                ..SubgraphOptions::default()
            };
            configuration.subgraphs.insert(name.to_owned(), options);
        }
        change(&mut configuration);
        let gateway = Gateway::new(configuration).unwrap();
        gateway.swap(supergraph(SUPERGRAPH));
        let address = listen(&gateway).await;
        Self {
            address,
            gateway,
            accounts,
            reviews,
            client: reqwest::Client::new(),
        }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST of JSON to the GraphQL endpoint.
    pub(crate) fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        self.client
            .post(self.url("/graphql"))
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// A GET of the GraphQL endpoint.
    pub(crate) fn get(&self, parameters: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let url = url::Url::parse_with_params(&self.url("/graphql"), parameters).unwrap();
        self.client.get(url)
    }

    /// The answer to a query, as JSON.
    pub(crate) async fn query(&self, query: &str) -> Value {
        let answer = self.post(&json!({ "query": query })).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

impl Drop for TestGateway {
    fn drop(&mut self) {
        self.gateway.stop_signal().cancel();
    }
}

/// Serves a gateway on a free port.
pub(crate) async fn listen(gateway: &Arc<Gateway>) -> SocketAddr {
    let listener = weft_server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(weft_server::serve(Arc::clone(gateway), listener));
    address
}

/// A checked supergraph.
pub(crate) fn supergraph(sdl: &str) -> Supergraph {
    Supergraph::parse(&Source::new("supergraph", "supergraph.graphql", sdl)).unwrap()
}

/// A subgraph that answers every request alike.
#[derive(Clone)]
pub(crate) struct Stub {
    address: SocketAddr,
    state: Arc<StubState>,
}

struct StubState {
    answer: Mutex<(StatusCode, String)>,
    delay: Mutex<Duration>,
    /// Answers wait for a permit while this is set.
    gate: Mutex<Option<Arc<Semaphore>>>,
    /// How many requests wait for it.
    held: AtomicUsize,
    requests: Mutex<Vec<(HeaderMap, Value)>>,
    /// Payloads of `connection_init`.
    initialisations: Mutex<Vec<Value>>,
    /// How many events a subscription brings before it completes.
    events: AtomicUsize,
    /// How many sockets are open.
    sockets: AtomicUsize,
    /// How many pings came, and whether they are answered.
    pings: AtomicUsize,
    ignores_pings: AtomicBool,
    /// How many subscriptions end without a word after their events, and with which code.
    breaks: AtomicUsize,
    closes_with: Mutex<Option<u16>>,
}

impl Stub {
    async fn start(answer: Value) -> Self {
        let state = Arc::new(StubState {
            answer: Mutex::new((StatusCode::OK, answer.to_string())),
            delay: Mutex::new(Duration::ZERO),
            gate: Mutex::default(),
            held: AtomicUsize::new(0),
            requests: Mutex::default(),
            initialisations: Mutex::default(),
            events: AtomicUsize::new(2),
            sockets: AtomicUsize::new(0),
            pings: AtomicUsize::new(0),
            ignores_pings: AtomicBool::new(false),
            breaks: AtomicUsize::new(0),
            closes_with: Mutex::default(),
        });
        let router = Router::new()
            .route("/graphql", any(answer_request))
            .with_state(Arc::clone(&state));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// Answers like this from now on.
    pub(crate) fn answers(&self, status: u16, body: &str) {
        *self.state.answer.lock().unwrap() =
            (StatusCode::from_u16(status).unwrap(), body.to_owned());
    }

    /// Answers nothing until what is returned has permits, one for each answer.
    pub(crate) fn holds(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.state.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// How many requests wait for a permit; one whose client has gone does not.
    pub(crate) fn held(&self) -> usize {
        self.state.held.load(Ordering::SeqCst)
    }

    /// Takes so long for an answer from now on.
    pub(crate) fn delays(&self, delay: Duration) {
        *self.state.delay.lock().unwrap() = delay;
    }

    /// Brings so many events for each subscription from now on; `usize::MAX` never completes.
    pub(crate) fn brings_events(&self, count: usize) {
        self.state.events.store(count, Ordering::SeqCst);
    }

    /// Answers no ping from now on.
    pub(crate) fn ignores_pings(&self) {
        self.state.ignores_pings.store(true, Ordering::SeqCst);
    }

    /// Breaks the connections of the next `count` subscriptions after their events, with a code or without.
    pub(crate) fn breaks(&self, count: usize, code: Option<u16>) {
        self.state.breaks.store(count, Ordering::SeqCst);
        *self.state.closes_with.lock().unwrap() = code;
    }

    /// How many pings came over WebSockets.
    pub(crate) fn pings(&self) -> usize {
        self.state.pings.load(Ordering::SeqCst)
    }

    /// What it was asked by HTTP.
    pub(crate) fn requests(&self) -> Vec<(HeaderMap, Value)> {
        self.state.requests.lock().unwrap().clone()
    }

    /// What WebSockets said at their start.
    pub(crate) fn initialisations(&self) -> Vec<Value> {
        self.state.initialisations.lock().unwrap().clone()
    }

    /// How many WebSockets are open.
    pub(crate) fn open_sockets(&self) -> usize {
        self.state.sockets.load(Ordering::SeqCst)
    }
}

async fn answer_request(State(state): State<Arc<StubState>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if parts.headers.contains_key("upgrade") {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
            .await
            .unwrap();
        return upgrade
            .protocols(["graphql-transport-ws"])
            .on_upgrade(move |socket| answer_socket(state, socket));
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let question = serde_json::from_slice(&body).unwrap();
    state
        .requests
        .lock()
        .unwrap()
        .push((parts.headers, question));
    let gate = state.gate.lock().unwrap().clone();
    if let Some(gate) = gate {
        let held = Held::new(&state.held);
        gate.acquire().await.unwrap().forget();
        drop(held);
    }
    let delay = *state.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    let (status, answer) = state.answer.lock().unwrap().clone();
    (status, [("content-type", "application/json")], answer).into_response()
}

/// Counts a request while it waits.
struct Held<'state>(&'state AtomicUsize);

impl<'state> Held<'state> {
    fn new(count: &'state AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn answer_socket(state: Arc<StubState>, mut socket: WebSocket) {
    state.sockets.fetch_add(1, Ordering::SeqCst);
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        match message["type"].as_str().unwrap() {
            "connection_init" => {
                state
                    .initialisations
                    .lock()
                    .unwrap()
                    .push(message["payload"].clone());
                send(&mut socket, &json!({ "type": "connection_ack" })).await;
            }
            "subscribe" => {
                let left = state.breaks.load(Ordering::SeqCst);
                send_events(&state, &mut socket, &message["id"], left == 0).await;
                if left > 0 {
                    state.breaks.store(left - 1, Ordering::SeqCst);
                    close(&state, socket).await;
                    break;
                }
            }
            "ping" => {
                state.pings.fetch_add(1, Ordering::SeqCst);
                if !state.ignores_pings.load(Ordering::SeqCst) {
                    send(&mut socket, &json!({ "type": "pong" })).await;
                }
            }
            "complete" => break,
            _ => {}
        }
    }
    state.sockets.fetch_sub(1, Ordering::SeqCst);
}

async fn close(state: &StubState, mut socket: WebSocket) {
    let code = *state.closes_with.lock().unwrap();
    if let Some(code) = code {
        let frame = CloseFrame {
            code,
            reason: "because".into(),
        };
        let _ = socket.send(Message::Close(Some(frame))).await;
    }
}

async fn send_events(state: &StubState, socket: &mut WebSocket, id: &Value, completes: bool) {
    let count = state.events.load(Ordering::SeqCst);
    for number in 0..count.min(3) {
        let user = json!({ "__typename": "User", "id": "1", "name": format!("Ada {number}") });
        let payload = json!({ "data": { "userChanged": user } });
        send(
            socket,
            &json!({ "id": id, "type": "next", "payload": payload }),
        )
        .await;
    }
    if completes && count != usize::MAX {
        send(socket, &json!({ "id": id, "type": "complete" })).await;
    }
}

async fn send(socket: &mut WebSocket, message: &Value) {
    let _ = socket.send(Message::Text(message.to_string().into())).await;
}

/// Waits until a condition holds; fails after a while.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}
