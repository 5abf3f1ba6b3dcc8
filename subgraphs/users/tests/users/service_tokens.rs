//! Tokens for services: the client credentials grant, by the client that services use and by hand.

use serde_json::{Value, json};
use subgraph_service::{
    service_token::{
        DEMO_CLIENT_SECRET, ServiceTokenClient, ServiceTokenError, ServiceTokenOptions,
    },
    test_support::Engine,
};

use crate::harness::{Shop, demo, id, on_both_engines};

on_both_engines!(a_service_gets_a_token_and_may_see_what_it_needs);

fn token_client(shop: &Shop, secret: &str) -> ServiceTokenClient {
    ServiceTokenClient::new(ServiceTokenOptions {
        token_url: shop.url("/token"),
        client_id: "orders".to_owned(),
        client_secret: secret.to_owned(),
    })
}

async fn a_service_gets_a_token_and_may_see_what_it_needs(engine: Engine) {
    let shop = Shop::open(engine).await;
    let tokens = token_client(&shop, DEMO_CLIENT_SECRET);
    let token = tokens.token().await.unwrap();
    assert_eq!(tokens.token().await.unwrap(), token, "it is kept");
    let orders = shop.client.with_token(token);
    let query = "query ($by: UserBy!) { me { id } user(by: $by) { id email } }";
    let data = orders
        .data(query, json!({ "by": { "email": demo("ada").email } }))
        .await;
    assert_eq!(
        data,
        json!({ "me": null, "user": { "id": id("ada"), "email": "ada@example.com" } })
    );
    tokens.forget().await;
    assert_ne!(
        tokens.token().await.unwrap(),
        orders_token(&tokens).await + "x"
    );
}

async fn orders_token(tokens: &ServiceTokenClient) -> String {
    tokens.token().await.unwrap()
}

#[tokio::test]
async fn a_wrong_secret_is_refused_with_what_to_check() {
    let shop = Shop::open(Engine::Sqlite).await;
    let error = token_client(&shop, "another-secret-altogether")
        .token()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ServiceTokenError::Refused { code, .. } if code == "invalid_client"),
        "{error}"
    );
    assert!(error.to_string().contains("--client-secret"), "{error}");
}

async fn post_form(shop: &Shop, form: &[(&str, &str)]) -> (u16, Value) {
    let body = form
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")))
        .collect::<Vec<_>>()
        .join("&");
    let request = reqwest::Client::new()
        .post(shop.url("/token"))
        .header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_form_works_as_the_rfc_has_it_and_scopes_can_be_narrowed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let credentials = [
        ("grant_type", "client_credentials"),
        ("client_id", "orders"),
        ("client_secret", DEMO_CLIENT_SECRET),
    ];
    let (status, all) = post_form(&shop, &credentials).await;
    assert_eq!(
        (status, &all["scope"], &all["token_type"]),
        (200, &json!("stock:reserve users:read"), &json!("Bearer"))
    );
    let (_, narrowed) = post_form(
        &shop,
        &[&credentials[..], &[("scope", "users:read")]].concat(),
    )
    .await;
    assert_eq!(narrowed["scope"], "users:read");
    let (status, refused) = post_form(
        &shop,
        &[&credentials[..], &[("scope", "catalog:write")]].concat(),
    )
    .await;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid_scope")));
}

#[tokio::test]
async fn each_wrong_request_has_its_error() {
    let shop = Shop::open(Engine::Sqlite).await;
    let check = async |form: &[(&str, &str)], status: u16, code: &str| {
        let (found, body) = post_form(&shop, form).await;
        assert_eq!((found, &body["error"]), (status, &json!(code)), "{form:?}");
        assert!(
            body["error_description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    };
    check(&[("grant_type", "password")], 400, "unsupported_grant_type").await;
    check(
        &[("grant_type", "client_credentials")],
        400,
        "invalid_request",
    )
    .await;
    check(
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "orders"),
            ("client_secret", "x"),
        ],
        401,
        "invalid_client",
    )
    .await;
}
