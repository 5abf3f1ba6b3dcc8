//! The value types that every service serves alike: postal addresses and the page information of Relay connections.

use async_graphql::SimpleObject;

/// A postal address.
#[derive(Clone, Debug, SimpleObject, PartialEq, Eq)]
#[graphql(shareable)]
pub struct Address {
    /// What its owner calls it, such as `home`.
    pub label: String,
    /// Street and number.
    pub line1: String,
    /// Flat, building, company.
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// Postal code, as the country writes it.
    pub postcode: String,
    /// Two-letter country code (ISO 3166-1).
    pub country: String,
}

/// Where a page of a connection lies in the whole list.
#[derive(Clone, Debug, Default, SimpleObject, PartialEq, Eq)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether there is something before this page.
    pub has_previous_page: bool,
    /// Whether there is something after this page.
    pub has_next_page: bool,
    /// The cursor of the first edge.
    pub start_cursor: Option<String>,
    /// The cursor of the last edge.
    pub end_cursor: Option<String>,
}
