//! An operation that was validated: the only kind that is planned and executed.

use crate::defer_rules::check_defer;
use crate::deferred::{DeferredFragment, mentions_defer, number_defers, without_defer};
use crate::suggestion::improve;
use apollo_compiler::ast::{Document, OperationType};
use apollo_compiler::executable;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Name, Node};
use std::sync::Arc;
use weft_supergraph::Supergraph;

/// What locations in errors refer to.
const FILE_NAME: &str = "operation.graphql";

/// One operation of a document that is valid against the API schema of a supergraph.
#[derive(Debug, Clone)]
pub struct Operation {
    document: Arc<Valid<ExecutableDocument>>,
    operation: Node<executable::Operation>,
    deferred: Arc<[DeferredFragment]>,
    defer_variables: Option<DeferVariables>,
}

/// Why a text is not an operation of a graph.
#[derive(Debug, Clone)]
pub enum OperationError {
    /// The document does not parse, or breaks a rule of GraphQL's validation.
    Invalid {
        /// Whether it does not even parse.
        syntax: bool,
        /// One error for each problem, with its location in the document.
        errors: Vec<GraphQLError>,
    },
    /// The document has no operation of that name, or several and no name was given.
    NoSuchOperation {
        /// What to tell the client.
        message: String,
    },
}

impl Operation {
    /// Parses and validates `document`, and picks the operation to run.
    ///
    /// # Errors
    /// [`OperationError`] when the document is not valid for the supergraph's API schema, or when `name` does not pick
    /// exactly one operation (<https://spec.graphql.org/draft/#GetOperation()>).
    pub fn parse(
        supergraph: &Supergraph,
        document: &str,
        name: Option<&str>,
    ) -> Result<Self, OperationError> {
        let (document, defer_variables) = match valid_document(supergraph, document) {
            Ok(valid) => valid,
            Err(Invalid::ByRules(invalid)) => {
                return Err(invalid_document(supergraph, document, &invalid));
            }
            Err(Invalid::ByDefer(errors)) => {
                let syntax = false;
                return Err(OperationError::Invalid { syntax, errors });
            }
        };
        let operation = pick(&document, name)?;
        Ok(Self {
            document: Arc::new(document),
            operation,
            deferred: Arc::default(),
            defer_variables,
        })
    }

    /// The same for a client that takes an answer in parts: each `@defer` that is on for those values of variables is kept.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_deferring(
        supergraph: &Supergraph,
        document: &str,
        name: Option<&str>,
        is_on: impl Fn(&Name) -> bool,
    ) -> Result<Self, OperationError> {
        let plain = Self::parse(supergraph, document, name)?;
        if plain.defer_variables.is_none() {
            return Ok(plain);
        }
        let mutation = supergraph.root_type(OperationType::Mutation);
        let Ok(mut parsed) = Document::parse(document, FILE_NAME) else {
            return Ok(plain);
        };
        let mutation = mutation.map_or("", |name| name.as_str());
        let found = number_defers(&mut parsed, mutation, &is_on);
        // It is valid without the directives, and those that are kept are ours.
        let Ok(document) = parsed.to_executable(supergraph.api_schema()) else {
            return Ok(plain);
        };
        let document = Valid::assume_valid(document);
        let operation = pick(&document, name)?;
        Ok(Self {
            document: Arc::new(document),
            operation,
            deferred: found.parts.into(),
            defer_variables: plain.defer_variables,
        })
    }

    /// The fragments that are deferred, by the numbers that [`deferred_part`](crate::deferred_part) gives.
    pub fn deferred(&self) -> &[DeferredFragment] {
        &self.deferred
    }

    /// The variables that decide what is deferred for clients that take an answer in parts, each with what holds where it has no
    /// value; `None` where nothing can be deferred.
    pub fn defer_variables(&self) -> Option<&[(Name, bool)]> {
        self.defer_variables.as_deref()
    }

    /// The whole document, with the fragments that the operation uses.
    pub fn document(&self) -> &Valid<ExecutableDocument> {
        &self.document
    }

    /// The operation itself.
    pub fn operation(&self) -> &executable::Operation {
        &self.operation
    }
}

/// A document without `@defer`, and the variables that decided about it where it had one.
type ValidDocument = (Valid<ExecutableDocument>, Option<DeferVariables>);

/// Variables of `@defer`, each with what holds where it has no value.
type DeferVariables = Arc<[(Name, bool)]>;

/// Why a document is not valid.
enum Invalid {
    /// By the rules that the validator knows.
    ByRules(DiagnosticList),
    /// By those for `@defer` and `@stream`.
    ByDefer(Vec<GraphQLError>),
}

fn valid_document(supergraph: &Supergraph, text: &str) -> Result<ValidDocument, Invalid> {
    let schema = supergraph.api_schema();
    if mentions_defer(text)
        && !schema.directive_definitions.contains_key("defer")
        && let Ok(mut document) = Document::parse(text, FILE_NAME)
    {
        let errors = check_defer(&document);
        if !errors.is_empty() {
            return Err(Invalid::ByDefer(errors));
        }
        let found = without_defer(&mut document);
        let variables = found
            .has_defer
            .then(|| found.variables.into_iter().collect());
        return document
            .to_executable_validate(schema)
            .map(|valid| (valid, variables))
            .map_err(|invalid| Invalid::ByRules(invalid.errors));
    }
    ExecutableDocument::parse_and_validate(schema, text, FILE_NAME)
        .map(|valid| (valid, None))
        .map_err(|invalid| Invalid::ByRules(invalid.errors))
}

fn invalid_document(
    supergraph: &Supergraph,
    document: &str,
    diagnostics: &DiagnosticList,
) -> OperationError {
    let errors = diagnostics.iter().map(|diagnostic| diagnostic.to_json());
    OperationError::Invalid {
        syntax: Document::parse(document, FILE_NAME).is_err(),
        errors: improve(errors.collect(), supergraph.api_schema()),
    }
}

fn pick(
    document: &Valid<ExecutableDocument>,
    name: Option<&str>,
) -> Result<Node<executable::Operation>, OperationError> {
    document
        .operations
        .get(name)
        .cloned()
        .map_err(|_| OperationError::NoSuchOperation {
            message: match name {
                Some(name) => format!("the document has no operation named `{name}`"),
                None if document.operations.is_empty() => {
                    "the document has no operation, only fragments".to_owned()
                }
                None => {
                    "the document has several operations: say which one to run in `operationName`"
                        .to_owned()
                }
            },
        })
}
