//! The published keys, their rotation, and other services that check tokens with them.

use std::{collections::BTreeSet, time::Duration};

use jsonwebtoken::{decode_header, jwk::JwkSet};
use serde_json::{Value, json};
use subgraph_service::{
    TokenVerifier,
    identity::HttpKeys,
    test_support::{Engine, TestTokens},
};
use users::rotate_keys;

use crate::harness::{Shop, demo, on_both_engines};

on_both_engines!(
    another_service_checks_tokens_with_the_published_keys,
    tokens_of_both_keys_are_good_while_rotating,
    of_two_rotations_at_a_time_one_waits,
);

async fn published(shop: &Shop) -> JwkSet {
    reqwest::get(shop.url("/.well-known/jwks.json"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

fn elsewhere(shop: &Shop) -> TokenVerifier {
    TokenVerifier::new(
        HttpKeys::new(shop.url("/.well-known/jwks.json")),
        "weft-users",
        "weft",
    )
}

async fn another_service_checks_tokens_with_the_published_keys(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.login("staff").await.access_token;
    let identity = elsewhere(&shop).verify(&token).await.unwrap();
    assert_eq!(identity.user_id(), Some(demo("staff").id));
    assert!(identity.is_staff() && identity.has_scope("catalog:write"));
    let header = decode_header(&token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert!(published(&shop).await.find(&header.kid.unwrap()).is_some());
}

async fn tokens_of_both_keys_are_good_while_rotating(engine: Engine) {
    let shop = Shop::open(engine).await;
    let old = shop.login("ada").await;
    rotate_keys(&shop.running.database, Duration::ZERO)
        .await
        .unwrap();
    let new = shop.login("ada").await;
    let key = |token: &str| decode_header(token).unwrap().kid.unwrap();
    assert_ne!(key(&old.access_token), key(&new.access_token));
    assert_eq!(published(&shop).await.keys.len(), 2);
    let elsewhere = elsewhere(&shop);
    for token in [&old.access_token, &new.access_token] {
        assert!(elsewhere.verify(token).await.is_ok());
    }
    assert_eq!(
        old.client.data("{ me { handle } }", json!({})).await["me"]["handle"],
        "ada"
    );
}

async fn of_two_rotations_at_a_time_one_waits(engine: Engine) {
    let shop = Shop::open(engine).await;
    let rotate = || rotate_keys(&shop.running.database, Duration::from_secs(60));
    let outcomes = futures::future::join_all((0..4).map(|_| rotate())).await;
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(published(&shop).await.keys.len(), 2);
}

#[tokio::test]
async fn private_parts_of_keys_are_not_published() {
    let shop = Shop::open(Engine::Sqlite).await;
    let keys: Value = reqwest::get(shop.url("/.well-known/jwks.json"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let names = keys["keys"][0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect::<BTreeSet<_>>();
    assert_eq!(
        names,
        BTreeSet::from(["kty", "crv", "alg", "use", "kid", "x"])
    );
}

#[tokio::test]
async fn a_token_of_somebody_else_is_refused_with_401() {
    let shop = Shop::open(Engine::Sqlite).await;
    let forged = TestTokens::default().staff(demo("staff").id);
    let response = shop
        .client
        .with_token(forged)
        .send("{ me { id } }", json!({}))
        .await;
    assert_eq!((response.status, response.code()), (401, "UNAUTHENTICATED"));
    assert!(response.message().contains("sign in"), "{}", response.body);
}
