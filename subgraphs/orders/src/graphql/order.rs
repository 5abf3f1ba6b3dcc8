//! `Order` and `OrderLine`. Who may see an order is decided where it is looked up: [`Order::visible`].

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use subgraph_service::clock::date_time;
use subgraph_service::guard::identity;
use subgraph_service::owner::owner;
use subgraph_service::shared_types::Address;
use uuid::Uuid;

use crate::entity::order::Status;
use crate::entity::{order, order_line};
use crate::graphql::money::Money;
use crate::graphql::product::Product;
use crate::graphql::user::User;
use crate::loaders::Loaders;

/// What somebody has ordered
#[derive(Clone, Debug)]
pub(crate) struct Order(pub(crate) order::Model);

/// One product of an order
#[derive(Clone, Debug)]
pub(crate) struct OrderLine {
    line: order_line::Model,
    order: order::Model,
}

impl Order {
    /// The order with an id, if the caller may see it: its buyer, staff and services may. To others it does not exist.
    pub(crate) async fn visible(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let order = Loaders::of(ctx)?.orders.load_one(id).await?;
        Ok(order
            .filter(|order| identity(ctx).may_see(order.buyer_id))
            .map(Self))
    }

    /// One line by its number.
    pub(crate) async fn line(self, ctx: &Context<'_>, line_no: i32) -> Result<Option<OrderLine>> {
        let lines = Loaders::of(ctx)?
            .lines
            .load_one(self.0.id)
            .await?
            .unwrap_or_default();
        let line = lines.into_iter().find(|line| line.line_no == line_no);
        Ok(line.map(|line| OrderLine {
            line,
            order: self.0,
        }))
    }

    fn money(&self, amount_minor: i64) -> Money {
        Money::new(amount_minor, self.0.currency)
    }
}

/// What somebody has ordered
#[Object(directive = owner::apply("fulfilment".to_owned()))]
impl Order {
    /// The id: never changes.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The number under which people know the order
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where the order is on its way
    async fn status(&self) -> Status {
        self.0.status
    }

    /// Whether nothing can happen to the order any more
    async fn is_final(&self) -> bool {
        self.0.status.is_final()
    }

    /// Why it was cancelled or rejected
    async fn closing_note(&self) -> Option<&str> {
        self.0.closing_note.as_deref()
    }

    /// When it was placed
    async fn placed_at(&self) -> DateTime<Utc> {
        date_time(self.0.placed_at)
    }

    /// Who placed it
    async fn buyer(&self) -> User {
        User::new(self.0.buyer_id)
    }

    /// What was ordered, at the prices of the day
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>> {
        let lines = Loaders::of(ctx)?
            .lines
            .load_one(self.0.id)
            .await?
            .unwrap_or_default();
        Ok(lines
            .into_iter()
            .map(|line| OrderLine {
                line,
                order: self.0.clone(),
            })
            .collect())
    }

    /// What the lines cost together
    async fn subtotal(&self) -> Money {
        self.money(self.0.subtotal_minor)
    }

    /// What the coupon takes off
    async fn discount(&self) -> Money {
        self.money(self.0.discount_minor)
    }

    /// What shipping costs
    async fn shipping(&self) -> Money {
        self.money(self.0.shipping_minor)
    }

    /// What the buyer pays: subtotal, less discount, plus shipping
    async fn total(&self) -> Money {
        self.money(self.0.total_minor)
    }

    /// Where it goes
    async fn ship_to(&self) -> Address {
        Address {
            label: self.0.ship_label.clone(),
            line1: self.0.ship_line1.clone(),
            line2: self.0.ship_line2.clone(),
            city: self.0.ship_city.clone(),
            postcode: self.0.ship_postcode.clone(),
            country: self.0.ship_country.clone(),
        }
    }
}

/// A line of an order: an entity of the orders service
#[Object]
impl OrderLine {
    /// The order
    async fn order_id(&self) -> ID {
        self.line.order_id.into()
    }

    /// The line within the order, from 1
    async fn line_no(&self) -> i32 {
        self.line.line_no
    }

    /// The order that this is a line of
    async fn order(&self) -> Order {
        Order(self.order.clone())
    }

    /// What was ordered, as it is today
    async fn product(&self) -> Product {
        Product::of_line(&self.line)
    }

    /// What it was called when it was ordered
    async fn title(&self) -> &str {
        &self.line.title
    }

    /// How many
    async fn quantity(&self) -> i32 {
        self.line.quantity
    }

    /// What one cost on that day
    async fn unit_price(&self) -> Money {
        Money::new(self.line.unit_price_minor, self.order.currency)
    }

    /// What the line cost
    async fn total(&self) -> Money {
        Money::new(
            self.line.unit_price_minor * i64::from(self.line.quantity),
            self.order.currency,
        )
    }
}
