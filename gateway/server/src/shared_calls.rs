//! Calls to subgraphs that are under way, by what they ask: a second one that asks the same waits for the first.
//!
//! Nobody leads: whoever waits drives the call, so that it goes on when the request that began it is cancelled, and ends
//! when nobody waits any more. Answers and failures are shared alike.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use apollo_compiler::collections::HashMap;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use http::{HeaderMap, HeaderName, HeaderValue};
use weft_executor::{FetchError, SubgraphRequest, SubgraphResponse};
use weft_supergraph::SubgraphId;

type Answer = Result<SubgraphResponse, FetchError>;
type SharedCall = Shared<BoxFuture<'static, Answer>>;

/// What has to be equal for calls to be shared: the subgraph, the body, and all headers but the request's id, which
/// differs between any two requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CallKey {
    subgraph: SubgraphId,
    body: Bytes,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl CallKey {
    /// The key of a call with those headers.
    pub(crate) fn new(request: &SubgraphRequest<'_>, headers: &HeaderMap) -> Self {
        let headers = headers
            .iter()
            .filter(|(name, _)| name.as_str() != "x-request-id")
            .map(|(name, value)| (name.clone(), value.clone()));
        Self {
            subgraph: request.subgraph,
            body: request.body.clone(),
            headers: headers.collect(),
        }
    }
}

/// The calls of one graph that are under way.
#[derive(Default)]
pub(crate) struct SharedCalls {
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    under_way: HashMap<CallKey, (u64, WeakShared<BoxFuture<'static, Answer>>)>,
    begun: u64,
}

impl SharedCalls {
    /// The answer of the call that is under way for the key, or else of `call`.
    pub(crate) async fn join(
        self: &Arc<Self>,
        key: CallKey,
        call: impl Future<Output = Answer> + Send + 'static,
    ) -> Answer {
        // The lock is released before a call can be dropped, which takes the lock.
        let shared = self.find_or_insert(key, call);
        shared.await
    }

    fn find_or_insert(
        self: &Arc<Self>,
        key: CallKey,
        call: impl Future<Output = Answer> + Send + 'static,
    ) -> SharedCall {
        let mut calls = self.lock();
        let known = calls.under_way.get(&key);
        if let Some(shared) = known.and_then(|(_, shared)| shared.upgrade()) {
            return shared;
        }
        calls.begun += 1;
        let number = calls.begun;
        let entry = Entry {
            calls: Arc::clone(self),
            key: key.clone(),
            number,
        };
        let shared = async move {
            let _entry = entry;
            call.await
        }
        .boxed()
        .shared();
        if let Some(weak) = shared.downgrade() {
            calls.under_way.insert(key, (number, weak));
        }
        shared
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SharedCalls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let under_way = self.lock().under_way.len();
        write!(formatter, "SharedCalls({under_way} under way)")
    }
}

/// Takes a call off the list when it ends or is given up.
struct Entry {
    calls: Arc<SharedCalls>,
    key: CallKey,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut calls = self.calls.lock();
        // A call that was given up may have been begun anew by somebody else meanwhile.
        let known = calls.under_way.get(&self.key);
        if known.is_some_and(|(number, _)| *number == self.number) {
            calls.under_way.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;
    use weft_executor::FetchErrorCode;

    use super::*;

    /// Calls that are counted, and end when they are told to.
    #[derive(Default)]
    struct Subgraph {
        asked: AtomicUsize,
        go: Notify,
    }

    fn key(body: &str, headers: &[(&'static str, &'static str)]) -> CallKey {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let request = SubgraphRequest {
            subgraph: SubgraphId(0),
            subgraph_name: "a",
            fetch: weft_query_plan::FetchId(0),
            operation_type: apollo_compiler::ast::OperationType::Query,
            operation_name: None,
            representations: 0,
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        CallKey::new(&request, &map)
    }

    fn ask(
        calls: &Arc<SharedCalls>,
        subgraph: &Arc<Subgraph>,
        key: CallKey,
    ) -> BoxFuture<'static, Answer> {
        let (calls, subgraph) = (Arc::clone(calls), Arc::clone(subgraph));
        async move {
            let call = async move {
                subgraph.asked.fetch_add(1, Ordering::SeqCst);
                subgraph.go.notified().await;
                Err(FetchError::new(FetchErrorCode::Connection, "gone"))
            };
            calls.join(key, call).await
        }
        .boxed()
    }

    /// How often the subgraph is asked for two calls at once, both of which fail.
    async fn check(first: CallKey, second: CallKey, expected: usize) {
        let (calls, subgraph) = (Arc::default(), Arc::<Subgraph>::default());
        let first = ask(&calls, &subgraph, first);
        let mut both = futures::future::join(first, ask(&calls, &subgraph, second));
        for _ in 0..expected {
            assert!(futures::poll!(&mut both).is_pending());
            assert_eq!(subgraph.asked.load(Ordering::SeqCst), expected);
            subgraph.go.notify_one();
        }
        let (first, second) = both.await;
        assert_eq!(first.unwrap_err().detail, "gone");
        assert_eq!(second.unwrap_err().detail, "gone");
        assert!(calls.lock().under_way.is_empty());
    }

    #[tokio::test]
    async fn calls_are_shared_when_body_and_headers_are_equal() {
        let with = |value| key("{a}", &[("authorization", value)]);
        check(with("x"), with("x"), 1).await;
        check(with("x"), with("y"), 2).await;
        check(key("{a}", &[]), key("{b}", &[]), 2).await;
        let identified = |id| key("{a}", &[("x-request-id", id)]);
        check(identified("1"), identified("2"), 1).await;
    }

    #[tokio::test]
    async fn a_call_goes_on_when_the_request_that_began_it_is_cancelled() {
        let (calls, subgraph) = (Arc::default(), Arc::<Subgraph>::default());
        let mut first = ask(&calls, &subgraph, key("{a}", &[]));
        assert!(futures::poll!(&mut first).is_pending());
        let mut second = ask(&calls, &subgraph, key("{a}", &[]));
        assert!(futures::poll!(&mut second).is_pending());
        drop(first);
        subgraph.go.notify_one();
        assert_eq!(second.await.unwrap_err().detail, "gone");
        assert_eq!(subgraph.asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_is_given_up_and_begun_anew() {
        let (calls, subgraph) = (Arc::<SharedCalls>::default(), Arc::<Subgraph>::default());
        for number in 1..=2 {
            let mut call = ask(&calls, &subgraph, key("{a}", &[]));
            assert!(futures::poll!(&mut call).is_pending());
            assert_eq!(subgraph.asked.load(Ordering::SeqCst), number);
            assert_eq!(calls.lock().under_way.len(), 1);
            drop(call);
            assert!(calls.lock().under_way.is_empty());
        }
    }
}
