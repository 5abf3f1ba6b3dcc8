//! The log: events of `tracing` as lines on stderr, filtered by `RUST_LOG`.

use tracing_subscriber::EnvFilter;

use crate::options::LogFormat;

/// Starts logging; a second call in one process has no effect.
pub(crate) fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let outcome = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if outcome.is_err() {
        tracing::debug!("the log was started before");
    }
}
