//! The log: events of `tracing` as lines on stderr, filtered by `RUST_LOG`.

use std::{env, io::IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::options::LogFormat;

/// Starts logging; a second call in one process has no effect.
pub(crate) fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(coloured())
        .with_writer(std::io::stderr);
    let outcome = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if outcome.is_err() {
        tracing::debug!("the log was started before");
    }
}

/// Colours are for terminals, unless somebody prefers none (<https://no-color.org>).
fn coloured() -> bool {
    std::io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
