//! The orders service as a program: its options are in `--help`.

use clap::Parser;
use orders::{OrdersService, Settings};
use std::process::ExitCode;
use subgraph_service::ServiceOptions;

/// Placing, paying and shipping orders, as a GraphQL subgraph
#[derive(Parser)]
#[command(name = "orders", version)]
struct CommandLine {
    #[command(flatten)]
    options: ServiceOptions,
    #[command(flatten)]
    settings: Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    let CommandLine { options, settings } = CommandLine::parse();
    subgraph_service::run::<OrdersService>(options, settings).await
}
