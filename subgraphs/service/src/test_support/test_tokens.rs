//! Access tokens for tests, signed with a key that only the test's verifier knows.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::JwkSet};
use serde_json::json;
use uuid::Uuid;

use crate::identity::{
    AccessTokenClaims, CUSTOMER, FixedKeys, SERVICE_SUBJECT_PREFIX, STAFF, TokenVerifier,
};

/// The key pair of RFC 8037, appendix A: public knowledge, good for tests only.
const SECRET: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const KEY_ID: &str = "test-key";

/// Makes tokens and the verifier that accepts them.
#[derive(Clone, Debug)]
pub struct TestTokens {
    /// The `iss` of the tokens.
    pub issuer: String,
    /// The `aud` of the tokens.
    pub audience: String,
}

impl Default for TestTokens {
    fn default() -> Self {
        Self {
            issuer: "weft-users".to_owned(),
            audience: "weft".to_owned(),
        }
    }
}

#[allow(clippy::expect_used, reason = "a test fails by panicking")]
impl TestTokens {
    /// The published keys: serve them at `--jwks-url`, or use [`TestTokens::verifier`].
    ///
    /// # Panics
    /// Never: the key is fixed.
    pub fn key_set(&self) -> JwkSet {
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID, "x": PUBLIC });
        serde_json::from_value(json!({ "keys": [key] })).expect("the key is well-formed")
    }

    /// A verifier of these tokens.
    pub fn verifier(&self) -> TokenVerifier {
        TokenVerifier::new(FixedKeys(self.key_set()), &self.issuer, &self.audience)
    }

    /// A token of a customer, with the scopes that signing in gives.
    pub fn customer(&self, user: Uuid) -> String {
        self.user(user, &[CUSTOMER], &["profile:email"])
    }

    /// A token of a staff member, with the scopes that signing in gives.
    pub fn staff(&self, user: Uuid) -> String {
        self.user(
            user,
            &[STAFF],
            &[
                "profile:email",
                "users:read",
                "orders:read",
                "orders:write",
                "catalog:write",
            ],
        )
    }

    /// A token of a user with these roles and scopes.
    pub fn user(&self, user: Uuid, roles: &[&str], scopes: &[&str]) -> String {
        self.sign(&self.claims(&user.to_string(), roles, scopes))
    }

    /// A token of a service, as the client credentials grant gives it.
    pub fn service(&self, client: &str, scopes: &[&str]) -> String {
        self.sign(&self.claims(&format!("{SERVICE_SUBJECT_PREFIX}{client}"), &[], scopes))
    }

    /// Claims that are good for ten minutes; change them to make a token that is not.
    pub fn claims(&self, subject: &str, roles: &[&str], scopes: &[&str]) -> AccessTokenClaims {
        let now = chrono::Utc::now().timestamp();
        AccessTokenClaims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: subject.to_owned(),
            scope: scopes.join(" "),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            sid: None,
            jti: Uuid::now_v7().to_string(),
            iat: now,
            exp: now + 600,
        }
    }

    /// The header of a good access token.
    pub fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(KEY_ID.to_owned());
        header
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &AccessTokenClaims) -> String {
        self.sign_with_header(&self.header(), claims)
    }

    /// A token with this header and these claims.
    ///
    /// # Panics
    /// When the header's algorithm is not EdDSA.
    pub fn sign_with_header(&self, header: &Header, claims: &AccessTokenClaims) -> String {
        encode(header, claims, &signing_key()).expect("the key signs")
    }
}

/// The secret as PKCS #8 (RFC 8410): a fixed prefix and 32 bytes.
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
fn signing_key() -> EncodingKey {
    const PREFIX: [u8; 16] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    let secret = URL_SAFE_NO_PAD
        .decode(SECRET)
        .expect("the key is well-formed");
    EncodingKey::from_ed_der(&[PREFIX.as_slice(), &secret].concat())
}
