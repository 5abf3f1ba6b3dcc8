//! `weft health`: asks an address whether it is well, for containers without other tools.

use std::time::Duration;

use url::Url;
use weft_server::Transport;
use weft_server::configuration::TrafficOptions;

use super::{CommandResult, Outcome};

/// Options of `weft health`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address to ask; it is well when it answers with a 2xx status
    #[arg(default_value = "http://127.0.0.1:4000/health/ready")]
    url: Url,

    /// How many seconds it may take
    #[arg(long, default_value_t = 3, value_name = "SECONDS")]
    timeout: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let transport = Transport::new(&TrafficOptions::default())?;
    let request = transport
        .client()
        .get(arguments.url.clone())
        .timeout(Duration::from_secs(arguments.timeout));
    match runtime.block_on(async { request.send().await }) {
        Ok(answer) if answer.status().is_success() => Ok(Outcome::Success),
        Ok(answer) => {
            eprintln!("{} answers {}", arguments.url, answer.status());
            Ok(Outcome::Refused)
        }
        Err(error) => {
            let cause =
                std::error::Error::source(&error).map_or(String::new(), |it| format!(": {it}"));
            eprintln!("{} does not answer{cause}", arguments.url);
            Ok(Outcome::Refused)
        }
    }
}
