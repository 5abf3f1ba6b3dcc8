//! Documents that were seen, ready to run: one look-up for each request, one preparation for each document however
//! many requests wait for it.
//!
//! Keys are compared in full, never by hash alone. A document that takes up to 32 KiB of memory, ready to run, counts as one,
//! larger ones for more: so many times 32 KiB is the most that all of them take.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::prepared_operation::PreparedOperation;
use crate::request_error::RequestError;

/// How many bytes a document may take that counts as one.
const UNIT: u64 = 32 << 10;

/// A bounded cache of prepared operations.
pub(crate) struct DocumentCache {
    entries: Cache<DocumentKey, Arc<PreparedOperation>, BySize>,
}

/// What picks an operation: the document as JSON text, and the name of one of its operations.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DocumentKey {
    document: Bytes,
    operation_name: Option<Box<str>>,
}

/// A key that is borrowed from a request.
#[derive(PartialEq, Eq)]
pub(crate) struct DocumentReference<'a> {
    pub(crate) document: &'a [u8],
    pub(crate) operation_name: Option<&'a str>,
}

#[derive(Clone)]
struct BySize;

impl DocumentCache {
    /// A cache for so many documents.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            entries: Cache::with_weighter(capacity, capacity as u64, BySize),
        }
    }

    /// The operation, if it was seen before.
    pub(crate) fn get(&self, reference: &DocumentReference<'_>) -> Option<Arc<PreparedOperation>> {
        self.entries.get(reference)
    }

    /// The operation, prepared by `prepare` unless another request does so already. Failures are not kept.
    ///
    /// # Errors
    /// What `prepare` fails with.
    pub(crate) async fn get_or_prepare(
        &self,
        reference: &DocumentReference<'_>,
        prepare: impl Future<Output = Result<Arc<PreparedOperation>, RequestError>>,
    ) -> Result<Arc<PreparedOperation>, RequestError> {
        let key = DocumentKey {
            // A copy, because the request's buffer holds more than the document.
            document: Bytes::copy_from_slice(reference.document),
            operation_name: reference.operation_name.map(Box::from),
        };
        self.entries.get_or_insert_async(&key, prepare).await
    }
}

impl Hash for DocumentKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let reference = DocumentReference {
            document: &self.document,
            operation_name: self.operation_name.as_deref(),
        };
        reference.hash(state);
    }
}

impl Hash for DocumentReference<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.document.hash(state);
        self.operation_name.hash(state);
    }
}

impl Equivalent<DocumentKey> for DocumentReference<'_> {
    fn equivalent(&self, key: &DocumentKey) -> bool {
        self.document == key.document && self.operation_name == key.operation_name.as_deref()
    }
}

impl Weighter<DocumentKey, Arc<PreparedOperation>> for BySize {
    fn weight(&self, key: &DocumentKey, prepared: &Arc<PreparedOperation>) -> u64 {
        let bytes = prepared.memory + key.document.len();
        1 + bytes as u64 / UNIT
    }
}

impl std::fmt::Debug for DocumentCache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DocumentCache({} documents)", self.entries.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;
    use http::StatusCode;

    use super::*;

    /// How often a document is prepared that ten requests ask for at once.
    async fn prepared(documents: [&str; 10]) -> usize {
        let cache = DocumentCache::new(10);
        let count = AtomicUsize::new(0);
        let asking = documents.map(async |document| {
            let reference = DocumentReference {
                document: document.as_bytes(),
                operation_name: None,
            };
            let prepare = async {
                count.fetch_add(1, Ordering::SeqCst);
                std::future::pending().await
            };
            cache.get_or_prepare(&reference, prepare).await
        });
        let mut all = std::pin::pin!(join_all(asking));
        assert!(futures::poll!(&mut all).is_pending());
        count.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_document_is_prepared_once_however_many_wait_for_it() {
        assert_eq!(prepared(["a"; 10]).await, 1);
        assert_eq!(
            prepared(["a", "b", "a", "b", "a", "b", "a", "b", "a", "c"]).await,
            3
        );
    }

    #[tokio::test]
    async fn after_a_failure_the_next_request_tries_again() {
        let cache = DocumentCache::new(10);
        let reference = DocumentReference {
            document: b"a",
            operation_name: None,
        };
        for message in ["first", "second"] {
            let failing = async { Err(RequestError::new(StatusCode::OK, "X", message)) };
            let error = cache.get_or_prepare(&reference, failing).await.unwrap_err();
            assert_eq!(error.errors[0].message, message);
        }
    }
}
