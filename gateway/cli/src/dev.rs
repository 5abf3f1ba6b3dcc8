//! The stages of `weft dev`: take the address → check ports → build → start → wait → compose and serve → watch → stop.

mod banner;
mod build;
mod ports;
mod process;
mod readiness;
mod screen;
mod service;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use weft_server::configuration::{Configuration, SupergraphFile};
use weft_server::supergraph_source::{
    Change, Origins, RunningServices, SUBGRAPH_UNREACHABLE, follow,
};
use weft_server::{Gateway, Transport};

use crate::commands::{CommandResult, Outcome};
use crate::{render, signals};
use screen::Screen;
use service::Service;

/// How often schemas are looked at for a change.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What all parts of a run share.
#[derive(Clone)]
struct Session {
    screen: Screen,
    transport: Transport,
    /// What the services said about their schemas.
    running: RunningServices,
    /// Cancelled when everything has to stop.
    stop: CancellationToken,
    /// Tasks that own processes: all ended before `weft dev` ends.
    tasks: TaskTracker,
}

/// Runs everything until Ctrl-C or a failure, and leaves no process behind.
pub(crate) async fn run(configuration: Configuration, file: SupergraphFile) -> CommandResult {
    let session = Session {
        screen: Screen::new(file.subgraphs.keys()),
        transport: Transport::new(&configuration.traffic)?,
        running: RunningServices::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
    };
    let outcome = tokio::select! {
        outcome = develop(&session, configuration, &file) => outcome,
        () = signals::stop() => Ok(Outcome::Success),
    };
    session.stop.cancel();
    session.tasks.close();
    if !session.tasks.is_empty() {
        session.screen.note("stopping the subgraphs");
    }
    tokio::select! {
        () = session.tasks.wait() => {}
        // A second Ctrl-C: their supervisors end the processes, because we are gone.
        () = signals::stop() => {}
    }
    outcome
}

async fn develop(
    session: &Session,
    configuration: Configuration,
    file: &SupergraphFile,
) -> CommandResult {
    let listen = configuration.server.listen;
    let listener = weft_server::bind(listen)
        .await
        .map_err(|error| anyhow!(error))?;
    ports::check(file)?;
    let services = Service::all(file);
    build::all(session, &services).await?;
    service::start_all(session, services).await?;
    serve(session, configuration, file, listener).await
}

async fn serve(
    session: &Session,
    configuration: Configuration,
    file: &SupergraphFile,
    listener: TcpListener,
) -> CommandResult {
    let gateway = Gateway::new(configuration)?;
    let address = listener.local_addr()?;
    let banner = banner::text(file, gateway.configuration(), address);
    let screen = session.screen.clone();
    let report = move |change| tell(&screen, &banner, change);
    let stop = gateway.stop_signal().clone();
    let session_stop = session.stop.clone();
    session.tasks.spawn(async move {
        session_stop.cancelled().await;
        stop.cancel();
    });
    tokio::spawn(follow(
        Arc::clone(&gateway),
        Origins::Running(session.running.clone()),
        LOOK_AGAIN,
        report,
    ));
    weft_server::serve(gateway, listener).await?;
    Ok(Outcome::Success)
}

fn tell(screen: &Screen, banner: &str, change: Change) {
    match change {
        Change::Swapped { first: true, .. } => screen.text(banner),
        Change::Swapped { first: false, .. } => {
            screen.good("the schema changed: composed again, and in use");
        }
        Change::Refused {
            diagnostics,
            serving: true,
        } if diagnostics.iter().all(|it| it.code == SUBGRAPH_UNREACHABLE) => {
            for diagnostic in diagnostics {
                screen.bad(&diagnostic.message);
            }
        }
        Change::Refused {
            diagnostics,
            serving,
        } => {
            render::diagnostics(&diagnostics);
            screen.bad(if serving {
                "the change does not compose: the last good graph goes on serving"
            } else {
                "there is no graph to serve yet: correct what is said above, and it is looked at again"
            });
        }
    }
}
