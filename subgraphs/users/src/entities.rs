//! The tables as sea-orm sees them. Points in time are milliseconds since 1970.

#![allow(
    unreachable_pub,
    reason = "sea-orm's derive makes public items beside these"
)]

pub(crate) mod address;
pub(crate) mod refresh_token;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod user;
