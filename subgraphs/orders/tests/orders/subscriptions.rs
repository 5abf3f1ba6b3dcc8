//! The status subscription: each step of the caller's own orders, in order.

use orders::FaultPoint;
use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, Subscription};

use crate::harness::{PLACE, Shop, input, on_both_engines, order, user};
use crate::killed_workers::deadly;

on_both_engines!(every_step_of_an_order_reaches_its_buyer_in_order);

const STATUS: &str = "subscription ($id: ID) { orderStatusChanged(orderId: $id) { previous current order { id status buyer { id } } } }";

async fn every_step_of_an_order_reaches_its_buyer_in_order(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.identities.tokens.customer(user(1));
    let mut subscription = Subscription::start(
        &shop.running.graphql_url(),
        Some(&token),
        STATUS,
        json!({ "id": null }),
    )
    .await;
    let id = shop.placed(&[("DSK-PEN", 1)]).await;
    shop.pay(&id).await;
    let mut steps = Vec::new();
    for _ in 0..3 {
        let event = subscription.next().await["data"]["orderStatusChanged"].clone();
        assert_eq!(
            (&event["order"]["id"], &event["order"]["buyer"]["id"]),
            (&json!(id), &json!(user(1)))
        );
        steps.push((event["previous"].clone(), event["current"].clone()));
    }
    let expected = [
        (Value::Null, json!("PENDING")),
        (json!("PENDING"), json!("RESERVED")),
        (json!("RESERVED"), json!("PAID")),
    ];
    assert_eq!(steps, expected);
}

/// On SQLite the subscribers are in the process that dies.
#[tokio::test]
async fn a_step_is_told_by_postgresql_when_its_worker_dies_right_after_it() {
    let shop = Shop::open_with(Engine::Postgres, deadly(FaultPoint::Applied)).await;
    let token = shop.identities.tokens.customer(user(1));
    let url = shop.running.graphql_url();
    let mut subscription =
        Subscription::start(&url, Some(&token), STATUS, json!({ "id": null })).await;
    let ada = shop.customer(1);
    ada.data(PLACE, json!({ "input": input(&[("DSK-PEN", 1)]) }))
        .await;
    for expected in ["PENDING", "RESERVED"] {
        let event = subscription.next().await["data"]["orderStatusChanged"].clone();
        assert_eq!(event["current"], expected);
    }
}

#[tokio::test]
async fn somebody_elses_order_cannot_be_followed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let grace = shop.identities.tokens.customer(user(2));
    for (token, code) in [
        (Some(grace.as_str()), "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ] {
        let mut subscription = Subscription::start(
            &shop.running.graphql_url(),
            token,
            STATUS,
            json!({ "id": order(1) }),
        )
        .await;
        assert_eq!(
            subscription.next().await["errors"][0]["extensions"]["code"],
            code
        );
    }
}
