//! What the comparisons share: both schemas, the positions of their types, and the changes found so far.

use apollo_compiler::Schema;

use crate::reach::Reach;
use crate::response_shape::ResponseShapes;
use crate::{Change, Criticality, Profile};

/// A comparison under way.
pub(crate) struct Comparison<'a> {
    pub(crate) old: &'a Schema,
    pub(crate) new: &'a Schema,
    pub(crate) profile: Profile,
    /// What operations could meet before; only those can break.
    pub(crate) reach: Reach<'a>,
    pub(crate) shapes: ResponseShapes<'a>,
    changes: Vec<Change>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(old: &'a Schema, new: &'a Schema, profile: Profile) -> Self {
        Self {
            old,
            new,
            profile,
            reach: Reach::of(old),
            shapes: ResponseShapes::of(old),
            changes: Vec::new(),
        }
    }

    /// The level that goes with the profile.
    pub(crate) fn level(&self, spec: Criticality, inspector: Criticality) -> Criticality {
        match self.profile {
            Profile::Spec => spec,
            Profile::Inspector => inspector,
        }
    }

    /// Breaking where operations can meet the element; GraphQL Inspector does not ask whether they can.
    pub(crate) fn breaking_if(&self, reachable: bool) -> Criticality {
        let spec = if reachable {
            Criticality::Breaking
        } else {
            Criticality::Safe
        };
        self.level(spec, Criticality::Breaking)
    }

    /// Dangerous where operations can meet the element; GraphQL Inspector does not ask whether they can.
    pub(crate) fn dangerous_if(&self, reachable: bool) -> Criticality {
        let spec = if reachable {
            Criticality::Dangerous
        } else {
            Criticality::Safe
        };
        self.level(spec, Criticality::Dangerous)
    }

    pub(crate) fn add(
        &mut self,
        code: &'static str,
        path: impl Into<String>,
        criticality: Criticality,
        message: impl Into<String>,
    ) {
        self.changes.push(Change {
            path: path.into(),
            criticality,
            code,
            message: message.into(),
        });
    }

    pub(crate) fn finish(mut self) -> Vec<Change> {
        let key = |change: &Change| {
            (
                std::cmp::Reverse(change.criticality),
                change.path.clone(),
                change.code,
            )
        };
        self.changes.sort_by_cached_key(key);
        self.changes
    }
}
