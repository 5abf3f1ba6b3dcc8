//! Subgraphs: a request body in, the bytes of its answer out. The data is small, fixed and refers to itself.

use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The supergraph that the stubs serve; `http://stub` stands for their address.
pub const SUPERGRAPH: &str = include_str!("../fixtures/supergraph.graphql");

const SCHEMA: &str = "
type Query { me: User users: [User] topProducts: [Product] catalogue: [Product] _entities(representations: [_Any!]!): [_Entity]! }
type User { id: ID! name: String username: String birthday: Int reviews: [Review] }
type Product { upc: String! weight: Int price: Int inStock: Boolean shippingEstimate: Int name: String reviews: [Review] }
type Review { id: ID! body: String author: User product: Product }
scalar _Any
union _Entity = User | Product | Review
";
const USERS: usize = 6;
const PRODUCTS: usize = 9;
const TOP: usize = 9;
const CATALOGUE: usize = 95_000;
/// How many reviews there are: they decide how large the heavy answer is.
const REVIEWS: usize = 20;

/// Author and product of a review.
fn review(id: usize) -> (usize, usize) {
    (id % USERS, (id * 5 + id / USERS) % PRODUCTS)
}

/// All subgraphs.
pub struct Stub {
    schema: Valid<Schema>,
    answers: RwLock<HashMap<Bytes, Bytes>>,
    calls: AtomicUsize,
}

impl Stub {
    /// Nothing is rendered yet.
    ///
    /// # Errors
    /// When the schema of this file is broken.
    pub fn new() -> anyhow::Result<Self> {
        let schema = Schema::parse_and_validate(SCHEMA, "stub.graphql")
            .map_err(|invalid| anyhow::anyhow!("{}", invalid.errors))?;
        Ok(Self {
            schema,
            answers: RwLock::default(),
            calls: AtomicUsize::new(0),
        })
    }

    /// How many requests were answered.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// The answer to a request body.
    pub fn answer(&self, body: &Bytes) -> Bytes {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if let Ok(answers) = self.answers.read()
            && let Some(answer) = answers.get(body)
        {
            return answer.clone();
        }
        let answer = Bytes::from(self.interpret(body).unwrap_or_else(|error| {
            json!({ "errors": [{ "message": error.to_string() }] }).to_string()
        }));
        if let Ok(mut answers) = self.answers.write() {
            answers.insert(body.clone(), answer.clone());
        }
        answer
    }

    fn interpret(&self, body: &[u8]) -> anyhow::Result<String> {
        let body: Value = serde_json::from_slice(body)?;
        let query = body["query"].as_str().unwrap_or_default();
        let document =
            ExecutableDocument::parse_and_validate(&self.schema, query, "request.graphql")
                .map_err(|invalid| anyhow::anyhow!("{}", invalid.errors))?;
        let variables: JsonMap = match &body["variables"] {
            Value::Null => JsonMap::new(),
            variables => serde_json::from_value(variables.clone())?,
        };
        let response = Execution::new(&self.schema, &document)
            .raw_variable_values(&variables)
            .execute_sync(&Thing::Root)
            .map_err(|error| anyhow::anyhow!("{}", error.message()))?;
        Ok(serde_json::to_string(&response)?)
    }
}

#[derive(Clone, Copy)]
enum Thing {
    Root,
    User(usize),
    Product(usize),
    Review(usize),
}

impl Thing {
    fn value(self, field: &str) -> Option<Value> {
        Some(match (self, field) {
            (Self::User(id), "id") => json!(id.to_string()),
            (Self::User(id), "name") => json!(format!("Person number {id} of the house")),
            (Self::User(id), "username") => json!(format!("person-{id}")),
            (Self::User(id), "birthday") => json!(1970 + id),
            (Self::Product(upc), "upc") => json!(upc.to_string()),
            (Self::Product(upc), "name") => {
                json!(format!("A table, a chair or a lamp, number {upc}"))
            }
            (Self::Product(upc), "price") => json!(100 + upc * 7 % 900),
            (Self::Product(upc), "weight") => json!(upc * 13 % 100),
            (Self::Product(upc), "inStock") => json!(upc % 3 != 0),
            (Self::Product(upc), "shippingEstimate") => json!(upc * 5 % 60),
            (Self::Review(id), "id") => json!(id.to_string()),
            (Self::Review(id), "body") => json!(format!(
                "It is \"as described\", which is all one can say of number {id}."
            )),
            _ => return None,
        })
    }

    fn things(self, field: &str) -> Option<Vec<Self>> {
        let reviews = |wanted: &dyn Fn((usize, usize)) -> bool| {
            let found = (0..REVIEWS).filter(|id| wanted(review(*id)));
            found.map(Self::Review).collect()
        };
        Some(match (self, field) {
            (Self::Root, "users") => (0..USERS).map(Self::User).collect(),
            (Self::Root, "topProducts") => (0..TOP).map(Self::Product).collect(),
            (Self::Root, "catalogue") => (0..CATALOGUE).map(Self::Product).collect(),
            (Self::User(id), "reviews") => reviews(&|(author, _)| author == id),
            (Self::Product(upc), "reviews") => reviews(&|(_, product)| product == upc % PRODUCTS),
            _ => return None,
        })
    }

    fn thing(self, field: &str) -> Option<Self> {
        Some(match (self, field) {
            (Self::Root, "me") => Self::User(0),
            (Self::Review(id), "author") => Self::User(review(id).0),
            (Self::Review(id), "product") => Self::Product(review(id).1),
            _ => return None,
        })
    }

    fn from_representation(representation: &Value) -> Option<Self> {
        let number = |key: &str| representation[key].as_str()?.parse().ok();
        match representation["__typename"].as_str()? {
            "User" => Some(Self::User(number("id")?)),
            "Product" => Some(Self::Product(number("upc")?)),
            "Review" => Some(Self::Review(number("id")?)),
            _ => None,
        }
    }
}

impl ObjectValue for Thing {
    fn type_name(&self) -> &str {
        match self {
            Self::Root => "Query",
            Self::User(_) => "User",
            Self::Product(_) => "Product",
            Self::Review(_) => "Review",
        }
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        if field == "_entities" {
            let arguments = serde_json::to_value(info.arguments()).unwrap_or_default();
            let representations = arguments["representations"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let entities = representations.iter().map(|representation| {
                ResolvedValue::nullable_object(Self::from_representation(representation))
            });
            return Ok(ResolvedValue::list(entities.collect::<Vec<_>>()));
        }
        if let Some(value) = self.value(field) {
            let value: JsonValue = serde_json::from_value(value).unwrap_or_default();
            return Ok(ResolvedValue::leaf(value));
        }
        if let Some(things) = self.things(field) {
            return Ok(ResolvedValue::list(
                things.into_iter().map(ResolvedValue::object),
            ));
        }
        match self.thing(field) {
            Some(thing) => Ok(ResolvedValue::object(thing)),
            None => Err(self.unknown_field_error(info)),
        }
    }
}
