//! The whole graph as one server, and its subgraphs, interpreted from their own texts by another library.

use crate::delays::Delays;
use crate::thing::Thing;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Value, json};
use std::sync::Mutex;
use weft_executor::{FetchError, Patience, SubgraphClient, SubgraphRequest, SubgraphResponse};
use weft_supergraph::{SubgraphId, Supergraph};

const DIRECTIVES: &str = "
    directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT | INTERFACE
    directive @requires(fields: String!) on FIELD_DEFINITION
    directive @provides(fields: String!) on FIELD_DEFINITION
    directive @external on FIELD_DEFINITION
    directive @shareable on FIELD_DEFINITION | OBJECT
    directive @override(from: String!, label: String) on FIELD_DEFINITION
    directive @interfaceObject on OBJECT
    directive @context(name: String!) repeatable on INTERFACE | OBJECT | UNION
    directive @fromContext(field: String) on ARGUMENT_DEFINITION
    scalar _Any
";

/// What resolvers found wrong.
pub(crate) type Problems = Mutex<Vec<String>>;

/// A graph with data that is made up on demand.
pub(crate) struct World<'graph> {
    pub(crate) supergraph: &'graph Supergraph,
    pub(crate) seed: u64,
    /// Whether some fields fail.
    pub(crate) has_faults: bool,
    one_server: Valid<Schema>,
    subgraphs: Vec<Valid<Schema>>,
    /// The mutations that ran, in their order.
    pub(crate) mutated: Mutex<Vec<String>>,
}

/// What one server says.
pub(crate) struct Expected {
    /// JSON text.
    pub(crate) data: String,
    pub(crate) has_errors: bool,
}

impl Expected {
    /// The same without an order of fields.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

impl<'graph> World<'graph> {
    pub(crate) fn new(supergraph: &'graph Supergraph, texts: &[String], seed: u64) -> Self {
        let api = supergraph.to_api_sdl();
        Self {
            supergraph,
            seed,
            has_faults: seed.is_multiple_of(3),
            one_server: Schema::parse_and_validate(api, "api.graphql").unwrap(),
            subgraphs: texts.iter().map(|text| executable(text)).collect(),
            mutated: Mutex::default(),
        }
    }

    /// Whether a subgraph knows objects without their types.
    pub(crate) fn has_interface_objects(&self) -> bool {
        let mut subgraphs = self.supergraph.subgraphs().iter();
        subgraphs.any(|subgraph| subgraph.types.values().any(|ty| ty.is_interface_object))
    }

    /// What one server answers.
    pub(crate) fn as_one_server(&self, operation: &str, variables: &str) -> Expected {
        let variables = serde_json::from_str(variables).unwrap();
        let problems = Problems::default();
        let response = self.run(&self.one_server, operation, variables, None, &problems);
        let has_errors = response.get("errors").is_some();
        assert!(self.has_faults || !has_errors, "{response}");
        Expected {
            data: serde_json::to_string(&response["data"]).unwrap(),
            has_errors,
        }
    }

    fn run(
        &self,
        schema: &Valid<Schema>,
        document: &str,
        variables: JsonMap,
        subgraph: Option<SubgraphId>,
        problems: &Problems,
    ) -> Value {
        let refused = |error: String| {
            problems.lock().unwrap().push(error.clone());
            json!({ "errors": [{ "message": error }] })
        };
        let parsed = ExecutableDocument::parse_and_validate(schema, document, "request.graphql");
        let document = match parsed {
            Ok(document) => document,
            Err(error) => return refused(error.to_string()),
        };
        let mut operations = document.operations.iter();
        let is_mutation = operations.any(|operation| operation.is_mutation());
        let ty = if is_mutation { "Mutation" } else { "Query" };
        let root = Thing::root(self, ty, subgraph, problems);
        let response = Execution::new(schema, &document)
            .raw_variable_values(&variables)
            .execute_sync(&root);
        match response {
            Ok(response) => serde_json::to_value(response).unwrap(),
            Err(error) => refused(error.message().to_string()),
        }
    }
}

/// A subgraph's text as its server has it: with `_entities`.
fn executable(text: &str) -> Valid<Schema> {
    let (_, types) = text.split_once('\n').unwrap();
    let plain = format!("{DIRECTIVES}{types}");
    let schema = Schema::parse(&plain, "subgraph.graphql").unwrap();
    let entities: Vec<&str> = schema
        .types
        .iter()
        .filter(|(_, ty)| ty.is_object() && ty.directives().has("key"))
        .map(|(name, _)| name.as_str())
        .collect();
    let keyword = if schema.types.contains_key("Query") {
        "extend type"
    } else {
        "type"
    };
    let entities = match entities.is_empty() {
        true => format!("{keyword} Query {{ _service: String }}"),
        false => format!(
            "union _Entity = {} {keyword} Query {{ _entities(representations: [_Any!]!): [_Entity]! }}",
            entities.join(" | ")
        ),
    };
    Schema::parse_and_validate(format!("{plain}\n{entities}"), "subgraph.graphql")
        .unwrap_or_else(|error| panic!("{error}\n{plain}"))
}

/// The subgraphs of a world.
pub(crate) struct Subgraphs<'world> {
    world: &'world World<'world>,
    delays: Delays,
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
        self.delays.answer().await;
        let world = self.world;
        let (id, _) = world
            .supergraph
            .subgraph_by_name(request.subgraph_name)
            .unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let number: usize = request.subgraph_name[1..].parse().unwrap();
        let variables = serde_json::from_value(body["variables"].clone()).unwrap_or_default();
        let response = world.run(
            &world.subgraphs[number],
            body["query"].as_str().unwrap(),
            variables,
            Some(id),
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
