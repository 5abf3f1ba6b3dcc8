//! News of changed rows for subscriptions: a short text is announced once and reaches every subscriber of every process.
//! Within one process by a broadcast channel (SQLite), between processes by `LISTEN`/`NOTIFY` (PostgreSQL).

use std::sync::Arc;

use futures::{Stream, StreamExt};
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::Database;

/// How far a subscriber may fall behind before it misses something.
const CAPACITY: usize = 1024;

/// One channel of news; clones share it.
#[derive(Clone)]
pub struct ChangeFeed {
    channel: &'static str,
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
            channel,
            local,
            database: database.clone(),
        })
    }

    /// Tells all subscribers. To be called after the change is committed; a failure is logged, because the change itself stands.
    pub async fn announce(&self, news: &str) {
        if !self.database.is_postgres() {
            // Without subscribers there is nobody to tell.
            let _receivers = self.local.send(news.into());
            return;
        }
        let notify = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [self.channel.into(), news.into()],
        );
        if let Err(error) = self.database.execute_raw(notify).await {
            tracing::warn!(%error, channel = self.channel, "a change could not be announced");
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
