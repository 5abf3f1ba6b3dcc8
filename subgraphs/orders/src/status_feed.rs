//! News of changed orders: events in, to every subscriber, in the order in which they were announced.

use futures::{Stream, StreamExt};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use subgraph_service::change_feed::ChangeFeed;
use uuid::Uuid;

use crate::entity::order_event;

/// The channel of the news.
pub(crate) const CHANNEL: &str = "weft_orders";

/// Tells subscribers that an order has another status.
#[derive(Clone)]
pub(crate) struct StatusFeed(ChangeFeed);

/// Which order has changed, and the event that says how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StatusNews {
    pub(crate) order_id: Uuid,
    pub(crate) buyer_id: Uuid,
    pub(crate) event_id: Uuid,
}

impl StatusNews {
    fn of(buyer_id: Uuid, event: &order_event::Model) -> Self {
        Self {
            order_id: event.order_id,
            buyer_id,
            event_id: event.id,
        }
    }

    fn to_text(&self) -> String {
        json!(self).to_string()
    }
}

impl StatusFeed {
    pub(crate) fn new(feed: ChangeFeed) -> Self {
        Self(feed)
    }

    /// To be called in the transaction that writes the event.
    pub(crate) async fn announce_within(
        transaction: &DatabaseTransaction,
        buyer_id: Uuid,
        event: &order_event::Model,
    ) -> Result<(), DbErr> {
        let text = StatusNews::of(buyer_id, event).to_text();
        ChangeFeed::announce_within(transaction, CHANNEL, &text).await
    }

    /// To be called after the event is committed.
    pub(crate) fn announce_after(&self, buyer_id: Uuid, event: &order_event::Model) {
        self.0
            .announce_after(&StatusNews::of(buyer_id, event).to_text());
    }

    pub(crate) fn subscribe(&self) -> impl Stream<Item = StatusNews> + Send + use<> {
        self.0
            .subscribe()
            .filter_map(|text| std::future::ready(serde_json::from_str(&text).ok()))
    }
}
