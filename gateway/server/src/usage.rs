//! Who uses what of the graph: requests that run in, a file for `weft check --usage` out.
//!
//! A request costs one look into a short list: it is counted for its prepared operation and its client. Only when the file
//! is written are operations turned into the coordinates of the schema that they use. Names of clients and numbers of
//! operations are bounded, because clients choose them.

mod export;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use weft_query_plan::{Operation, visit_coordinates};
use weft_supergraph::Supergraph;

use crate::configuration::UsageOptions;
use export::{Counts, Key, UsageError};

/// Operations that are counted between two writings; those beyond are not.
const MOST_OPERATIONS: usize = 10_000;
/// Clients that are told apart for one operation; the rest is counted as one.
const MOST_CLIENTS: usize = 100;
/// The name of that rest.
const OTHER_CLIENTS: &str = "(others)";
/// Longer names of clients are cut.
const LONGEST_NAME: usize = 64;

/// Counts requests, and writes them down from time to time.
pub(crate) struct UsageRecorder {
    file: PathBuf,
    interval: Duration,
    client_headers: Vec<String>,
    keep_days: u32,
    operations: Mutex<Vec<Arc<OperationUsage>>>,
    /// What was counted and is not in the file yet.
    unwritten: Mutex<Counts>,
}

/// How often clients sent an operation since the file was written.
pub(crate) struct OperationUsage {
    supergraph: Arc<Supergraph>,
    operation: Operation,
    clients: Mutex<Vec<(Box<str>, u64)>>,
}

impl UsageRecorder {
    /// A recorder, where the configuration names a file.
    pub(crate) fn new(options: &UsageOptions) -> Option<Arc<Self>> {
        let file = options.file.clone()?;
        Some(Arc::new(Self {
            file,
            interval: options.interval.0,
            client_headers: options.client_headers.clone(),
            keep_days: options.keep_days,
            operations: Mutex::default(),
            unwritten: Mutex::default(),
        }))
    }

    /// The counter of an operation that was prepared; `None` when there are too many.
    pub(crate) fn counter(
        &self,
        supergraph: &Arc<Supergraph>,
        operation: &Operation,
    ) -> Option<Arc<OperationUsage>> {
        let mut operations = lock(&self.operations);
        if operations.len() >= MOST_OPERATIONS {
            tracing::debug!("more operations than usage is counted for");
            return None;
        }
        let usage = Arc::new(OperationUsage {
            supergraph: Arc::clone(supergraph),
            operation: operation.clone(),
            clients: Mutex::default(),
        });
        operations.push(Arc::clone(&usage));
        Some(usage)
    }

    /// Counts a request that runs.
    pub(crate) fn count(&self, usage: &OperationUsage, headers: &HeaderMap) {
        let name = self
            .client_headers
            .iter()
            .find_map(|header| headers.get(header.as_str())?.to_str().ok())
            .unwrap_or("");
        let end = name
            .char_indices()
            .nth(LONGEST_NAME)
            .map_or(name.len(), |(end, _)| end);
        usage.count(&name[..end]);
    }

    /// Writes the file again and again, for ever.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            tokio::time::sleep(self.interval).await;
            self.write().await;
        }
    }

    /// Adds what was counted to the file, off the event loop. What cannot be written is kept for the next time.
    pub(crate) async fn write(self: &Arc<Self>) {
        let recorder = Arc::clone(self);
        let written = tokio::task::spawn_blocking(move || recorder.write_now(SystemTime::now()));
        if let Ok(Err(error)) = written.await {
            tracing::error!(%error, "usage cannot be written down: trying again later");
        }
    }

    fn write_now(&self, now: SystemTime) -> Result<(), UsageError> {
        let mut unwritten = lock(&self.unwritten);
        let today = export::day(now);
        for ((coordinate, client), requests) in self.take() {
            let key = Key {
                coordinate,
                client,
                day: today.clone(),
            };
            *unwritten.entry(key).or_default() += requests;
        }
        if unwritten.is_empty() {
            return Ok(());
        }
        let oldest = export::day(now - Duration::from_secs(86_400 * u64::from(self.keep_days)));
        export::add(&self.file, &unwritten, &oldest)?;
        unwritten.clear();
        Ok(())
    }

    /// The requests since the last time, by coordinate and client. Operations that nobody will send again are let go.
    fn take(&self) -> BTreeMap<(String, String), u64> {
        let mut sums = BTreeMap::new();
        let operations = lock(&self.operations).clone();
        for usage in &operations {
            let clients = std::mem::take(&mut *lock(&usage.clients));
            if clients.is_empty() {
                continue;
            }
            for coordinate in coordinates_of(&usage.supergraph, &usage.operation) {
                for (client, requests) in &clients {
                    let key = (coordinate.clone(), client.to_string());
                    *sums.entry(key).or_default() += requests;
                }
            }
        }
        drop(operations);
        // Held by nobody but this list, and nothing to tell: a request under way holds its operation.
        lock(&self.operations)
            .retain(|usage| Arc::strong_count(usage) > 1 || !lock(&usage.clients).is_empty());
        sums
    }
}

/// Everything that an operation names or receives, once each.
fn coordinates_of(supergraph: &Supergraph, operation: &Operation) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    visit_coordinates(
        supergraph.api_schema(),
        operation.document(),
        operation.operation(),
        &mut |coordinate, _| {
            used.insert(coordinate);
        },
    );
    used
}

impl OperationUsage {
    fn count(&self, client: &str) {
        let mut clients = lock(&self.clients);
        let client = match clients.len() < MOST_CLIENTS {
            true => client,
            false if clients.iter().any(|(known, _)| **known == *client) => client,
            false => OTHER_CLIENTS,
        };
        match clients.iter_mut().find(|(known, _)| **known == *client) {
            Some((_, requests)) => *requests += 1,
            None => clients.push((client.into(), 1)),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for UsageRecorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "UsageRecorder({})", self.file.display())
    }
}

impl fmt::Debug for OperationUsage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "OperationUsage({} clients)",
            lock(&self.clients).len()
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use weft_diagnostic::Source;

    use super::*;

    const SUPERGRAPH: &str = include_str!("../tests/gateway/supergraph.graphql");

    fn recorder(folder: &std::path::Path) -> Arc<UsageRecorder> {
        UsageRecorder::new(&UsageOptions {
            file: Some(folder.join("usage.json")),
            ..UsageOptions::default()
        })
        .unwrap()
    }

    fn counter(recorder: &UsageRecorder, document: &str) -> Arc<OperationUsage> {
        let source = Source::new("supergraph", "supergraph.graphql", SUPERGRAPH);
        let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
        let operation = Operation::parse(&supergraph, document, None).unwrap();
        recorder.counter(&supergraph, &operation).unwrap()
    }

    fn sent_by(client: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("apollographql-client-name", client.parse().unwrap());
        headers
    }

    #[test]
    fn requests_are_counted_by_coordinate_and_client() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = recorder(folder.path());
        let usage = counter(&recorder, "{ me { name } }");
        recorder.count(&usage, &sent_by("web"));
        recorder.count(&usage, &sent_by("web"));
        recorder.count(&usage, &HeaderMap::new());
        let sums = recorder.take();
        let requests = |client: &str| sums[&("User.name".to_owned(), client.to_owned())];
        assert_eq!((requests("web"), requests("")), (2, 1));
        assert!(recorder.take().is_empty());
    }

    #[test]
    fn names_of_clients_are_bounded_in_length_and_number() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = recorder(folder.path());
        let usage = counter(&recorder, "{ me { name } }");
        recorder.count(&usage, &sent_by(&"x".repeat(1000)));
        for number in 0..1000 {
            recorder.count(&usage, &sent_by(&format!("client {number}")));
        }
        let clients = lock(&usage.clients);
        assert_eq!(clients[0].0.len(), LONGEST_NAME);
        assert_eq!(clients.len(), MOST_CLIENTS + 1);
        assert_eq!(
            clients.iter().map(|(_, requests)| requests).sum::<u64>(),
            1001
        );
    }

    #[test]
    fn operations_that_left_the_cache_are_forgotten_once_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = recorder(folder.path());
        let usage = counter(&recorder, "{ me { name } }");
        recorder.count(&usage, &HeaderMap::new());
        drop(usage);
        assert_eq!(recorder.take().len(), coordinates_of_me());
        assert!(lock(&recorder.operations).is_empty());
    }

    fn coordinates_of_me() -> usize {
        // `Query`, `Query.me`, `User`, `User.name`, `String`.
        5
    }

    #[test]
    fn a_file_that_cannot_be_written_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not there yet");
        let recorder = recorder(&path);
        let usage = counter(&recorder, "{ me { name } }");
        recorder.count(&usage, &HeaderMap::new());
        assert!(recorder.write_now(SystemTime::now()).is_err());
        std::fs::create_dir(&path).unwrap();
        recorder.count(&usage, &HeaderMap::new());
        recorder.write_now(SystemTime::now()).unwrap();
        let text = std::fs::read_to_string(path.join("usage.json")).unwrap();
        assert!(text.contains(r#""requests": 2"#), "{text}");
    }
}
