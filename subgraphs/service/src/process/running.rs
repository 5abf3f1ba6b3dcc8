//! A service that listens: where, and how to stop it.

use std::{io, net::SocketAddr, time::Duration};

use anyhow::{Context, anyhow};
use axum::Router;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::Start;
use crate::database::Database;

/// A service that listens. Dropping it does not stop it: call [`RunningService::stop`].
pub struct RunningService {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its database, for tests that look behind the API.
    pub database: Database,
    stopping: CancellationToken,
    tasks: TaskTracker,
    server: JoinHandle<io::Result<()>>,
    deadline: Duration,
}

impl RunningService {
    /// Its GraphQL endpoint.
    pub fn graphql_url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// Takes no more requests, waits for those that run and for background work, up to the deadline.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.tasks.close();
        let finished = async {
            let outcome = self.server.await;
            self.tasks.wait().await;
            outcome
        };
        match tokio::time::timeout(self.deadline, finished).await {
            Ok(Ok(Ok(()))) => tracing::info!("stopped"),
            Ok(problem) => tracing::warn!(?problem, "stopped with a problem"),
            Err(_elapsed) => {
                tracing::warn!(deadline = ?self.deadline, "stopped before all requests had finished")
            }
        }
        if let Err(error) = self.database.close_by_ref().await {
            tracing::warn!(%error, "the database did not close");
        }
    }
}

/// Listens and serves in a task of its own.
pub(super) async fn serve(
    name: &'static str,
    default_listen: &str,
    start: Start,
    router: Router,
) -> anyhow::Result<RunningService> {
    let listener = listen(name, start.options.listen_address(default_listen)?).await?;
    let address = listener
        .local_addr()
        .context("the listening socket has no address")?;
    tracing::info!(service = name, %address, "listening");
    let stopping = start.stopping.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service)
        .with_graceful_shutdown(async move { stopping.cancelled().await });
    Ok(RunningService {
        address,
        deadline: start.options.shutdown_deadline(),
        database: start.database,
        stopping: start.stopping,
        tasks: start.tasks,
        server: tokio::spawn(async move { server.await }),
    })
}

/// SIGINT and SIGTERM. They are caught from when this is made, so that none is lost while the service starts.
pub(super) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    pub(super) fn catch() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
        })
    }

    /// Waits for the next of either.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.terminate.recv() => (),
        }
    }
}

async fn listen(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "`{address}` is taken by another program (another `{name}`?): stop that one, or listen elsewhere with `--listen`"
        ),
        _ => anyhow!("cannot listen on `{address}`: {error}"),
    })
}
