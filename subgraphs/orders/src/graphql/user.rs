//! `User`: an entity of the users service; orders adds what a person has bought. All of it is for that person and for staff only.

use async_graphql::{Context, ID, Object, Result};
use subgraph_service::guard::owner_or_staff;
use uuid::Uuid;

use crate::entity::order::{Currency, Status};
use crate::graphql::connection::OrderConnection;
use crate::graphql::money::Money;
use crate::loaders::Loaders;
use crate::order_queries::BuyerPageKey;
use crate::users_api::invoice_allowed;

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct User {
    id: Uuid,
    /// Sent by the gateway when `invoiceAllowed` is asked for.
    risk_score: Option<f64>,
}

impl User {
    pub(crate) fn new(id: Uuid) -> Self {
        Self {
            id,
            risk_score: None,
        }
    }

    pub(crate) fn with_risk(id: Uuid, risk_score: Option<f64>) -> Self {
        Self { id, risk_score }
    }

    /// What the person has spent in euros: points and totals are kept in them.
    async fn spent_minor(&self, ctx: &Context<'_>) -> Result<i64> {
        let spent = Loaders::of(ctx)?
            .spent
            .load_one(self.id)
            .await?
            .unwrap_or_default();
        Ok(spent
            .into_iter()
            .filter(|(currency, _)| *currency == Currency::Eur)
            .map(|(_, minor)| minor)
            .sum())
    }
}

/// Somebody with an account.
#[Object]
impl User {
    /// The id: never changes.
    async fn id(&self) -> ID {
        self.id.into()
    }

    /// How likely orders of this user are fraud: known to the users service
    #[graphql(external)]
    async fn risk_score(&self) -> Option<f64> {
        self.risk_score
    }

    /// What this person has ordered, newest first; null with an error for everybody but that person and staff
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10)] first: i32,
        after: Option<String>,
        status: Option<Status>,
    ) -> Result<Option<OrderConnection>> {
        let key = BuyerPageKey::new(self.id, status, first, after)?;
        owner_or_staff(ctx, self.id, "orders")?;
        let rows = Loaders::of(ctx)?
            .buyer_pages
            .load_one(key.clone())
            .await?
            .unwrap_or_default();
        Ok(Some(OrderConnection::new(key.page(rows), key.filter())))
    }

    /// What this person has paid so far in euros, without orders in other currencies; null with an error for everybody but that person and staff
    async fn total_spent(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        owner_or_staff(ctx, self.id, "what somebody has spent")?;
        Ok(Some(Money::new(
            self.spent_minor(ctx).await?,
            Currency::Eur,
        )))
    }

    /// One point for each euro spent, none for orders in other currencies; null with an error for everybody but that person and staff
    #[graphql(override_from = "users")]
    async fn loyalty_points(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        owner_or_staff(ctx, self.id, "loyalty points")?;
        let points = self.spent_minor(ctx).await? / 100;
        Ok(Some(i32::try_from(points).unwrap_or(i32::MAX)))
    }

    /// Whether this person may pay by invoice: needs the risk, which clients cannot see
    #[graphql(requires = "riskScore")]
    async fn invoice_allowed(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        owner_or_staff(ctx, self.id, "whether somebody may pay by invoice")?;
        Ok(Some(invoice_allowed(self.risk_score)))
    }
}
