//! Guards for resolvers: `#[graphql(guard = "SignedIn")]`. The service checks again what the gateway checked before: a missing
//! header is never an administrator.

use async_graphql::{Context, Guard, Result};
use uuid::Uuid;

use crate::{
    errors::{forbidden, unauthenticated},
    identity::Identity,
};

/// The identity behind the request; anonymous when none was put there.
pub fn identity<'a>(context: &'a Context<'_>) -> &'a Identity {
    context
        .data_opt::<Identity>()
        .unwrap_or(&Identity::ANONYMOUS)
}

/// The id of the signed-in user, or an `UNAUTHENTICATED` error.
pub fn signed_in_user(context: &Context<'_>) -> Result<Uuid> {
    identity(context).user_id().ok_or_else(sign_in_first)
}

/// Lets signed-in users and services pass.
pub struct SignedIn;

impl Guard for SignedIn {
    async fn check(&self, context: &Context<'_>) -> Result<()> {
        match identity(context) {
            Identity::Anonymous => Err(sign_in_first()),
            Identity::User(_) | Identity::Service(_) => Ok(()),
        }
    }
}

/// Lets tokens with this scope pass.
pub struct HasScope(pub &'static str);

impl Guard for HasScope {
    async fn check(&self, context: &Context<'_>) -> Result<()> {
        let identity = identity(context);
        if identity.has_scope(self.0) {
            return Ok(());
        }
        if matches!(identity, Identity::Anonymous) {
            return Err(sign_in_first());
        }
        Err(forbidden(format!(
            "this needs the scope `{}`, which your token does not have",
            self.0
        )))
    }
}

/// Lets only services pass (tokens of the client credentials grant) that have this scope.
pub struct ServiceWithScope(pub &'static str);

impl Guard for ServiceWithScope {
    async fn check(&self, context: &Context<'_>) -> Result<()> {
        match identity(context) {
            Identity::Service(service) if service.scopes.contains(self.0) => Ok(()),
            Identity::Anonymous => Err(unauthenticated(format!(
                "only services may call this: send the token of a service with the scope `{}`",
                self.0
            ))),
            Identity::User(_) | Identity::Service(_) => Err(forbidden(format!(
                "only services may call this, with the scope `{}`",
                self.0
            ))),
        }
    }
}

/// What belongs to `owner` is for that person, for staff and for services.
pub fn owner_or_staff(context: &Context<'_>, owner: Uuid, what: &str) -> Result<()> {
    let identity = identity(context);
    if identity.may_see(owner) {
        return Ok(());
    }
    if matches!(identity, Identity::Anonymous) {
        return Err(sign_in_first());
    }
    Err(forbidden(format!(
        "{what} can be seen by that person and by staff only"
    )))
}

fn sign_in_first() -> async_graphql::Error {
    unauthenticated("sign in first: send the header `authorization: Bearer` with an access token")
}
