//! The GraphQL schema of the users service.

mod auth_result;
mod connection;
mod email_address;
mod inputs;
mod mutation;
mod query;
mod user;

use subgraph_service::SdlAddition;

pub use mutation::Mutation;
pub use query::Query;

/// What async-graphql has no attributes for.
pub(crate) const SDL_ADDITIONS: &[SdlAddition] = &[
    SdlAddition {
        coordinate: "Query.me",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "Mutation.changePassword",
        directives: "@authenticated @cost(weight: 40)",
    },
    SdlAddition {
        coordinate: "Mutation.updateProfile",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "User.addresses",
        directives: "@authenticated",
    },
    SdlAddition {
        coordinate: "User.defaultAddress",
        directives: "@authenticated",
    },
    // Hashing a password takes as long as resolving many fields.
    SdlAddition {
        coordinate: "Mutation.register",
        directives: "@cost(weight: 20)",
    },
    SdlAddition {
        coordinate: "Mutation.login",
        directives: "@cost(weight: 20)",
    },
    SdlAddition {
        coordinate: "Query.users",
        directives: r#"@listSize(assumedSize: 20, slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)"#,
    },
];
