//! `weft dev`: builds, starts and watches all subgraphs of a graph, composes it, serves it with a playground.

use std::net::SocketAddr;
use std::path::PathBuf;

use weft_diagnostic::Diagnostic;
use weft_server::configuration::{
    Configuration, SupergraphFile, read_configuration, read_supergraph_file,
};

use super::{CommandResult, Outcome};
use crate::{dev, logging, render};

/// Options of `weft dev`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The graph: a `supergraph.yaml`, or a `weft.yaml` that names one
    #[arg(long, value_name = "FILE", default_value = "schema/supergraph.yaml")]
    config: PathBuf,

    /// Where the gateway listens, instead of what the configuration says (127.0.0.1:4000)
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let (configuration, file) = match read(&arguments) {
        Ok(read) => read,
        Err(diagnostic) => {
            render::diagnostics(&[*diagnostic]);
            return Ok(Outcome::Refused);
        }
    };
    logging::start(logging::LogFormat::Text, "warn");
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(dev::run(configuration, file))
}

fn read(arguments: &Arguments) -> Result<(Configuration, SupergraphFile), Box<Diagnostic>> {
    let mut configuration = read_configuration(&arguments.config)?;
    let file = read_supergraph_file(&configuration.supergraph)?;
    if let Some(listen) = arguments.listen {
        configuration.server.listen = listen;
    }
    // What one wants while developing: tokens reach the subgraphs, plans can be looked at.
    if configuration.headers.forward.is_empty() {
        configuration
            .headers
            .forward
            .push("authorization".to_owned());
    }
    configuration.graphql.query_plan = true;
    Ok((configuration, file))
}
