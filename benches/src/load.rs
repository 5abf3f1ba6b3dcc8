//! Load on a gateway process: starts it, sends requests over kept connections, reads what it cost from `/proc`.

use crate::stub::{SUPERGRAPH, Stub};
use anyhow::{Context, bail};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use bytes::Bytes;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Ticks of `/proc/<pid>/stat` in a second, on every Linux that this runs on.
const TICKS: f64 = 100.0;

/// The subgraphs, served over HTTP.
pub struct Subgraphs {
    /// Where they listen.
    pub address: SocketAddr,
    /// How many requests they answered.
    pub stub: Arc<Stub>,
    /// How many milliseconds they wait before they answer.
    pub latency: Arc<AtomicU64>,
}

impl Subgraphs {
    /// Starts all of them on one port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> anyhow::Result<Self> {
        let stub = Arc::new(Stub::new()?);
        let latency = Arc::new(AtomicU64::new(0));
        let state = (Arc::clone(&stub), Arc::clone(&latency));
        let router = axum::Router::new()
            .route("/{subgraph}", post(answer))
            .with_state(state);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            address,
            stub,
            latency,
        })
    }

    /// The supergraph with their address.
    pub fn supergraph(&self) -> String {
        SUPERGRAPH.replace("http://stub", &format!("http://{}", self.address))
    }
}

async fn answer(
    State((stub, latency)): State<(Arc<Stub>, Arc<AtomicU64>)>,
    body: Bytes,
) -> impl IntoResponse {
    let milliseconds = latency.load(Ordering::Relaxed);
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    ([(CONTENT_TYPE, "application/json")], stub.answer(&body))
}

/// A gateway process; it is stopped when this is dropped.
pub struct Gateway {
    child: Child,
    address: SocketAddr,
}

impl Gateway {
    /// Starts `command` on one core, and waits until it listens. `{supergraph}` and `{listen}` are filled in.
    ///
    /// # Errors
    /// When it does not start, or does not listen within ten seconds.
    pub async fn start(command: &str, supergraph: &Path, core: usize) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let command = command
            .replace("{supergraph}", &supergraph.display().to_string())
            .replace("{listen}", &address.to_string())
            .replace("{port}", &address.port().to_string());
        let child = Command::new("taskset")
            .args([
                "-c",
                &core.to_string(),
                "sh",
                "-c",
                &format!("exec {command}"),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("`taskset` is needed to pin the gateway to one core")?;
        let mut gateway = Self { child, address };
        let started = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = gateway.child.try_wait()? {
                bail!("`{command}` ended: {status}");
            }
            if started.elapsed() > Duration::from_secs(10) {
                bail!("`{command}` does not listen on {address}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(gateway)
    }

    /// User and system time so far, in seconds.
    fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        let ticks: f64 = fields
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        Ok(ticks / TICKS)
    }

    /// The most memory that it ever had, in MB.
    fn peak_memory(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        Ok(kilobytes.unwrap_or_default() / 1024.0)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A kind of load.
#[derive(Debug, Clone)]
pub struct Load {
    /// The operation.
    pub operation: String,
    /// Whether every request brings a document that was never seen: its operation gets another name each time.
    pub is_cold: bool,
    /// Connections that each have one request under way.
    pub connections: usize,
    /// How long it is measured, after a tenth of it to warm up.
    pub duration: Duration,
}

/// What a load cost.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Requests that were answered.
    pub requests: usize,
    /// CPU time of the gateway process for one request, in microseconds.
    pub cpu_microseconds: f64,
    /// Requests to subgraphs for each request.
    pub calls: f64,
    /// The median time of a request, in milliseconds.
    pub median: f64,
    /// The time that one request in a hundred took longer than, in milliseconds.
    pub slowest_percent: f64,
    /// The most memory that the process ever had, in MB.
    pub peak_memory: f64,
    /// The size of an answer in bytes.
    pub bytes: usize,
}

/// Puts a load on a gateway.
///
/// # Errors
/// When it refuses connections, or answers with errors.
pub async fn measure(
    gateway: &Gateway,
    subgraphs: &Subgraphs,
    load: &Load,
) -> anyhow::Result<Measured> {
    let bytes = wait_until_ready(gateway, &request(gateway.address, &load.operation)).await?;
    run(gateway, load, load.duration / 10).await?;
    let (cpu, calls) = (gateway.cpu_seconds()?, subgraphs.stub.calls());
    let mut times = run(gateway, load, load.duration).await?;
    let (cpu, calls) = (gateway.cpu_seconds()? - cpu, subgraphs.stub.calls() - calls);
    if times.is_empty() {
        bail!("not one request was answered");
    }
    times.sort_unstable();
    let requests = times.len();
    let milliseconds = |position: usize| times[position.min(requests - 1)].as_secs_f64() * 1_000.0;
    #[allow(clippy::cast_precision_loss, reason = "counts of requests are small")]
    let per_request = |value: f64| value / requests as f64;
    #[allow(clippy::cast_precision_loss, reason = "counts of calls are small")]
    let calls = per_request(calls as f64);
    Ok(Measured {
        requests,
        cpu_microseconds: per_request(cpu * 1e6),
        calls,
        median: milliseconds(requests / 2),
        slowest_percent: milliseconds(requests * 99 / 100),
        peak_memory: gateway.peak_memory()?,
        bytes,
    })
}

fn request(address: SocketAddr, operation: &str) -> Vec<u8> {
    let body = serde_json::json!({ "query": operation }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The size of a good answer, as soon as the gateway gives one: its port may be open long before.
async fn wait_until_ready(gateway: &Gateway, request: &[u8]) -> anyhow::Result<usize> {
    let started = Instant::now();
    loop {
        let problem = match good_answer(gateway.address, request).await {
            Ok(bytes) => return Ok(bytes),
            Err(problem) => problem,
        };
        if started.elapsed() > Duration::from_secs(10) {
            return Err(problem);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn good_answer(address: SocketAddr, request: &[u8]) -> anyhow::Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    let mut buffer = Vec::new();
    exchange(&mut stream, request, &mut buffer).await?;
    let text = String::from_utf8_lossy(&buffer);
    if !text.starts_with("HTTP/1.1 200") || text.contains("\"errors\"") {
        let start: String = text.chars().take(600).collect();
        bail!("the gateway answered: {start}");
    }
    Ok(buffer.len())
}

async fn run(gateway: &Gateway, load: &Load, duration: Duration) -> anyhow::Result<Vec<Duration>> {
    let end = Instant::now() + duration;
    let address = gateway.address;
    let tasks: Vec<_> = (0..load.connections)
        .map(|_| {
            let load = load.clone();
            tokio::spawn(async move { one_connection(address, &load, end).await })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    Ok(times)
}

async fn one_connection(
    address: SocketAddr,
    load: &Load,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut bytes = request(address, &load.operation);
    let mut buffer = Vec::with_capacity(1 << 17);
    let mut times = Vec::new();
    while Instant::now() < end {
        if load.is_cold {
            bytes = request(address, &renamed(&load.operation));
        }
        let start = Instant::now();
        exchange(&mut stream, &bytes, &mut buffer).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// The operation under a name that it never had.
fn renamed(operation: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    operation.replacen("query ", &format!("query N{number}_"), 1)
}

/// Sends a request and reads the whole answer into `buffer`.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> anyhow::Result<()> {
    stream.write_all(request).await?;
    buffer.clear();
    let mut length = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the gateway closed the connection");
        }
        if length.is_none() {
            length = answer_length(buffer);
        }
        match length {
            Some(Length::Known(length)) if buffer.len() >= length => return Ok(()),
            Some(Length::Chunked) if buffer.ends_with(b"0\r\n\r\n") => return Ok(()),
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
enum Length {
    /// Of head and body together.
    Known(usize),
    Chunked,
}

fn answer_length(buffer: &[u8]) -> Option<Length> {
    let head = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| {
        line.strip_prefix("content-length:")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    Some(match length {
        Some(length) => Length::Known(head + 4 + length),
        None => Length::Chunked,
    })
}
