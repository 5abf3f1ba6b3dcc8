//! Measures gateways under load: `weft-bench --help`.
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use clap::Parser;
use std::sync::atomic::Ordering;
use std::time::Duration;
use weft_bench::load::{Gateway, Load, Measured, Subgraphs, measure};
use weft_bench::operations;

/// Starts gateways one after the other, puts the same load on each, and prints what a request costs.
///
/// Run it on another core than the gateway: `taskset -c 1 weft-bench …`.
#[derive(Parser)]
struct Arguments {
    /// A command line that starts a gateway; `{supergraph}` is a file, `{listen}` an address, `{port}` its port.
    /// Several are measured in turns.
    #[arg(
        long = "gateway",
        default_value = "target/release/weft serve --supergraph {supergraph} --listen {listen}"
    )]
    gateways: Vec<String>,
    /// Scenarios whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// How long each load lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often all gateways are measured in turns.
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// The core for the gateway.
    #[arg(long, default_value_t = 0)]
    core: usize,
}

/// Name, operation, connections, latency of the subgraphs in milliseconds. In those that are cold no document comes twice.
const SCENARIOS: [(&str, &str, usize, u64); 7] = [
    ("heavy", operations::HEAVY, 50, 0),
    ("heavy, subgraphs with 4 ms", operations::HEAVY, 10, 4),
    ("heavy, 500 connections", operations::HEAVY, 500, 0),
    ("heavy, cold", operations::HEAVY, 10, 0),
    ("small", operations::SMALL, 50, 0),
    ("small, cold", operations::SMALL, 10, 0),
    ("large", operations::LARGE, 10, 0),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let subgraphs = Subgraphs::start().await?;
    let folder = tempfile::tempdir()?;
    let supergraph = folder.path().join("supergraph.graphql");
    std::fs::write(&supergraph, subgraphs.supergraph())?;
    println!(
        "| load | gateway | requests | CPU per request, µs | calls | median, ms | 99 %, ms | peak, MB | bytes |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, operation, connections, latency) in SCENARIOS {
        if !name.contains(&arguments.only) {
            continue;
        }
        subgraphs.latency.store(latency, Ordering::Relaxed);
        let load = Load {
            operation: operation.to_owned(),
            is_cold: name.ends_with("cold"),
            connections,
            duration: Duration::from_secs(arguments.seconds),
        };
        for _ in 0..arguments.rounds {
            for (position, command) in arguments.gateways.iter().enumerate() {
                let gateway = Gateway::start(command, &supergraph, arguments.core).await?;
                match measure(&gateway, &subgraphs, &load).await {
                    Ok(measured) => print_row(name, position, &measured),
                    Err(error) => println!("| {name} | {} | {error:#} |", label(position)),
                }
            }
        }
    }
    Ok(())
}

fn label(position: usize) -> char {
    char::from(b'A' + u8::try_from(position % 26).unwrap_or_default())
}

fn print_row(name: &str, position: usize, measured: &Measured) {
    println!(
        "| {name} | {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.0} | {} |",
        label(position),
        measured.requests,
        measured.cpu_microseconds,
        measured.calls,
        measured.median,
        measured.slowest_percent,
        measured.peak_memory,
        measured.bytes,
    );
}
