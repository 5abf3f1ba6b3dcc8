//! Fragments that stand in other files: each document gets those that it uses behind its own text, so that lines stay.

use std::collections::{BTreeSet, HashMap};

use apollo_compiler::ast::{Definition, Document as Parsed, Selection};

use super::documents::Document;

/// Completes all documents that came as GraphQL files; those of manifests are whole.
pub(super) fn complete(documents: &mut [Document]) {
    let parsed: Vec<Parsed> = documents.iter().map(parse).collect();
    let mut known: HashMap<String, (String, BTreeSet<String>)> = HashMap::new();
    for definition in parsed.iter().flat_map(|document| &document.definitions) {
        if let Definition::FragmentDefinition(fragment) = definition {
            let mut used = BTreeSet::new();
            spreads(&fragment.selection_set, &mut used);
            let name = fragment.name.to_string();
            known
                .entry(name)
                .or_insert_with(|| (fragment.to_string(), used));
        }
    }
    for (document, parsed) in documents.iter_mut().zip(&parsed) {
        for name in missing(parsed, &known) {
            if let Some((text, _)) = known.get(&name) {
                document.text.push('\n');
                document.text.push_str(text);
            }
        }
    }
}

fn parse(document: &Document) -> Parsed {
    if document.id.is_some() {
        return Parsed::new();
    }
    match Parsed::parse(document.text.as_str(), document.file.as_str()) {
        Ok(parsed) => parsed,
        Err(with_errors) => with_errors.partial,
    }
}

/// The fragments that a document uses, also through others, and does not define.
fn missing(
    parsed: &Parsed,
    known: &HashMap<String, (String, BTreeSet<String>)>,
) -> BTreeSet<String> {
    let mut waiting = BTreeSet::new();
    let mut defined = BTreeSet::new();
    for definition in &parsed.definitions {
        match definition {
            Definition::OperationDefinition(one) => spreads(&one.selection_set, &mut waiting),
            Definition::FragmentDefinition(one) => {
                defined.insert(one.name.to_string());
                spreads(&one.selection_set, &mut waiting);
            }
            _ => {}
        }
    }
    let mut missing = BTreeSet::new();
    while let Some(name) = waiting.pop_first() {
        if !defined.contains(&name)
            && let Some((_, used)) = known.get(&name)
            && missing.insert(name)
        {
            waiting.extend(used.iter().cloned());
        }
    }
    missing
}

/// The names of the fragments that selections spread.
pub(super) fn spreads(selections: &[Selection], names: &mut BTreeSet<String>) {
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
    use super::*;

    #[test]
    fn fragments_of_other_files_are_put_behind_with_those_that_they_use() {
        let file = |text: &str| Document {
            id: None,
            file: "file.graphql".to_owned(),
            line_offset: 0,
            text: text.to_owned(),
        };
        let mut documents = [
            file("{ me { ...One } }"),
            file("fragment One on User { id ...Two }"),
            file("fragment Two on User { name }\nfragment Three on User { id }"),
        ];
        complete(&mut documents);
        let text = &documents[0].text;
        assert!(text.starts_with("{ me { ...One } }\n"));
        assert!(text.contains("fragment One on User"));
        assert!(text.contains("fragment Two on User"));
        assert!(!text.contains("Three"));
    }
}
