//! The roles of users, and what each may do.

use async_graphql::Enum;
use clap::ValueEnum;
use subgraph_service::identity::{CUSTOMER, STAFF};

/// What a user is in the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, ValueEnum)]
pub enum Role {
    /// Buys here.
    Customer,
    /// Works here.
    Staff,
}

impl Role {
    /// As it is stored and as tokens say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => CUSTOMER,
            Self::Staff => STAFF,
        }
    }

    /// The role of a stored name; what nobody knows may do the least.
    pub fn of_name(name: &str) -> Self {
        if name == STAFF {
            Self::Staff
        } else {
            Self::Customer
        }
    }

    /// The scopes that signing in gives, with spaces between.
    pub fn scopes(self) -> &'static str {
        match self {
            Self::Customer => "profile:email",
            Self::Staff => "profile:email users:read orders:read orders:write catalog:write",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_name() {
        for role in [Role::Customer, Role::Staff] {
            assert_eq!(Role::of_name(role.name()), role);
        }
    }

    #[test]
    fn an_unknown_role_is_not_staff() {
        assert_eq!(Role::of_name("staff"), Role::Customer);
    }
}
