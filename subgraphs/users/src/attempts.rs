//! Limits attempts to sign in, per account and per network address, in the database, so that all instances count together. An attempt
//! is counted before the password is checked: a burst of parallel guesses is no way around the limit.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use sha2::{Digest, Sha256};
use subgraph_service::{ClientAddress, Database, clock::now_millis};

/// How long attempts are counted together.
const WINDOW_MILLIS: i64 = 15 * 60 * 1000;

/// Counts; clones share the database.
#[derive(Clone)]
pub(crate) struct Attempts {
    database: Database,
    per_account: i64,
    per_address: i64,
}

/// What an attempt was counted under.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    account: Option<String>,
    address: Option<String>,
}

/// There were too many attempts; another makes sense after so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) retry_after_seconds: i64,
}

#[derive(FromQueryResult)]
struct Window {
    count: i64,
    window_began_at: i64,
}

impl Attempts {
    pub(crate) fn new(database: &Database, per_account: u32, per_address: u32) -> Self {
        Self {
            database: database.clone(),
            per_account: per_account.into(),
            per_address: per_address.into(),
        }
    }

    /// Counts an attempt to sign in to the account with this email address, whether it exists or not.
    pub(crate) async fn sign_in(
        &self,
        email: &str,
        address: ClientAddress,
    ) -> Result<Result<Attempt, TooMany>, DbErr> {
        self.count(Attempt {
            account: Some(account_key(email)),
            address: address.0.map(address_key),
        })
        .await
    }

    /// Counts an attempt to make an account.
    pub(crate) async fn sign_up(
        &self,
        address: ClientAddress,
    ) -> Result<Result<Attempt, TooMany>, DbErr> {
        self.count(Attempt {
            account: None,
            address: address.0.map(address_key),
        })
        .await
    }

    /// The attempt was good: the account begins anew, the address gets it back.
    pub(crate) async fn succeeded(&self, attempt: Attempt) -> Result<(), DbErr> {
        if let Some(key) = attempt.account {
            self.run("DELETE FROM attempts WHERE key = $1", vec![key.into()])
                .await?;
        }
        if let Some(key) = attempt.address {
            self.run(
                "UPDATE attempts SET count = count - 1 WHERE key = $1 AND count > 0",
                vec![key.into()],
            )
            .await?;
        }
        Ok(())
    }

    /// Forgets windows that are over; returns how many.
    pub(crate) async fn forget_old(&self) -> Result<u64, DbErr> {
        self.run(
            "DELETE FROM attempts WHERE window_began_at <= $1",
            vec![(now_millis() - WINDOW_MILLIS).into()],
        )
        .await
    }

    async fn count(&self, attempt: Attempt) -> Result<Result<Attempt, TooMany>, DbErr> {
        for (key, limit) in [
            (&attempt.address, self.per_address),
            (&attempt.account, self.per_account),
        ] {
            let Some(key) = key else { continue };
            if let Err(too_many) = self.count_one(key, limit).await? {
                return Ok(Err(too_many));
            }
        }
        Ok(Ok(attempt))
    }

    async fn count_one(&self, key: &str, limit: i64) -> Result<Result<(), TooMany>, DbErr> {
        let now = now_millis();
        let sql = "INSERT INTO attempts (key, count, window_began_at) VALUES ($1, 1, $2)
            ON CONFLICT (key) DO UPDATE SET
              count = CASE WHEN attempts.window_began_at <= $3 THEN 1 ELSE attempts.count + 1 END,
              window_began_at = CASE WHEN attempts.window_began_at <= $3 THEN $2 ELSE attempts.window_began_at END
            RETURNING count, window_began_at";
        let values = vec![key.into(), now.into(), (now - WINDOW_MILLIS).into()];
        let statement =
            Statement::from_sql_and_values(self.database.get_database_backend(), sql, values);
        let window = Window::find_by_statement(statement)
            .one(&*self.database)
            .await?;
        let window =
            window.ok_or_else(|| DbErr::RecordNotFound("the counted attempt".to_owned()))?;
        if window.count <= limit {
            return Ok(Ok(()));
        }
        let remaining = window.window_began_at + WINDOW_MILLIS - now;
        Ok(Err(TooMany {
            retry_after_seconds: (remaining / 1000).max(1),
        }))
    }

    async fn run(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<u64, DbErr> {
        let statement =
            Statement::from_sql_and_values(self.database.get_database_backend(), sql, values);
        Ok(self.database.execute_raw(statement).await?.rows_affected())
    }
}

/// A digest: whatever is typed into the email field stays out of the table.
fn account_key(email: &str) -> String {
    format!(
        "account:{}",
        URL_SAFE_NO_PAD.encode(Sha256::digest(email.as_bytes()))
    )
}

/// One IPv6 subscriber has a whole /64.
fn address_key(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("address:{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("address:{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::migrations::Migrator;

    const NOWHERE: ClientAddress = ClientAddress(None);

    async fn attempts(per_account: u32, per_address: u32) -> Attempts {
        let database = Database::open::<Migrator>("sqlite::memory:").await.unwrap();
        Attempts::new(&database, per_account, per_address)
    }

    fn from(address: &str) -> ClientAddress {
        ClientAddress(Some(address.parse().unwrap()))
    }

    #[tokio::test]
    async fn an_account_is_locked_after_its_limit_and_others_are_not() {
        let attempts = attempts(2, 100).await;
        assert!(attempts.sign_in("ada", NOWHERE).await.unwrap().is_ok());
        assert!(attempts.sign_in("ada", NOWHERE).await.unwrap().is_ok());
        let refused = attempts.sign_in("ada", NOWHERE).await.unwrap().unwrap_err();
        assert!(
            (1..=900).contains(&refused.retry_after_seconds),
            "{refused:?}"
        );
        assert!(attempts.sign_in("grace", NOWHERE).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn success_begins_anew() {
        let attempts = attempts(2, 100).await;
        for _ in 0..5 {
            let attempt = attempts
                .sign_in("ada", from("192.0.2.1"))
                .await
                .unwrap()
                .unwrap();
            attempts.succeeded(attempt).await.unwrap();
        }
    }

    #[tokio::test]
    async fn one_address_may_not_try_many_accounts() {
        let attempts = attempts(10, 2).await;
        assert!(
            attempts
                .sign_in("ada", from("192.0.2.1"))
                .await
                .unwrap()
                .is_ok()
        );
        assert!(
            attempts
                .sign_in("grace", from("192.0.2.1"))
                .await
                .unwrap()
                .is_ok()
        );
        assert!(
            attempts
                .sign_in("linus", from("192.0.2.1"))
                .await
                .unwrap()
                .is_err()
        );
        assert!(
            attempts
                .sign_in("linus", from("192.0.2.2"))
                .await
                .unwrap()
                .is_ok()
        );
    }

    #[tokio::test]
    async fn a_whole_ipv6_network_counts_as_one_address() {
        let attempts = attempts(10, 1).await;
        assert!(attempts.sign_up(from("2001:db8::1")).await.unwrap().is_ok());
        assert!(
            attempts
                .sign_up(from("2001:db8::2"))
                .await
                .unwrap()
                .is_err()
        );
        assert!(
            attempts
                .sign_up(from("2001:db8:0:1::1"))
                .await
                .unwrap()
                .is_ok()
        );
    }

    #[tokio::test]
    async fn a_window_that_is_over_is_forgotten() {
        let attempts = attempts(1, 100).await;
        assert!(attempts.sign_in("ada", NOWHERE).await.unwrap().is_ok());
        attempts
            .run(
                "UPDATE attempts SET window_began_at = window_began_at - $1",
                vec![WINDOW_MILLIS.into()],
            )
            .await
            .unwrap();
        assert!(attempts.sign_in("ada", NOWHERE).await.unwrap().is_ok());
        attempts
            .run(
                "UPDATE attempts SET window_began_at = window_began_at - $1",
                vec![WINDOW_MILLIS.into()],
            )
            .await
            .unwrap();
        assert_eq!(attempts.forget_old().await.unwrap(), 1);
    }
}
