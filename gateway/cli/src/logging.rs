//! What the gateway logs, on stderr: `WEFT_LOG` (such as `info,weft_server=debug`) says how much, `--log-format` how.

use std::io;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::render;

/// How logs look.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// Starts logging; `default` holds where `WEFT_LOG` is not set.
pub(crate) fn start(format: LogFormat, default: &str) {
    let filter = EnvFilter::try_from_env("WEFT_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(render::colours());
    match format {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().init(),
    }
}
