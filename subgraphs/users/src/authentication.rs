//! Sign up, sign in, refresh, sign out: what a client sends in; a session, or a refusal that says what to do, out.

mod refusal;

use anyhow::Context;
use subgraph_service::{ClientAddress, Database, Identity};
use uuid::Uuid;

pub(crate) use refusal::{Reason, Refusal};

use crate::{
    access_tokens::{AccessToken, AccessTokens},
    accounts::{self, NewAccount, Taken, validation},
    attempts::Attempts,
    entities::user,
    passwords::{Passwords, Verdict},
    sessions::{Continued, NotContinued, Sessions},
};

/// All that signing in takes; clones share it.
#[derive(Clone)]
pub(crate) struct Authentication {
    pub(crate) database: Database,
    pub(crate) passwords: Passwords,
    pub(crate) attempts: Attempts,
    pub(crate) sessions: Sessions,
    pub(crate) access_tokens: AccessTokens,
}

/// What somebody gets who signed in.
pub(crate) struct SignedInSession {
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: String,
    pub(crate) user: user::Model,
}

/// What somebody fills in to sign up.
pub(crate) struct Registration {
    pub(crate) email: String,
    pub(crate) handle: String,
    pub(crate) display_name: String,
    pub(crate) password: String,
}

/// A session, an expected refusal, or a failure of ours.
pub(crate) type Outcome = anyhow::Result<Result<SignedInSession, Refusal>>;

impl Authentication {
    /// Makes an account and signs it in.
    pub(crate) async fn register(
        &self,
        registration: Registration,
        address: ClientAddress,
    ) -> Outcome {
        let (email, handle, display_name, password) = match checked(&registration) {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(too_many) = self.attempts.sign_up(address).await? {
            return Ok(Err(Refusal::locked(too_many)));
        }
        let password_hash = self.passwords.hash(password).await?;
        match accounts::create(
            &self.database,
            NewAccount {
                email,
                handle,
                display_name,
                password_hash,
            },
        )
        .await?
        {
            Ok(user) => self.begin_session(user).await.map(Ok),
            Err(Taken::Email) => Ok(Err(Refusal::email_taken())),
            Err(Taken::Handle) => Ok(Err(Refusal::handle_taken())),
        }
    }

    /// Signs in with email address and password.
    pub(crate) async fn login(
        &self,
        email: &str,
        password: String,
        address: ClientAddress,
    ) -> Outcome {
        let attempt = match self.attempts.sign_in(email, address).await? {
            Ok(attempt) => attempt,
            Err(too_many) => return Ok(Err(Refusal::locked(too_many))),
        };
        let user = accounts::by_email(&self.database, email).await?;
        let stored = user.as_ref().map(|user| user.password_hash.clone());
        let verdict = self.passwords.verify(password.clone(), stored).await?;
        let (Some(user), Verdict::Right | Verdict::RightButCheap) = (user, verdict) else {
            return Ok(Err(Refusal::bad_credentials()));
        };
        self.attempts.succeeded(attempt).await?;
        if verdict == Verdict::RightButCheap {
            let hash = self.passwords.hash(password).await?;
            accounts::replace_hash(&self.database, user.id, hash).await?;
        }
        self.begin_session(user).await.map(Ok)
    }

    /// Changes the password of a signed-in user, ends all sessions and begins a new one: whoever had a token loses it.
    pub(crate) async fn change_password(
        &self,
        user: Uuid,
        current: String,
        new: String,
        address: ClientAddress,
    ) -> Outcome {
        let Some(user) = accounts::by_id(&self.database, user).await? else {
            return Ok(Err(Refusal::wrong_password()));
        };
        if let Err(problem) = validation::password(&new, &user.email, &user.handle) {
            return Ok(Err(Refusal::invalid("newPassword", problem)));
        }
        let attempt = match self.attempts.sign_in(&user.email, address).await? {
            Ok(attempt) => attempt,
            Err(too_many) => return Ok(Err(Refusal::locked(too_many))),
        };
        let stored = Some(user.password_hash.clone());
        if self.passwords.verify(current, stored).await? == Verdict::Wrong {
            return Ok(Err(Refusal::wrong_password()));
        }
        self.attempts.succeeded(attempt).await?;
        let hash = self.passwords.hash(new).await?;
        accounts::replace_hash(&self.database, user.id, hash).await?;
        self.sessions.end_all(user.id).await?;
        self.begin_session(user).await.map(Ok)
    }

    /// Continues a session.
    pub(crate) async fn refresh(&self, token: &str) -> Outcome {
        match self.sessions.rotate(token).await? {
            Ok(continued) => {
                let user = accounts::by_id(&self.database, continued.user)
                    .await?
                    .context("a session has no user")?;
                self.signed_in(user, continued).await.map(Ok)
            }
            Err(NotContinued::Expired) => Ok(Err(Refusal::token_expired())),
            Err(NotContinued::Reused) => Ok(Err(Refusal::token_reused())),
            Err(NotContinued::Invalid) => Ok(Err(Refusal::token_invalid())),
        }
    }

    /// Ends the session of the refresh token, else that of the access token; or all sessions of the user. Returns whether one ended;
    /// nothing when there is neither token.
    pub(crate) async fn logout(
        &self,
        token: Option<&str>,
        everywhere: bool,
        identity: &Identity,
    ) -> anyhow::Result<Option<bool>> {
        match (everywhere, token, identity) {
            (true, _, Identity::User(user)) => Ok(Some(self.sessions.end_all(user.id).await?)),
            (false, Some(token), _) => Ok(Some(self.sessions.end_by_token(token).await?)),
            (false, None, Identity::User(user)) => match user.session {
                Some(session) => Ok(Some(self.sessions.end(session).await?)),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    async fn begin_session(&self, user: user::Model) -> anyhow::Result<SignedInSession> {
        let continued = self.sessions.begin(user.id).await?;
        self.signed_in(user, continued).await
    }

    async fn signed_in(
        &self,
        user: user::Model,
        continued: Continued,
    ) -> anyhow::Result<SignedInSession> {
        let access_token = self
            .access_tokens
            .for_user(&user, continued.session)
            .await?;
        Ok(SignedInSession {
            access_token,
            refresh_token: continued.refresh_token,
            user,
        })
    }
}

/// Email, handle, display name and password as they are stored or hashed.
fn checked(registration: &Registration) -> Result<(String, String, String, String), Refusal> {
    let in_field = |field: &'static str| move |problem: String| Refusal::invalid(field, problem);
    let email = validation::email(&registration.email).map_err(in_field("email"))?;
    let handle = validation::handle(&registration.handle).map_err(in_field("handle"))?;
    let display_name =
        validation::display_name(&registration.display_name).map_err(in_field("displayName"))?;
    let password = validation::password(&registration.password, &email, &handle)
        .map_err(in_field("password"))?;
    Ok((email, handle, display_name, password.to_owned()))
}
