//! Documents that clients send, judged by both schemas: broken, potentially affected, unaffected.

mod coordinates;
mod one_of;
mod validity;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use rustc_hash::FxHashMap;

pub use coordinates::{Used, coordinates_of};

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
    /// The place where it first breaks.
    pub place: Option<TextPlace>,
    /// Why: GraphQL's messages, or the changes that it meets.
    pub reasons: Vec<String>,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPlace {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
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
    fn met_by(&self, used: &Used) -> Vec<&'a Change> {
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
    let Ok(document) = validity::check(old, text, path) else {
        return invalid_before(new, text, path);
    };
    if let Err(errors) = validity::check(new, text, path) {
        return Verdict {
            fate: Fate::Broken,
            place: errors.iter().filter_map(|error| error.place).min(),
            reasons: errors.into_iter().map(|error| error.message).collect(),
        };
    }
    let used = coordinates_of(old, &document);
    let met = changes.met_by(&used);
    let reshaped: Vec<&&Change> = met
        .iter()
        .filter(|change| change.code == "FIELD_TYPE_CHANGED")
        .collect();
    let fate = match (met.is_empty(), reshaped.is_empty()) {
        (true, _) => Fate::Unaffected,
        (false, false) => Fate::Broken,
        (false, true) => Fate::PotentiallyAffected,
    };
    let places = reshaped
        .iter()
        .filter_map(|change| *used.get(used_coordinate(change))?);
    let reason = |change: &&Change| format!("{}: {}", change.path, change.message);
    Verdict {
        fate,
        place: places.min(),
        reasons: met.iter().map(reason).collect(),
    }
}

/// Says what is wrong with the document still, or that the change mends it.
fn invalid_before(new: &Valid<Schema>, text: &str, path: &str) -> Verdict {
    let errors = validity::check(new, text, path).err().unwrap_or_default();
    let mut reasons: Vec<String> = errors.iter().map(|error| error.message.clone()).collect();
    if reasons.is_empty() {
        reasons.push("the change makes it valid".to_owned());
    }
    Verdict {
        fate: Fate::InvalidBefore,
        place: errors.iter().filter_map(|error| error.place).min(),
        reasons,
    }
}

#[cfg(test)]
mod tests;
