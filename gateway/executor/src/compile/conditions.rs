//! The Boolean variables that `@skip` and `@include` read: a plan is compiled once for each set of their values.

use crate::variables::CoercedVariables;
use apollo_compiler::Name;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::{DirectiveList, Selection, SelectionSet};
use weft_query_plan::Operation;

/// The values of an operation's condition variables.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Conditions {
    values: Vec<(Name, bool)>,
}

impl Conditions {
    /// The values that a request gives them. A variable without a value counts as false.
    pub(crate) fn of_request(names: &[Name], variables: &CoercedVariables) -> Self {
        Self {
            values: names
                .iter()
                .map(|name| (name.clone(), variables.is_true(name)))
                .collect(),
        }
    }

    /// A variable's value.
    pub(crate) fn value(&self, name: &Name) -> bool {
        self.values
            .iter()
            .any(|(known, value)| known == name && *value)
    }

    /// Whether `@skip` and `@include` leave a selection in: <https://spec.graphql.org/draft/#CollectFields()>.
    pub(crate) fn include(&self, directives: &DirectiveList) -> bool {
        let argument = |directive: &str| {
            let directive = directives.get(directive)?;
            match directive.specified_argument_by_name("if")?.as_ref() {
                Value::Boolean(value) => Some(*value),
                Value::Variable(name) => Some(self.value(name)),
                _ => None,
            }
        };
        argument("skip") != Some(true) && argument("include") != Some(false)
    }
}

/// All variables that conditions of an operation read, sorted.
pub(crate) fn condition_variables(operation: &Operation) -> Vec<Name> {
    let mut names = Vec::new();
    collect(&operation.operation().selection_set, &mut names);
    for fragment in operation.document().fragments.values() {
        collect(&fragment.selection_set, &mut names);
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn collect(set: &SelectionSet, names: &mut Vec<Name>) {
    for selection in &set.selections {
        let directives = match selection {
            Selection::Field(field) => &field.directives,
            Selection::InlineFragment(fragment) => &fragment.directives,
            Selection::FragmentSpread(spread) => &spread.directives,
        };
        for name in ["skip", "include"] {
            let argument = directives
                .get(name)
                .and_then(|directive| directive.specified_argument_by_name("if"));
            if let Some(Value::Variable(variable)) = argument.map(AsRef::as_ref) {
                names.push(variable.clone());
            }
        }
        match selection {
            Selection::Field(field) => collect(&field.selection_set, names),
            Selection::InlineFragment(fragment) => collect(&fragment.selection_set, names),
            Selection::FragmentSpread(_) => {}
        }
    }
}
