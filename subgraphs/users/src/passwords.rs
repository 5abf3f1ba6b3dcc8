//! Password hashes: argon2id off the event loop, a few at a time. Verifying takes the same time whether there is an account or not.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use anyhow::anyhow;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// Whoever waits longer for a turn is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PasswordCost {
    /// Memory.
    pub(crate) memory_kib: u32,
    /// Passes over it.
    pub(crate) passes: u32,
}

/// Hashes and verifies passwords; clones share the turns.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// The hash that is verified when there is no account.
    dummy: Arc<str>,
}

/// What verifying says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is another password, or there is no account.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash cost less than hashes cost now.
    RightButCheap,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self {
            memory_kib: Params::DEFAULT_M_COST,
            passes: Params::DEFAULT_T_COST,
        }
    }
}

impl Passwords {
    /// Hashes that cost `cost` from now on.
    pub(crate) fn new(cost: PasswordCost) -> anyhow::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|error| anyhow!("the cost of password hashes: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon2, "a password that nobody has")?.into();
        let turns = available_parallelism().map_or(2, usize::from);
        Ok(Self {
            argon2,
            turns: Arc::new(Semaphore::new(turns)),
            dummy,
        })
    }

    /// The hash of a new password, as a PHC string.
    pub(crate) async fn hash(&self, password: String) -> anyhow::Result<String> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || hash(&argon2, &password)).await?
    }

    /// Compares with the stored hash, or with a dummy that takes as long.
    pub(crate) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
    ) -> anyhow::Result<Verdict> {
        let argon2 = self.argon2.clone();
        let dummy = self.dummy.clone();
        self.in_turn(move || match stored {
            Some(stored) => verify(&argon2, &password, &stored),
            None => verify(&argon2, &password, &dummy).map(|_| Verdict::Wrong),
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let turn = timeout(PATIENCE, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| anyhow!("too many sign-ins at once"))??;
        Ok(spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await?)
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> anyhow::Result<String> {
    let hash: PasswordHash = argon2
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow!("a password hash: {error}"))?;
    Ok(hash.to_string())
}

fn verify(argon2: &Argon2<'_>, password: &str, stored: &str) -> anyhow::Result<Verdict> {
    let stored =
        PasswordHash::new(stored).map_err(|error| anyhow!("a stored password hash: {error}"))?;
    if argon2
        .verify_password(password.as_bytes(), &stored)
        .is_err()
    {
        return Ok(Verdict::Wrong);
    }
    let spent =
        Params::try_from(&stored).map_err(|error| anyhow!("a stored password hash: {error}"))?;
    let wanted = argon2.params();
    let cheap = spent.m_cost() < wanted.m_cost() || spent.t_cost() < wanted.t_cost();
    Ok(if cheap {
        Verdict::RightButCheap
    } else {
        Verdict::Right
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost {
        memory_kib: 1024,
        passes: 1,
    };

    async fn check(password: &str, expected: Verdict) {
        let passwords = Passwords::new(CHEAP).unwrap();
        let stored = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert_eq!(
            passwords
                .verify(password.to_owned(), Some(stored))
                .await
                .unwrap(),
            expected
        );
    }

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        check("correct horse", Verdict::Right).await;
        check("correct horse ", Verdict::Wrong).await;
        check("", Verdict::Wrong).await;
    }

    #[tokio::test]
    async fn without_an_account_every_password_is_wrong() {
        let passwords = Passwords::new(CHEAP).unwrap();
        let verdict = passwords
            .verify("a password that nobody has".to_owned(), None)
            .await
            .unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_from_cheaper_days_is_noticed() {
        let stored = Passwords::new(CHEAP)
            .unwrap()
            .hash("correct horse".to_owned())
            .await
            .unwrap();
        let dearer = Passwords::new(PasswordCost {
            memory_kib: 2048,
            passes: 1,
        })
        .unwrap();
        assert_eq!(
            dearer
                .verify("correct horse".to_owned(), Some(stored))
                .await
                .unwrap(),
            Verdict::RightButCheap
        );
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_a_salt_of_its_own() {
        let passwords = Passwords::new(CHEAP).unwrap();
        let (one, other) = (
            passwords.hash("same".to_owned()).await.unwrap(),
            passwords.hash("same".to_owned()).await.unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"), "{one}");
        assert_ne!(one, other);
    }
}
