//! Removes what has ended, every few minutes: refresh tokens and their sessions, counters of attempts, retired keys.

use std::time::Duration;

use subgraph_service::Start;

use crate::{attempts::Attempts, sessions::Sessions, signing_keys::SigningKeys};

const EVERY: Duration = Duration::from_secs(300);

/// Starts the work in the background; it ends when the service stops.
pub(crate) fn start_housekeeping(
    start: &Start,
    sessions: Sessions,
    attempts: Attempts,
    keys: SigningKeys,
) {
    let stopping = start.stopping.clone();
    start.tasks.spawn(async move {
        while stopping
            .run_until_cancelled(tokio::time::sleep(EVERY))
            .await
            .is_some()
        {
            match tidy(&sessions, &attempts, &keys).await {
                Ok(removed) => tracing::debug!(removed, "tidied the database"),
                Err(error) => tracing::warn!(%error, "the database could not be tidied"),
            }
        }
    });
}

async fn tidy(
    sessions: &Sessions,
    attempts: &Attempts,
    keys: &SigningKeys,
) -> Result<u64, sea_orm::DbErr> {
    Ok(sessions.forget_ended().await?
        + attempts.forget_old().await?
        + keys.forget_retired().await?)
}
