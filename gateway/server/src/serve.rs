//! A gateway and an address in, an HTTP server out, until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::gateway::Gateway;
use crate::routes;

/// Takes an address.
///
/// # Errors
/// With what is wrong and what to do, when the address is taken or not ours.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        let what_to_do = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another process listens there: stop it, or choose another address with `--listen`"
            }
            io::ErrorKind::PermissionDenied => "choose a port above 1023 with `--listen`",
            _ => "choose an address of this machine with `--listen`",
        };
        format!("cannot listen on `{address}`: {error}; {what_to_do}")
    })
}

/// Serves until the gateway's stop signal, then lets requests in flight end, for as long as `server.drain_timeout`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener) -> io::Result<()> {
    let stop = gateway.stop_signal().clone();
    let drain_timeout = gateway.configuration().server.drain_timeout.0;
    let connections = gateway.connections().clone();
    // Answers are small and written at once: waiting for more to send only delays them.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let router = routes::router(gateway).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = stop.clone();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(async move { stopped.cancelled().await });
    let drained = async move {
        let ended = server.await;
        connections.close();
        connections.wait().await;
        ended
    };
    tokio::select! {
        ended = drained => ended,
        () = overdue(stop, drain_timeout) => {
            tracing::warn!("requests were still in flight when `server.drain_timeout` ended");
            Ok(())
        }
    }
}

async fn overdue(stop: tokio_util::sync::CancellationToken, drain_timeout: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(drain_timeout).await;
}
