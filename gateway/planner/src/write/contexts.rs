//! The variables of arguments that are filled from contexts: one for each argument of each call of a request.

use crate::build::{Group, GroupContext};
use apollo_compiler::ast::{Argument, Value};
use apollo_compiler::{Name, Node, name};
use weft_query_plan::{ContextVariable, EntityCall, FetchSelection, FetchSelectionSet};

/// The variable with that number.
pub(crate) fn context_variable(number: usize) -> Name {
    let name = Name::new(&format!("__weft_context_{number}"));
    name.unwrap_or_else(|_| name!("__weft_context"))
}

/// The variables of a group's fields, numbered from 0.
pub(crate) fn variables_of(group: &Group) -> Vec<ContextVariable> {
    let variable = |(number, context): (usize, &GroupContext)| ContextVariable {
        variable: context_variable(number),
        ty: context.argument.ty.clone(),
        argument: context.coordinate.clone(),
        sources: context.sources.clone(),
    };
    group.contexts.iter().enumerate().map(variable).collect()
}

/// Gives the calls of one request variables of their own.
pub(crate) fn number_contexts(calls: &mut [EntityCall]) {
    let mut next = 0;
    for call in calls {
        let first = next;
        for (position, variable) in call.context_variables.iter_mut().enumerate() {
            variable.variable = context_variable(first + position);
            next += 1;
        }
        if first > 0 && next > first {
            let count = next - first;
            rename(&mut call.selection, &|name| {
                let known = (0..count).find(|&position| *name == context_variable(position));
                known.map(|position| context_variable(first + position))
            });
        }
    }
}

fn rename(selection: &mut FetchSelectionSet, new_name: &dyn Fn(&Name) -> Option<Name>) {
    for item in &mut selection.items {
        match item {
            FetchSelection::Field(field) => {
                for argument in &mut field.arguments {
                    rename_argument(argument, new_name);
                }
                rename(&mut field.selection, new_name);
            }
            FetchSelection::Fragment(fragment) => rename(&mut fragment.selection, new_name),
        }
    }
}

fn rename_argument(argument: &mut Node<Argument>, new_name: &dyn Fn(&Name) -> Option<Name>) {
    if let Value::Variable(name) = argument.value.as_ref()
        && let Some(new) = new_name(name)
    {
        argument.make_mut().value = Node::new(Value::Variable(new));
    }
}
