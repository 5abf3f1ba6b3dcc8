//! A document with several operations in, one document for each out: an operation that breaks leaves its neighbours
//! alone. What an operation does not use is cut away; lines stay.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Definition, Document as Parsed, FragmentDefinition, OperationDefinition,
};

use super::documents::Document;
use super::fragments::spreads;

/// The operations of a GraphQL file. What cannot be parsed or told apart by name stays together.
pub(super) fn operations(document: Document) -> Vec<Document> {
    if document.id.is_some() {
        return vec![document];
    }
    let Ok(parsed) = Parsed::parse(document.text.as_str(), document.file.as_str()) else {
        return vec![document];
    };
    let mut operations = Vec::new();
    let mut fragments = BTreeMap::new();
    for definition in &parsed.definitions {
        match definition {
            Definition::OperationDefinition(operation) => operations.push(operation),
            Definition::FragmentDefinition(fragment) => {
                fragments.insert(fragment.name.to_string(), fragment);
            }
            _ => return vec![document],
        }
    }
    let names: BTreeSet<_> = operations.iter().map(|one| one.name.as_ref()).collect();
    if operations.len() < 2 || names.contains(&None) || names.len() < operations.len() {
        return vec![document];
    }
    let one = |operation| only(&document, &used(operation, &fragments));
    operations.into_iter().map(one).collect()
}

/// Where an operation and the fragments that it uses stand in the text, in that order.
fn used(
    operation: &Node<OperationDefinition>,
    fragments: &BTreeMap<String, &Node<FragmentDefinition>>,
) -> Vec<Range<usize>> {
    let mut ranges: Vec<_> = range(operation).into_iter().collect();
    let (mut waiting, mut seen) = (BTreeSet::new(), BTreeSet::new());
    spreads(&operation.selection_set, &mut waiting);
    while let Some(name) = waiting.pop_first() {
        if let Some(fragment) = fragments.get(&name)
            && seen.insert(name)
        {
            spreads(&fragment.selection_set, &mut waiting);
            ranges.extend(range(fragment));
        }
    }
    ranges.sort_by_key(|range| range.start);
    ranges
}

fn range<T>(node: &Node<T>) -> Option<Range<usize>> {
    node.location().map(|at| at.offset()..at.end_offset())
}

/// The document with nothing but these parts of its text.
fn only(document: &Document, ranges: &[Range<usize>]) -> Document {
    let lines = |range: Range<usize>| {
        let text = document.text.as_bytes().get(range).unwrap_or_default();
        text.iter().filter(|byte| **byte == b'\n').count()
    };
    let mut at = ranges.first().map_or(0, |first| first.start);
    let line_offset = document.line_offset + lines(0..at);
    let mut text = String::new();
    for range in ranges {
        text.push_str(&"\n".repeat(lines(at..range.start)));
        text.push_str(document.text.get(range.clone()).unwrap_or_default());
        text.push(' ');
        at = range.end;
    }
    Document {
        id: None,
        file: document.file.clone(),
        line_offset,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_stands_alone_with_its_fragments_and_its_line() {
        let text = "# first\nquery A { ...F }\nquery B { b }\nfragment G on Q { g }\nfragment F on Q { f }\n";
        let document = Document {
            id: None,
            file: "file.graphql".to_owned(),
            line_offset: 0,
            text: text.to_owned(),
        };
        let separate: Vec<(usize, String)> = operations(document)
            .into_iter()
            .map(|one| (one.line_offset, one.text))
            .collect();
        let a = "query A { ...F } \n\n\nfragment F on Q { f } ";
        assert_eq!(
            separate,
            [(1, a.to_owned()), (2, "query B { b } ".to_owned())]
        );
    }
}
