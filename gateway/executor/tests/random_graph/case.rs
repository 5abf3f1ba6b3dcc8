//! One operation on a random graph: what a client asks, the data behind it, the plan.

use crate::chance::Chance;
use crate::graph::RandomGraph;
use crate::operation;
use crate::world::{Expected, Faults, World};
use std::sync::Arc;
use weft_diagnostic::Source;
use weft_executor::{CoercedVariables, CompileOptions, CompiledPlan, coerce_variables};
use weft_planner::PlanOptions;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// A random graph, read.
pub(crate) struct Graph {
    pub(crate) seed: u64,
    pub(crate) drawn: RandomGraph,
    pub(crate) supergraph: Arc<Supergraph>,
}

impl Graph {
    /// The graph of a seed; every other one has contexts.
    pub(crate) fn new(seed: u64) -> Self {
        let drawn = RandomGraph::new(&mut Chance::new(seed), !seed.is_multiple_of(2));
        let source = Source::new("supergraph", "supergraph.graphql", drawn.sdl.clone());
        let supergraph = Supergraph::parse(&source).unwrap_or_else(|errors| {
            let messages: Vec<_> = errors.iter().map(|error| &error.message).collect();
            panic!("graph {seed}: {messages:?}\n{}", drawn.sdl)
        });
        Self {
            seed,
            drawn,
            supergraph: Arc::new(supergraph),
        }
    }
}

/// An operation with its data.
pub(crate) struct Case<'graph> {
    graph: &'graph Graph,
    pub(crate) chance: Chance,
    /// What is asked of the one server.
    text: String,
    operation: Operation,
    variables: String,
    pub(crate) world: World<'graph>,
    /// How to repeat it, and what is asked.
    pub(crate) told: String,
}

impl<'graph> Case<'graph> {
    /// The operation of that number; `asked` makes of it what is asked of the gateway.
    pub(crate) fn new(
        graph: &'graph Graph,
        number: u64,
        asked: impl FnOnce(&str, &mut Chance) -> String,
    ) -> Self {
        let mut chance = Chance::new(graph.seed * 1_000 + number);
        let (text, variables) = operation::random(&graph.supergraph, &mut chance);
        let asked = asked(&text, &mut chance);
        let told = format!("graph {} case {number}\n{asked}\n{variables}", graph.seed);
        let operation = Operation::parse_deferring(&graph.supergraph, &asked, None, |_| true)
            .unwrap_or_else(|error| panic!("{error:?}\n{told}"));
        let (seed, faults) = (chance.next(), Faults::random(&graph.drawn, &mut chance));
        Self {
            world: World::new(&graph.supergraph, &graph.drawn, seed, faults),
            graph,
            chance,
            text,
            operation,
            variables,
            told,
        }
    }

    /// What one server answers.
    pub(crate) fn expected(&self) -> Expected {
        self.world.as_one_server(&self.text, &self.variables)
    }

    /// The plan, proven and compiled, with the variables.
    pub(crate) fn prepared(&self, options: &CompileOptions) -> (CompiledPlan, CoercedVariables) {
        let (supergraph, operation) = (&self.graph.supergraph, &self.operation);
        let plan = weft_planner::plan(supergraph, operation, &PlanOptions::checked())
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.told, self.graph.drawn.sdl));
        let json = bytes::Bytes::from(self.variables.clone());
        let variables = coerce_variables(supergraph, operation, Some(&json)).unwrap();
        let plan = CompiledPlan::new(supergraph, operation, plan, options);
        (plan, variables)
    }
}
