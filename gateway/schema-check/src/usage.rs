//! What clients used: the usage export of a gateway, JSON of `version` 1.
//!
//! ```json
//! {"version": 1, "usage": [
//!   {"coordinate": "Query.me", "client": "web", "day": "2026-01-31", "requests": 1200}
//! ]}
//! ```

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::Change;
use crate::operations::used_coordinate;

/// The export of a gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UsageFile {
    /// Always 1.
    pub version: u32,
    /// One entry for each coordinate, client and day.
    pub usage: Vec<Usage>,
}

/// How often a client's operations used an element on a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Usage {
    /// The field, argument, type, input field or enum value.
    pub coordinate: String,
    /// The name that the client gave itself; empty when it gave none.
    #[serde(default)]
    pub client: String,
    /// The day in UTC, `YYYY-MM-DD`.
    pub day: String,
    /// How many requests.
    pub requests: u64,
}

/// Usage by coordinate.
#[derive(Debug, Clone, Default)]
pub struct UsageIndex {
    by_coordinate: FxHashMap<String, FxHashMap<String, u64>>,
}

impl UsageIndex {
    /// Adds up all days.
    pub fn of(file: &UsageFile) -> Self {
        let mut by_coordinate: FxHashMap<String, FxHashMap<String, u64>> = FxHashMap::default();
        for one in &file.usage {
            let clients = by_coordinate.entry(one.coordinate.clone()).or_default();
            *clients.entry(one.client.clone()).or_default() += one.requests;
        }
        Self { by_coordinate }
    }

    /// Who meets a change, the busiest first; `None` for a kind of change that usage does not show.
    pub fn clients(&self, change: &Change) -> Option<Vec<(String, u64)>> {
        let shown = change.code.starts_with("FIELD_");
        if !shown {
            return None;
        }
        let clients = self.by_coordinate.get(used_coordinate(change));
        let mut list: Vec<(String, u64)> = clients
            .into_iter()
            .flatten()
            .map(|(name, requests)| (name.clone(), *requests))
            .filter(|(_, requests)| *requests > 0)
            .collect();
        list.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::Criticality;

    #[test]
    fn clients_of_all_days_are_added_up() {
        let file: UsageFile = serde_json::from_str(
            r#"{"version": 1, "usage": [
                {"coordinate": "Query.a", "client": "web", "day": "2026-01-30", "requests": 2},
                {"coordinate": "Query.a", "client": "app", "day": "2026-01-30", "requests": 9},
                {"coordinate": "Query.a", "client": "web", "day": "2026-01-31", "requests": 3}
            ]}"#,
        )
        .unwrap();
        let change = |path: &str, code| Change {
            path: path.to_owned(),
            criticality: Criticality::Breaking,
            code,
            message: String::new(),
        };
        let index = UsageIndex::of(&file);
        let busiest = vec![("app".to_owned(), 9), ("web".to_owned(), 5)];
        assert_eq!(
            index.clients(&change("Query.a", "FIELD_REMOVED")),
            Some(busiest.clone())
        );
        assert_eq!(
            index.clients(&change("Query.a(x:)", "FIELD_ARGUMENT_ADDED")),
            Some(busiest)
        );
        assert_eq!(
            index.clients(&change("Query.b", "FIELD_REMOVED")),
            Some(vec![])
        );
        assert_eq!(index.clients(&change("A", "TYPE_REMOVED")), None);
    }
}
