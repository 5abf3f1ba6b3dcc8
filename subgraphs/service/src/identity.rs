//! Who sent a request: an access token in, an [`Identity`] out. `token_verifier` checks the token, `key_source` finds the keys.

mod key_source;
mod token_verifier;

use std::collections::BTreeSet;

use uuid::Uuid;

pub(crate) use key_source::http_client;
pub use key_source::{FixedKeys, HttpKeys, KeySource, KeySourceError};
pub use token_verifier::{AccessTokenClaims, TokenError, TokenVerifier};

/// The role of people who work here.
pub const STAFF: &str = "STAFF";
/// The role of people who buy here.
pub const CUSTOMER: &str = "CUSTOMER";
/// How the `sub` of a service's token begins; the client id follows.
pub const SERVICE_SUBJECT_PREFIX: &str = "service:";

/// Who is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// No token was sent.
    Anonymous,
    /// A person who signed in.
    User(UserIdentity),
    /// Another service, by the client credentials grant.
    Service(ServiceIdentity),
}

/// A person who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserIdentity {
    /// The user's id (`sub`).
    pub id: Uuid,
    /// What they are here: `CUSTOMER`, `STAFF`.
    pub roles: BTreeSet<String>,
    /// What their token allows.
    pub scopes: BTreeSet<String>,
    /// The session that the token was made for (`sid`).
    pub session: Option<Uuid>,
}

/// A service that calls another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceIdentity {
    /// Its client id.
    pub client: String,
    /// What its token allows.
    pub scopes: BTreeSet<String>,
}

impl Identity {
    /// No token was sent.
    pub const ANONYMOUS: Self = Self::Anonymous;

    /// The id of the signed-in user; none for services.
    pub fn user_id(&self) -> Option<Uuid> {
        match self {
            Self::User(user) => Some(user.id),
            Self::Anonymous | Self::Service(_) => None,
        }
    }

    /// Whether the token allows `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User(user) => user.scopes.contains(scope),
            Self::Service(service) => service.scopes.contains(scope),
        }
    }

    /// Whether this is a person with the role `STAFF`.
    pub fn is_staff(&self) -> bool {
        matches!(self, Self::User(user) if user.roles.contains(STAFF))
    }

    /// Whether this is another service.
    pub fn is_service(&self) -> bool {
        matches!(self, Self::Service(_))
    }

    /// Whether what belongs to `owner` may be seen: by that person, by staff, by services.
    pub fn may_see(&self, owner: Uuid) -> bool {
        self.user_id() == Some(owner) || self.is_staff() || self.is_service()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: u128, role: &str) -> Identity {
        let roles = BTreeSet::from([role.to_owned()]);
        Identity::User(UserIdentity {
            id: Uuid::from_u128(id),
            roles,
            scopes: BTreeSet::new(),
            session: None,
        })
    }

    fn check(identity: &Identity, sees_user_1: bool) {
        assert_eq!(
            identity.may_see(Uuid::from_u128(1)),
            sees_user_1,
            "{identity:?}"
        );
    }

    #[test]
    fn what_belongs_to_one_person_is_for_that_person_staff_and_services() {
        check(&user(1, CUSTOMER), true);
        check(&user(2, CUSTOMER), false);
        check(&user(2, STAFF), true);
        check(
            &Identity::Service(ServiceIdentity {
                client: "orders".to_owned(),
                scopes: BTreeSet::new(),
            }),
            true,
        );
        check(&Identity::Anonymous, false);
    }
}
