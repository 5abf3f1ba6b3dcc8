//! Refresh with rotation, detection of reuse, signing out.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};
use users::DEMO_PASSWORD;

use crate::harness::{Shop, id, on_both_engines};

const LOGOUT: &str = "mutation ($token: String, $everywhere: Boolean! = false) { logout(token: $token, everywhere: $everywhere) }";

on_both_engines!(
    a_refresh_token_works_once_and_makes_the_next,
    using_a_spent_token_ends_the_whole_family,
    of_two_uses_at_a_time_one_wins,
    an_unknown_token_is_invalid,
    a_token_that_was_not_used_for_too_long_is_expired,
    signing_out_ends_the_session_of_the_refresh_token,
    signing_out_with_the_access_token_ends_its_session,
    signing_out_everywhere_ends_all_sessions_of_that_user_only,
    only_digests_of_refresh_tokens_are_stored,
    a_new_password_ends_all_sessions_but_the_one_it_begins,
);

async fn a_refresh_token_works_once_and_makes_the_next(engine: Engine) {
    let shop = Shop::open(engine).await;
    let mut token = shop.login("ada").await.refresh_token;
    for _ in 0..3 {
        let session = shop.refresh(&token).await;
        assert_eq!(session["user"]["id"], id("ada"));
        let next = session["refreshToken"].as_str().unwrap().to_owned();
        assert_ne!(next, token);
        let me = shop
            .signed_in(&session)
            .client
            .data("{ me { id } }", json!({}))
            .await;
        assert_eq!(me["me"]["id"], id("ada"));
        token = next;
    }
}

async fn using_a_spent_token_ends_the_whole_family(engine: Engine) {
    let shop = Shop::open(engine).await;
    let other_device = shop.login("ada").await.refresh_token;
    let first = shop.login("ada").await.refresh_token;
    let second = shop.refresh(&first).await["refreshToken"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(shop.refresh(&first).await["reason"], "TOKEN_REUSED");
    assert_eq!(
        shop.refresh(&second).await["reason"],
        "TOKEN_INVALID",
        "the thief's or the owner's next token is worth nothing"
    );
    assert_eq!(
        shop.refresh(&other_device).await["__typename"],
        "Session",
        "another sign-in is another family"
    );
}

async fn of_two_uses_at_a_time_one_wins(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.login("ada").await.refresh_token;
    let answers = futures::future::join_all((0..6).map(|_| shop.refresh(&token))).await;
    let sessions = answers
        .iter()
        .filter(|answer| answer["__typename"] == "Session")
        .count();
    assert_eq!(sessions, 1, "{answers:?}");
}

async fn an_unknown_token_is_invalid(engine: Engine) {
    let shop = Shop::open(engine).await;
    for token in ["", "made-up", &"x".repeat(10_000)] {
        assert_eq!(shop.refresh(token).await["reason"], "TOKEN_INVALID");
    }
}

async fn a_token_that_was_not_used_for_too_long_is_expired(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.login("ada").await.refresh_token;
    let days_30 = i64::try_from(Duration::from_secs(30 * 86_400).as_millis()).unwrap();
    run(
        &shop,
        &format!("UPDATE refresh_tokens SET expires_at = expires_at - {days_30}"),
    )
    .await;
    assert_eq!(shop.refresh(&token).await["reason"], "TOKEN_EXPIRED");
}

async fn signing_out_ends_the_session_of_the_refresh_token(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.login("ada").await.refresh_token;
    assert_eq!(
        shop.client.data(LOGOUT, json!({ "token": token })).await["logout"],
        true
    );
    assert_eq!(shop.refresh(&token).await["reason"], "TOKEN_INVALID");
    assert_eq!(
        shop.client.data(LOGOUT, json!({ "token": token })).await["logout"],
        false
    );
}

async fn signing_out_with_the_access_token_ends_its_session(engine: Engine) {
    let shop = Shop::open(engine).await;
    let (here, there) = (shop.login("ada").await, shop.login("ada").await);
    assert_eq!(here.client.data(LOGOUT, json!({})).await["logout"], true);
    assert_eq!(
        shop.refresh(&here.refresh_token).await["reason"],
        "TOKEN_INVALID"
    );
    assert_eq!(
        shop.refresh(&there.refresh_token).await["__typename"],
        "Session"
    );
}

async fn signing_out_everywhere_ends_all_sessions_of_that_user_only(engine: Engine) {
    let shop = Shop::open(engine).await;
    let (here, there, grace) = (
        shop.login("ada").await,
        shop.login("ada").await,
        shop.login("grace").await,
    );
    assert_eq!(
        here.client
            .data(LOGOUT, json!({ "everywhere": true }))
            .await["logout"],
        true
    );
    assert_eq!(
        shop.refresh(&here.refresh_token).await["reason"],
        "TOKEN_INVALID"
    );
    assert_eq!(
        shop.refresh(&there.refresh_token).await["reason"],
        "TOKEN_INVALID"
    );
    assert_eq!(
        shop.refresh(&grace.refresh_token).await["__typename"],
        "Session"
    );
}

async fn only_digests_of_refresh_tokens_are_stored(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.login("ada").await.refresh_token;
    assert_eq!(token.len(), 43, "256 bits in base64url");
    let sql = "SELECT digest FROM refresh_tokens";
    let statement = Statement::from_string(shop.running.database.get_database_backend(), sql);
    let row = shop
        .running
        .database
        .query_one_raw(statement)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(row.try_get_by_index::<String>(0).unwrap(), token);
}

async fn change_password(client: &GraphqlClient, current: &str, new: &str) -> Value {
    let query = "mutation ($input: ChangePasswordInput!) {
      changePassword(input: $input) {
        __typename ... on Session { accessToken refreshToken } ... on AuthFailure { reason field message }
      }
    }";
    let input = json!({ "currentPassword": current, "newPassword": new });
    client.data(query, json!({ "input": input })).await["changePassword"].clone()
}

async fn a_new_password_ends_all_sessions_but_the_one_it_begins(engine: Engine) {
    let shop = Shop::open(engine).await;
    let (here, there) = (shop.login("ada").await, shop.login("ada").await);
    let session = change_password(&here.client, DEMO_PASSWORD, "analytical-engine").await;
    let next = shop.signed_in(&session).refresh_token;
    for ended in [&here.refresh_token, &there.refresh_token] {
        assert_eq!(shop.refresh(ended).await["reason"], "TOKEN_INVALID");
    }
    assert_eq!(shop.refresh(&next).await["__typename"], "Session");
    let email = "ada@example.com";
    assert_eq!(
        shop.try_login(email, DEMO_PASSWORD).await["reason"],
        "BAD_CREDENTIALS"
    );
    assert_eq!(
        shop.try_login(email, "analytical-engine").await["__typename"],
        "Session"
    );
}

#[tokio::test]
async fn a_password_is_changed_only_by_who_knows_it() {
    let shop = Shop::open(Engine::Sqlite).await;
    let ada = shop.login("ada").await;
    let wrong = change_password(&ada.client, "not-the-password", "analytical-engine").await;
    assert_eq!(
        (&wrong["reason"], &wrong["field"]),
        (&json!("BAD_CREDENTIALS"), &json!("currentPassword"))
    );
    let short = change_password(&ada.client, DEMO_PASSWORD, "short").await;
    assert_eq!(
        (&short["reason"], &short["field"]),
        (&json!("INVALID_INPUT"), &json!("newPassword"))
    );
    assert_eq!(
        shop.refresh(&ada.refresh_token).await["__typename"],
        "Session",
        "nothing has changed"
    );
}

#[tokio::test]
async fn signing_out_of_nothing_says_what_to_send() {
    let shop = Shop::open(Engine::Sqlite).await;
    let response = shop
        .client
        .send(LOGOUT, json!({ "everywhere": true }))
        .await;
    assert_eq!(response.code(), "UNAUTHENTICATED");
    assert!(
        response.message().contains("refresh token"),
        "{}",
        response.body
    );
}

async fn run(shop: &Shop, sql: &str) {
    shop.running.database.execute_unprepared(sql).await.unwrap();
}
