//! `traffic.entity_reuse`: from where an entity's fields may be taken within one request instead of asking again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_executor::MemoScope;

/// From where the fields of an entity are reused within one request
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityReuse {
    /// Every call is made
    Off,
    /// From calls for entities to later ones
    #[default]
    EntityCalls,
    /// Also from below the fields of `Query`
    RootFields,
}

impl From<EntityReuse> for MemoScope {
    fn from(reuse: EntityReuse) -> Self {
        match reuse {
            EntityReuse::Off => Self::Off,
            EntityReuse::EntityCalls => Self::EntityCalls,
            EntityReuse::RootFields => Self::RootFields,
        }
    }
}
