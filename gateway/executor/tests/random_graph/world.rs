//! All the data of a graph, made up on demand: the same for one server and for the subgraphs.

use crate::chance::{Chance, hash};
use crate::delays::Delays;
use crate::graph::RandomGraph;
use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Value, json};
use std::sync::Mutex;
use weft_executor::{
    FetchError, FetchErrorCode, Patience, SubgraphClient, SubgraphRequest, SubgraphResponse,
};
use weft_supergraph::Supergraph;

/// What goes wrong, in the one server and in the subgraphs alike.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Of a hundred fields, so many fail.
    percent: u64,
    /// A subgraph that never answers well, and how it fails.
    broken: Option<(usize, u64)>,
}

impl Faults {
    /// Whether some subgraph never answers well.
    pub(crate) fn has_broken_subgraph(&self) -> bool {
        self.broken.is_some()
    }

    pub(crate) fn random(graph: &RandomGraph, chance: &mut Chance) -> Self {
        match chance.below(4) {
            0 => Self {
                percent: 8,
                broken: None,
            },
            1 if !graph.has_shared => Self {
                percent: 0,
                broken: Some((chance.below(graph.subgraphs.len()), chance.next())),
            },
            _ => Self::default(),
        }
    }
}

/// The data of one case.
pub(crate) struct World<'graph> {
    /// What clients see, with `_entities`.
    pub(crate) schema: Valid<Schema>,
    /// The same with the arguments that only subgraphs have.
    subgraph_schema: Valid<Schema>,
    pub(crate) graph: &'graph RandomGraph,
    seed: u64,
    pub(crate) faults: Faults,
}

/// What one server says.
pub(crate) struct Expected {
    pub(crate) data: String,
    pub(crate) has_errors: bool,
}

impl<'graph> World<'graph> {
    pub(crate) fn new(
        supergraph: &Supergraph,
        graph: &'graph RandomGraph,
        seed: u64,
        faults: Faults,
    ) -> Self {
        let sdl = format!(
            "{}\nscalar _Any union _Entity = {} extend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}",
            supergraph.to_api_sdl(),
            graph.entities.join(" | "),
        );
        let parsed = |sdl: &str| Schema::parse_and_validate(sdl, "world.graphql").unwrap();
        Self {
            schema: parsed(&sdl),
            subgraph_schema: parsed(&graph.with_contextual_arguments(sdl)),
            graph,
            seed,
            faults,
        }
    }

    pub(crate) fn as_one_server(&self, operation: &str, variables: &str) -> Expected {
        let variables: Value = serde_json::from_str(variables).unwrap();
        let response = self.run(operation, &variables, None, &Problems::default());
        Expected {
            data: serde_json::to_string(&response["data"]).unwrap(),
            has_errors: response.get("errors").is_some(),
        }
    }

    fn run(
        &self,
        document: &str,
        variables: &Value,
        subgraph: Option<usize>,
        problems: &Problems,
    ) -> Value {
        let schema = match subgraph {
            Some(_) => &self.subgraph_schema,
            None => &self.schema,
        };
        let document =
            ExecutableDocument::parse_and_validate(schema, document, "operation.graphql")
                .unwrap_or_else(|error| panic!("{error}"));
        let variables: JsonMap = serde_json::from_value(variables.clone()).unwrap();
        let root = Thing {
            world: self,
            type_name: "Query".to_owned(),
            id: 0,
            subgraph,
            representation: Value::Null,
            above: Vec::new(),
            problems,
        };
        let response = Execution::new(schema, &document)
            .raw_variable_values(&variables)
            .execute_sync(&root)
            .unwrap_or_else(|error| panic!("{}", error.message()));
        serde_json::to_value(response).unwrap()
    }
}

pub(crate) type Problems = Mutex<Vec<String>>;

/// An object.
pub(crate) struct Thing<'world> {
    pub(crate) world: &'world World<'world>,
    pub(crate) type_name: String,
    pub(crate) id: u64,
    /// Who resolves it; none is the one server.
    pub(crate) subgraph: Option<usize>,
    pub(crate) representation: Value,
    /// The objects that lead to it, the root first: types and ids.
    pub(crate) above: Vec<(String, u64)>,
    pub(crate) problems: &'world Problems,
}

impl Thing<'_> {
    fn problem(&self, text: String) -> FieldError {
        self.problems.lock().unwrap().push(text.clone());
        FieldError { message: text }
    }

    pub(crate) fn hash(&self, parts: &[&str]) -> u64 {
        let id = self.id.to_string();
        hash(self.world.seed, &[&[&*self.type_name, &id], parts].concat())
    }

    pub(crate) fn is_faulty(&self, field: &str) -> bool {
        let owners = self.owners(field);
        let is_broken =
            |(subgraph, _): &(usize, u64)| owners.is_some_and(|owners| owners == &[*subgraph]);
        let by_chance =
            field != "id" && self.hash(&[field, "fault"]) % 100 < self.world.faults.percent;
        by_chance || self.world.faults.broken.as_ref().is_some_and(is_broken)
    }

    fn owners(&self, field: &str) -> Option<&Vec<usize>> {
        let key = (self.type_name.clone(), field.to_owned());
        self.world.graph.owners.get(&key)
    }

    /// The value of a field that another one requires, as the resolver sees it.
    fn input(&self, field: &str) -> Result<String, FieldError> {
        if self.subgraph.is_some() {
            let input = self.representation.get(field);
            return match input {
                Some(input) => Ok(input.to_string()),
                None => Err(self.problem(format!("{}.{field} was not sent", self.type_name))),
            };
        }
        if self.is_faulty(field) {
            return Err(FieldError {
                message: format!("input {field}"),
            });
        }
        let definition = self
            .world
            .schema
            .type_field(&self.type_name, field)
            .unwrap();
        Ok(self.leaf(&definition.ty, &[field]).to_string())
    }

    pub(crate) fn leaf(&self, ty: &Type, parts: &[&str]) -> Value {
        let chance = self.hash(parts);
        if !ty.is_non_null() && chance.is_multiple_of(10) {
            return Value::Null;
        }
        if let Type::List(item) | Type::NonNullList(item) = ty {
            let items = (0..chance % 4)
                .map(|index| self.leaf(item, &[parts, &[&index.to_string()]].concat()));
            return items.collect();
        }
        match ty.inner_named_type().as_str() {
            "Int" => json!(i32::try_from(chance % 1_000).unwrap() - 500),
            "Float" => json!(f64::from(u32::try_from(chance % 1_000).unwrap()) / 8.0),
            "Boolean" => json!(chance.is_multiple_of(2)),
            "Kind" => json!(["A", "B", "C"][usize::try_from(chance % 3).unwrap()]),
            "ID" => json!(format!("id{chance}")),
            _ => json!(format!("\"text\\ é {}", chance % 100)),
        }
    }

    fn things<'value>(
        &'value self,
        ty: &Type,
        field: &str,
        parts: &[&str],
    ) -> ResolvedValue<'value> {
        let chance = self.hash(parts);
        if !ty.is_non_null() && chance.is_multiple_of(8) {
            return ResolvedValue::null();
        }
        if let Type::List(item) | Type::NonNullList(item) = ty {
            let items: Vec<_> = (0..chance % 4)
                .map(|index| Ok(self.things(item, field, &[parts, &[&index.to_string()]].concat())))
                .collect();
            return ResolvedValue::List(Box::new(items.into_iter()));
        }
        let (type_name, id) = self.target(field, chance);
        let own = (self.type_name.clone(), self.id);
        ResolvedValue::object(Thing {
            world: self.world,
            type_name,
            id,
            subgraph: self.subgraph,
            representation: Value::Null,
            above: [self.above.as_slice(), &[own]].concat(),
            problems: self.problems,
        })
    }

    /// The object that chance puts into a field: its type and its id.
    pub(crate) fn target(&self, field: &str, chance: u64) -> (String, u64) {
        let key = (self.type_name.clone(), field.to_owned());
        let value = vec!["Value".to_owned()];
        let targets = self.world.graph.targets.get(&key).unwrap_or(&value);
        let type_name = targets
            [usize::try_from(chance % u64::try_from(targets.len()).unwrap()).unwrap()]
        .clone();
        // Few entities, so that they meet; values are their parents' own.
        let id = if type_name == "Value" {
            chance
        } else {
            chance / 64 % 4
        };
        (type_name, id)
    }

    /// What a field requires, as text; empty for one that requires nothing.
    pub(crate) fn required_input(&self, field: &str) -> Result<String, FieldError> {
        let key = (self.type_name.clone(), field.to_owned());
        match self.world.graph.requires.get(&key) {
            Some(required) => self.input(required),
            None => Ok(String::new()),
        }
    }

    fn entities<'value>(&'value self, representations: &Value) -> ResolvedValue<'value> {
        let entities: Vec<_> = representations
            .as_array()
            .unwrap()
            .iter()
            .map(|representation| {
                let type_name = representation["__typename"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                let id = representation["id"]
                    .as_str()
                    .and_then(|id| id.split_once(':'));
                match id {
                    Some((known, id)) if known == type_name => Ok(ResolvedValue::object(Thing {
                        world: self.world,
                        type_name,
                        id: id.parse().unwrap(),
                        subgraph: self.subgraph,
                        representation: representation.clone(),
                        above: Vec::new(),
                        problems: self.problems,
                    })),
                    _ => Err(self.problem(format!("no entity for {representation}"))),
                }
            })
            .collect();
        ResolvedValue::List(Box::new(entities.into_iter()))
    }
}

impl ObjectValue for Thing<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        let arguments = serde_json::to_value(info.arguments()).unwrap();
        if field == "_entities" {
            return Ok(self.entities(&arguments["representations"]));
        }
        if field == "id" {
            return Ok(ResolvedValue::leaf(format!(
                "{}:{}",
                self.type_name, self.id
            )));
        }
        if let (Some(subgraph), Some(owners)) = (self.subgraph, self.owners(field))
            && !owners.contains(&subgraph)
        {
            return Err(self.problem(format!(
                "s{subgraph} was asked for {}.{field}",
                self.type_name
            )));
        }
        if self.is_faulty(field) {
            return Err(FieldError {
                message: format!("{}.{field} of {}", self.type_name, self.id),
            });
        }
        let input = self.required_input(field)?;
        let arguments = self.with_contexts(field, arguments)?;
        let definition = info.field_definition();
        let given = arguments.as_object().filter(|given| !given.is_empty());
        let given = given
            .map(|given| Value::Object(given.clone()).to_string())
            .unwrap_or_default();
        let parts: Vec<&str> = [field, &input, &given]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let inner = self
            .world
            .schema
            .types
            .get(definition.ty.inner_named_type());
        match inner.is_none_or(|ty| ty.is_leaf()) {
            true => Ok(resolved(self.leaf(&definition.ty, &parts))),
            false => Ok(self.things(&definition.ty, field, &parts)),
        }
    }
}

fn resolved<'value>(value: Value) -> ResolvedValue<'value> {
    match value {
        Value::Array(items) => {
            ResolvedValue::List(Box::new(items.into_iter().map(|item| Ok(resolved(item)))))
        }
        leaf => ResolvedValue::leaf(serde_json::from_value::<JsonValue>(leaf).unwrap()),
    }
}

/// The subgraphs of a world.
pub(crate) struct Subgraphs<'world> {
    world: &'world World<'world>,
    pub(crate) delays: Delays,
    pub(crate) problems: Problems,
    /// Requests and answers.
    pub(crate) log: Mutex<Vec<String>>,
}

impl<'world> Subgraphs<'world> {
    pub(crate) fn new(world: &'world World<'world>, delays: Delays) -> Self {
        Self {
            world,
            delays,
            problems: Problems::default(),
            log: Mutex::default(),
        }
    }
}

impl SubgraphClient for Subgraphs<'_> {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        let names = &self.world.graph.subgraphs;
        let subgraph = names
            .iter()
            .position(|name| name == request.subgraph_name)
            .unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        self.delays.answer().await;
        if let Some((broken, how)) = self.world.faults.broken
            && broken == subgraph
        {
            return break_down(how);
        }
        let response = self.world.run(
            body["query"].as_str().unwrap(),
            &body["variables"],
            Some(subgraph),
            &self.problems,
        );
        let log = format!("{} {body} -> {response}", request.subgraph_name);
        self.log.lock().unwrap().push(log);
        Ok(SubgraphResponse {
            status: 200,
            content_type: None,
            body: serde_json::to_vec(&response).unwrap().into(),
        })
    }

    async fn wait(&self, patience: Patience) {
        self.delays.wait(patience).await;
    }
}

fn break_down(how: u64) -> Result<SubgraphResponse, FetchError> {
    let (status, body): (u16, &[u8]) = match how % 6 {
        0 => return Err(FetchError::new(FetchErrorCode::Connection, "refused")),
        1 => (500, b"<html>"),
        2 => (200, b"{\"data\":{\"q0\":{\"__typen"),
        3 => (200, b"{\"data\":null}"),
        4 => (200, b"{\"errors\":[{\"message\":\"down\"}],\"data\":null}"),
        _ => (200, b"\xff\xfe"),
    };
    Ok(SubgraphResponse {
        status,
        content_type: None,
        body: body.to_vec().into(),
    })
}
