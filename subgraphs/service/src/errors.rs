//! Errors of resolvers: what a client may read, with a code in `extensions.code`. What went wrong inside is logged and
//! never sent.

use std::fmt::Display;

use async_graphql::{Error, ErrorExtensions};

/// The caller is not signed in, or the token is not valid.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The caller is known and may not do this.
pub const FORBIDDEN: &str = "FORBIDDEN";
/// An argument has a value that cannot be used.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// What the operation names does not exist, or the caller may not know that it does.
pub const NOT_FOUND: &str = "NOT_FOUND";
/// Something that this service needs does not answer.
pub const SERVICE_UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
/// A defect or an outage on our side; its cause is in the log.
pub const INTERNAL_SERVER_ERROR: &str = "INTERNAL_SERVER_ERROR";

/// An error with `code` in its extensions.
pub fn error(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// The caller has to sign in first.
pub fn unauthenticated(message: impl Into<String>) -> Error {
    error(UNAUTHENTICATED, message)
}

/// The caller may not do or see this.
pub fn forbidden(message: impl Into<String>) -> Error {
    error(FORBIDDEN, message)
}

/// The value of `argument` cannot be used; the message says what would do.
pub fn bad_user_input(argument: &str, message: impl Into<String>) -> Error {
    error(BAD_USER_INPUT, message).extend_with(|_, extensions| extensions.set("argument", argument))
}

/// What the operation names does not exist.
pub fn not_found(message: impl Into<String>) -> Error {
    error(NOT_FOUND, message)
}

/// Our own failure: logs the cause and tells the client only that there was one.
pub fn internal(cause: impl Display) -> Error {
    tracing::error!(%cause, "a resolver failed");
    error(
        INTERNAL_SERVER_ERROR,
        "something went wrong on our side; try again in a moment",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_error_does_not_tell_its_cause() {
        let error = internal("connection to 10.0.0.7 refused");
        assert!(!error.message.contains("10.0.0.7"));
    }
}
