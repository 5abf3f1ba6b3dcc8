//! A supergraph with everything that is prepared for serving it; swapped as a whole.

use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::Name;
use apollo_compiler::collections::HashMap;
use apollo_compiler::schema::Implementers;
use tokio::sync::Semaphore;
use weft_executor::{CompileOptions, ErrorPolicy, ExecutionOptions, Limits, MemoScope, Reveal};
use weft_planner::{PlanOptions, Planner};
use weft_supergraph::{SubgraphId, Supergraph};

use crate::call_wait::CallWait;
use crate::configuration::Configuration;
use crate::document_cache::DocumentCache;
use crate::shared_calls::SharedCalls;
use crate::subgraph_route::SubgraphRoute;

/// A supergraph that is served, with its routes and its cache of documents.
#[derive(Debug)]
pub struct Graph {
    planner: Planner<Arc<Supergraph>>,
    planning: PlanOptions,
    planning_time: Duration,
    implementers: HashMap<Name, Implementers>,
    routes: Vec<SubgraphRoute>,
    compilation: CompileOptions,
    shows_plans: bool,
    execution: ExecutionOptions,
    call_wait: CallWait,
    shared_calls: Option<Arc<SharedCalls>>,
    documents: DocumentCache,
    preparing: Arc<Semaphore>,
}

impl Graph {
    /// Prepares a supergraph for serving.
    pub(crate) fn new(supergraph: Supergraph, configuration: &Configuration) -> Self {
        let routes = supergraph
            .subgraphs()
            .iter()
            .map(|subgraph| SubgraphRoute::new(subgraph, configuration))
            .collect();
        let memo = MemoScope::from(configuration.traffic.entity_reuse);
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            preparing: Arc::new(Semaphore::new(processors)),
            implementers: supergraph.api_schema().implementers_map(),
            routes,
            compilation: CompileOptions { memo },
            planning: PlanOptions {
                reuses_entities: memo != MemoScope::Off,
                ..configuration.planning.plan_options()
            },
            planning_time: configuration.planning.time_limit.0,
            shows_plans: configuration.graphql.query_plan,
            execution: execution_options(configuration),
            call_wait: CallWait::new(configuration),
            shared_calls: configuration
                .traffic
                .share_identical_calls
                .then(Arc::default),
            documents: DocumentCache::new(configuration.graphql.document_cache),
            planner: Planner::new(Arc::new(supergraph)),
        }
    }

    /// The supergraph itself.
    pub fn supergraph(&self) -> &Arc<Supergraph> {
        self.planner.supergraph()
    }

    /// Plans operations on it.
    pub(crate) fn planner(&self) -> &Planner<Arc<Supergraph>> {
        &self.planner
    }

    /// How operations are planned.
    pub(crate) fn planning(&self) -> &PlanOptions {
        &self.planning
    }

    /// How long planning one operation may take.
    pub(crate) fn planning_time(&self) -> Duration {
        self.planning_time
    }

    /// Which types implement each interface, for introspection.
    pub(crate) fn implementers(&self) -> &HashMap<Name, Implementers> {
        &self.implementers
    }

    /// How a subgraph is called.
    pub(crate) fn route(&self, subgraph: SubgraphId) -> &SubgraphRoute {
        &self.routes[subgraph.index()]
    }

    /// How plans are compiled.
    pub(crate) fn compilation(&self) -> &CompileOptions {
        &self.compilation
    }

    /// Whether clients may ask for plans, so that they are kept whole.
    pub(crate) fn shows_plans(&self) -> bool {
        self.shows_plans
    }

    /// The calls under way that others may join, where that is switched on.
    pub(crate) fn shared_calls(&self) -> Option<&Arc<SharedCalls>> {
        self.shared_calls.as_ref()
    }

    /// How long calls that are ready in part wait.
    pub(crate) fn call_wait(&self) -> CallWait {
        self.call_wait
    }

    /// Limits, and what clients see of errors.
    pub(crate) fn execution(&self) -> &ExecutionOptions {
        &self.execution
    }

    /// How many documents may be prepared at a time: more threads than processors only slow each other down.
    pub(crate) fn preparing(&self) -> &Arc<Semaphore> {
        &self.preparing
    }

    /// The documents that were seen.
    pub(crate) fn documents(&self) -> &DocumentCache {
        &self.documents
    }
}

fn execution_options(configuration: &Configuration) -> ExecutionOptions {
    let default = if configuration.graphql.subgraph_errors {
        Reveal::default()
    } else {
        Reveal {
            messages: false,
            service: false,
            extensions: Some(Vec::new()),
            details: false,
        }
    };
    let traffic = &configuration.traffic;
    ExecutionOptions {
        limits: Limits {
            body_bytes: traffic.response_limit.0,
            body_depth: traffic.response_depth_limit,
            representations_per_request: traffic.entities_per_call,
            representations: traffic.entities_per_request,
            errors: traffic.errors_per_answer,
        },
        errors: ErrorPolicy {
            default,
            ..ErrorPolicy::default()
        },
    }
}
