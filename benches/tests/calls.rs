//! How many calls and dependent steps the heavy query takes: every call takes one tick of a clock that stands still until
//! nothing else can go on.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use weft_bench::{operations, stub};
use weft_diagnostic::Source;
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, FetchError, MemoScope,
    SubgraphClient, SubgraphRequest, SubgraphResponse, coerce_variables, execute,
};
use weft_planner::PlanOptions;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

struct Clocked {
    stub: stub::Stub,
    ticks: AtomicUsize,
    sleepers: Mutex<Vec<Waker>>,
}

impl Clocked {
    async fn tick(&self) {
        let due = self.ticks.load(Ordering::SeqCst) + 1;
        poll_fn(|context| {
            if self.ticks.load(Ordering::SeqCst) >= due {
                return Poll::Ready(());
            }
            self.sleepers.lock().unwrap().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Runs `future`; the clock moves on whenever it can only wait.
    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(done) = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
            {
                return done;
            }
            self.ticks.fetch_add(1, Ordering::SeqCst);
            let sleepers = std::mem::take(&mut *self.sleepers.lock().unwrap());
            assert!(
                !sleepers.is_empty(),
                "nothing is under way, and nothing is done"
            );
            sleepers.into_iter().for_each(Waker::wake);
        }
    }
}

impl SubgraphClient for Clocked {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        self.tick().await;
        Ok(SubgraphResponse {
            status: 200,
            content_type: None,
            body: self.stub.answer(&request.body),
        })
    }
}

fn check(memo: MemoScope, calls: usize, steps: usize) {
    let source = Source::new("supergraph", "supergraph.graphql", stub::SUPERGRAPH);
    let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
    let operation = Operation::parse(&supergraph, operations::HEAVY, None).unwrap();
    let options = PlanOptions {
        reuses_entities: memo != MemoScope::Off,
        ..PlanOptions::default()
    };
    let plan = weft_planner::plan(&supergraph, &operation, &options).unwrap();
    let plan = CompiledPlan::new(&supergraph, &operation, plan, &CompileOptions { memo });
    let variables = coerce_variables(&supergraph, &operation, None).unwrap();
    let client = Clocked {
        stub: stub::Stub::new().unwrap(),
        ticks: AtomicUsize::new(0),
        sleepers: Mutex::default(),
    };
    let options = ExecutionOptions::default();
    let request = ExecutionRequest::new(&variables);
    let response = client.run(execute(&plan, request, &client, &options));
    assert_eq!(response.errors, 0);
    let ticks = client.ticks.load(Ordering::SeqCst);
    assert_eq!(
        (response.subgraph_requests, ticks),
        (calls, steps),
        "{memo:?}"
    );
}

#[test]
fn without_reuse_every_step_is_taken() {
    check(MemoScope::Off, 6, 4);
}

#[test]
fn by_default_the_last_step_is_known() {
    check(MemoScope::EntityCalls, 6, 3);
}

#[test]
fn with_reuse_from_root_fields_four_calls_in_two_steps_are_enough() {
    check(MemoScope::RootFields, 4, 2);
}
