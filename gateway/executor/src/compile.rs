//! A plan made ready to run: done once for each document.

use crate::client::SubgraphRequest;
use crate::options::CompileOptions;
use crate::variables::CoercedVariables;
use std::sync::Arc;
use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

/// A plan with everything prepared that does not change between requests. Shared by all requests of a document.
#[derive(Debug)]
pub struct CompiledPlan {
    plan: QueryPlan,
}

impl CompiledPlan {
    /// Compiles a plan of that operation of that supergraph.
    pub fn new(
        supergraph: &Arc<Supergraph>,
        operation: &Operation,
        plan: QueryPlan,
        options: &CompileOptions,
    ) -> Self {
        unimplemented!()
    }

    /// The plan that it was made from.
    pub fn plan(&self) -> &QueryPlan {
        &self.plan
    }

    /// The request that starts a subscription's source; `None` where the operation is no subscription, or where its
    /// field is left out by `@skip`.
    pub fn subscription(&self, variables: &CoercedVariables) -> Option<SubgraphRequest<'_>> {
        unimplemented!()
    }
}
