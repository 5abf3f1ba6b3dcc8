//! `weft health`: asks an address whether it is well, for containers without other tools.

use std::time::Duration;

use url::Url;
use weft_server::Transport;
use weft_server::configuration::TrafficOptions;

use super::{CommandResult, Outcome};
use crate::output;

/// Options of `weft health`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address to ask; it is well when it answers with a 2xx status
    #[arg(default_value = "http://127.0.0.1:4000/health/ready", value_parser = address)]
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
            output::tell(format_args!(
                "{} answers {}",
                arguments.url,
                answer.status()
            ));
            Ok(Outcome::Refused)
        }
        Err(error) => {
            let cause =
                std::error::Error::source(&error).map_or(String::new(), |it| format!(": {it}"));
            output::tell(format_args!("{} does not answer{cause}", arguments.url));
            Ok(Outcome::Refused)
        }
    }
}

/// An address; without a scheme, such as `localhost:4000`, it is asked by HTTP.
fn address(text: &str) -> Result<Url, String> {
    let plain = match text.contains("://") {
        true => text.to_owned(),
        false => format!("http://{text}"),
    };
    let url = Url::parse(&plain).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        other => Err(format!(
            "`{other}:` is not asked, only `http:` and `https:` are"
        )),
    }
}
