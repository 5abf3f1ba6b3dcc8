//! What fields take from the objects above them, as the one server knows it.

use crate::contexts::ContextArgument;
use crate::world::Thing;
use apollo_compiler::resolvers::FieldError;
use serde_json::Value;

impl Thing<'_> {
    /// Another object, as the one server has it.
    fn elsewhere(&self, type_name: &str, id: u64) -> Thing<'_> {
        Thing {
            world: self.world,
            type_name: type_name.to_owned(),
            id,
            subgraph: None,
            representation: Value::Null,
            above: Vec::new(),
            problems: self.problems,
        }
    }

    /// The arguments that the gateway fills, as the one server knows them and a subgraph is sent them; a null is as good as none.
    pub(crate) fn with_contexts(
        &self,
        field: &str,
        mut arguments: Value,
    ) -> Result<Value, FieldError> {
        let key = (self.type_name.clone(), field.to_owned());
        let Some(contextual) = self.world.graph.contextual.get(&key) else {
            return Ok(arguments);
        };
        let given = arguments.as_object_mut().unwrap();
        for argument in contextual.iter().filter(|_| self.subgraph.is_none()) {
            let value = self.taken_from_above(argument)?;
            if argument.is_required && value.is_null() {
                let message = format!("{field} lacks {}", argument.name);
                return Err(FieldError { message });
            }
            given.insert(argument.name.clone(), value);
        }
        given.retain(|_, value| !value.is_null());
        Ok(arguments)
    }

    /// What the nearest object above that sets a context has for it.
    fn taken_from_above(&self, argument: &ContextArgument) -> Result<Value, FieldError> {
        for (type_name, id) in self.above.iter().rev() {
            let mut setters = argument.setters.iter();
            if let Some((_, way)) = setters.find(|(setter, _)| setter == type_name) {
                return self.elsewhere(type_name, *id).at(way);
            }
        }
        panic!("nothing sets {} above {:?}", argument.name, self.above)
    }

    /// The value at the end of a way.
    fn at(&self, way: &[String]) -> Result<Value, FieldError> {
        let (field, rest) = way.split_first().unwrap();
        if self.is_faulty(field) {
            let message = format!("{field} for a context");
            return Err(FieldError { message });
        }
        let input = self.required_input(field)?;
        let definition = self
            .world
            .schema
            .type_field(&self.type_name, field)
            .unwrap();
        let parts: Vec<&str> = [field.as_str(), &input]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        if rest.is_empty() {
            return Ok(self.leaf(&definition.ty, &parts));
        }
        let chance = self.hash(&parts);
        if !definition.ty.is_non_null() && chance.is_multiple_of(8) {
            return Ok(Value::Null);
        }
        let (type_name, id) = self.target(field, chance);
        self.elsewhere(&type_name, id).at(rest)
    }
}
