//! The users service over real sockets, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "users/entities.rs"]
mod entities;
#[path = "users/harness.rs"]
mod harness;
#[path = "users/http.rs"]
mod http;
#[path = "users/keys.rs"]
mod keys;
#[path = "users/process.rs"]
mod process;
#[path = "users/profile.rs"]
mod profile;
#[path = "users/service_tokens.rs"]
mod service_tokens;
#[path = "users/sessions.rs"]
mod sessions;
#[path = "users/sign_in.rs"]
mod sign_in;
#[path = "users/staff_list.rs"]
mod staff_list;
