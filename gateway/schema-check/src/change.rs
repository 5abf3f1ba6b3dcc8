//! A change and how grave it is.

use serde::{Deserialize, Serialize};

/// How grave a change is, from harmless to breaking.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Criticality {
    /// No client notices.
    #[default]
    Safe,
    /// Operations stay valid and keep the shape of their answers, but clients can meet something new.
    Dangerous,
    /// An operation that was valid becomes invalid, or its answer takes another shape.
    Breaking,
}

impl std::fmt::Display for Criticality {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Safe => "SAFE",
            Self::Dangerous => "DANGEROUS",
            Self::Breaking => "BREAKING",
        })
    }
}

/// By what measure changes are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// By GraphQL's rules: which operations become invalid, which answers change their shape. Knows positions: an enum
    /// that is only ever an output is no input.
    #[default]
    Spec,
    /// With the levels of the tool GraphQL Inspector, which looks at each element alone.
    Inspector,
}

/// One difference between two schemas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The element, as a schema coordinate: `Type.field(argument:)`, `@directive(argument:)`.
    pub path: String,
    /// How grave it is.
    pub criticality: Criticality,
    /// Which kind of change it is, such as `FIELD_REMOVED`.
    pub code: &'static str,
    /// One sentence: lower-case start, names in backticks, no full stop.
    pub message: String,
}
