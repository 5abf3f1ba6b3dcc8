//! The tables as sea-orm entities, one file each. Money is in minor units, time in milliseconds since 1970: both compare and sort the same in SQLite and PostgreSQL.
#![allow(unreachable_pub, reason = "the derives of sea-orm need `pub` types")]

pub(crate) mod coupon;
pub(crate) mod order;
pub(crate) mod order_event;
pub(crate) mod order_line;
pub(crate) mod outbox;
