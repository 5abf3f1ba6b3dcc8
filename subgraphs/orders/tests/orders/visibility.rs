//! Who sees and changes which orders: their buyer and staff; to everybody else they do not exist.

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};

use crate::harness::{CANCEL, PLACE, Shop, input, on_both_engines, order, user};

on_both_engines!(
    an_order_is_for_its_buyer_and_staff,
    what_a_user_bought_is_for_that_user_and_staff,
    staff_filters_all_orders_page_by_page,
);

const ORDER: &str = "query ($id: ID!) { order(id: $id) { id number buyer { id } } }";

async fn an_order_is_for_its_buyer_and_staff(engine: Engine) {
    let shop = Shop::open(engine).await;
    let see = async |client: &GraphqlClient| client.send(ORDER, json!({ "id": order(1) })).await;
    let ada = see(&shop.customer(1)).await;
    assert_eq!(
        ada.data()["order"]["buyer"]["id"],
        json!(user(1)),
        "{}",
        ada.body
    );
    assert_eq!(
        see(&shop.staff()).await.data()["order"],
        ada.data()["order"]
    );
    let grace = see(&shop.customer(2)).await;
    assert_eq!(
        (&grace.body["errors"], &grace.data()["order"]),
        (&Value::Null, &Value::Null),
        "as if it did not exist"
    );
    let anonymous = see(&shop.client).await;
    assert_eq!(
        (anonymous.code(), &anonymous.data()["order"]),
        ("UNAUTHENTICATED", &Value::Null)
    );
}

async fn what_a_user_bought_is_for_that_user_and_staff(engine: Engine) {
    let shop = Shop::open(engine).await;
    let query = "query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on User { id totalSpent { formatted } loyaltyPoints invoiceAllowed orders { totalCount nodes { status } } }
    } }";
    let ada =
        json!({ "representations": [{ "__typename": "User", "id": user(1), "riskScore": 0.05 }] });
    let shown = json!({
        "id": user(1), "totalSpent": { "formatted": "€213.20" }, "loyaltyPoints": 213, "invoiceAllowed": true,
        "orders": { "totalCount": 2, "nodes": [{ "status": "PAID" }, { "status": "DELIVERED" }] },
    });
    for client in [shop.customer(1), shop.staff()] {
        assert_eq!(client.data(query, ada.clone()).await["_entities"][0], shown);
    }
    for (client, code) in [
        (shop.customer(2), "FORBIDDEN"),
        (shop.client.clone(), "UNAUTHENTICATED"),
    ] {
        let response = client.send(query, ada.clone()).await;
        let hidden = json!({ "id": user(1), "totalSpent": null, "loyaltyPoints": null, "invoiceAllowed": null, "orders": null });
        assert_eq!(
            (&response.data()["_entities"][0], response.code()),
            (&hidden, code)
        );
        let path = &response.body["errors"][0]["path"];
        assert_eq!(
            path[1], 0,
            "the gateway must see which entity it is: {path}"
        );
    }
}

async fn staff_filters_all_orders_page_by_page(engine: Engine) {
    let shop = Shop::open(engine).await;
    let query = "query ($after: String, $filter: OrderFilter) {
      orders(first: 2, after: $after, filter: $filter) { totalCount nodes { id } pageInfo { endCursor hasNextPage } }
    }";
    let filter = json!({ "status": ["PAID", "SHIPPED"], "placedAfter": "2026-02-10T00:00:00Z" });
    let first = shop.staff().data(query, json!({ "filter": filter })).await["orders"].clone();
    assert_eq!(
        (&first["totalCount"], &first["nodes"]),
        (&json!(3), &json!([{ "id": order(6) }, { "id": order(4) }]))
    );
    let second = shop
        .staff()
        .data(
            query,
            json!({ "filter": filter, "after": first["pageInfo"]["endCursor"] }),
        )
        .await["orders"]
        .clone();
    assert_eq!(
        (&second["nodes"], &second["pageInfo"]["hasNextPage"]),
        (&json!([{ "id": order(2) }]), &json!(false))
    );
    for (client, code) in [
        (shop.customer(1), "FORBIDDEN"),
        (shop.client.clone(), "UNAUTHENTICATED"),
    ] {
        assert_eq!(client.send(query, json!({})).await.code(), code);
    }
}

#[tokio::test]
async fn nobody_changes_somebody_elses_order() {
    let shop = Shop::open(Engine::Sqlite).await;
    let cancel = |client: GraphqlClient| async move {
        client
            .send(CANCEL, json!({ "id": order(2) }))
            .await
            .code()
            .to_owned()
    };
    assert_eq!(cancel(shop.customer(2)).await, "NOT_FOUND");
    assert_eq!(cancel(shop.client.clone()).await, "UNAUTHENTICATED");
    assert_eq!(cancel(shop.staff()).await, "", "staff may");
}

#[tokio::test]
async fn strangers_cannot_order_and_customers_cannot_ship() {
    let shop = Shop::open(Engine::Sqlite).await;
    assert_eq!(
        shop.client
            .send(PLACE, json!({ "input": input(&[("DSK-PEN", 1)]) }))
            .await
            .code(),
        "UNAUTHENTICATED"
    );
    let ship = "mutation ($id: ID!) { advanceOrder(id: $id, to: SHIPPED) { id } }";
    assert_eq!(
        shop.customer(1)
            .send(ship, json!({ "id": order(2) }))
            .await
            .code(),
        "FORBIDDEN"
    );
}
