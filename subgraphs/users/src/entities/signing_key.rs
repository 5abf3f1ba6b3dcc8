//! A key pair that access tokens are signed with.

use sea_orm::entity::prelude::*;

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The 32 bytes of the private key in base64url.
    pub secret: String,
    /// The 32 bytes of the public key in base64url.
    pub public: String,
    pub created_at: i64,
    /// Published before, signs from here on.
    pub activates_at: i64,
    /// No longer published from here on.
    pub retires_at: Option<i64>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "signing key {}", self.id)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
