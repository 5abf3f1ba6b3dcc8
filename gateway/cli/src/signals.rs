//! Waits for the signals that ask the process to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Returns on SIGINT (Ctrl-C) or SIGTERM.
pub(crate) async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
