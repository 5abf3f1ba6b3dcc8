//! `weft check`: a proposed subgraph schema in, what it breaks on stdout.

use weft_schema_check::{Criticality, Profile};

use super::{CommandResult, not_available};

pub(super) mod formats;
pub(super) mod report;
pub(super) mod schema_file;

/// From which criticality on a change is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FailOn {
    /// Breaking changes only
    #[default]
    Breaking,
    /// Dangerous and breaking changes
    Dangerous,
    /// Every change
    Any,
}

impl FailOn {
    /// Whether a change of that criticality is refused.
    pub(crate) fn refuses(self, criticality: Criticality) -> bool {
        match self {
            Self::Breaking => criticality == Criticality::Breaking,
            Self::Dangerous => criticality >= Criticality::Dangerous,
            Self::Any => true,
        }
    }
}

/// By what measure changes are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProfileName {
    /// Breaking is what makes a valid operation invalid, or gives its answer another shape
    #[default]
    Spec,
    /// The levels of GraphQL Inspector
    Inspector,
}

impl ProfileName {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Inspector => "inspector",
        }
    }
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Spec => Self::Spec,
            ProfileName::Inspector => Self::Inspector,
        }
    }
}

/// Options of `weft check`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("check")
}
