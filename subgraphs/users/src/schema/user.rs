//! `User`: what everybody may see, and what only that person and staff may.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use subgraph_service::owner::owner;
use subgraph_service::{
    clock::date_time,
    errors::internal,
    guard::{identity, owner_or_staff},
    shared_types::Address,
};

use super::email_address::EmailAddress;
use crate::{
    entities::{address, user},
    loaders::{AddressesOf, Loading},
};

/// Somebody with an account.
pub(crate) struct User {
    model: user::Model,
    /// Whether the caller has just proved to be this user by signing in.
    own: bool,
}

impl User {
    /// A user as any caller may ask for one.
    pub(super) fn new(model: user::Model) -> Self {
        Self { model, own: false }
    }

    /// A user to themselves: in the answer to signing in, before they can send a token.
    pub(super) fn own(model: user::Model) -> Self {
        Self { model, own: true }
    }

    fn only_for_owner(&self, context: &Context<'_>, what: &str) -> Result<()> {
        if self.own {
            Ok(())
        } else {
            owner_or_staff(context, self.model.id, what)
        }
    }

    async fn load_addresses(&self, context: &Context<'_>) -> Result<Vec<address::Model>> {
        let loading = context.data::<Loading>()?;
        Ok(loading
            .load_one(AddressesOf(self.model.id))
            .await
            .map_err(internal)?
            .unwrap_or_default())
    }
}

/// Somebody with an account.
#[Object(directive = owner::apply("identity".to_owned()))]
impl User {
    /// The id: never changes.
    async fn id(&self) -> ID {
        ID(self.model.id.to_string())
    }

    /// The email address; null with a `FORBIDDEN` error for everybody but that person and staff.
    #[graphql(requires_scopes = "profile:email", requires_scopes = "users:read")]
    async fn email(&self, context: &Context<'_>) -> Result<Option<EmailAddress>> {
        self.only_for_owner(context, "an email address")?;
        Ok(Some(EmailAddress(self.model.email.clone())))
    }

    /// A unique public name.
    async fn handle(&self) -> &str {
        &self.model.handle
    }

    /// The name to show.
    #[graphql(shareable, tag = "partner")]
    async fn display_name(&self) -> &str {
        &self.model.display_name
    }

    /// All addresses, the default first; null with a `FORBIDDEN` error for everybody but that person and staff.
    async fn addresses(&self, context: &Context<'_>) -> Result<Option<Vec<Address>>> {
        self.only_for_owner(context, "addresses")?;
        let addresses = self.load_addresses(context).await?;
        Ok(Some(addresses.into_iter().map(to_address).collect()))
    }

    /// The address to ship to unless told otherwise; null without one, null with a `FORBIDDEN` error for everybody but that person and staff.
    async fn default_address(&self, context: &Context<'_>) -> Result<Option<Address>> {
        self.only_for_owner(context, "addresses")?;
        let addresses = self.load_addresses(context).await?;
        Ok(addresses.into_iter().next().map(to_address))
    }

    /// When the account was made.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.model.created_at)
    }

    /// One point for each euro spent, none for orders in other currencies; null with an error for everybody but that person and staff
    // Orders counts them and overrides this field; the description is the same there.
    async fn loyalty_points(&self, context: &Context<'_>) -> Result<Option<i32>> {
        self.only_for_owner(context, "loyalty points")?;
        Ok(Some(self.model.loyalty_points))
    }

    /// How likely orders of this user are fraud, from 0 to 1: for orders, which decides by it; null for whoever may not know.
    #[graphql(inaccessible, tag = "internal")]
    async fn risk_score(&self, context: &Context<'_>) -> Option<f64> {
        if identity(context).may_see(self.model.id) {
            self.model.risk_score
        } else {
            None
        }
    }
}

fn to_address(model: address::Model) -> Address {
    let address::Model {
        label,
        line1,
        line2,
        city,
        postcode,
        country,
        ..
    } = model;
    Address {
        label,
        line1,
        line2,
        city,
        postcode,
        country,
    }
}
