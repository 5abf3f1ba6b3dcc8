//! Expected ways in which signing in does not work, each with a sentence for the person.

use async_graphql::Enum;

use crate::attempts::TooMany;

/// Why there is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "AuthFailureReason")]
pub(crate) enum Reason {
    /// No account has this email address and password, or the current password is wrong.
    BadCredentials,
    /// There were too many attempts: try again after `retryAfterSeconds`.
    Locked,
    /// The refresh token is not good: nobody ever had it, or its session was signed out.
    TokenInvalid,
    /// The refresh token was not used for too long.
    TokenExpired,
    /// The refresh token was used before: its session is revoked now, because somebody has a copy.
    TokenReused,
    /// An account has this email address already.
    EmailTaken,
    /// An account has this handle already.
    HandleTaken,
    /// The value of `field` cannot be used.
    InvalidInput,
}

/// An expected refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) message: String,
    pub(crate) field: Option<&'static str>,
    pub(crate) retry_after_seconds: Option<i32>,
}

impl Refusal {
    fn new(reason: Reason, field: Option<&'static str>, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            field,
            retry_after_seconds: None,
        }
    }

    pub(super) fn bad_credentials() -> Self {
        Self::new(
            Reason::BadCredentials,
            None,
            "no account has this email address and password; check both, or sign up",
        )
    }

    pub(super) fn wrong_password() -> Self {
        let message = "the current password is wrong; type it again, or sign in again";
        Self::new(Reason::BadCredentials, Some("currentPassword"), message)
    }

    pub(super) fn locked(too_many: TooMany) -> Self {
        let seconds = i32::try_from(too_many.retry_after_seconds).unwrap_or(i32::MAX);
        let message = format!("too many attempts; try again in {seconds} seconds");
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(Reason::Locked, None, message)
        }
    }

    pub(super) fn token_invalid() -> Self {
        Self::new(
            Reason::TokenInvalid,
            Some("token"),
            "this refresh token is not valid, or its session was signed out; sign in again",
        )
    }

    pub(super) fn token_expired() -> Self {
        Self::new(
            Reason::TokenExpired,
            Some("token"),
            "this refresh token was not used for too long; sign in again",
        )
    }

    pub(super) fn token_reused() -> Self {
        let message = "this refresh token was used before, so its session has been ended to be safe; sign in again";
        Self::new(Reason::TokenReused, Some("token"), message)
    }

    pub(super) fn email_taken() -> Self {
        Self::new(
            Reason::EmailTaken,
            Some("email"),
            "an account has this email address already; sign in, or take another",
        )
    }

    pub(super) fn handle_taken() -> Self {
        Self::new(
            Reason::HandleTaken,
            Some("handle"),
            "an account has this handle already; take another",
        )
    }

    pub(super) fn invalid(field: &'static str, problem: String) -> Self {
        Self::new(Reason::InvalidInput, Some(field), problem)
    }
}
