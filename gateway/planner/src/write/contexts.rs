//! The variables of arguments that are filled from contexts: one for each argument of each call of a request.

use crate::build::{Group, GroupContext};
use apollo_compiler::{Name, name};
use weft_query_plan::{ContextVariable, EntityCall};

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
            call.rename_variables(&|name| {
                let known = (0..count).find(|&position| *name == context_variable(position));
                known.map(|position| context_variable(first + position))
            });
        }
    }
}
