//! Documents that clients send, judged by both schemas: broken, potentially affected, unaffected.

mod coordinates;

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use rustc_hash::FxHashMap;

pub use coordinates::coordinates_of;

use crate::{Change, Criticality};

/// What becomes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was valid and is not any more, or its answer takes another shape.
    Broken,
    /// It stays valid and uses something that changed.
    PotentiallyAffected,
    /// It uses nothing that changed.
    Unaffected,
    /// It was not valid before either.
    InvalidBefore,
}

impl Fate {
    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::PotentiallyAffected => "potentially affected",
            Self::Unaffected => "unaffected",
            Self::InvalidBefore => "invalid before",
        }
    }
}

/// The verdict on a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What becomes of it.
    pub fate: Fate,
    /// The line where it first breaks, from 1.
    pub line: Option<usize>,
    /// Why: GraphQL's messages, or the changes that it meets.
    pub reasons: Vec<String>,
}

/// Changes by the coordinates that a document must use to meet them.
#[derive(Debug, Clone, Default)]
pub struct ChangeIndex<'a> {
    by_coordinate: FxHashMap<&'a str, Vec<&'a Change>>,
}

impl<'a> ChangeIndex<'a> {
    /// Sorts what [`diff`](crate::diff) found; safe changes affect no document.
    pub fn of(changes: &'a [Change]) -> Self {
        let mut by_coordinate: FxHashMap<&str, Vec<&Change>> = FxHashMap::default();
        for change in changes {
            if change.criticality > Criticality::Safe {
                by_coordinate
                    .entry(used_coordinate(change))
                    .or_default()
                    .push(change);
            }
        }
        Self { by_coordinate }
    }

    /// The changes that a document with these coordinates meets.
    fn met_by(&self, used: &FxHashMap<String, usize>) -> Vec<&'a Change> {
        let met = |(path, changes): (&&str, &Vec<&'a Change>)| {
            used.contains_key(*path).then(|| changes.clone())
        };
        let mut changes: Vec<&Change> = self
            .by_coordinate
            .iter()
            .filter_map(met)
            .flatten()
            .collect();
        changes.sort();
        changes.dedup();
        changes
    }
}

/// What a document uses when a change concerns it: of an added element, and of a value that may be left out, what is
/// around it.
pub(crate) fn used_coordinate(change: &Change) -> &str {
    let around = crate::places::around(&change.path);
    match change.code {
        "ENUM_VALUE_ADDED"
        | "FIELD_ARGUMENT_ADDED"
        | "FIELD_ARGUMENT_DEFAULT_CHANGED"
        | "INPUT_FIELD_ADDED"
        | "INPUT_FIELD_DEFAULT_VALUE_CHANGED"
        | "ENUM_VALUE_REMOVED"
        | "INPUT_FIELD_REMOVED"
        | "INPUT_FIELD_TYPE_CHANGED"
        | "DIRECTIVE_ARGUMENT_ADDED"
        | "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED" => around.unwrap_or(&change.path),
        _ => &change.path,
    }
}

/// Judges one document.
pub fn judge(
    old: &Valid<Schema>,
    new: &Valid<Schema>,
    text: &str,
    path: &str,
    changes: &ChangeIndex<'_>,
) -> Verdict {
    let Ok(document) = ExecutableDocument::parse_and_validate(old, text, path) else {
        return Verdict {
            fate: Fate::InvalidBefore,
            line: None,
            reasons: Vec::new(),
        };
    };
    if let Err(invalid) = ExecutableDocument::parse_and_validate(new, text, path) {
        let errors: Vec<_> = invalid.errors.iter().map(|error| error.to_json()).collect();
        let lines = errors
            .iter()
            .flat_map(|error| &error.locations)
            .map(|at| at.line);
        return Verdict {
            fate: Fate::Broken,
            line: lines.min(),
            reasons: errors.into_iter().map(|error| error.message).collect(),
        };
    }
    let used = coordinates_of(old, &document);
    let met = changes.met_by(&used);
    let mut reshaped = met
        .iter()
        .filter(|change| change.code == "FIELD_TYPE_CHANGED")
        .peekable();
    let fate = match (met.is_empty(), reshaped.peek().is_some()) {
        (true, _) => Fate::Unaffected,
        (false, true) => Fate::Broken,
        (false, false) => Fate::PotentiallyAffected,
    };
    let lines = reshaped.filter_map(|change| used.get(used_coordinate(change)).copied());
    let line = lines.filter(|line| *line > 0).min();
    let reason = |change: &&Change| format!("{}: {}", change.path, change.message);
    Verdict {
        fate,
        line,
        reasons: met.iter().map(reason).collect(),
    }
}

#[cfg(test)]
mod tests;
