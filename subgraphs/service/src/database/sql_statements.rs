//! Counts the SQL statements that a service sends, so that a test can say how many a request may take.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A count that clones share.
#[derive(Clone, Debug, Default)]
pub struct SqlStatements(Arc<AtomicU64>);

impl SqlStatements {
    /// The number of statements since the database was opened (its migrations are not counted).
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn recorder(&self) -> impl Fn(&sea_orm::metric::Info<'_>) + Send + Sync + 'static {
        let count = self.0.clone();
        move |_statement| {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}
