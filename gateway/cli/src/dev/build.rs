//! Runs the `dev.build` commands: each once, however many services name it.

use anyhow::bail;

use super::Session;
use super::process::{Output, Process};
use super::service::Service;

/// Builds all services, one command after the other: they share compilers and caches.
///
/// # Errors
/// When a command fails: which, and what to do.
pub(crate) async fn all(session: &Session, services: &[Service]) -> anyhow::Result<()> {
    let mut done: Vec<&Service> = Vec::new();
    for service in services {
        let same = |other: &&Service| {
            other.process.build == service.process.build && other.process.cwd == service.process.cwd
        };
        if service.process.build.is_none() || done.iter().any(same) {
            continue;
        }
        let names: Vec<&str> = services
            .iter()
            .filter(|other| same(other))
            .map(|other| other.name.as_str())
            .collect();
        one(session, service, &names.join(", ")).await?;
        done.push(service);
    }
    Ok(())
}

/// Runs the build command of one service, which stands for `names`.
///
/// # Errors
/// When the command fails: which, and what to do.
pub(crate) async fn one(session: &Session, service: &Service, names: &str) -> anyhow::Result<()> {
    let Some(command) = &service.process.build else {
        return Ok(());
    };
    session.screen.note(&format!("building {names}: {command}"));
    let process = &service.process;
    let mut running = Process::start(command, &process.cwd, &process.env, Output::Inherited)?;
    let ended = tokio::select! {
        ended = running.ended() => ended,
        () = session.stop.cancelled() => {
            running.stop().await;
            bail!("stopped while building {names}");
        }
    };
    if ended.0 != Some(0) {
        bail!("cannot build {names}: {}", ended.describe(command));
    }
    Ok(())
}
