//! `@owner`: which team answers for a type; composed into the supergraph through `@composeDirective`.
#![allow(missing_docs, reason = "the directive's function is generated")]

use async_graphql::TypeDirective;

#[TypeDirective(location = "Object", composable = "https://example.org/owner/v1.0")]
pub(crate) fn owner(team: String) {}
