//! Reviews: by buyers, once for each purchase; the author's name and the rating follow.

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};
use uuid::Uuid;

use crate::harness::{Shop, on_both_engines, order};

on_both_engines!(
    a_buyer_reviews_a_purchase_once,
    nobody_reviews_what_they_have_not_bought,
    an_unpaid_order_does_not_entitle_to_a_review,
    the_purchase_behind_a_review_is_for_its_author_and_staff,
);

const REVIEW: &str = "mutation ($order: ID!, $line: Int!, $rating: Int!) {
  reviewProduct(input: { orderId: $order, lineNo: $line, rating: $rating, body: \"Cuts and does not warp.\" }) {
    __typename
    ... on Review { rating author { displayName } product { sku rating reviews { nodes { body } } } }
    ... on ReviewRefused { reason message }
  }
}";

async fn review(client: &GraphqlClient, order: Uuid, line: i32) -> Value {
    client
        .data(REVIEW, json!({ "order": order, "line": line, "rating": 4 }))
        .await["reviewProduct"]
        .clone()
}

async fn a_buyer_reviews_a_purchase_once(engine: Engine) {
    let shop = Shop::open(engine).await;
    let grace = shop.customer(2);
    let written = review(&grace, order(4), 2).await;
    assert_eq!(
        (
            &written["author"]["displayName"],
            &written["product"]["sku"]
        ),
        (&json!("User 2"), &json!("KIT-BOARD-OAK"))
    );
    assert_eq!(
        (
            &written["product"]["rating"],
            &written["product"]["reviews"]["nodes"][0]["body"]
        ),
        (&json!(4.0), &json!("Cuts and does not warp."))
    );
    assert_eq!(
        review(&grace, order(4), 2).await["reason"],
        "ALREADY_REVIEWED"
    );
}

async fn nobody_reviews_what_they_have_not_bought(engine: Engine) {
    let shop = Shop::open(engine).await;
    assert_eq!(
        review(&shop.customer(1), order(4), 2).await["reason"],
        "NOT_PURCHASED",
        "somebody else's order"
    );
    assert_eq!(
        review(&shop.customer(2), order(4), 9).await["reason"],
        "NOT_PURCHASED",
        "a line that does not exist"
    );
    let anonymous = shop
        .client
        .send(REVIEW, json!({ "order": order(4), "line": 2, "rating": 4 }))
        .await;
    assert_eq!(anonymous.code(), "UNAUTHENTICATED");
}

async fn an_unpaid_order_does_not_entitle_to_a_review(engine: Engine) {
    let shop = Shop::open(engine).await;
    let order = Uuid::now_v7();
    shop.reserve(order, &[("DSK-PEN", 1)]).await;
    assert_eq!(
        review(&shop.customer(1), order, 1).await["reason"],
        "NOT_PURCHASED"
    );
    shop.commit(order).await;
    assert_eq!(
        review(&shop.customer(1), order, 1).await["__typename"],
        "Review"
    );
}

async fn the_purchase_behind_a_review_is_for_its_author_and_staff(engine: Engine) {
    let shop = Shop::open(engine).await;
    let query = "{ product(by: { sku: \"KIT-PAN-24\" }) { reviews { nodes { purchase { orderId lineNo } } } } }";
    let purchase = async |client: &GraphqlClient| {
        client.data(query, json!({})).await["product"]["reviews"]["nodes"][0]["purchase"].clone()
    };
    let shown = json!({ "orderId": order(4), "lineNo": 1 });
    assert_eq!(purchase(&shop.customer(2)).await, shown);
    assert_eq!(purchase(&shop.staff()).await, shown);
    assert_eq!(purchase(&shop.customer(1)).await, Value::Null);
    assert_eq!(purchase(&shop.client).await, Value::Null);
}

#[tokio::test]
async fn a_rating_is_one_to_five() {
    let shop = Shop::open(Engine::Sqlite).await;
    for rating in [0, 6] {
        let response = shop
            .customer(2)
            .send(
                REVIEW,
                json!({ "order": order(4), "line": 2, "rating": rating }),
            )
            .await;
        assert!(response.message().contains("rating"), "{}", response.body);
    }
}
