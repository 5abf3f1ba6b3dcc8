//! `@owner`: the team that answers for a type. Composed into the supergraph, so that tools can show it.
#![allow(
    unused_variables,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "the shape that the macro wants"
)]

use async_graphql::TypeDirective;

#[TypeDirective(
    location = "Object",
    location = "FieldDefinition",
    location = "Interface",
    composable = "https://weft.example/owner/v1.0"
)]
pub fn owner(team: String) {}
