//! News of changed orders: events in, to every subscriber, in the order in which they were announced.

use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use subgraph_service::change_feed::ChangeFeed;
use uuid::Uuid;

use crate::entity::order_event;

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

impl StatusFeed {
    pub(crate) fn new(feed: ChangeFeed) -> Self {
        Self(feed)
    }

    /// To be called after the event is committed.
    pub(crate) async fn announce(&self, buyer_id: Uuid, event: &order_event::Model) {
        let news = StatusNews {
            order_id: event.order_id,
            buyer_id,
            event_id: event.id,
        };
        match serde_json::to_string(&news) {
            Ok(text) => self.0.announce(&text).await,
            Err(error) => tracing::error!(%error, "news could not be written"),
        }
    }

    pub(crate) fn subscribe(&self) -> impl Stream<Item = StatusNews> + Send + use<> {
        self.0
            .subscribe()
            .filter_map(|text| std::future::ready(serde_json::from_str(&text).ok()))
    }
}
