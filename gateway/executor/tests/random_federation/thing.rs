//! An object as a server resolves it: the one server, or a subgraph with the representation that it was sent.

use crate::value::{Object, Shape};
use crate::world::{Problems, World};
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonValue;
use serde_json::Value;
use weft_supergraph::SubgraphId;

/// An object.
pub(crate) struct Thing<'world> {
    world: &'world World<'world>,
    object: Object,
    /// Who resolves it; none is the one server.
    subgraph: Option<SubgraphId>,
    representation: Value,
    /// The objects that lead to it in the one server, the root first.
    above: Vec<Object>,
    problems: &'world Problems,
    name: String,
}

impl<'world> Thing<'world> {
    /// What a request starts from.
    pub(crate) fn root(
        world: &'world World<'world>,
        ty: &str,
        subgraph: Option<SubgraphId>,
        problems: &'world Problems,
    ) -> Self {
        Self {
            world,
            object: Object {
                concrete: ty.to_owned(),
                id: String::new(),
            },
            subgraph,
            representation: Value::Null,
            above: Vec::new(),
            problems,
            name: ty.to_owned(),
        }
    }

    fn other(&self, object: Object, representation: Value) -> Self {
        let local = self
            .subgraph
            .and_then(|id| self.world.local_type(id, &object));
        Self {
            name: local.map_or_else(|| object.concrete.clone(), |local| local.name.to_string()),
            above: [self.above.as_slice(), std::slice::from_ref(&self.object)].concat(),
            object,
            representation,
            ..*self
        }
    }

    fn problem(&self, text: String) -> FieldError {
        self.problems.lock().unwrap().push(text.clone());
        FieldError { message: text }
    }

    fn entity(&self, representation: &Value) -> Result<ResolvedValue<'_>, FieldError> {
        let wrong = || self.problem(format!("no entity for {representation}"));
        let keys = [
            ("id", &representation["id"]),
            ("code", &representation["code"]),
            ("left", &representation["left"]),
            ("part", &representation["nest"]["part"]),
        ];
        let id = keys
            .iter()
            .find_map(|(key, sent)| sent.as_str()?.strip_prefix(&format!("{key}-")));
        let (concrete, id) = id.and_then(|id| id.split_once(':')).ok_or_else(wrong)?;
        let object = Object {
            concrete: concrete.to_owned(),
            id: id.to_owned(),
        };
        let claimed = representation["__typename"].as_str().unwrap_or_default();
        let supergraph = self.world.supergraph;
        let types = self.subgraph.map(|id| &supergraph.subgraph(id).types);
        let keys = types.and_then(|types| Some(&types.get(claimed)?.keys));
        let fits = keys.into_iter().flatten().any(|key| {
            let wanted = self.world.select(&object, &key.fields);
            key.resolvable && covers(representation, &wanted)
        });
        if !fits || !supergraph.is_possible_type(claimed, concrete) {
            return Err(wrong());
        }
        Ok(ResolvedValue::object(
            self.other(object, representation.clone()),
        ))
    }

    /// Whether what the field requires was sent.
    fn check_inputs(&self, field: &str) -> Result<(), FieldError> {
        let local = self
            .subgraph
            .and_then(|id| self.world.local_field(id, &self.object, field));
        let Some(required) = local.and_then(|local| local.requires.as_ref()) else {
            return Ok(());
        };
        let wanted = self.world.select(&self.object, required);
        if covers(&self.representation, &wanted) {
            return Ok(());
        }
        let (name, sent) = (&self.name, &self.representation);
        Err(self.problem(format!(
            "{name}.{field} requires {wanted}, but was sent {sent}"
        )))
    }

    /// The arguments that a field has: those from contexts too, which a subgraph is sent. A null is as good as no value.
    fn with_contexts(&self, field: &str, mut arguments: Value) -> Result<Value, FieldError> {
        let contextual = self.world.contextual(&self.object, field);
        let (true, Some(given)) = (!contextual.is_empty(), arguments.as_object_mut()) else {
            return Ok(arguments);
        };
        if self.subgraph.is_none() {
            for argument in contextual {
                let value = self.world.context_value(&self.above, argument)?;
                given.insert(argument.argument.to_string(), value);
            }
        }
        given.retain(|_, value| !value.is_null());
        Ok(arguments)
    }

    fn resolved(&self, shape: Shape) -> ResolvedValue<'_> {
        match shape {
            Shape::Leaf(value) => {
                ResolvedValue::leaf(serde_json::from_value::<JsonValue>(value).unwrap())
            }
            Shape::Object(object) => ResolvedValue::object(self.other(object, Value::Null)),
            Shape::List(items) => {
                let items: Vec<_> = items
                    .into_iter()
                    .map(|item| Ok(self.resolved(item)))
                    .collect();
                ResolvedValue::List(Box::new(items.into_iter()))
            }
        }
    }
}

impl ObjectValue for Thing<'_> {
    fn type_name(&self) -> &str {
        &self.name
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        let arguments = serde_json::to_value(info.arguments()).unwrap();
        if field == "_entities" {
            let sent = arguments["representations"].as_array().unwrap();
            let entities: Vec<_> = sent.iter().map(|one| self.entity(one)).collect();
            return Ok(ResolvedValue::List(Box::new(entities.into_iter())));
        }
        if self.object.concrete == "Mutation" {
            self.world.mutated.lock().unwrap().push(field.to_owned());
        }
        if self.world.fails(&self.object, field) {
            let message = format!("{}.{field} fails", self.name);
            return Err(FieldError { message });
        }
        self.check_inputs(field)?;
        let arguments = self.with_contexts(field, arguments)?;
        Ok(self.resolved(self.world.value(&self.object, field, &arguments)))
    }
}

/// Whether all of `wanted` is in what was sent.
fn covers(sent: &Value, wanted: &Value) -> bool {
    match (sent, wanted) {
        (Value::Object(sent), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| sent.get(key).is_some_and(|sent| covers(sent, wanted))),
        (Value::Array(sent), Value::Array(wanted)) => {
            let mut pairs = sent.iter().zip(wanted);
            sent.len() == wanted.len() && pairs.all(|(sent, wanted)| covers(sent, wanted))
        }
        _ => sent == wanted,
    }
}
