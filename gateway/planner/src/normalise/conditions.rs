//! `@skip` and `@include`: what they ask of variables, and what can never hold.

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Directive, DirectiveList, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name, Node};
use std::collections::BTreeSet;
use weft_query_plan::{Condition, Conjunction};

pub(super) fn directives(selection: &Selection) -> &DirectiveList {
    match selection {
        Selection::Field(field) => &field.directives,
        Selection::InlineFragment(fragment) => &fragment.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
    }
}

/// Whether two conditions can never hold at once.
pub(super) fn contradicts(first: &Conjunction, second: &Conjunction) -> bool {
    let mut first = first.0.iter();
    first.any(|one| {
        let mut second = second.0.iter();
        second.any(|other| one.variable == other.variable && one.value != other.value)
    })
}

/// The variables that a document asks to be true in one place and to be false in another.
pub(super) fn ambiguous_variables(document: &ExecutableDocument) -> BTreeSet<&Name> {
    let mut seen = [BTreeSet::new(), BTreeSet::new()];
    let operations = document.operations.iter().map(|one| &one.selection_set);
    let fragments = document.fragments.values().map(|one| &one.selection_set);
    let mut open: Vec<&SelectionSet> = operations.chain(fragments).collect();
    while let Some(selection_set) = open.pop() {
        for selection in &selection_set.selections {
            for directive in directives(selection).iter() {
                let wanted = usize::from(directive.name == "include");
                let argument = directive.specified_argument_by_name("if");
                if let Some(Value::Variable(name)) = argument.map(AsRef::as_ref) {
                    seen[wanted].insert(name);
                }
            }
            match selection {
                Selection::Field(field) => open.push(&field.selection_set),
                Selection::InlineFragment(fragment) => open.push(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    let [skipped, included] = &seen;
    skipped.intersection(included).copied().collect()
}

/// The conditions with those of `@skip` and `@include` added; `None` where they can never hold.
pub(super) fn with_directives(
    conditions: &Conjunction,
    directives: &DirectiveList,
) -> Option<Conjunction> {
    let mut all = conditions.clone();
    for directive in directives.iter() {
        let wanted = match directive.name.as_str() {
            "include" => true,
            "skip" => false,
            _ => continue,
        };
        add_condition(&mut all, directive, wanted)?;
    }
    Some(all)
}

fn add_condition(all: &mut Conjunction, directive: &Node<Directive>, wanted: bool) -> Option<()> {
    let argument = directive.specified_argument_by_name("if")?;
    match argument.as_ref() {
        Value::Boolean(value) => (*value == wanted).then_some(()),
        Value::Variable(variable) => {
            let condition = Condition {
                variable: variable.clone(),
                value: wanted,
            };
            if all
                .0
                .iter()
                .any(|known| known.variable == *variable && known.value != wanted)
            {
                return None;
            }
            if let Err(position) = all.0.binary_search(&condition) {
                all.0.insert(position, condition);
            }
            Some(())
        }
        _ => None,
    }
}
