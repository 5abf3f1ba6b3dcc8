//! The way of an order from placed to delivered, and the ways in which it can end before.

use serde_json::{Value, json};
use subgraph_service::test_support::Engine;

use crate::harness::{PAY, PLACE, Plan, Shop, input, on_both_engines};

on_both_engines!(
    an_order_goes_its_way_to_the_buyer,
    paying_twice_charges_once,
    a_declined_card_leaves_the_order_to_be_paid,
    an_invoice_is_for_buyers_without_a_risk,
    a_cancelled_order_gives_its_stock_back,
    a_paid_order_can_be_cancelled_a_shipped_one_cannot,
    an_order_that_is_not_paid_in_time_is_cancelled_and_its_stock_is_back,
    a_step_cannot_be_left_out,
);

const ADVANCE: &str =
    "mutation ($id: ID!, $to: OrderStatus!) { advanceOrder(id: $id, to: $to) { status isFinal } }";

async fn advance(shop: &Shop, id: &str, to: &str) -> Value {
    shop.staff()
        .data(ADVANCE, json!({ "id": id, "to": to }))
        .await["advanceOrder"]
        .clone()
}

async fn an_order_goes_its_way_to_the_buyer(engine: Engine) {
    let shop = Shop::open(engine).await;
    let id = shop.placed(&[("DSK-LAMP", 2)]).await;
    assert_eq!(shop.pay(&id).await["status"], "PAID");
    assert_eq!(
        advance(&shop, &id, "SHIPPED").await,
        json!({ "status": "SHIPPED", "isFinal": false })
    );
    assert_eq!(
        advance(&shop, &id, "DELIVERED").await,
        json!({ "status": "DELIVERED", "isFinal": true })
    );
    assert_eq!(
        advance(&shop, &id, "DELIVERED").await["status"],
        "DELIVERED",
        "again"
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 10);
}

async fn paying_twice_charges_once(engine: Engine) {
    let shop = Shop::open(engine).await;
    let id = shop.placed(&[("DSK-LAMP", 2)]).await;
    let payments = futures::future::join_all((0..4).map(|_| shop.pay(&id))).await;
    assert!(
        payments.iter().all(|payment| payment["status"] == "PAID"),
        "{payments:?}"
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 10);
}

async fn a_declined_card_leaves_the_order_to_be_paid(engine: Engine) {
    let shop = Shop::open(engine).await;
    let id = shop.placed(&[("DSK-LAMP", 2)]).await;
    let declined = shop
        .customer(1)
        .data(PAY, json!({ "id": id, "token": "tok_declined" }))
        .await;
    assert_eq!(declined["payOrder"]["__typename"], "PaymentDeclined");
    assert_eq!(shop.pay(&id).await["status"], "PAID");
}

async fn an_invoice_is_for_buyers_without_a_risk(engine: Engine) {
    let shop = Shop::open(engine).await;
    let invoice = "mutation ($id: ID!) { payOrder(id: $id, payment: { invoiceReference: \"PO 17\" }) { __typename ... on Order { status } } }";
    for (customer, expected) in [(1, "Order"), (3, "PaymentDeclined")] {
        let client = shop.customer(customer);
        let placed = client
            .data(PLACE, json!({ "input": input(&[("DSK-PEN", 1)]) }))
            .await["placeOrder"]["order"]["id"]
            .clone();
        let paid = client.data(invoice, json!({ "id": placed })).await["payOrder"].clone();
        assert_eq!(paid["__typename"], expected, "customer {customer}");
    }
}

async fn a_cancelled_order_gives_its_stock_back(engine: Engine) {
    let shop = Shop::open(engine).await;
    let id = shop.placed(&[("DSK-LAMP", 2)]).await;
    assert_eq!(shop.stock_level("DSK-LAMP").await, 10);
    assert_eq!(
        shop.cancel(&id).await,
        json!({ "__typename": "Order", "status": "CANCELLED", "closingNote": "changed my mind" })
    );
    assert_eq!(shop.cancel(&id).await["status"], "CANCELLED", "again");
    shop.until_stock("DSK-LAMP", 12).await;
    assert_eq!(shop.pay(&id).await["__typename"], "NotPayable");
}

async fn a_paid_order_can_be_cancelled_a_shipped_one_cannot(engine: Engine) {
    let shop = Shop::open(engine).await;
    let (kept, given_up) = (
        shop.placed(&[("DSK-LAMP", 2)]).await,
        shop.placed(&[("DSK-LAMP", 3)]).await,
    );
    for id in [&kept, &given_up] {
        assert_eq!(shop.pay(id).await["status"], "PAID");
    }
    assert_eq!(shop.cancel(&given_up).await["status"], "CANCELLED");
    shop.until_stock("DSK-LAMP", 10).await;
    advance(&shop, &kept, "SHIPPED").await;
    assert_eq!(
        shop.cancel(&kept).await,
        json!({ "__typename": "NotCancellable", "status": "SHIPPED" })
    );
}

async fn an_order_that_is_not_paid_in_time_is_cancelled_and_its_stock_is_back(engine: Engine) {
    let shop = Shop::open_with(
        engine,
        Plan {
            hold_seconds: 1,
            ..Plan::default()
        },
    )
    .await;
    let id = shop.placed(&[("DSK-LAMP", 2)]).await;
    shop.until(&id, "CANCELLED").await;
    shop.until_stock("DSK-LAMP", 12).await;
    let order = shop
        .customer(1)
        .data(
            "query ($id: ID!) { order(id: $id) { closingNote } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(order["order"]["closingNote"], "not paid in time");
}

async fn a_step_cannot_be_left_out(engine: Engine) {
    let shop = Shop::open(engine).await;
    let id = shop.placed(&[("DSK-PEN", 1)]).await;
    for to in ["SHIPPED", "DELIVERED", "PAID"] {
        let response = shop
            .staff()
            .send(ADVANCE, json!({ "id": id, "to": to }))
            .await;
        assert_eq!(response.code(), "BAD_USER_INPUT", "{to}: {}", response.body);
    }
}
