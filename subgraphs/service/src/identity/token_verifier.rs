//! Checks an access token: signature (EdDSA, key by `kid`), `iss`, `aud`, `exp`, `typ: at+jwt` (RFC 9068); returns the [`Identity`].
//! Keys are kept and fetched again when they are old or when a token names an unknown one, at most once per interval.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header, errors::ErrorKind,
    jwk::JwkSet,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, RwLock};
use uuid::Uuid;

use super::{
    Identity, SERVICE_SUBJECT_PREFIX, ServiceIdentity, UserIdentity, key_source::KeySource,
};

/// How far clocks may be apart.
const LEEWAY_SECONDS: u64 = 5;
/// Keys older than this are fetched again, so that a withdrawn key stops working.
const MAXIMUM_AGE: Duration = Duration::from_secs(300);
/// After a failure, tokens are refused for so long without another try.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// An unknown `kid` fetches again, but not more often than this: made-up key ids must not turn into traffic.
const MINIMUM_INTERVAL: Duration = Duration::from_secs(5);

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Who made the token.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// A user's id, or `service:` and a client id.
    pub sub: String,
    /// Scopes, with spaces between.
    pub scope: String,
    /// The user's roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The user's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// The token's own id.
    pub jti: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// Why a token is not accepted. The messages are for clients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The header or payload is not what a client should send.
    #[error("{0}")]
    Invalid(String),
    /// The token was good once.
    #[error("your access token has expired: get a new one with `refreshToken`, or sign in again")]
    Expired,
    /// The keys cannot be had, so nothing can be said about the token.
    #[error("access tokens cannot be checked at the moment, try again in a few seconds")]
    KeysUnavailable,
}

/// Checks access tokens; clones share the keys.
#[derive(Clone)]
pub struct TokenVerifier(Arc<Shared>);

struct Shared {
    source: Box<dyn KeySource>,
    validation: Validation,
    keys: RwLock<Keys>,
    /// When fetching failed last; held while fetching, so that one request fetches for all.
    failed_at: Mutex<Option<Instant>>,
    minimum_interval: Duration,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, Arc<DecodingKey>>,
    fetched_at: Option<Instant>,
}

impl TokenVerifier {
    /// A verifier of tokens made by `issuer` for `audience`, with keys from `source`.
    pub fn new(source: impl KeySource, issuer: &str, audience: &str) -> Self {
        Self::with_minimum_interval(source, issuer, audience, MINIMUM_INTERVAL)
    }

    fn with_minimum_interval(
        source: impl KeySource,
        issuer: &str,
        audience: &str,
        minimum_interval: Duration,
    ) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = LEEWAY_SECONDS;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self(Arc::new(Shared {
            source: Box::new(source),
            validation,
            keys: RwLock::default(),
            failed_at: Mutex::default(),
            minimum_interval,
        }))
    }

    /// The identity behind an `authorization` header; anonymous without one.
    pub async fn identify(&self, authorization: Option<&str>) -> Result<Identity, TokenError> {
        let Some(value) = authorization else {
            return Ok(Identity::Anonymous);
        };
        let token = bearer_token(value)?;
        self.verify(token).await
    }

    /// The identity that an access token stands for.
    pub async fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        let key = self.key_for(&checked_header(token)?).await?;
        let claims = decode::<AccessTokenClaims>(token, &key, &self.0.validation)
            .map_err(|error| refusal(&error))?
            .claims;
        identity_of(claims)
    }

    async fn key_for(&self, header: &Header) -> Result<Arc<DecodingKey>, TokenError> {
        let Some(id) = &header.kid else {
            return Err(not_ours("it names no key (`kid`)"));
        };
        if let Some(key) = self.known_key(id, MAXIMUM_AGE).await {
            return Ok(key);
        }
        let refreshed = self.refresh_keys(id).await;
        // Keys that could not be refreshed go on working: an outage of the users service must not sign everybody out.
        match (self.known_key(id, Duration::MAX).await, refreshed) {
            (Some(key), _) => Ok(key),
            (None, Ok(())) => Err(not_ours(
                "it is signed with a key that is not, or no longer, in use",
            )),
            (None, Err(error)) => Err(error),
        }
    }

    async fn known_key(&self, id: &str, maximum_age: Duration) -> Option<Arc<DecodingKey>> {
        let keys = self.0.keys.read().await;
        keys.fetched_at.filter(|at| at.elapsed() < maximum_age)?;
        keys.by_id.get(id).cloned()
    }

    async fn refresh_keys(&self, id: &str) -> Result<(), TokenError> {
        let mut failed_at = self.0.failed_at.lock().await;
        if self.known_key(id, MAXIMUM_AGE).await.is_some() || self.fetched_recently().await {
            return Ok(());
        }
        if failed_at.is_some_and(|at| at.elapsed() < PAUSE_AFTER_FAILURE) {
            return Err(TokenError::KeysUnavailable);
        }
        let fetched = self.0.source.fetch().await.map_err(|error| {
            tracing::warn!(%error, "access tokens cannot be checked");
            *failed_at = Some(Instant::now());
            TokenError::KeysUnavailable
        })?;
        *self.0.keys.write().await = Keys {
            by_id: decoding_keys(&fetched),
            fetched_at: Some(Instant::now()),
        };
        Ok(())
    }

    async fn fetched_recently(&self) -> bool {
        let keys = self.0.keys.read().await;
        keys.fetched_at
            .is_some_and(|at| at.elapsed() < self.0.minimum_interval)
    }
}

fn bearer_token(value: &str) -> Result<&str, TokenError> {
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => Ok(token.trim()),
        _ => Err(TokenError::Invalid(
            "the `authorization` header must be `Bearer` and an access token; leave it out to be anonymous".to_owned(),
        )),
    }
}

fn checked_header(token: &str) -> Result<Header, TokenError> {
    let header = decode_header(token).map_err(|_malformed| not_ours("it is not a JWT"))?;
    let is_access_token = header.typ.as_deref().is_some_and(|typ| {
        typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt")
    });
    if !is_access_token {
        return Err(not_ours(
            "it is not an access token (`typ` must be `at+jwt`)",
        ));
    }
    Ok(header)
}

fn refusal(error: &jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::InvalidIssuer => not_ours("it was made by somebody else (`iss`)"),
        ErrorKind::InvalidAudience => not_ours("it is meant for somebody else (`aud`)"),
        ErrorKind::InvalidSignature => not_ours("its signature is wrong"),
        _ => not_ours("it is malformed"),
    }
}

fn not_ours(why: &str) -> TokenError {
    TokenError::Invalid(format!(
        "your access token is not valid: {why}; sign in to get a new one"
    ))
}

fn identity_of(claims: AccessTokenClaims) -> Result<Identity, TokenError> {
    let scopes = claims
        .scope
        .split_whitespace()
        .map(str::to_owned)
        .collect::<BTreeSet<_>>();
    if let Some(client) = claims.sub.strip_prefix(SERVICE_SUBJECT_PREFIX) {
        return Ok(Identity::Service(ServiceIdentity {
            client: client.to_owned(),
            scopes,
        }));
    }
    let id = Uuid::parse_str(&claims.sub).map_err(|_malformed| not_ours("its `sub` is no user"))?;
    Ok(Identity::User(UserIdentity {
        id,
        roles: claims.roles.into_iter().collect(),
        scopes,
        session: claims.sid,
    }))
}

fn decoding_keys(set: &JwkSet) -> HashMap<String, Arc<DecodingKey>> {
    let usable = set.keys.iter().filter_map(|jwk| {
        let id = jwk.common.key_id.clone()?;
        Some((id, Arc::new(DecodingKey::from_jwk(jwk).ok()?)))
    });
    usable.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
