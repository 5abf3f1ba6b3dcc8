//! The inputs of queries and mutations.

use async_graphql::{ID, InputObject, OneofObject};
use subgraph_service::shared_types::Address;

use super::email_address::EmailAddress;

/// One way to name a user.
#[derive(OneofObject)]
pub(crate) enum UserBy {
    /// By id.
    Id(ID),
    /// By handle.
    Handle(String),
    /// By email address: for that person and for staff only.
    Email(EmailAddress),
}

/// What it takes to sign up.
#[derive(InputObject)]
pub(crate) struct RegisterInput {
    /// To sign in with; nobody else sees it.
    pub(crate) email: String,
    /// A public name of 3 to 30 letters, digits, `_` or `-`.
    pub(crate) handle: String,
    /// The name that others see.
    pub(crate) display_name: String,
    /// 8 characters at least.
    pub(crate) password: String,
}

/// What it takes to sign in.
#[derive(InputObject)]
pub(crate) struct LoginInput {
    /// The account's email address.
    pub(crate) email: EmailAddress,
    /// The account's password.
    pub(crate) password: String,
}

/// What it takes to change one's password.
#[derive(InputObject)]
pub(crate) struct ChangePasswordInput {
    /// The password so far.
    pub(crate) current_password: String,
    /// The password from now on: 8 characters at least.
    pub(crate) new_password: String,
}

/// Changes of the caller's profile; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateProfileInput {
    /// The name that others see.
    pub(crate) display_name: Option<String>,
    /// All addresses; the first is the default.
    pub(crate) addresses: Option<Vec<AddressInput>>,
}

/// A postal address.
#[derive(InputObject)]
pub(crate) struct AddressInput {
    /// What its owner calls it, such as `home`.
    label: String,
    /// Street and number.
    line1: String,
    /// Flat, building, company.
    line2: Option<String>,
    /// City or town.
    city: String,
    /// Postal code.
    postcode: String,
    /// Two-letter country code (ISO 3166-1).
    country: String,
}

impl From<AddressInput> for Address {
    fn from(input: AddressInput) -> Self {
        let AddressInput {
            label,
            line1,
            line2,
            city,
            postcode,
            country,
        } = input;
        Self {
            label,
            line1,
            line2,
            city,
            postcode,
            country,
        }
    }
}
