//! A gateway and an address in, an HTTP server out, until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::entry::Entry;
use crate::gateway::Gateway;
use crate::usage::UsageRecorder;

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
    let transport = gateway.transport().clone();
    let usage = gateway.usage().cloned();
    let drained = async move {
        accept(&gateway, listener).await;
        gateway.connections().close();
        gateway.connections().wait().await;
    };
    tokio::select! {
        () = drained => {}
        // Both end with the others.
        () = transport.sweep() => {}
        () = record(usage.clone()) => {}
        () = overdue(stop, drain_timeout) => {
            tracing::warn!("requests were still in flight when `server.drain_timeout` ended");
        }
    }
    if let Some(usage) = usage {
        usage.write().await;
    }
    Ok(())
}

/// Writes usage down from time to time.
async fn record(usage: Option<Arc<UsageRecorder>>) {
    match usage {
        Some(usage) => usage.run().await,
        None => std::future::pending().await,
    }
}

/// Takes connections until the signal to stop. The listener is closed when this ends.
async fn accept(gateway: &Arc<Gateway>, listener: TcpListener) {
    let entry = Entry::new(gateway);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = gateway.stop_signal().cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Answers are small and written at once: waiting for more to send only delays them.
                let _ = stream.set_nodelay(true);
                gateway
                    .connections()
                    .spawn(entry.clone().serve(stream, peer));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Such as too many open files: others may be closed in a moment.
                tracing::error!(%error, "cannot accept a connection: trying again");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn overdue(stop: tokio_util::sync::CancellationToken, drain_timeout: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(drain_timeout).await;
}
