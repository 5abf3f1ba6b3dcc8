//! An account and its public profile.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In lower case.
    #[sea_orm(unique)]
    pub email: String,
    /// In lower case.
    #[sea_orm(unique)]
    pub handle: String,
    pub display_name: String,
    /// A PHC string.
    pub password_hash: String,
    pub role: String,
    pub loyalty_points: i32,
    pub risk_score: Option<f64>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
