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
    Patience, SubgraphClient, SubgraphRequest, SubgraphResponse, coerce_variables, execute,
};
use weft_planner::PlanOptions;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

struct Clocked {
    stub: stub::Stub,
    ticks: AtomicUsize,
    sleepers: Mutex<Vec<Waker>>,
    /// A subgraph whose calls take more ticks.
    slow: Option<(&'static str, usize)>,
    /// How many ticks a call that is ready in part waits for the rest.
    patience: usize,
}

impl Clocked {
    fn new() -> Self {
        Self {
            stub: stub::Stub::new().unwrap(),
            ticks: AtomicUsize::new(0),
            sleepers: Mutex::default(),
            slow: None,
            patience: 0,
        }
    }

    async fn sleep(&self, ticks: usize) {
        let due = self.ticks.load(Ordering::SeqCst) + ticks;
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
        let is_slow = |(name, _): &(&str, usize)| *name == request.subgraph_name;
        let ticks = self.slow.filter(is_slow).map_or(1, |(_, ticks)| ticks);
        self.sleep(ticks).await;
        Ok(SubgraphResponse {
            status: 200,
            content_type: None,
            body: self.stub.answer(&request.body),
        })
    }

    async fn wait(&self, patience: Patience) {
        match patience {
            Patience::Short => self.sleep(self.patience).await,
            Patience::Long => std::future::pending().await,
        }
    }
}

/// How many calls the heavy query takes, and how many ticks until it has its answer.
fn measure(memo: MemoScope, client: &Clocked) -> (usize, usize) {
    let source = Source::new("supergraph", "supergraph.graphql", stub::SUPERGRAPH);
    let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
    let operation = Operation::parse(&supergraph, operations::HEAVY, None).unwrap();
    let options = PlanOptions {
        reuses_entities: memo != MemoScope::Off,
        ..PlanOptions::checked()
    };
    let plan = weft_planner::plan(&supergraph, &operation, &options).unwrap();
    let plan = CompiledPlan::new(&supergraph, &operation, plan, &CompileOptions { memo });
    let variables = coerce_variables(&supergraph, &operation, None).unwrap();
    let options = ExecutionOptions::default();
    let request = ExecutionRequest::new(&variables);
    let response = client.run(execute(&plan, request, client, &options));
    assert_eq!(response.errors, 0);
    let ticks = client.ticks.load(Ordering::SeqCst);
    (response.subgraph_requests, ticks)
}

fn check(memo: MemoScope, calls: usize, steps: usize) {
    let found = measure(memo, &Clocked::new());
    assert_eq!(found, (calls, steps), "{memo:?}");
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

/// One subgraph takes 30 ticks for each call, and calls that are ready in part wait so long for the rest.
fn check_slow(subgraph: &'static str, patience: usize, calls: usize, ticks: usize) {
    let client = Clocked {
        slow: Some((subgraph, 30)),
        patience,
        ..Clocked::new()
    };
    let found = measure(MemoScope::EntityCalls, &client);
    assert_eq!(found, (calls, ticks), "{subgraph}, {patience}");
}

#[test]
fn a_slow_subgraph_does_not_hold_up_what_does_not_depend_on_it() {
    // While `topProducts` is under way, the reviews of users lead to the products that its reviews are of.
    check_slow("products", 1_000, 6, 61);
    check_slow("products", 2, 7, 36);
}
