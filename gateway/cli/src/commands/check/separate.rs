//! Files in, one document for each operation out, with the fragments that it uses, of whatever file: an operation that
//! breaks leaves its neighbours alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document as Parsed, Selection};

use super::documents::Document;

/// The operations of all files; entries of manifests are whole. Files that cannot be parsed, or whose operations cannot
/// be told apart by name, stay as they are.
pub(super) fn operations(documents: Vec<Document>) -> Vec<Document> {
    let files: Vec<File> = documents.iter().map(File::of).collect();
    let mut known: BTreeMap<&str, (usize, &Part)> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        for (name, fragment) in &file.fragments {
            known.entry(name).or_insert((index, fragment));
        }
    }
    let mut separate = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let Some(operations) = &files[index].operations else {
            separate.push(document.clone());
            continue;
        };
        for operation in operations {
            let mut alone = Document::new(document.file.as_str());
            alone.push(&document.file, &document.text, operation.range.clone());
            for (from, range) in used(operation, index, &files, &known) {
                alone.push(&documents[from].file, &documents[from].text, range);
            }
            separate.push(alone);
        }
    }
    separate
}

/// What a file defines.
struct File {
    fragments: BTreeMap<String, Part>,
    /// `None` where they cannot be separated.
    operations: Option<Vec<Part>>,
}

/// A definition: where it stands, and the fragments that it spreads.
struct Part {
    range: Range<usize>,
    spreads: BTreeSet<String>,
}

impl File {
    fn of(document: &Document) -> Self {
        let mut file = Self {
            fragments: BTreeMap::new(),
            operations: None,
        };
        if document.id.is_some() {
            return file;
        }
        let Ok(parsed) = Parsed::parse(document.text.as_str(), document.file.as_str()) else {
            return file;
        };
        let mut operations = Vec::new();
        let mut names = BTreeSet::new();
        let mut distinct = true;
        for definition in &parsed.definitions {
            match definition {
                Definition::OperationDefinition(operation) => {
                    distinct &= names.insert(operation.name.clone());
                    operations.push(Part::of(operation, &operation.selection_set));
                }
                Definition::FragmentDefinition(fragment) => {
                    let part = Part::of(fragment, &fragment.selection_set);
                    let known = file.fragments.insert(fragment.name.to_string(), part);
                    distinct &= known.is_none();
                }
                _ => distinct = false,
            }
        }
        let alone = operations.len() < 2 || !names.contains(&None);
        file.operations = (distinct && alone).then_some(operations);
        file
    }
}

impl Part {
    fn of<T>(node: &Node<T>, selections: &[Selection]) -> Self {
        let mut names = BTreeSet::new();
        spreads(selections, &mut names);
        Self {
            range: node
                .location()
                .map_or(0..0, |at| at.offset()..at.end_offset()),
            spreads: names,
        }
    }
}

/// The fragments that an operation uses, also through others: those of its own file before those of others.
fn used(
    operation: &Part,
    own: usize,
    files: &[File],
    known: &BTreeMap<&str, (usize, &Part)>,
) -> Vec<(usize, Range<usize>)> {
    let mut used = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting: BTreeSet<&String> = operation.spreads.iter().collect();
    while let Some(name) = waiting.pop_first() {
        let here = files[own].fragments.get(name).map(|part| (own, part));
        let Some((file, part)) = here.or(known.get(name.as_str()).copied()) else {
            continue;
        };
        if seen.insert(name) {
            used.push((file, part.range.clone()));
            waiting.extend(&part.spreads);
        }
    }
    used.sort_by_key(|(file, range)| (*file != own, *file, range.start));
    used
}

/// The names of the fragments that selections spread.
fn spreads(selections: &[Selection], names: &mut BTreeSet<String>) {
    for selection in selections {
        match selection {
            Selection::Field(field) => spreads(&field.selection_set, names),
            Selection::InlineFragment(fragment) => spreads(&fragment.selection_set, names),
            Selection::FragmentSpread(spread) => {
                names.insert(spread.fragment_name.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use weft_schema_check::operations::TextPlace;

    use super::*;

    fn separated(files: &[(&str, &str)]) -> Vec<Document> {
        let documents = files
            .iter()
            .map(|(file, text)| Document::of_file(*file, text));
        operations(documents.collect())
    }

    #[test]
    fn each_operation_stands_alone_with_its_fragments() {
        let text = "# first\nquery A { ...F }\nquery B { b }\nfragment G on Q { g }\nfragment F on Q { f }\n";
        let texts: Vec<String> = separated(&[("file.graphql", text)])
            .into_iter()
            .map(|one| one.text)
            .collect();
        assert_eq!(
            texts,
            ["query A { ...F }\nfragment F on Q { f }", "query B { b }"]
        );
    }

    #[test]
    fn places_are_those_of_the_files_that_the_parts_are_from() {
        let files = [
            ("a.graphql", "\nquery A {\n  ...One }  query B { b }"),
            (
                "b.graphql",
                "fragment Three on Q { id }\n\n fragment One on Q {\n id ...Two }",
            ),
            ("c.graphql", "fragment Two on Q { name }"),
        ];
        let separate = separated(&files);
        let origin = |document: &Document, line, column| {
            let (file, at) = document.origin(TextPlace { line, column });
            format!("{file}:{}:{}", at.line, at.column)
        };
        let [a, b] = separate.as_slice() else {
            panic!("{separate:#?}");
        };
        assert_eq!(origin(a, 2, 3), "a.graphql:3:3");
        assert_eq!(origin(a, 3, 1), "b.graphql:3:2");
        assert_eq!(origin(a, 4, 2), "b.graphql:4:2");
        assert_eq!(origin(a, 5, 21), "c.graphql:1:21");
        assert_eq!(origin(b, 1, 1), "a.graphql:3:13");
    }

    #[test]
    fn operations_without_names_stay_together() {
        assert_eq!(separated(&[("a.graphql", "{ a } { b }")]).len(), 1);
        assert_eq!(
            separated(&[("a.graphql", "query A { a } query A { b }")]).len(),
            1
        );
    }
}
