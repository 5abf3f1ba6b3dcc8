//! Puts stock back on the shelf when nobody has paid for it in time: a look every few seconds until the service stops.

use std::time::Duration;
use subgraph_service::Database;
use subgraph_service::clock::now_millis;
use tokio_util::sync::CancellationToken;

use crate::stock;
use crate::stock_feed::StockFeed;

/// Reservations live at most this much longer than they should.
const LONGEST_INTERVAL: Duration = Duration::from_secs(5);

/// Runs until `stopping`; a failure is logged and tried again.
pub(crate) async fn run(database: Database, feed: StockFeed, stopping: CancellationToken) {
    let interval = (feed.hold() / 4).clamp(Duration::from_millis(50), LONGEST_INTERVAL);
    while stopping
        .run_until_cancelled(tokio::time::sleep(interval))
        .await
        .is_some()
    {
        match stock::expire(&database, now_millis()).await {
            Ok(expired) => {
                if expired.outcome > 0 {
                    tracing::info!(
                        reservations = expired.outcome,
                        "put unpaid stock back on the shelf"
                    );
                }
                feed.announce_after(&expired.products);
            }
            Err(error) => {
                tracing::warn!(%error, "expired reservations could not be given back, trying again")
            }
        }
    }
}
