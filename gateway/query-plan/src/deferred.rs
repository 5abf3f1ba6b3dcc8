//! `@defer` and `@stream` ask for a part of the answer later, and allow to get it at once. Plans have no deferred parts, so
//! the directives are taken out of a document before anything else sees them.

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, DirectiveList, Document, Selection, Value};
use std::collections::BTreeSet;

/// Takes out all `@defer`s and `@stream`s, and the variables that only they used.
pub(crate) fn without_defer(document: &mut Document) {
    let mut freed = BTreeSet::new();
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                selections(&mut operation.make_mut().selection_set, &mut freed);
            }
            Definition::FragmentDefinition(fragment) => {
                selections(&mut fragment.make_mut().selection_set, &mut freed);
            }
            _ => {}
        }
    }
    let text = document.to_string();
    freed.retain(|variable| !is_used(&text, variable));
    for definition in &mut document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            operation
                .make_mut()
                .variables
                .retain(|variable| !freed.contains(&variable.name));
        }
    }
}

/// Whether a variable occurs beyond its declaration.
fn is_used(text: &str, variable: &Name) -> bool {
    let dollar = format!("${variable}");
    let continues =
        |rest: &str| rest.starts_with(|next: char| next == '_' || next.is_ascii_alphanumeric());
    text.match_indices(&dollar)
        .map(|(start, _)| &text[start + dollar.len()..])
        .any(|rest| !continues(rest) && !rest.trim_start().starts_with(':'))
}

fn selections(selection_set: &mut [Selection], freed: &mut BTreeSet<Name>) {
    for selection in selection_set {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                strip(&mut field.directives, freed);
                selections(&mut field.selection_set, freed);
            }
            Selection::FragmentSpread(spread) => strip(&mut spread.make_mut().directives, freed),
            Selection::InlineFragment(fragment) => {
                let fragment = fragment.make_mut();
                strip(&mut fragment.directives, freed);
                selections(&mut fragment.selection_set, freed);
            }
        }
    }
}

fn strip(directives: &mut DirectiveList, freed: &mut BTreeSet<Name>) {
    directives.retain(|directive| {
        if directive.name != "defer" && directive.name != "stream" {
            return true;
        }
        for argument in &directive.arguments {
            if let Value::Variable(variable) = argument.value.as_ref() {
                freed.insert(variable.clone());
            }
        }
        false
    });
}

/// Whether a text can contain the directives at all.
pub(crate) fn mentions_defer(text: &str) -> bool {
    text.contains("@defer") || text.contains("@stream")
}

#[cfg(test)]
mod tests {
    use super::without_defer;
    use apollo_compiler::ast::Document;

    fn check(input: &str, expected: &str) {
        let Ok(mut document) = Document::parse(input, "input.graphql") else {
            panic!("the test's document does not parse")
        };
        without_defer(&mut document);
        assert_eq!(
            document.serialize().no_indent().to_string().trim(),
            expected
        );
    }

    #[test]
    fn a_variable_that_only_defer_used_goes_with_it() {
        check(
            "query($late: Boolean!) { a ... @defer(if: $late) { b } }",
            "{ a ... { b } }",
        );
    }

    #[test]
    fn a_variable_that_is_used_elsewhere_stays() {
        check(
            "query($late: Boolean!) { a @skip(if: $late) ...F @defer(if: $late) } fragment F on Query { b }",
            "query($late: Boolean!) { a @skip(if: $late) ...F } fragment F on Query { b }",
        );
    }
}
