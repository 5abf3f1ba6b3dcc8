//! `weft dev`: builds, starts and watches all subgraphs of a graph, composes it, serves it with a playground.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use weft_diagnostic::Diagnostic;
use weft_server::configuration::{
    CONFIGURATION_INVALID, Configuration, SupergraphFile, read_configuration, read_supergraph_file,
};

use super::{CommandResult, Outcome};
use crate::{dev, logging, render};

const DEFAULT_FILE: &str = "schema/supergraph.yaml";

/// Options of `weft dev`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The graph: a `supergraph.yaml`, or a `weft.yaml` that names one
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    config: PathBuf,

    /// Where the gateway listens, instead of what the configuration says (127.0.0.1:4000)
    #[arg(long, value_name = "ADDRESS", value_parser = super::listen_address)]
    listen: Option<SocketAddr>,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let (configuration, file) = match read(&arguments) {
        Ok(read) => read,
        Err(mut diagnostic) => {
            if arguments.config == Path::new(DEFAULT_FILE) && !arguments.config.exists() {
                diagnostic.help = Some(format!(
                    "run it in a folder that has `{DEFAULT_FILE}`, or give `--config FILE`"
                ));
            }
            let errors = [*diagnostic];
            render::diagnostics(&errors);
            return Ok(Outcome::of(&errors));
        }
    };
    logging::start(logging::LogFormat::Text, "warn");
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(dev::run(configuration, file))
}

fn read(arguments: &Arguments) -> Result<(Configuration, SupergraphFile), Box<Diagnostic>> {
    let mut configuration = read_configuration(&arguments.config)?;
    if !configuration.composes() {
        let named = configuration.supergraph.display();
        let message = format!("`{named}` is composed already, and names no services to run");
        return Err(Box::new(
            Diagnostic::error(CONFIGURATION_INVALID, message)
                .with_help("use `weft serve`, or let `supergraph` name a `supergraph.yaml`"),
        ));
    }
    let file = read_supergraph_file(&configuration.supergraph)?;
    configuration.planning.check = true;
    if let Some(listen) = arguments.listen {
        configuration.server.listen = listen;
    }
    // What one wants while developing: tokens and addresses reach the subgraphs, plans can be looked at.
    if configuration.headers.forward.is_empty() {
        configuration.headers.forward = ["authorization", "x-forwarded-for"]
            .map(str::to_owned)
            .to_vec();
    }
    configuration.graphql.query_plan = true;
    Ok((configuration, file))
}
