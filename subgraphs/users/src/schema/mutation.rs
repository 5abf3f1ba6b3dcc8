//! The mutations.

use async_graphql::{Context, Object, Result};
use subgraph_service::{
    ClientAddress, Database,
    errors::{bad_user_input, internal, not_found, unauthenticated},
    guard::{SignedIn, identity, signed_in_user},
    shared_types::Address,
};

use super::{
    auth_result::AuthResult,
    inputs::{ChangePasswordInput, LoginInput, RegisterInput, UpdateProfileInput},
    user::User,
};
use crate::{
    accounts::{self, validation},
    authentication::{Authentication, Registration},
};

/// Everything that can be done.
pub struct Mutation;

#[Object]
impl Mutation {
    /// Makes an account and signs it in.
    async fn register(&self, context: &Context<'_>, input: RegisterInput) -> Result<AuthResult> {
        let RegisterInput {
            email,
            handle,
            display_name,
            password,
        } = input;
        let registration = Registration {
            email,
            handle,
            display_name,
            password,
        };
        AuthResult::new(
            authentication(context)?
                .register(registration, address(context))
                .await,
        )
    }

    /// Signs in.
    async fn login(&self, context: &Context<'_>, input: LoginInput) -> Result<AuthResult> {
        AuthResult::new(
            authentication(context)?
                .login(&input.email.0, input.password, address(context))
                .await,
        )
    }

    /// Gets new tokens. Rotates the refresh token; presenting a used one revokes its whole family.
    async fn refresh_token(&self, context: &Context<'_>, token: String) -> Result<AuthResult> {
        AuthResult::new(authentication(context)?.refresh(&token).await)
    }

    /// Signs out: ends the session of the refresh token, or of the access token when none is given, or all sessions of the caller. Returns
    /// whether one ended. An access token goes on until it expires.
    async fn logout(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The refresh token of the session to end")] token: Option<String>,
        #[graphql(default = false, desc = "End all sessions of the caller")] everywhere: bool,
    ) -> Result<bool> {
        let ended = authentication(context)?
            .logout(token.as_deref(), everywhere, identity(context))
            .await;
        let nothing_given = "send the refresh token in `token`, or sign in and send the access token in the header `authorization`";
        ended
            .map_err(|error| internal(format!("{error:#}")))?
            .ok_or_else(|| unauthenticated(nothing_given))
    }

    /// Changes the caller's password, ends all sessions and begins a new one.
    #[graphql(guard = "SignedIn")]
    async fn change_password(
        &self,
        context: &Context<'_>,
        input: ChangePasswordInput,
    ) -> Result<AuthResult> {
        let user = signed_in_user(context)?;
        let ChangePasswordInput {
            current_password,
            new_password,
        } = input;
        let authentication = authentication(context)?;
        let outcome =
            authentication.change_password(user, current_password, new_password, address(context));
        AuthResult::new(outcome.await)
    }

    /// Changes the caller's profile.
    #[graphql(guard = "SignedIn")]
    async fn update_profile(
        &self,
        context: &Context<'_>,
        input: UpdateProfileInput,
    ) -> Result<User> {
        let id = signed_in_user(context)?;
        let display_name = input
            .display_name
            .map(|name| validation::display_name(&name))
            .transpose();
        let display_name =
            display_name.map_err(|problem| bad_user_input("displayName", problem))?;
        let addresses = input
            .addresses
            .map(|list| validation::addresses(list.into_iter().map(Address::from).collect()))
            .transpose();
        let addresses = addresses.map_err(|problem| bad_user_input("addresses", problem))?;
        let updated =
            accounts::update_profile(context.data::<Database>()?, id, display_name, addresses)
                .await;
        let user = updated
            .map_err(internal)?
            .ok_or_else(|| not_found("your account does not exist any more"))?;
        Ok(User::new(user))
    }
}

fn authentication<'a>(context: &Context<'a>) -> Result<&'a Authentication> {
    context.data::<Authentication>()
}

fn address(context: &Context<'_>) -> ClientAddress {
    context
        .data_opt::<ClientAddress>()
        .copied()
        .unwrap_or(ClientAddress(None))
}
