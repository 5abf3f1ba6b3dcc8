//! Makes access tokens (RFC 9068): a user with a session, or a service, in; a signed JWT out.

use std::time::Duration;

use anyhow::Context;
use jsonwebtoken::{Algorithm, Header, encode};
use subgraph_service::{
    clock::now_millis,
    identity::{AccessTokenClaims, SERVICE_SUBJECT_PREFIX},
};
use uuid::Uuid;

use crate::{entities::user, roles::Role, signing_keys::SigningKeys};

/// How long an access token is good. Signing out does not shorten it.
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);

/// Makes access tokens; clones share the keys.
#[derive(Clone)]
pub(crate) struct AccessTokens {
    keys: SigningKeys,
    issuer: String,
    audience: String,
}

/// A signed token.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    /// In milliseconds since 1970.
    pub(crate) expires_at: i64,
}

impl AccessTokens {
    pub(crate) fn new(keys: SigningKeys, issuer: &str, audience: &str) -> Self {
        Self {
            keys,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        }
    }

    /// A token for a user in a session, with the scopes of the user's role.
    pub(crate) async fn for_user(
        &self,
        user: &user::Model,
        session: Uuid,
    ) -> anyhow::Result<AccessToken> {
        let role = Role::of_name(&user.role);
        let claims = AccessTokenClaims {
            roles: vec![role.name().to_owned()],
            sid: Some(session),
            ..self.claims(user.id.to_string(), role.scopes())
        };
        self.sign(&claims).await
    }

    /// A token for a service.
    pub(crate) async fn for_service(
        &self,
        client: &str,
        scope: &str,
    ) -> anyhow::Result<AccessToken> {
        self.sign(&self.claims(format!("{SERVICE_SUBJECT_PREFIX}{client}"), scope))
            .await
    }

    fn claims(&self, subject: String, scope: &str) -> AccessTokenClaims {
        let now = now_millis() / 1000;
        AccessTokenClaims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: subject,
            scope: scope.to_owned(),
            roles: Vec::new(),
            sid: None,
            jti: Uuid::now_v7().to_string(),
            iat: now,
            exp: now.saturating_add_unsigned(LIFETIME.as_secs()),
        }
    }

    async fn sign(&self, claims: &AccessTokenClaims) -> anyhow::Result<AccessToken> {
        let signer = self.keys.signer().await?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(signer.id);
        let text =
            encode(&header, claims, &signer.key).context("an access token cannot be signed")?;
        Ok(AccessToken {
            text,
            expires_at: claims.exp * 1000,
        })
    }
}
