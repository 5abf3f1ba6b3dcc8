//! Stock: never sold twice, whoever asks at once; held, committed, given back; and for the orders service only.

use futures::future::join_all;
use products::Settings;
use serde_json::json;
use std::time::Duration;
use subgraph_service::test_support::Engine;
use uuid::Uuid;

use crate::harness::{Shop, on_both_engines};

on_both_engines!(
    many_buyers_at_once_never_get_more_than_there_is,
    buyers_of_the_same_two_products_in_opposite_order_all_get_an_answer,
    all_lines_are_held_or_none,
    asking_again_is_asking_once_also_at_the_same_time,
    released_stock_is_back_once,
    what_is_released_before_it_is_reserved_cannot_be_held,
    a_committed_reservation_is_sold_until_it_is_released,
    unpaid_stock_comes_back_by_itself_and_cannot_be_committed_then,
);

async fn many_buyers_at_once_never_get_more_than_there_is(engine: Engine) {
    let shop = Shop::open(engine).await;
    let before = shop.stock_level("OUT-STOVE").await;
    assert_eq!(before, 22);
    let wanted: Vec<i64> = (0..40).map(|number| 1 + number % 3).collect();
    let buyers = wanted.iter().map(|quantity| {
        let shop = &shop;
        async move {
            (
                *quantity,
                shop.reserve(Uuid::now_v7(), &[("OUT-STOVE", *quantity)])
                    .await["complete"]
                    == true,
            )
        }
    });
    let answers = join_all(buyers).await;
    let held: i64 = answers
        .iter()
        .filter(|(_, held)| *held)
        .map(|(quantity, _)| quantity)
        .sum();
    assert_eq!(shop.stock_level("OUT-STOVE").await, before - held);
    assert!(
        (20..=22).contains(&held),
        "as much as fits is sold, {held} of 22"
    );
}

async fn buyers_of_the_same_two_products_in_opposite_order_all_get_an_answer(engine: Engine) {
    let shop = Shop::open(engine).await;
    let buyers = (0..30).map(|number| {
        let shop = &shop;
        let lines = if number % 2 == 0 {
            [("KIT-SCALE", 1), ("KIT-KNIFE-18", 1)]
        } else {
            [("KIT-KNIFE-18", 1), ("KIT-SCALE", 1)]
        };
        async move { shop.reserve(Uuid::now_v7(), &lines).await["complete"] == true }
    });
    let held = join_all(buyers)
        .await
        .into_iter()
        .filter(|held| *held)
        .count();
    assert_eq!(held, 25, "there are 25 knives");
    assert_eq!(
        (
            shop.stock_level("KIT-KNIFE-18").await,
            shop.stock_level("KIT-SCALE").await
        ),
        (0, 80 - 25)
    );
}

async fn all_lines_are_held_or_none(engine: Engine) {
    let shop = Shop::open(engine).await;
    let answer = shop
        .reserve(
            Uuid::now_v7(),
            &[("COF-KETTLE", 2), ("AUD-TURNTABLE", 1), ("NO-SUCH", 1)],
        )
        .await;
    assert_eq!(
        (&answer["complete"], &answer["missing"]),
        (&json!(false), &json!(["AUD-TURNTABLE", "NO-SUCH"]))
    );
    assert_eq!(shop.stock_level("COF-KETTLE").await, 30);
}

async fn asking_again_is_asking_once_also_at_the_same_time(engine: Engine) {
    let shop = Shop::open(engine).await;
    let order = Uuid::now_v7();
    let answers = join_all((0..8).map(|_| shop.reserve(order, &[("DSK-LAMP", 5)]))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer["complete"] == true
                && answer["expiresAt"] == answers[0]["expiresAt"]),
        "{answers:?}"
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 12 - 5);
}

async fn released_stock_is_back_once(engine: Engine) {
    let shop = Shop::open(engine).await;
    let order = Uuid::now_v7();
    shop.reserve(order, &[("DSK-LAMP", 5), ("BOO-RIVERS", 2)])
        .await;
    join_all((0..4).map(|_| shop.release(order))).await;
    assert_eq!(shop.stock_level("DSK-LAMP").await, 12);
    assert!(!shop.commit(order).await, "what is released cannot be sold");
}

async fn what_is_released_before_it_is_reserved_cannot_be_held(engine: Engine) {
    let shop = Shop::open(engine).await;
    let order = Uuid::now_v7();
    shop.release(order).await;
    assert_eq!(
        shop.reserve(order, &[("DSK-LAMP", 5)]).await["complete"],
        false
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 12);
}

async fn a_committed_reservation_is_sold_until_it_is_released(engine: Engine) {
    let shop = Shop::open(engine).await;
    let order = Uuid::now_v7();
    assert!(!shop.commit(order).await, "there is nothing to sell yet");
    shop.reserve(order, &[("DSK-LAMP", 12)]).await;
    assert!(shop.commit(order).await);
    assert!(shop.commit(order).await, "again");
    assert_eq!(shop.stock_level("DSK-LAMP").await, 0);
    let top = shop
        .client
        .data("{ topProducts(first: 1) { sku } }", json!({}))
        .await;
    assert_eq!(top["topProducts"][0]["sku"], "DSK-LAMP");
    shop.release(order).await;
    assert_eq!(shop.stock_level("DSK-LAMP").await, 12);
}

async fn unpaid_stock_comes_back_by_itself_and_cannot_be_committed_then(engine: Engine) {
    let shop = Shop::open_with(
        engine,
        Settings {
            hold_seconds: 1,
            ..Settings::default()
        },
    )
    .await;
    let order = Uuid::now_v7();
    shop.reserve(order, &[("DSK-LAMP", 5)]).await;
    let back = async {
        while shop.stock_level("DSK-LAMP").await != 12 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), back)
        .await
        .unwrap();
    assert!(!shop.commit(order).await);
    assert_eq!(
        shop.reserve(order, &[("DSK-LAMP", 5)]).await["complete"],
        false,
        "it is over"
    );
}

#[tokio::test]
async fn only_a_service_with_the_scope_may_touch_stock() {
    let shop = Shop::open(Engine::Sqlite).await;
    let release = format!("mutation {{ releaseStock(orderId: \"{}\") }}", Uuid::nil());
    let other_service = shop
        .client
        .with_token(shop.identities.tokens.service("other", &["users:read"]));
    let scoped_user = shop.client.with_token(shop.identities.tokens.user(
        Uuid::nil(),
        &["CUSTOMER"],
        &["stock:reserve"],
    ));
    let codes = [
        (shop.client.clone(), "UNAUTHENTICATED"),
        (shop.staff(), "FORBIDDEN"),
        (other_service, "FORBIDDEN"),
        (scoped_user, "FORBIDDEN"),
    ];
    for (client, code) in codes {
        assert_eq!(client.send(&release, json!({})).await.code(), code);
    }
}

#[tokio::test]
async fn lines_that_make_no_sense_are_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let check = async |lines: serde_json::Value| {
        let query = "mutation ($id: ID!, $lines: [StockLineInput!]!) { reserveStock(orderId: $id, buyerId: $id, lines: $lines) { complete } }";
        let response = shop
            .orders()
            .send(query, json!({ "id": Uuid::nil(), "lines": lines }))
            .await;
        assert_eq!(response.code(), "BAD_USER_INPUT", "{}", response.body);
    };
    check(json!([])).await;
    check(json!([{ "lineNo": 1, "sku": "DSK-PEN", "quantity": 0 }])).await;
    check(json!([{ "lineNo": 1, "sku": "DSK-PEN", "quantity": 1 }, { "lineNo": 1, "sku": "DSK-PAD", "quantity": 1 }])).await;
}
