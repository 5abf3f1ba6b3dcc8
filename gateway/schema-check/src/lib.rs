//! What a schema change breaks: two graphs in, changes with their criticality out.
//!
//! [`diff`] compares two schemas as clients see them; [`federation`] compares what the API schema does not show;
//! [`operations`] judges documents. Nothing here reads files, composes or plans: the caller hands over what it has.
//!
//! ```
//! use apollo_compiler::Schema;
//! use weft_schema_check::{Criticality, Profile, diff};
//!
//! let old = Schema::parse_and_validate("type Query { a: Int b: Int }", "old.graphql").unwrap();
//! let new = Schema::parse_and_validate("type Query { a: Int }", "new.graphql").unwrap();
//! let changes = diff(&old, &new, Profile::Spec);
//! assert_eq!(changes[0].path, "Query.b");
//! assert_eq!(changes[0].criticality, Criticality::Breaking);
//! ```

mod change;
mod diff;
pub mod federation;
pub mod lint;
pub mod operations;
pub mod places;
mod reach;
mod response_shape;
pub mod usage;

pub use change::{Change, Criticality, Profile};
pub use diff::{change_codes, diff};
