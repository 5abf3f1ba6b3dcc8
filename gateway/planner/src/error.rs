//! Why there is no plan.

/// Why an operation has no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// Something that the operation asks for cannot be had from any subgraph on that way.
    Unreachable {
        /// The response path, with dots.
        path: String,
        /// The fields there that no subgraph can give.
        fields: Vec<String>,
    },
    /// A field is asked of objects whatever their type is, and each subgraph that gives the objects leads to it for some types only.
    Split {
        /// The response path, with dots.
        path: String,
        /// The field.
        field: String,
    },
    /// The operation needs more memory to plan than [`PlanOptions::memory`](crate::PlanOptions::memory).
    TooLarge,
    /// The plan that was found did not pass the check that [`PlanOptions::check`](crate::PlanOptions::check) asks for: a defect of
    /// the planner or of the checker.
    Unsound {
        /// What is wrong with it.
        problems: Vec<String>,
    },
    /// Planning was ended by [`PlanOptions::stop`](crate::PlanOptions::stop).
    Stopped,
    /// The operation uses something that is not supported.
    Unsupported {
        /// What.
        what: String,
    },
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable { path, fields } => {
                let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
                let place = if path.is_empty() {
                    "the root".to_owned()
                } else {
                    format!("`{path}`")
                };
                write!(
                    formatter,
                    "no subgraph can resolve {} at {place}: check keys and `resolvable` of the types on the way",
                    fields.join(", ")
                )
            }
            Self::Split { path, field } => write!(
                formatter,
                "no subgraph that gives `{path}` leads to `{field}` for all types of it: ask for `{field}` in a fragment on each type, \
                 or let one subgraph resolve it for all"
            ),
            Self::TooLarge => {
                write!(
                    formatter,
                    "the operation selects too much for one plan: split it into several, or raise the memory limit of planning"
                )
            }
            Self::Unsound { problems } => write!(
                formatter,
                "the plan that was found is not sound ({}): a defect of Weft, please report it with the operation and the supergraph",
                problems.join("; ")
            ),
            Self::Stopped => write!(formatter, "planning was stopped before there was a plan"),
            Self::Unsupported { what } => write!(formatter, "{what} is not supported"),
        }
    }
}

impl std::error::Error for PlanError {}
