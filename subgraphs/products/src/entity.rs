//! The tables as sea-orm entities, one file each. Money is in minor units, time in milliseconds since 1970: both compare and sort the same in SQLite and PostgreSQL.
#![allow(unreachable_pub, reason = "the derives of sea-orm need `pub` types")]

pub(crate) mod category;
pub(crate) mod product;
pub(crate) mod product_tag;
pub(crate) mod reservation;
pub(crate) mod reservation_line;
pub(crate) mod review;
