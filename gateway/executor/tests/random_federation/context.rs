//! What fields take from the objects above them.

use crate::value::Object;
use crate::world::World;
use apollo_compiler::resolvers::FieldError;
use serde_json::Value;
use weft_supergraph::{ContextArgument, FieldSet, FieldSetItem};

impl World<'_> {
    /// The arguments that a field takes from contexts, in the subgraph that resolves it.
    pub(crate) fn contextual(&self, of: &Object, field: &str) -> &[ContextArgument] {
        let ids = self.supergraph.iter_subgraphs().map(|(id, _)| id);
        let mut locals = ids.filter_map(|id| self.local_field(id, of, field));
        let found = locals.find(|local| !local.context_arguments.is_empty());
        found.map_or(&[], |local| &local.context_arguments)
    }

    /// What the nearest object above that sets the context has there.
    pub(crate) fn context_value(
        &self,
        above: &[Object],
        argument: &ContextArgument,
    ) -> Result<Value, FieldError> {
        for ancestor in above.iter().rev() {
            let Some(fields) = self.given_by(ancestor, argument) else {
                continue;
            };
            if self.any_fails(ancestor, fields) {
                let message = format!("what {} takes from a context fails", argument.argument);
                return Err(FieldError { message });
            }
            return Ok(the_leaf(self.select(ancestor, fields)));
        }
        panic!("nothing sets {} above {above:?}", argument.context);
    }

    /// What an object gives to a context, if it sets it: by its own type before any that is abstract.
    fn given_by<'a>(&self, of: &Object, argument: &'a ContextArgument) -> Option<&'a FieldSet> {
        let setters = || argument.selections.iter();
        let exact = setters().find(|(setter, _)| *setter == of.concrete.as_str());
        let found = exact.or_else(|| {
            setters().find(|(setter, _)| self.supergraph.is_possible_type(setter, &of.concrete))
        });
        let (_, fields) = found?;
        let mut items = fields.items.iter();
        let applies = items.any(|item| match item {
            FieldSetItem::Field(_) => true,
            FieldSetItem::Fragment(fragment) => self
                .supergraph
                .is_possible_type(&fragment.type_condition, &of.concrete),
        });
        applies.then_some(fields)
    }
}

/// The one value that is selected: what the only field of each object has.
fn the_leaf(selected: Value) -> Value {
    match selected {
        Value::Object(fields) => fields
            .into_iter()
            .next()
            .map_or(Value::Null, |(_, value)| the_leaf(value)),
        Value::Array(items) => items.into_iter().map(the_leaf).collect(),
        leaf => leaf,
    }
}
