//! A case: a graph, an operation and its plan in, the answer checked against what is expected.

use crate::stub::Stub;
use bytes::Bytes;
use serde_json::Value;
use std::sync::Arc;
use weft_executor::{
    CoercedVariables, CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, Response,
    coerce_variables, execute,
};
use weft_planner::PlanOptions;
use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

/// A case: a graph, an operation, its plan.
pub(crate) struct Case {
    pub(crate) supergraph: Arc<Supergraph>,
    pub(crate) operation: Operation,
    pub(crate) plan: QueryPlan,
    pub(crate) variables: Option<&'static str>,
    pub(crate) options: ExecutionOptions,
    pub(crate) compile: CompileOptions,
}

impl Case {
    /// With default options and without variables.
    pub(crate) fn new(supergraph: &Arc<Supergraph>, operation: &str, plan: QueryPlan) -> Self {
        Self {
            supergraph: Arc::clone(supergraph),
            operation: Operation::parse(supergraph, operation, None).unwrap(),
            plan,
            variables: None,
            options: ExecutionOptions::default(),
            compile: CompileOptions::default(),
        }
    }

    /// The planner's plan of an operation; the planner proves it.
    pub(crate) fn planned(supergraph: &Arc<Supergraph>, operation: &str) -> Self {
        let parsed = Operation::parse(supergraph, operation, None).unwrap();
        let plan = weft_planner::plan(supergraph, &parsed, &PlanOptions::checked()).unwrap();
        Self::new(supergraph, operation, plan)
    }

    /// Its plan, compiled, and its variables, coerced.
    pub(crate) fn prepared(&self) -> (CompiledPlan, CoercedVariables) {
        let variables = self
            .variables
            .map(|text| Bytes::from_static(text.as_bytes()));
        let variables =
            coerce_variables(&self.supergraph, &self.operation, variables.as_ref()).unwrap();
        let plan = self.plan.clone();
        let plan = CompiledPlan::new(&self.supergraph, &self.operation, plan, &self.compile);
        (plan, variables)
    }

    /// Runs it.
    pub(crate) fn run(&self, stub: &Stub) -> Response {
        let (plan, variables) = self.prepared();
        let request = ExecutionRequest::new(&variables);
        futures::executor::block_on(execute(&plan, request, stub, &self.options))
    }

    /// Runs it and compares the data, keys in order, and the errors as `code path` lines.
    pub(crate) fn check(&self, stub: &Stub, data: &str, errors: &[&str]) {
        let response = self.run(stub);
        let body = response.body.to_bytes();
        let text = std::str::from_utf8(&body).unwrap();
        let parsed: Value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let found = serde_json::to_string(&parsed["data"]).unwrap();
        let expected: Value = serde_json::from_str(data).unwrap();
        assert_eq!(found, serde_json::to_string(&expected).unwrap(), "{text}");
        assert_eq!(error_lines(&parsed), errors, "{text}");
        assert_eq!(response.errors, errors.len());
        assert_eq!(response.data_is_null, parsed["data"].is_null());
    }
}

fn error_lines(response: &Value) -> Vec<String> {
    let errors = response["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            let code = error["extensions"]["code"].as_str().unwrap_or("-");
            let path = match error["path"].as_array() {
                Some(path) => path
                    .iter()
                    .map(|step| {
                        step.as_str()
                            .map_or_else(|| step.to_string(), str::to_owned)
                    })
                    .collect::<Vec<_>>()
                    .join("."),
                None => "-".to_owned(),
            };
            format!("{code} {path}")
        })
        .collect()
}
