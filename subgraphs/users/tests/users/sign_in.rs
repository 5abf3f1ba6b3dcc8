//! Sign up and sign in: the good cases, and an answer for everything that can be wrong.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use subgraph_service::{
    ServiceOptions,
    test_support::{Engine, GraphqlClient},
};
use users::{DEMO_PASSWORD, Users, UsersSettings};

use crate::harness::{LOGIN, REGISTER, Shop, demo, id, on_both_engines, options, quick_settings};

on_both_engines!(
    a_demo_customer_signs_in_and_is_me,
    wrong_credentials_are_refused_alike,
    an_account_is_locked_after_too_many_failures,
    parallel_guesses_are_all_counted,
    somebody_new_signs_up_and_in,
    a_taken_email_address_or_handle_is_refused,
    two_sign_ups_at_once_make_one_account,
    demo_data_is_made_once,
    a_cheap_hash_is_renewed_at_sign_in,
);

async fn a_demo_customer_signs_in_and_is_me(engine: Engine) {
    let shop = Shop::open(engine).await;
    let session = shop.try_login("Ada@Example.com", DEMO_PASSWORD).await;
    assert_eq!(
        session["user"],
        json!({ "id": id("ada"), "email": "ada@example.com" })
    );
    let minutes = (session["expiresAt"]
        .as_str()
        .unwrap()
        .parse::<DateTime<Utc>>()
        .unwrap()
        - Utc::now())
    .num_minutes();
    assert!(
        (9..=10).contains(&minutes),
        "an access token is good for ten minutes, not {minutes}"
    );
    let me = shop
        .signed_in(&session)
        .client
        .data("{ me { id handle displayName createdAt } }", json!({}))
        .await;
    assert_eq!(me["me"]["handle"], "ada");
}

async fn wrong_credentials_are_refused_alike(engine: Engine) {
    let shop = Shop::open(engine).await;
    let wrong_password = shop.try_login("ada@example.com", "weft-demo-2").await;
    let no_account = shop.try_login("nobody@example.com", "weft-demo-1").await;
    assert_eq!(wrong_password["reason"], "BAD_CREDENTIALS");
    assert_eq!(
        wrong_password, no_account,
        "the answer must not tell whether there is an account"
    );
}

async fn an_account_is_locked_after_too_many_failures(engine: Engine) {
    let shop = Shop::open_with(
        engine,
        UsersSettings {
            attempts_per_account: 3,
            ..quick_settings()
        },
    )
    .await;
    for email in ["ada@example.com", "nobody@example.com"] {
        for _ in 0..3 {
            assert_eq!(
                shop.try_login(email, "wrong-wrong").await["reason"],
                "BAD_CREDENTIALS"
            );
        }
        let locked = shop.try_login(email, DEMO_PASSWORD).await;
        assert_eq!(locked["reason"], "LOCKED", "{locked}");
        assert!(locked["retryAfterSeconds"].as_i64().unwrap() > 800);
    }
    assert_eq!(
        shop.try_login("grace@example.com", DEMO_PASSWORD).await["__typename"],
        "Session"
    );
}

async fn parallel_guesses_are_all_counted(engine: Engine) {
    let shop = Shop::open_with(
        engine,
        UsersSettings {
            attempts_per_account: 5,
            ..quick_settings()
        },
    )
    .await;
    let guesses = (0..20).map(|_| shop.try_login("ada@example.com", "wrong-wrong"));
    let answers = futures::future::join_all(guesses).await;
    let checked = answers
        .iter()
        .filter(|answer| answer["reason"] == "BAD_CREDENTIALS")
        .count();
    assert_eq!(checked, 5);
}

async fn register(client: &GraphqlClient, email: &str, handle: &str) -> Value {
    let input = json!({ "email": email, "handle": handle, "displayName": " Hedy Lamarr ", "password": "frequency-hopping" });
    client.data(REGISTER, json!({ "input": input })).await["register"].clone()
}

async fn somebody_new_signs_up_and_in(engine: Engine) {
    let shop = Shop::open(engine).await;
    let session = register(&shop.client, "Hedy@Example.com", "Hedy").await;
    let user = &session["user"];
    assert_eq!(
        (&user["handle"], &user["displayName"]),
        (&json!("hedy"), &json!("Hedy Lamarr"))
    );
    assert_eq!(
        (&user["email"], &user["addresses"]),
        (&json!("hedy@example.com"), &json!([]))
    );
    let again = shop
        .try_login("hedy@example.com", "frequency-hopping")
        .await;
    assert_eq!(again["user"]["id"], user["id"]);
}

async fn a_taken_email_address_or_handle_is_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    let email = register(&shop.client, "ADA@example.com", "ada2").await;
    assert_eq!(
        (&email["reason"], &email["field"]),
        (&json!("EMAIL_TAKEN"), &json!("email"))
    );
    let handle = register(&shop.client, "ada2@example.com", "Ada").await;
    assert_eq!(
        (&handle["reason"], &handle["field"]),
        (&json!("HANDLE_TAKEN"), &json!("handle"))
    );
}

async fn two_sign_ups_at_once_make_one_account(engine: Engine) {
    let shop = Shop::open(engine).await;
    let sign_ups = (0..8).map(|_| register(&shop.client, "hedy@example.com", "hedy"));
    let answers = futures::future::join_all(sign_ups).await;
    let sessions = answers
        .iter()
        .filter(|answer| answer["__typename"] == "Session")
        .count();
    let refused = answers
        .iter()
        .filter(|answer| answer["reason"] == "EMAIL_TAKEN")
        .count();
    assert_eq!((sessions, refused), (1, 7), "{answers:?}");
}

async fn demo_data_is_made_once(engine: Engine) {
    let shop = Shop::open(engine).await;
    let again = subgraph_service::start::<Users>(options(&shop.database), quick_settings())
        .await
        .unwrap();
    let client = GraphqlClient::new(again.graphql_url());
    let session = client
        .data(
            LOGIN,
            json!({ "email": "ada@example.com", "password": DEMO_PASSWORD }),
        )
        .await;
    assert_eq!(session["login"]["user"]["id"], id("ada"));
}

async fn a_cheap_hash_is_renewed_at_sign_in(engine: Engine) {
    let shop = Shop::open(engine).await;
    let dearer = UsersSettings {
        password_memory_kib: 2048,
        ..quick_settings()
    };
    let again = subgraph_service::start::<Users>(options(&shop.database), dearer)
        .await
        .unwrap();
    let client = GraphqlClient::new(again.graphql_url());
    let before = stored_hash(&again).await;
    client
        .data(
            LOGIN,
            json!({ "email": "ada@example.com", "password": DEMO_PASSWORD }),
        )
        .await;
    let after = stored_hash(&again).await;
    assert!(
        before.contains("m=1024") && after.contains("m=2048"),
        "{before} {after}"
    );
    assert_eq!(
        shop.try_login("ada@example.com", DEMO_PASSWORD).await["__typename"],
        "Session"
    );
}

async fn stored_hash(running: &subgraph_service::RunningService) -> String {
    use sea_orm::{ConnectionTrait, Statement};
    let sql = "SELECT password_hash FROM users WHERE email = 'ada@example.com'";
    let statement = Statement::from_string(running.database.get_database_backend(), sql);
    let row = running
        .database
        .query_one_raw(statement)
        .await
        .unwrap()
        .unwrap();
    row.try_get_by_index(0).unwrap()
}

async fn check_refused_input(field: &str, value: &str) {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut input = json!({ "email": "a@example.com", "handle": "abc", "displayName": "A", "password": "long enough" });
    input[field] = json!(value);
    let answer = shop.client.data(REGISTER, json!({ "input": input })).await["register"].clone();
    assert_eq!(
        (&answer["reason"], &answer["field"]),
        (&json!("INVALID_INPUT"), &json!(field)),
        "{answer}"
    );
}

#[tokio::test]
async fn each_wrong_input_names_its_field() {
    check_refused_input("email", "not an address").await;
    check_refused_input("handle", "a b").await;
    check_refused_input("displayName", "   ").await;
    check_refused_input("password", "short").await;
}

#[tokio::test]
async fn an_email_address_that_is_none_is_refused_by_its_type() {
    let shop = Shop::open(Engine::Sqlite).await;
    let response = shop
        .client
        .send(LOGIN, json!({ "email": "ada", "password": "x" }))
        .await;
    assert!(
        response.message().contains("name@example.com"),
        "{}",
        response.body
    );
}

#[tokio::test]
async fn attempts_are_counted_by_the_address_that_a_trusted_proxy_tells() {
    let shop = Shop::open_with(
        Engine::Sqlite,
        UsersSettings {
            attempts_per_address: 2,
            ..quick_settings()
        },
    )
    .await;
    let attempt = async |email: &str, from: &str| {
        let body =
            json!({ "query": LOGIN, "variables": { "email": email, "password": "wrong-wrong" } });
        let request = reqwest::Client::new()
            .post(shop.url("/graphql"))
            .header("x-forwarded-for", from)
            .json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["data"]["login"]["reason"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        attempt("a@example.com", "203.0.113.1").await,
        "BAD_CREDENTIALS"
    );
    assert_eq!(
        attempt("b@example.com", "203.0.113.1").await,
        "BAD_CREDENTIALS"
    );
    assert_eq!(attempt("c@example.com", "203.0.113.1").await, "LOCKED");
    assert_eq!(
        attempt("c@example.com", "203.0.113.2").await,
        "BAD_CREDENTIALS"
    );
}

#[tokio::test]
async fn without_demo_data_there_are_no_demo_accounts() {
    let database = subgraph_service::test_support::TestDatabase::new(Engine::Sqlite).await;
    let options = ServiceOptions {
        demo_data: false,
        ..options(&database)
    };
    let running = subgraph_service::start::<Users>(options, quick_settings())
        .await
        .unwrap();
    let client = GraphqlClient::new(running.graphql_url());
    let answer = client
        .data(
            LOGIN,
            json!({ "email": demo("ada").email, "password": DEMO_PASSWORD }),
        )
        .await;
    assert_eq!(answer["login"]["reason"], "BAD_CREDENTIALS");
}
