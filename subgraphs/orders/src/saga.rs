//! What happens to an order after it is placed, over two services and any number of crashes: a worker takes rows of the outbox
//! and does what each says. Every step may run more than once and has its effect once.
//!
//! ```text
//! placeOrder ─▶ RESERVE ─▶ RESERVED ─▶ (payOrder) ─▶ COMMIT ─▶ PAID
//!                  │           └─ EXPIRE ─▶ CANCELLED ─▶ RELEASE
//!                  └─▶ REJECTED            (cancelOrder) ─▶ CANCELLED ─▶ RELEASE
//! ```

pub(crate) mod claim;
pub(crate) mod faults;
pub(crate) mod step;
pub(crate) mod transition;
pub(crate) mod worker;
