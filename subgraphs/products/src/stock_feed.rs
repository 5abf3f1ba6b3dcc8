//! News of changed stock: product ids in, to every subscriber; and how long stock is held for an unpaid order.

use futures::{Stream, StreamExt};
use sea_orm::{DatabaseTransaction, DbErr};
use std::time::Duration;
use subgraph_service::change_feed::ChangeFeed;
use uuid::Uuid;

/// The channel of the news.
pub(crate) const CHANNEL: &str = "weft_stock";

/// Tells subscribers which products have more or less stock than before.
#[derive(Clone)]
pub(crate) struct StockFeed {
    feed: ChangeFeed,
    hold: Duration,
}

impl StockFeed {
    pub(crate) fn new(feed: ChangeFeed, hold: Duration) -> Self {
        Self { feed, hold }
    }

    /// How long unpaid stock is held.
    pub(crate) fn hold(&self) -> Duration {
        self.hold
    }

    /// The same in milliseconds.
    pub(crate) fn hold_millis(&self) -> i64 {
        i64::try_from(self.hold.as_millis()).unwrap_or(i64::MAX / 2)
    }

    /// To be called in the transaction that changes the stock.
    pub(crate) async fn announce_within(
        transaction: &DatabaseTransaction,
        products: impl IntoIterator<Item = &Uuid>,
    ) -> Result<(), DbErr> {
        for product in products {
            ChangeFeed::announce_within(transaction, CHANNEL, &product.to_string()).await?;
        }
        Ok(())
    }

    /// To be called after the change is committed.
    pub(crate) fn announce_after(&self, products: &[Uuid]) {
        for product in products {
            self.feed.announce_after(&product.to_string());
        }
    }

    pub(crate) fn subscribe(&self) -> impl Stream<Item = Uuid> + Send + use<> {
        self.feed
            .subscribe()
            .filter_map(|news| std::future::ready(Uuid::parse_str(&news).ok()))
    }
}
