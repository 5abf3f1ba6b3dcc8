//! What happens next in a request: an answer is there, something has waited long enough, or time is over.

use crate::client::{FetchError, FetchErrorCode, SubgraphClient, SubgraphResponse};
use crate::compile::CompiledPlan;
use crate::fetch::{Call, Run, Waiting};
use bytes::Bytes;
use futures::Stream;
use futures::stream::FuturesUnordered;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

/// When a request must have its answer.
pub(crate) type Deadline<'request> = Option<Pin<Box<dyn Future<Output = ()> + Send + 'request>>>;

/// Sends what becomes ready in a run, until there is nothing left to wait for; `has_enough` is asked before each wait, with
/// whether nothing is under way any more.
pub(crate) async fn flow<C: SubgraphClient>(
    plan: &CompiledPlan,
    run: &mut Run<'_>,
    mut ready: Vec<Call>,
    client: &C,
    deadline: &mut Deadline<'_>,
    mut has_enough: impl FnMut(&mut Run<'_>, bool) -> bool,
) {
    let mut calls = FuturesUnordered::new();
    let mut waits = Vec::new();
    loop {
        for call in ready.drain(..) {
            calls.push(send(plan, client, call));
        }
        waits.retain(|wait: &Wait<_>| run.is_waiting(wait.what.fetch));
        for what in std::mem::take(&mut run.waiting) {
            let is_known = waits.iter().any(|known| known.what == what);
            if run.is_waiting(what.fetch) && !is_known {
                let until = Box::pin(client.wait(what.patience));
                waits.push(Wait { what, until });
            }
        }
        if has_enough(run, calls.is_empty() && waits.is_empty()) {
            return;
        }
        match poll_fn(|context| next(&mut calls, &mut waits, deadline, context)).await {
            Next::Answer(call, result) => run.absorb(call, result, &mut ready),
            Next::Leave(fetch) => run.release(fetch, &mut ready),
            Next::Nothing => return,
            Next::Deadline => {
                // Whatever is under way is dropped, which cancels it.
                calls.clear();
                *deadline = None;
                run.give_up();
            }
        }
    }
}

/// A fetch that waits, and until when.
struct Wait<F> {
    what: Waiting,
    until: Pin<Box<F>>,
}

enum Next {
    Answer(Call, Result<SubgraphResponse, FetchError>),
    /// A fetch has waited long enough.
    Leave(usize),
    /// There is nothing to wait for.
    Nothing,
    Deadline,
}

/// Answers that are there come before all else: what has become ready together leaves together.
fn next<S, F>(
    calls: &mut S,
    waits: &mut [Wait<F>],
    deadline: &mut Deadline<'_>,
    context: &mut Context<'_>,
) -> Poll<Next>
where
    S: Stream<Item = (Call, Result<SubgraphResponse, FetchError>)> + Unpin,
    F: Future<Output = ()>,
{
    match Pin::new(calls).poll_next(context) {
        Poll::Ready(Some((call, result))) => return Poll::Ready(Next::Answer(call, result)),
        Poll::Ready(None) if waits.is_empty() => return Poll::Ready(Next::Nothing),
        Poll::Ready(None) | Poll::Pending => {}
    }
    for wait in waits {
        if wait.until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Next::Leave(wait.what.fetch));
        }
    }
    match deadline {
        Some(deadline) => deadline.as_mut().poll(context).map(|()| Next::Deadline),
        None => Poll::Pending,
    }
}

/// Sends a call.
async fn send<'plan, C: SubgraphClient>(
    plan: &'plan CompiledPlan,
    client: &'plan C,
    mut call: Call,
) -> (Call, Result<SubgraphResponse, FetchError>) {
    let body = Bytes::from(std::mem::take(&mut call.body));
    let request = plan.request(call.fetch, body, call.representations());
    match request {
        Some(request) => (call, client.fetch(request).await),
        None => {
            let error = FetchError::new(FetchErrorCode::Refused, "the plan has no such fetch");
            (call, Err(error))
        }
    }
}
