//! The name of each subgraph as a value of the enum `join__Graph`.

use apollo_compiler::Name;
use rustc_hash::FxHashMap;

use crate::ingest::subgraph::Subgraph;

/// A value of `join__Graph`.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The enum value.
    pub value: Name,
    /// The subgraph's name.
    pub name: String,
    /// The subgraph's URL.
    pub url: String,
}

/// Upper case, with `_` for what a name cannot contain; subgraphs that come out equal are numbered.
pub(super) fn graph_names(subgraphs: &[Subgraph]) -> Vec<Graph> {
    let bare: Vec<String> = subgraphs
        .iter()
        .map(|subgraph| enum_value(&subgraph.name))
        .collect();
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for value in &bare {
        *counts.entry(value).or_default() += 1;
    }
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    let values = bare.iter().map(|value| {
        if counts[value.as_str()] == 1 {
            return value.clone();
        }
        let number = seen.entry(value).or_default();
        *number += 1;
        format!("{value}_{number}")
    });
    subgraphs
        .iter()
        .zip(values)
        .map(|(subgraph, value)| Graph {
            value: Name::new_unchecked(&value),
            name: subgraph.name.clone(),
            url: subgraph.url.clone(),
        })
        .collect()
}

fn enum_value(name: &str) -> String {
    let allowed = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut value: String = name
        .chars()
        .map(|character| if allowed(character) { character } else { '_' })
        .collect();
    if value.starts_with(|first: char| first.is_ascii_digit()) {
        value.insert(0, '_');
    }
    // A number at the end could be one that we gave out ourselves.
    let numbered = value
        .rsplit_once('_')
        .is_some_and(|(_, end)| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit()));
    if numbered {
        value.push('_');
    }
    value.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_an_enum_value() {
        for (name, expected) in [
            ("users", "USERS"),
            ("my-graph", "MY_GRAPH"),
            ("42!", "_42_"),
            ("graph_1", "GRAPH_1_"),
        ] {
            assert_eq!(enum_value(name), expected);
        }
    }
}
