//! A database by URL: SQLite (a file, WAL) or PostgreSQL (a pool), migrated when opened. Writes that read first go through
//! [`Database::begin_write`], so that SQLite never has to upgrade a read lock.

mod sql_statements;

use std::{ops::Deref, time::Duration};

use anyhow::{Context, bail};
use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub use sql_statements::SqlStatements;

/// How long a SQLite connection waits for another's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A connected, migrated database. Dereferences to sea-orm's connection; clones share the pool.
#[derive(Clone, Debug)]
pub struct Database {
    connection: DatabaseConnection,
    statements: SqlStatements,
}

/// The migrations of a service that has no tables.
pub struct NoMigrations;

impl MigratorTrait for NoMigrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Vec::new()
    }
}

impl Database {
    /// Connects and brings the schema up to date.
    pub async fn open<M: MigratorTrait>(url: &str) -> anyhow::Result<Self> {
        let mut connection = connect(url).await?;
        M::up(&connection, None)
            .await
            .context("a migration failed")?;
        let statements = SqlStatements::default();
        connection.set_metric_callback(statements.recorder());
        Ok(Self {
            connection,
            statements,
        })
    }

    /// A transaction that will write: on SQLite it takes the write lock at once (`BEGIN IMMEDIATE`).
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.connection.begin_with_options(options).await
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Postgres
    }

    /// The number of SQL statements so far.
    pub fn statements(&self) -> &SqlStatements {
        &self.statements
    }
}

impl Deref for Database {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.connection
    }
}

async fn connect(url: &str) -> anyhow::Result<DatabaseConnection> {
    let options = if url.starts_with("sqlite:") {
        sqlite_options(url)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        postgres_options(url)
    } else {
        bail!(
            "the database URL must start with `sqlite://` or `postgres://`, as in `sqlite://data/shop.sqlite`"
        );
    };
    sea_orm::Database::connect(options)
        .await
        .with_context(|| format!("cannot open the database `{}`", without_password(url)))
}

fn sqlite_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    // Each connection to `:memory:` is a database of its own.
    let connections = if url.contains(":memory:") { 1 } else { 8 };
    options.max_connections(connections).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "NORMAL")
    });
    options
}

fn postgres_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(16)
        .connect_timeout(Duration::from_secs(10))
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    options
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((credentials, host)) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use sea_orm::ConnectionTrait;

    use super::*;

    #[test]
    fn an_error_never_shows_the_password() {
        assert_eq!(
            without_password("postgres://weft:secret@db/users"),
            "postgres://weft@db/users"
        );
        assert_eq!(
            without_password("sqlite://data/users.sqlite"),
            "sqlite://data/users.sqlite"
        );
    }

    #[tokio::test]
    async fn an_unknown_scheme_says_which_ones_work() {
        let error = Database::open::<NoMigrations>("mysql://localhost/users")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("sqlite://"), "{error}");
    }

    #[tokio::test]
    async fn concurrent_writers_on_sqlite_wait_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
        let database = Database::open::<NoMigrations>(&url).await.unwrap();
        database
            .execute_unprepared("CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (0)")
            .await
            .unwrap();
        let writers = (0..20).map(|_| {
            let database = database.clone();
            tokio::spawn(async move {
                let transaction = database.begin_write().await.unwrap();
                transaction
                    .execute_unprepared("UPDATE counter SET n = n + 1")
                    .await
                    .unwrap();
                transaction.commit().await.unwrap();
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let statement = sea_orm::Statement::from_string(DbBackend::Sqlite, "SELECT n FROM counter");
        let row = database.query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i32>(0).unwrap(), 20);
    }
}
