//! The variables that the planner adds to requests for entities: their names, and the variables of arguments that are
//! filled from contexts, one for each argument of each call of a request.

use crate::build::{Group, GroupContext};
use apollo_compiler::ast::VariableDefinition;
use apollo_compiler::{Name, Node, name};
use weft_query_plan::{ContextVariable, EntityCall};

/// How the names of the planner's own variables start. No variable of the client starts so, and therefore none of its
/// names is taken, whatever is put behind them.
pub(crate) struct OwnVariables {
    representations: String,
    context: String,
}

impl OwnVariables {
    /// For an operation that declares those variables.
    pub(crate) fn beside(declared: &[Node<VariableDefinition>]) -> Self {
        let free = |wanted: &str| {
            let mut start = wanted.to_owned();
            while declared.iter().any(|one| one.name.starts_with(&start)) {
                start.insert(0, '_');
            }
            start
        };
        Self {
            representations: free("representations"),
            context: free("__weft_context_"),
        }
    }

    /// The variable with the only representations of a request.
    pub(crate) fn representations(&self) -> Name {
        Name::new(&self.representations).unwrap_or_else(|_| name!("representations"))
    }

    /// The variable with the representations of one of several calls.
    pub(crate) fn representations_of(&self, call: usize) -> Name {
        let name = Name::new(&format!("{}_{call}", self.representations));
        name.unwrap_or_else(|_| name!("representations"))
    }

    /// The variable of a context with that number.
    pub(crate) fn context(&self, number: usize) -> Name {
        let name = Name::new(&format!("{}{number}", self.context));
        name.unwrap_or_else(|_| name!("__weft_context"))
    }

    /// The variables of a group's fields, numbered from 0.
    pub(crate) fn contexts_of(&self, group: &Group) -> Vec<ContextVariable> {
        let variable = |(number, context): (usize, &GroupContext)| ContextVariable {
            variable: self.context(number),
            ty: context.argument.ty.clone(),
            argument: context.coordinate.clone(),
            sources: context.sources.clone(),
        };
        group.contexts.iter().enumerate().map(variable).collect()
    }

    /// Gives the calls of one request variables of their own.
    pub(crate) fn number_contexts(&self, calls: &mut [EntityCall]) {
        let mut next = 0;
        for call in calls {
            let first = next;
            for (position, variable) in call.context_variables.iter_mut().enumerate() {
                variable.variable = self.context(first + position);
                next += 1;
            }
            if first > 0 && next > first {
                let count = next - first;
                call.rename_variables(&|name| {
                    let known = (0..count).find(|&position| *name == self.context(position));
                    known.map(|position| self.context(first + position))
                });
            }
        }
    }
}
