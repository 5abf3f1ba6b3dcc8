//! Tokens that are good, and each way in which they are not.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;

use super::*;
use crate::{identity::KeySourceError, test_support::TestTokens};

const ADA: Uuid = Uuid::from_u128(1);

async fn check_refused(token: &str, expected: &str) {
    let error = TestTokens::default()
        .verifier()
        .verify(token)
        .await
        .unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn a_good_token_is_a_user_with_roles_and_scopes() {
    let tokens = TestTokens::default();
    let identity = tokens.verifier().verify(&tokens.staff(ADA)).await.unwrap();
    assert_eq!(identity.user_id(), Some(ADA));
    assert!(
        identity.is_staff()
            && identity.has_scope("users:read")
            && !identity.has_scope("stock:reserve")
    );
}

#[tokio::test]
async fn a_service_token_is_a_service_and_no_user() {
    let tokens = TestTokens::default();
    let identity = tokens
        .verifier()
        .verify(&tokens.service("orders", &["stock:reserve"]))
        .await
        .unwrap();
    assert!(
        identity.is_service()
            && identity.user_id().is_none()
            && identity.has_scope("stock:reserve")
    );
}

#[tokio::test]
async fn an_expired_token_says_how_to_get_another() {
    let tokens = TestTokens::default();
    let mut claims = tokens.claims(&ADA.to_string(), &[], &[]);
    claims.exp = claims.iat - 6;
    assert_eq!(
        tokens.verifier().verify(&tokens.sign(&claims)).await,
        Err(TokenError::Expired)
    );
    claims.exp = claims.iat - 2;
    assert!(
        tokens
            .verifier()
            .verify(&tokens.sign(&claims))
            .await
            .is_ok(),
        "clocks may differ a little"
    );
}

#[tokio::test]
async fn tokens_of_others_or_for_others_are_refused() {
    check_refused(
        &TestTokens {
            issuer: "elsewhere".to_owned(),
            ..TestTokens::default()
        }
        .customer(ADA),
        "iss",
    )
    .await;
    check_refused(
        &TestTokens {
            audience: "elsewhere".to_owned(),
            ..TestTokens::default()
        }
        .customer(ADA),
        "aud",
    )
    .await;
}

#[tokio::test]
async fn another_kind_of_jwt_is_refused() {
    let tokens = TestTokens::default();
    let mut header = tokens.header();
    header.typ = Some("JWT".to_owned());
    check_refused(
        &tokens.sign_with_header(&header, &tokens.claims(&ADA.to_string(), &[], &[])),
        "at+jwt",
    )
    .await;
    check_refused("not.a.token", "not a JWT").await;
}

#[tokio::test]
async fn a_changed_payload_is_refused() {
    let tokens = TestTokens::default();
    let (customer, staff) = (tokens.customer(ADA), tokens.staff(ADA));
    let mut forged = customer.split('.').collect::<Vec<_>>();
    forged[1] = staff.split('.').nth(1).unwrap();
    check_refused(&forged.join("."), "signature").await;
}

#[tokio::test]
async fn a_header_that_is_no_bearer_token_is_refused() {
    let verifier = TestTokens::default().verifier();
    for value in ["Basic YTpi", "Bearer", "Bearer  ", "abc"] {
        assert!(
            matches!(
                verifier.identify(Some(value)).await,
                Err(TokenError::Invalid(_))
            ),
            "{value}"
        );
    }
    assert_eq!(verifier.identify(None).await, Ok(Identity::Anonymous));
}

/// Publishes no keys at first, the right one from the second time on; counts.
struct LateKeys(Arc<AtomicUsize>);

impl KeySource for LateKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, KeySourceError>> {
        let nth = self.0.fetch_add(1, Ordering::SeqCst);
        let keys = if nth == 0 {
            JwkSet { keys: Vec::new() }
        } else {
            TestTokens::default().key_set()
        };
        Box::pin(async { Ok(keys) })
    }
}

#[tokio::test]
async fn a_new_key_is_found_by_fetching_again() {
    let fetches = Arc::new(AtomicUsize::new(0));
    let verifier = TokenVerifier::with_minimum_interval(
        LateKeys(fetches.clone()),
        "weft-users",
        "weft",
        Duration::ZERO,
    );
    let token = TestTokens::default().customer(ADA);
    assert!(verifier.verify(&token).await.is_err());
    assert!(verifier.verify(&token).await.is_ok());
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn made_up_key_ids_do_not_fetch_each_time() {
    let fetches = Arc::new(AtomicUsize::new(0));
    let verifier = TokenVerifier::new(LateKeys(fetches.clone()), "weft-users", "weft");
    for _ in 0..5 {
        assert!(
            verifier
                .verify(&TestTokens::default().customer(ADA))
                .await
                .is_err()
        );
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

/// Never has keys.
struct NoKeys;

impl KeySource for NoKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, KeySourceError>> {
        Box::pin(async { Err(KeySourceError("down".to_owned())) })
    }
}

#[tokio::test]
async fn without_keys_nothing_is_said_about_the_token() {
    let verifier = TokenVerifier::new(NoKeys, "weft-users", "weft");
    assert_eq!(
        verifier.verify(&TestTokens::default().customer(ADA)).await,
        Err(TokenError::KeysUnavailable)
    );
}
