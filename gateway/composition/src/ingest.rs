//! From a subgraph's text to its normal form: parse, resolve `@link`s, check what the form cannot express, normalise.

pub mod federation_directive;
pub mod field_set;
pub mod links;
pub mod subgraph;
pub mod version;
