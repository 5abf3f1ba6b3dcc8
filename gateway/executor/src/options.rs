//! What can be configured about execution: limits, what clients see of subgraph errors, reuse of entities.

use std::collections::BTreeMap;

/// How plans are compiled. A change needs the plans to be compiled again.
#[derive(Debug, Clone, Default)]
pub struct CompileOptions {
    /// From where an entity's fields may be reused within one request.
    pub memo: MemoScope,
}

/// From where the fields of an entity may be reused within one request instead of asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MemoScope {
    /// Every fetch is sent.
    Off,
    /// From entity calls to later entity calls of the same subgraph, as a data loader does.
    #[default]
    EntityCalls,
    /// Also from fields below the query's root: relies on an entity's field being the same wherever it is read.
    RootFields,
}

/// How plans are run.
#[derive(Debug, Clone, Default)]
pub struct ExecutionOptions {
    /// What is refused.
    pub limits: Limits,
    /// What clients see of subgraph errors.
    pub errors: ErrorPolicy,
}

/// What is refused, so that one answer cannot exhaust the gateway or a subgraph.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest body of a subgraph, in bytes.
    pub body_bytes: usize,
    /// How deep objects and lists may be nested in a subgraph's body.
    pub body_depth: usize,
    /// How many representations one request carries; more are split into several requests.
    pub representations_per_request: usize,
    /// How many representations one client request may cause in all.
    pub representations: usize,
    /// How many errors a response lists.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 << 20,
            body_depth: 128,
            representations_per_request: 5_000,
            representations: 100_000,
            errors: 500,
        }
    }
}

/// What clients see of the errors of subgraphs.
#[derive(Debug, Clone, Default)]
pub struct ErrorPolicy {
    /// For subgraphs that are not listed.
    pub default: Reveal,
    /// For single subgraphs, by name.
    pub subgraphs: BTreeMap<String, Reveal>,
}

impl ErrorPolicy {
    /// What holds for a subgraph.
    pub fn of(&self, subgraph: &str) -> &Reveal {
        self.subgraphs.get(subgraph).unwrap_or(&self.default)
    }
}

/// What is revealed of one subgraph's errors. A path and a code are always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// The messages of the subgraph's GraphQL errors; otherwise a general sentence stands there.
    pub messages: bool,
    /// The subgraph's name, as `extensions.service` and in our own messages.
    pub service: bool,
    /// The members of a subgraph error's `extensions` that are passed on; `None` passes all.
    pub extensions: Option<Vec<String>>,
    /// Details of transport failures: addresses, statuses, what was wrong in a body.
    pub details: bool,
}

impl Default for Reveal {
    fn default() -> Self {
        Self {
            messages: true,
            service: true,
            extensions: Some(vec!["code".to_owned()]),
            details: false,
        }
    }
}
