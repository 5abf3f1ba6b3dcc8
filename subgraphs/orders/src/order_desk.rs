//! Where mutations hand in what people want: does it, wakes the worker, tells subscribers, and waits a moment for the outcome, so
//! that a client usually sees where its order stands at once.

use futures::StreamExt;
use sea_orm::{DbErr, EntityTrait};
use std::sync::Arc;
use std::time::Duration;
use subgraph_service::Database;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::{order, order_event};
use crate::lifecycle::{self, Changed};
use crate::placing::{self, Placed, PlacingError, Wish};
use crate::products_api::ProductsApi;
use crate::status_feed::StatusFeed;

/// How long a mutation waits for the worker. The order goes its way without the client, too.
const PATIENCE: Duration = Duration::from_secs(4);
/// News can be lost between processes, so the row is looked at as well.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What mutations work with; clones share it.
#[derive(Clone)]
pub(crate) struct OrderDesk {
    database: Database,
    products: ProductsApi,
    feed: StatusFeed,
    wake: Arc<Notify>,
}

impl OrderDesk {
    pub(crate) fn new(
        database: Database,
        products: ProductsApi,
        feed: StatusFeed,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            database,
            products,
            feed,
            wake,
        }
    }

    /// Places an order and waits until its stock is held or refused.
    pub(crate) async fn place(&self, wish: &Wish) -> Result<Placed, PlacingError> {
        match placing::place(&self.database, &self.products, wish).await? {
            Placed::New(order, event) => {
                self.tell(&order, &event);
                Ok(Placed::New(
                    self.wait_while(order, |order| order.status == Status::Pending)
                        .await?,
                    event,
                ))
            }
            Placed::Before(order) => Ok(Placed::Before(
                self.wait_while(order, |order| order.status == Status::Pending)
                    .await?,
            )),
            refused => Ok(refused),
        }
    }

    /// Agrees to pay an order and waits until it is settled.
    pub(crate) async fn pay(
        &self,
        order_id: Uuid,
        payment: &str,
    ) -> Result<Option<Changed>, DbErr> {
        match lifecycle::pay(&self.database, order_id, payment).await? {
            Some(Changed::Already(order)) => {
                self.wake.notify_one();
                let order = self
                    .wait_while(order, |order| order.status == Status::Reserved)
                    .await?;
                let refused = matches!(order.status, Status::Rejected | Status::Cancelled);
                Ok(Some(if refused {
                    Changed::Impossible(order)
                } else {
                    Changed::Already(order)
                }))
            }
            other => Ok(other),
        }
    }

    /// Gives an order up.
    pub(crate) async fn cancel(
        &self,
        order_id: Uuid,
        reason: Option<&str>,
    ) -> Result<Option<Changed>, DbErr> {
        self.told(lifecycle::cancel(&self.database, order_id, reason).await?)
            .await
    }

    /// Ships or delivers an order.
    pub(crate) async fn advance(
        &self,
        order_id: Uuid,
        to: Status,
    ) -> Result<Option<Changed>, DbErr> {
        self.told(lifecycle::advance(&self.database, order_id, to).await?)
            .await
    }

    async fn told(&self, changed: Option<Changed>) -> Result<Option<Changed>, DbErr> {
        if let Some(Changed::Now(order, event)) = &changed {
            self.tell(order, event);
        }
        Ok(changed)
    }

    fn tell(&self, order: &order::Model, event: &order_event::Model) {
        self.wake.notify_one();
        self.feed.announce_after(order.buyer_id, event);
    }

    /// The order as it is once it does not wait any more, or when patience ends.
    async fn wait_while(
        &self,
        order: order::Model,
        waits: impl Fn(&order::Model) -> bool,
    ) -> Result<order::Model, DbErr> {
        let order_id = order.id;
        let mut news = Box::pin(
            self.feed
                .subscribe()
                .filter(move |news| std::future::ready(news.order_id == order_id)),
        );
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut current = order;
        loop {
            if let Some(row) = order::Entity::find_by_id(order_id)
                .one(&*self.database)
                .await?
            {
                current = row;
            }
            if !waits(&current) || tokio::time::Instant::now() >= deadline {
                return Ok(current);
            }
            // Either way the row is read again.
            let _news_or_time = tokio::time::timeout(LOOK_AGAIN, news.next()).await;
        }
    }
}
