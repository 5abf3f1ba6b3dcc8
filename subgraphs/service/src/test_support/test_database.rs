//! A database that belongs to one test, on either engine: the same test runs on both.

use std::fmt;

use sea_orm::ConnectionTrait;
use tempfile::TempDir;
use uuid::Uuid;

use super::postgres::postgres_server;

/// The database engines that services run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a folder that vanishes.
    Sqlite,
    /// A database of its own on the server of [`postgres_server`].
    Postgres,
}

/// An empty database of a test's own.
pub struct TestDatabase {
    /// For `--database-url`.
    pub url: String,
    /// Holds the SQLite file; gone when dropped.
    _folder: Option<TempDir>,
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

#[allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
impl TestDatabase {
    /// An empty database on `engine`.
    ///
    /// # Panics
    /// When the engine is not to be had; the message says how to install it.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::sqlite(),
            Engine::Postgres => Self::postgres().await,
        }
    }

    fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
        Self {
            url,
            _folder: Some(folder),
        }
    }

    async fn postgres() -> Self {
        let server = postgres_server().unwrap_or_else(|error| panic!("{error}"));
        let name = format!("weft_test_{}", Uuid::new_v4().simple());
        let connection = sea_orm::Database::connect(server)
            .await
            .expect("the PostgreSQL server answers");
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a database can be created");
        connection.close().await.expect("the connection closes");
        Self {
            url: with_database(server, &name),
            _folder: None,
        }
    }
}

/// The URL of another database on the same server.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = match server.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (server, String::new()),
    };
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let end_of_host = address[after_scheme..]
        .find('/')
        .map_or(address.len(), |at| after_scheme + at);
    format!("{}/{name}{parameters}", &address[..end_of_host])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_parameters_stay() {
        assert_eq!(
            with_database("postgres://weft@localhost:5432/postgres?host=%2Ftmp", "a"),
            "postgres://weft@localhost:5432/a?host=%2Ftmp"
        );
        assert_eq!(
            with_database("postgres://weft@localhost", "a"),
            "postgres://weft@localhost/a"
        );
    }
}
