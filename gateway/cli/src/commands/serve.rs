//! `weft serve`: a supergraph or a configuration in, a gateway until the signal to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::anyhow;
use clap::ArgGroup;
use weft_server::Gateway;
use weft_server::configuration::{Configuration, read_configuration};
use weft_server::supergraph_source::{Change, Origins, SUBGRAPH_UNREACHABLE, follow};

use super::{CommandResult, Outcome};
use crate::logging::{self, LogFormat};
use crate::{render, signals};

/// How often a supergraph file is looked at for a change.
const LOOK_AT_FILE: Duration = Duration::from_secs(2);
/// How often subgraph schemas are looked at for a change: those of services cost a request each.
const LOOK_AT_SUBGRAPHS: Duration = Duration::from_secs(10);

/// Options of `weft serve`.
#[derive(clap::Args)]
#[group(skip)]
#[command(group(ArgGroup::new("graph").required(true).args(["supergraph", "config"])))]
pub(crate) struct Arguments {
    /// A composed supergraph, served with the default configuration
    #[arg(long, value_name = "FILE", env = "WEFT_SUPERGRAPH")]
    supergraph: Option<PathBuf>,

    /// The gateway's `weft.yaml`, or a `supergraph.yaml` that is composed first
    #[arg(long, value_name = "FILE", env = "WEFT_CONFIG")]
    config: Option<PathBuf>,

    /// Where to listen, instead of what the configuration says
    #[arg(long, value_name = "ADDRESS", env = "WEFT_LISTEN", value_parser = super::listen_address)]
    listen: Option<SocketAddr>,

    /// How logs look
    #[arg(long, value_enum, default_value_t, env = "WEFT_LOG_FORMAT")]
    log_format: LogFormat,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let mut configuration = match (&arguments.config, &arguments.supergraph) {
        (Some(path), _) => match read_configuration(path) {
            Ok(configuration) => configuration,
            Err(diagnostic) => {
                let errors = [*diagnostic];
                render::diagnostics(&errors);
                return Ok(Outcome::of(&errors));
            }
        },
        (None, Some(path)) => Configuration::for_supergraph(path),
        (None, None) => anyhow::bail!("give `--supergraph FILE` or `--config FILE`"),
    };
    if let Some(listen) = arguments.listen {
        configuration.server.listen = listen;
    }
    logging::start(arguments.log_format, "info");
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(configuration))
}

async fn serve(configuration: Configuration) -> CommandResult {
    let gateway = Gateway::new(configuration)?;
    let listen = gateway.configuration().server.listen;
    let listener = weft_server::bind(listen)
        .await
        .map_err(|error| anyhow!(error))?;
    let address = listener.local_addr()?;
    let path = &gateway.configuration().server.path;
    tracing::info!("listening on http://{address}{path}");
    if !gateway.configuration().forwards_headers() {
        tracing::info!(
            "no header of a client reaches the subgraphs, `authorization` neither: to pass some on, serve a `weft.yaml` \
             with `headers: {{forward: [authorization]}}` (see docs/configuration.md)"
        );
    }
    let refused = Arc::new(OnceLock::new());
    let report = {
        let (stop, refused) = (gateway.stop_signal().clone(), Arc::clone(&refused));
        move |change| {
            if let Some(outcome) = tell(change) {
                // Only the first counts, and the gateway stops at it.
                let _ = refused.set(outcome);
                stop.cancel();
            }
        }
    };
    tokio::spawn(follow(
        Arc::clone(&gateway),
        Origins::AsWritten,
        if gateway.configuration().composes() {
            LOOK_AT_SUBGRAPHS
        } else {
            LOOK_AT_FILE
        },
        report,
    ));
    let stop = gateway.stop_signal().clone();
    tokio::spawn(async move {
        signals::stop().await;
        tracing::info!("stopping: requests in flight may end");
        stop.cancel();
    });
    weft_server::serve(gateway, listener).await?;
    Ok(refused.get().copied().unwrap_or(Outcome::Success))
}

/// Tells about a change. Returns how the command ends when there is nothing to serve and nothing to wait for: wrong files at
/// the start.
fn tell(change: Change) -> Option<Outcome> {
    match change {
        Change::Swapped { first: true, hints } => {
            tracing::info!(hints = hints.len(), "the supergraph is loaded: ready");
            None
        }
        Change::Swapped { first: false, .. } => {
            tracing::info!("the supergraph changed: swapped");
            None
        }
        Change::Refused {
            diagnostics,
            serving,
        } => {
            let reachable_later = diagnostics.iter().all(|it| it.code == SUBGRAPH_UNREACHABLE);
            render::diagnostics(&diagnostics);
            match (serving, reachable_later) {
                (true, true) => tracing::warn!("the last supergraph goes on serving"),
                (true, false) => {
                    tracing::error!("the change is refused: the last supergraph goes on serving");
                }
                (false, true) => tracing::warn!("waiting for the subgraphs"),
                (false, false) => return Some(Outcome::of(&diagnostics)),
            }
            None
        }
    }
}
