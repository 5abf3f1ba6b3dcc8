//! Connections that wait for their next request, by origin. Each thread has a shard of its own, so that threads do not
//! wait for each other; one that has none left looks into those of others before a new connection is made.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::origin::Origin;

/// Idle connections.
pub(crate) struct Pool {
    shards: Box<[Mutex<Shard>]>,
    idle_timeout: Duration,
}

type Shard = HashMap<Origin, Vec<Idle>>;

struct Idle {
    connection: Connection,
    until: Instant,
}

impl Pool {
    /// An empty pool whose connections are closed after such a time without use.
    pub(crate) fn new(idle_timeout: Duration) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            shards: (0..threads).map(|_| Mutex::default()).collect(),
            idle_timeout,
        }
    }

    /// The connection that was used last, if one is still open.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        let own = own_shard(self.shards.len());
        (0..self.shards.len()).find_map(|offset| {
            let shard = (own + offset) % self.shards.len();
            take_from(&mut lock(&self.shards[shard]), origin)
        })
    }

    /// Keeps a connection for the next request; the server closes it after `server_idle` where it said so.
    pub(crate) fn put(
        &self,
        origin: &Origin,
        connection: Connection,
        server_idle: Option<Duration>,
    ) {
        let idle = server_idle.map_or(self.idle_timeout, |idle| idle.min(self.idle_timeout));
        if idle.is_zero() {
            return;
        }
        let idle = Idle {
            connection,
            until: Instant::now() + idle,
        };
        let mut shard = lock(&self.shards[own_shard(self.shards.len())]);
        match shard.get_mut(origin) {
            Some(list) => list.push(idle),
            None => {
                shard.insert(origin.clone(), vec![idle]);
            }
        }
    }

    /// Closes what has waited for too long, or was closed by its server.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        for shard in &self.shards {
            let mut shard = lock(shard);
            for list in shard.values_mut() {
                list.retain(|idle| idle.until > now && idle.connection.is_open());
            }
            shard.retain(|_, list| !list.is_empty());
        }
    }
}

fn take_from(shard: &mut Shard, origin: &Origin) -> Option<Connection> {
    let list = shard.get_mut(origin)?;
    let now = Instant::now();
    while let Some(idle) = list.pop() {
        if idle.until > now && idle.connection.is_open() {
            return Some(idle.connection);
        }
    }
    None
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The shard of this thread: threads are counted as they come.
fn own_shard(shards: usize) -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    let number = NUMBER.get().unwrap_or_else(|| {
        let number = THREADS.fetch_add(1, Ordering::Relaxed);
        NUMBER.set(Some(number));
        number
    });
    number % shards
}

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pool({} shards)", self.shards.len())
    }
}
