//! The products service as a program: its options are in `--help`.

use clap::Parser;
use products::{ProductsService, Settings};
use std::process::ExitCode;
use subgraph_service::ServiceOptions;

/// The catalogue, its stock and its reviews, as a GraphQL subgraph
#[derive(Parser)]
#[command(name = "products", version)]
struct CommandLine {
    #[command(flatten)]
    options: ServiceOptions,
    #[command(flatten)]
    settings: Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    let CommandLine { options, settings } = CommandLine::parse();
    subgraph_service::run::<ProductsService>(options, settings).await
}
