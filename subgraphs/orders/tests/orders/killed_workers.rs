//! Workers die between any two steps, as in a power cut; after a restart every order ends in one status and the stock adds up.

use orders::{FaultPoint, Faults};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use subgraph_service::test_support::Engine;

use crate::harness::{CANCEL, PAY, PLACE, Plan, Shop, input, on_both_engines};

on_both_engines!(
    killed_after_the_claim_an_order_is_reserved_after_a_restart,
    killed_after_the_call_an_order_is_reserved_once,
    killed_after_the_write_an_order_is_reserved,
    killed_around_the_payment_an_order_is_paid_once,
    killed_around_the_release_stock_is_back_once,
    killed_again_and_again_all_orders_end_and_the_stock_adds_up,
);

/// A plan whose every worker dies at one point.
pub(crate) fn deadly(point: FaultPoint) -> Plan {
    Plan {
        faults: Faults::new(move |reached| reached == point),
        lease_milliseconds: 50,
        ..Plan::default()
    }
}

/// A plan in which nobody dies and abandoned steps are taken up at once.
fn alive() -> Plan {
    Plan {
        lease_milliseconds: 50,
        ..Plan::default()
    }
}

async fn order_survives(engine: Engine, point: FaultPoint, seen_before_restart: &str) {
    let shop = Shop::open_with(engine, deadly(point)).await;
    let ada = shop.customer(1);
    let placed = ada
        .data(PLACE, json!({ "input": input(&[("DSK-LAMP", 5)]) }))
        .await["placeOrder"]["order"]
        .clone();
    assert_eq!(placed["status"], seen_before_restart, "{point:?}");
    let id = placed["id"].as_str().unwrap().to_owned();
    let shop = shop.restart(alive()).await;
    shop.until(&id, "RESERVED").await;
    assert_eq!(shop.stock_level("DSK-LAMP").await, 7);
    assert_eq!(shop.pay(&id).await["status"], "PAID");
}

async fn killed_after_the_claim_an_order_is_reserved_after_a_restart(engine: Engine) {
    order_survives(engine, FaultPoint::Claimed, "PENDING").await;
}

async fn killed_after_the_call_an_order_is_reserved_once(engine: Engine) {
    order_survives(engine, FaultPoint::Called, "PENDING").await;
}

async fn killed_after_the_write_an_order_is_reserved(engine: Engine) {
    order_survives(engine, FaultPoint::Applied, "RESERVED").await;
}

async fn killed_around_the_payment_an_order_is_paid_once(engine: Engine) {
    for point in [FaultPoint::Claimed, FaultPoint::Called, FaultPoint::Applied] {
        let shop = Shop::open_with(engine, alive()).await;
        let id = shop.placed(&[("DSK-LAMP", 5)]).await;
        let shop = shop.restart(deadly(point)).await;
        let before = shop
            .customer(1)
            .data(PAY, json!({ "id": id, "token": "tok_visa" }))
            .await["payOrder"]["status"]
            .clone();
        let expected = if point == FaultPoint::Applied {
            "PAID"
        } else {
            "RESERVED"
        };
        assert_eq!(before, expected, "{point:?}");
        let shop = shop.restart(alive()).await;
        shop.until(&id, "PAID").await;
        assert_eq!(shop.stock_level("DSK-LAMP").await, 7, "{point:?}");
    }
}

async fn killed_around_the_release_stock_is_back_once(engine: Engine) {
    for point in [FaultPoint::Claimed, FaultPoint::Called, FaultPoint::Applied] {
        let shop = Shop::open_with(engine, alive()).await;
        let id = shop.placed(&[("DSK-LAMP", 5)]).await;
        let shop = shop.restart(deadly(point)).await;
        let cancelled = shop.customer(1).data(CANCEL, json!({ "id": id })).await;
        assert_eq!(cancelled["cancelOrder"]["status"], "CANCELLED");
        let shop = shop.restart(alive()).await;
        shop.until_stock("DSK-LAMP", 12).await;
        shop.placed(&[("DSK-PEN", 1)]).await;
        assert_eq!(
            shop.stock_level("DSK-LAMP").await,
            12,
            "{point:?}: not more than there was"
        );
    }
}

/// Every third point that any worker reaches kills it; twelve orders of which five are cancelled.
async fn killed_again_and_again_all_orders_end_and_the_stock_adds_up(engine: Engine) {
    let reached = Arc::new(AtomicUsize::new(0));
    let counting = Faults::new(move |_| reached.fetch_add(1, Ordering::SeqCst) % 3 == 2);
    let unlucky = || Plan {
        faults: counting.clone(),
        lease_milliseconds: 50,
        ..Plan::default()
    };
    let mut shop = Shop::open_with(engine, unlucky()).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let ada = shop.customer(1);
        let orders = (0..4).map(|_| {
            let ada = ada.clone();
            async move {
                ada.data(
                    PLACE,
                    json!({ "input": input(&[("OUT-STOVE", 1), ("COF-KETTLE", 2)]) }),
                )
                .await["placeOrder"]["order"]["id"]
                    .clone()
            }
        });
        ids.extend(futures::future::join_all(orders).await);
        shop = shop.restart(unlucky()).await;
    }
    for id in &ids[..5] {
        assert_eq!(
            shop.customer(1).data(CANCEL, json!({ "id": id })).await["cancelOrder"]["status"],
            "CANCELLED"
        );
    }
    let shop = shop.restart(alive()).await;
    for id in &ids[5..] {
        let id = id.as_str().unwrap();
        shop.until(id, "RESERVED").await;
        assert_eq!(shop.pay(id).await["status"], "PAID");
    }
    shop.until_stock("OUT-STOVE", 22 - 7).await;
    shop.until_stock("COF-KETTLE", 30 - 14).await;
}
