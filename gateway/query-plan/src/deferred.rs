//! `@defer` and `@stream` ask for a part of the answer later, and allow to get it at once. For clients that cannot take an answer
//! in parts the directives are taken out of a document before anything else sees them; for the others each `@defer` that is
//! on gets a number, by which plans and answers speak of it. `@stream` is always answered at once.

use apollo_compiler::ast::{
    Argument, Definition, DirectiveList, Document, OperationType, Selection, Value,
};
use apollo_compiler::executable;
use apollo_compiler::{Name, Node, name};
use std::collections::{BTreeMap, BTreeSet};

/// A `@defer` of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeferredFragment {
    /// Its label.
    pub label: Option<String>,
    /// The variable of its `if`.
    pub variable: Option<Name>,
}

/// The number of the fragment that carries those directives, where it is deferred.
pub fn deferred_part(directives: &executable::DirectiveList) -> Option<usize> {
    let part = directives
        .get("defer")?
        .specified_argument_by_name("part")?;
    part.to_i32().and_then(|part| usize::try_from(part).ok())
}

/// What was found while directives were taken out.
#[derive(Default)]
pub(crate) struct Found {
    /// Whether there was a `@defer` that may be on.
    pub(crate) has_defer: bool,
    /// The variables that decide about them.
    pub(crate) variables: BTreeMap<Name, bool>,
    /// The fragments that got numbers.
    pub(crate) parts: Vec<DeferredFragment>,
    freed: BTreeSet<Name>,
}

/// What decides which `@defer`s get a number.
type IsOn<'d> = &'d dyn Fn(&Name) -> bool;

/// Takes out all `@defer`s and `@stream`s, and the variables that only they used.
pub(crate) fn without_defer(document: &mut Document) -> Found {
    rewrite(document, "", None)
}

/// Numbers the `@defer`s that are on and takes out the others, as [`without_defer`] does. Nothing is deferred in subscriptions, nor
/// at the root of mutations, whose fields run one after the other.
pub(crate) fn number_defers(document: &mut Document, mutation: &str, is_on: IsOn<'_>) -> Found {
    rewrite(document, mutation, Some(is_on))
}

fn rewrite(document: &mut Document, mutation: &str, is_on: Option<IsOn<'_>>) -> Found {
    let mut found = Found::default();
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                let (is_on, is_serial) = match operation.operation_type {
                    OperationType::Query => (is_on, false),
                    OperationType::Mutation => (is_on, true),
                    OperationType::Subscription => (None, false),
                };
                let set = &mut operation.make_mut().selection_set;
                selections(set, is_serial, is_on, &mut found);
            }
            Definition::FragmentDefinition(fragment) => {
                let is_serial = fragment.type_condition == mutation;
                let set = &mut fragment.make_mut().selection_set;
                selections(set, is_serial, is_on, &mut found);
            }
            _ => {}
        }
    }
    find_defaults(document, &mut found.variables);
    remove_freed(document, &found.freed);
    found
}

/// A variable without a value has its default; one without a default leaves the directive its own, which defers.
fn find_defaults(document: &Document, variables: &mut BTreeMap<Name, bool>) {
    for definition in &document.definitions {
        let Definition::OperationDefinition(operation) = definition else {
            continue;
        };
        for variable in &operation.variables {
            let default = variable.default_value.as_ref();
            if let (Some(Value::Boolean(default)), Some(known)) = (
                default.map(AsRef::as_ref),
                variables.get_mut(&variable.name),
            ) {
                *known = *default;
            }
        }
    }
}

fn remove_freed(document: &mut Document, freed: &BTreeSet<Name>) {
    let text = document.to_string();
    let is_gone = |name: &Name| freed.contains(name) && !is_used(&text, name);
    for definition in &mut document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            let variables = &mut operation.make_mut().variables;
            variables.retain(|variable| !is_gone(&variable.name));
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

/// `is_root` is for the fields of a mutation's root.
fn selections(
    selection_set: &mut [Selection],
    is_root: bool,
    is_on: Option<IsOn<'_>>,
    found: &mut Found,
) {
    let here = is_on.filter(|_| !is_root);
    for selection in selection_set {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                strip(&mut field.directives, None, found);
                selections(&mut field.selection_set, false, is_on, found);
            }
            Selection::FragmentSpread(spread) => {
                strip(&mut spread.make_mut().directives, here, found);
            }
            Selection::InlineFragment(fragment) => {
                let fragment = fragment.make_mut();
                strip(&mut fragment.directives, here, found);
                selections(&mut fragment.selection_set, is_root, is_on, found);
            }
        }
    }
}

fn strip(directives: &mut DirectiveList, is_on: Option<IsOn<'_>>, found: &mut Found) {
    directives.retain_mut(|directive| {
        if directive.name != "defer" && directive.name != "stream" {
            return true;
        }
        let mut condition = None;
        for argument in &directive.arguments {
            if let Value::Variable(variable) = argument.value.as_ref() {
                found.freed.insert(variable.clone());
            }
            if argument.name == "if" {
                condition = Some(argument.value.as_ref().clone());
            }
        }
        if directive.name == "stream" || matches!(condition, Some(Value::Boolean(false))) {
            return false;
        }
        let variable = condition.as_ref().and_then(Value::as_variable).cloned();
        found.has_defer = true;
        if let Some(variable) = &variable {
            found.variables.entry(variable.clone()).or_insert(true);
        }
        let Some(is_on) = is_on else { return false };
        if variable.as_ref().is_some_and(|variable| !is_on(variable)) {
            return false;
        }
        let mut arguments = directive.arguments.iter();
        let label = arguments.find(|argument| argument.name == "label");
        let label = label
            .and_then(|label| label.value.as_str())
            .map(str::to_owned);
        directive.make_mut().arguments = vec![Node::new(Argument {
            name: name!("part"),
            value: Node::new(Value::from(found.parts.len() as i32)),
        })];
        found.parts.push(DeferredFragment { label, variable });
        true
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
