//! `Subscription`: orders whose status changes.

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt};
use sea_orm::EntityTrait;
use subgraph_service::Database;
use subgraph_service::clock::date_time;
use subgraph_service::errors::{internal, not_found};
use subgraph_service::guard::{SignedIn, signed_in_user};
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::{order, order_event};
use crate::graphql::order::Order;
use crate::graphql::query::parse_id;
use crate::status_feed::{StatusFeed, StatusNews};

/// The fields of `Subscription`
#[derive(Debug, Default)]
pub struct OrdersSubscription;

/// An order has another status
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderStatusEvent {
    /// The order
    order: Order,
    /// The status before; null when the order was placed just now
    previous: Option<Status>,
    /// The status since then
    current: Status,
    /// When it changed
    at: DateTime<Utc>,
}

#[Subscription(name = "Subscription")]
impl OrdersSubscription {
    /// All of the caller's orders, or one that the caller may see
    #[graphql(guard = "SignedIn")]
    async fn order_status_changed(
        &self,
        ctx: &Context<'_>,
        order_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<OrderStatusEvent>>> {
        let followed = match order_id {
            Some(id) => Followed::Order(visible_order(ctx, parse_id("orderId", &id)?).await?),
            None => Followed::Buyer(signed_in_user(ctx)?),
        };
        let database = ctx.data::<Database>()?.clone();
        let news = ctx.data::<StatusFeed>()?.subscribe();
        Ok(news
            .filter(move |news| std::future::ready(followed.includes(news)))
            .filter_map(move |news| {
                let database = database.clone();
                async move { load(&database, &news).await.transpose() }
            }))
    }
}

/// What a subscription follows.
enum Followed {
    Order(Uuid),
    Buyer(Uuid),
}

impl Followed {
    fn includes(&self, news: &StatusNews) -> bool {
        match self {
            Self::Order(id) => news.order_id == *id,
            Self::Buyer(id) => news.buyer_id == *id,
        }
    }
}

async fn visible_order(ctx: &Context<'_>, id: Uuid) -> Result<Uuid> {
    match Order::visible(ctx, id).await? {
        Some(_order) => Ok(id),
        None => Err(not_found(format!("you have no order `{id}`"))),
    }
}

async fn load(database: &Database, news: &StatusNews) -> Result<Option<OrderStatusEvent>> {
    let event = order_event::Entity::find_by_id(news.event_id)
        .one(&**database)
        .await
        .map_err(internal)?;
    let order = order::Entity::find_by_id(news.order_id)
        .one(&**database)
        .await
        .map_err(internal)?;
    Ok(event.zip(order).map(|(event, order)| OrderStatusEvent {
        order: Order(order),
        previous: event.previous,
        current: event.current,
        at: date_time(event.at),
    }))
}
