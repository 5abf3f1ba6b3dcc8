//! `AuthResult`: a session, or why there is none. Expected failures are data, not errors.

use async_graphql::{SimpleObject, Union};
use chrono::{DateTime, Utc};
use subgraph_service::clock::date_time;

use super::user::User;
use crate::authentication::{Outcome, Reason, Refusal, SignedInSession};

/// What signing in gives.
#[derive(Union)]
pub(crate) enum AuthResult {
    Session(Session),
    AuthFailure(AuthFailure),
}

/// A session that has begun or goes on.
#[derive(SimpleObject)]
pub(crate) struct Session {
    /// Goes into the header `authorization: Bearer …`.
    access_token: String,
    /// When the access token ends.
    expires_at: DateTime<Utc>,
    /// Gets the next access token, once.
    refresh_token: String,
    /// Who signed in.
    user: User,
}

/// Why there is no session.
#[derive(SimpleObject)]
pub(crate) struct AuthFailure {
    /// For programs.
    reason: Reason,
    /// For people.
    message: String,
    /// The input field that it is about.
    field: Option<String>,
    /// When another attempt makes sense.
    retry_after_seconds: Option<i32>,
}

impl AuthResult {
    pub(super) fn new(outcome: Outcome) -> async_graphql::Result<Self> {
        match outcome.map_err(|error| subgraph_service::errors::internal(format!("{error:#}")))? {
            Ok(session) => Ok(Self::Session(session.into())),
            Err(refusal) => Ok(Self::AuthFailure(refusal.into())),
        }
    }
}

impl From<SignedInSession> for Session {
    fn from(session: SignedInSession) -> Self {
        Self {
            access_token: session.access_token.text,
            expires_at: date_time(session.access_token.expires_at),
            refresh_token: session.refresh_token,
            user: User::own(session.user),
        }
    }
}

impl From<Refusal> for AuthFailure {
    fn from(refusal: Refusal) -> Self {
        let Refusal {
            reason,
            message,
            field,
            retry_after_seconds,
        } = refusal;
        Self {
            reason,
            message,
            field: field.map(str::to_owned),
            retry_after_seconds,
        }
    }
}
