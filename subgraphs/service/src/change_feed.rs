//! News of changed rows for subscriptions: a short text is announced once and reaches every subscriber of every process.
//! Within one process by a broadcast channel (SQLite), between processes by `LISTEN`/`NOTIFY` (PostgreSQL).
//!
//! Whoever changes rows announces twice: [`ChangeFeed::announce_within`] the transaction, which PostgreSQL passes on when
//! it commits, so that a process that is killed right then loses no news; and [`ChangeFeed::announce_after`] it, for
//! SQLite, whose subscribers are all in this process and go with it.

use std::sync::Arc;

use futures::{Stream, StreamExt};
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::Database;

/// How far a subscriber may fall behind before it misses something.
const CAPACITY: usize = 1024;

/// One channel of news; clones share it.
#[derive(Clone)]
pub struct ChangeFeed {
    local: broadcast::Sender<Arc<str>>,
    database: Database,
}

impl ChangeFeed {
    /// Opens the channel; on PostgreSQL starts to listen to what other processes announce.
    ///
    /// # Errors
    /// When PostgreSQL cannot be listened to.
    pub async fn open(database: &Database, channel: &'static str) -> Result<Self, DbErr> {
        let (local, _) = broadcast::channel(CAPACITY);
        if database.is_postgres() {
            let listener = listen(database, channel)
                .await
                .map_err(|error| DbErr::Custom(error.to_string()))?;
            tokio::spawn(forward(listener, local.downgrade()));
        }
        Ok(Self {
            local,
            database: database.clone(),
        })
    }

    /// Tells all subscribers of a channel when the transaction commits (PostgreSQL); does nothing on SQLite.
    ///
    /// # Errors
    /// When the statement fails, and the transaction with it.
    pub async fn announce_within(
        transaction: &DatabaseTransaction,
        channel: &'static str,
        news: &str,
    ) -> Result<(), DbErr> {
        if transaction.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let notify = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [channel.into(), news.into()],
        );
        transaction.execute_raw(notify).await.map(|_| ())
    }

    /// Tells all subscribers of a change that was committed (SQLite); does nothing on PostgreSQL.
    pub fn announce_after(&self, news: &str) {
        if !self.database.is_postgres() {
            // Without subscribers there is nobody to tell.
            let _receivers = self.local.send(news.into());
        }
    }

    /// What is announced from now on. A subscriber that falls far behind misses the oldest news.
    pub fn subscribe(&self) -> impl Stream<Item = Arc<str>> + Send + use<> {
        BroadcastStream::new(self.local.subscribe()).filter_map(|news| async { news.ok() })
    }
}

async fn listen(database: &Database, channel: &str) -> Result<PgListener, sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect_with(database.get_postgres_connection_pool()).await?;
    listener.listen(channel).await?;
    Ok(listener)
}

/// Passes news on until the feed is dropped. The listener connects again by itself when its connection breaks.
async fn forward(mut listener: PgListener, local: broadcast::WeakSender<Arc<str>>) {
    loop {
        let news = listener.recv().await;
        let Some(sender) = local.upgrade() else {
            return;
        };
        match news {
            Ok(notification) => {
                let _receivers = sender.send(notification.payload().into());
            }
            // The service stops.
            Err(sea_orm::sqlx::Error::PoolClosed) => return,
            Err(error) => {
                tracing::warn!(%error, "the connection that listens to changes is broken, trying again");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }
}
