//! A request's id and its line in the log: headers in, one event at level `info` out when the request is answered.
//!
//! The id is the client's `x-request-id`, or a new one; subgraphs get it, and the answer carries it back, so that the
//! logs of all that took part can be put together. `WEFT_LOG=info,weft_server::request_log=off` leaves the lines out.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use tokio::time::Instant;

use crate::prepared_operation::PreparedOperation;

/// Carries the id of a request, from clients and to subgraphs.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ids are replaced: a client does not decide how long our log lines are.
const LONGEST_ID: usize = 128;

/// Tells the ids of this process from those of others.
static PROCESS: LazyLock<[u8; 16]> = LazyLock::new(|| {
    let text = format!("{:016x}", RandomState::new().hash_one("weft"));
    text.as_bytes().try_into().unwrap_or([b'0'; 16])
});
static COUNT: AtomicU64 = AtomicU64::new(1);

/// What is known about a request so far. Its line is written when it is dropped, also when the client went away.
#[derive(Debug)]
pub(crate) struct RequestLog {
    id: HeaderValue,
    method: Method,
    arrived: Instant,
    operation: Option<Arc<PreparedOperation>>,
    status: Option<u16>,
}

impl RequestLog {
    /// Begins with what arrived, and puts the id among the headers.
    pub(crate) fn start(parts: &mut Parts) -> Self {
        let known = parts.headers.get(&X_REQUEST_ID).filter(|id| is_usable(id));
        let id = known.cloned().unwrap_or_else(new_id);
        parts.headers.insert(X_REQUEST_ID, id.clone());
        Self {
            id,
            method: parts.method.clone(),
            arrived: Instant::now(),
            operation: None,
            status: None,
        }
    }

    /// When the request arrived.
    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// The operation is known from here on.
    pub(crate) fn runs(&mut self, operation: &Arc<PreparedOperation>) {
        self.operation = Some(Arc::clone(operation));
    }

    /// Ends with the answer, which gets the id.
    pub(crate) fn finish(mut self, response: &mut Response) {
        self.status = Some(response.status().as_u16());
        response.headers_mut().insert(X_REQUEST_ID, self.id.clone());
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        if !tracing::enabled!(tracing::Level::INFO) {
            return;
        }
        let operation = self.operation.as_ref();
        let operation = operation.and_then(|it| it.operation.operation().name.as_ref());
        let milliseconds = (self.arrived.elapsed().as_secs_f64() * 1e4).round() / 10.0;
        tracing::info!(
            method = self.method.as_str(),
            status = self.status,
            milliseconds,
            operation = operation.map(|name| name.as_str()),
            request_id = self.id.to_str().ok(),
            "{}",
            match self.status {
                Some(_) => "request",
                None => "request: the client went away before the answer",
            }
        );
    }
}

fn is_usable(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(u8::is_ascii_graphic)
}

/// Sixteen digits for the process, and six or more that count.
fn new_id() -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut rest = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut id = [b'0'; 33];
    id[..16].copy_from_slice(&*PROCESS);
    id[16] = b'-';
    let count = &mut id[17..];
    for digit in count.iter_mut().rev() {
        *digit = DIGITS[(rest & 15) as usize];
        rest >>= 4;
    }
    let unused = count
        .iter()
        .take(10)
        .take_while(|digit| **digit == b'0')
        .count();
    count.copy_within(unused.., 0);
    let end = id.len() - unused;
    HeaderValue::from_bytes(&id[..end]).unwrap_or(HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    /// The id of a request that came with `sent`, as subgraphs and the client see it.
    fn id_for(sent: Option<&str>) -> String {
        let mut request = http::Request::new(());
        if let Some(sent) = sent {
            request
                .headers_mut()
                .insert(X_REQUEST_ID, sent.parse().unwrap());
        }
        let mut parts = request.into_parts().0;
        let log = RequestLog::start(&mut parts);
        let mut response = Response::default();
        log.finish(&mut response);
        assert_eq!(
            response.headers()[X_REQUEST_ID],
            parts.headers[X_REQUEST_ID]
        );
        parts.headers[X_REQUEST_ID].to_str().unwrap().to_owned()
    }

    #[test]
    fn an_id_that_a_client_sends_is_kept() {
        assert_eq!(id_for(Some("checkout-7/3")), "checkout-7/3");
    }

    #[test]
    fn requests_without_a_usable_id_get_one_each() {
        let long = "x".repeat(LONGEST_ID + 1);
        let mut ids: Vec<String> = [None, Some(""), Some("with space"), Some(long.as_str())]
            .map(id_for)
            .to_vec();
        assert!(ids.iter().all(|id| id.len() == 23), "{ids:?}");
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }
}
