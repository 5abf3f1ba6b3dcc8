//! Placing orders: prices of the day, one order for one key, and the expected ways to fail.

use futures::future::join_all;
use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};

use crate::harness::{PLACE, Shop, input, on_both_engines, user};

on_both_engines!(
    an_order_is_reserved_at_the_prices_of_the_day,
    a_later_price_does_not_change_an_order,
    the_same_key_gives_the_same_order_also_at_the_same_time,
    what_is_sold_out_is_named_and_nothing_is_held,
    many_orders_at_once_never_get_more_than_there_is,
    a_coupon_takes_its_percentage_off_while_it_is_valid,
    an_order_with_the_same_product_twice_holds_both_lines,
);

async fn an_order_is_reserved_at_the_prices_of_the_day(engine: Engine) {
    let shop = Shop::open(engine).await;
    let placed = shop
        .place(&[("COF-BEANS-ETH", 2), ("BOO-FERMENT", 1)])
        .await;
    let order = &placed["order"];
    assert_eq!(order["status"], "RESERVED", "{placed}");
    let sums = ["subtotal", "discount", "shipping", "total"]
        .map(|sum| order[sum]["amountMinor"].as_i64().unwrap());
    assert_eq!(
        sums,
        [2 * 1390 + 1490, 0, 1490, 2 * 1390 + 1490 + 1490],
        "0.53 kg to London cost £14.90, in euros"
    );
    let line = &order["lines"][0];
    assert_eq!(
        (
            &line["lineNo"],
            &line["title"],
            &line["total"]["amountMinor"]
        ),
        (
            &json!(1),
            &json!("Ethiopian coffee, washed, 250 g"),
            &json!(2780)
        )
    );
    assert_eq!(
        (&line["product"]["sku"], &order["shipTo"]["country"]),
        (&json!("COF-BEANS-ETH"), &json!("GB"))
    );
    assert_eq!(shop.stock_level("COF-BEANS-ETH").await, 198);
}

async fn a_later_price_does_not_change_an_order(engine: Engine) {
    let shop = Shop::open(engine).await;
    let id = shop.placed(&[("DSK-PEN", 1)]).await;
    let products = GraphqlClient::new(shop.products.graphql_url())
        .with_token(shop.identities.tokens.staff(user(9)));
    let category =
        products.data("{ categories { id } }", json!({})).await["categories"][0]["id"].clone();
    let form =
        json!({ "physical": { "weightGrams": 60, "widthMm": 20, "heightMm": 15, "depthMm": 140 } });
    let pen = json!({ "sku": "DSK-PEN", "title": "Golden pen", "priceMinor": 9_000_000, "categoryId": category, "form": form });
    products
        .data(
            "mutation ($input: UpsertProductInput!) { upsertProduct(input: $input) { id } }",
            json!({ "input": pen }),
        )
        .await;
    let query = "query ($id: ID!) { order(id: $id) { lines { title unitPrice { amountMinor } } } }";
    let order = shop.customer(1).data(query, json!({ "id": id })).await["order"].clone();
    assert_eq!(
        order["lines"][0],
        json!({ "title": "Brass fountain pen", "unitPrice": { "amountMinor": 5900 } })
    );
}

async fn the_same_key_gives_the_same_order_also_at_the_same_time(engine: Engine) {
    let shop = Shop::open(engine).await;
    let input = input(&[("DSK-LAMP", 2)]);
    let ada = shop.customer(1);
    let answers = join_all((0..6).map(|_| ada.data(PLACE, json!({ "input": input })))).await;
    let ids: Vec<&Value> = answers
        .iter()
        .map(|answer| &answer["placeOrder"]["order"]["id"])
        .collect();
    assert!(
        ids.iter().all(|id| id.is_string() && *id == ids[0]),
        "{answers:?}"
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 10);
    let grace = shop
        .customer(2)
        .data(PLACE, json!({ "input": input }))
        .await["placeOrder"]["order"]["id"]
        .clone();
    assert_ne!(&grace, ids[0], "a key is one buyer's own");
}

async fn what_is_sold_out_is_named_and_nothing_is_held(engine: Engine) {
    let shop = Shop::open(engine).await;
    let refused = shop.place(&[("DSK-LAMP", 2), ("AUD-TURNTABLE", 1)]).await;
    assert_eq!(
        (&refused["__typename"], &refused["products"][0]["sku"]),
        (&json!("OutOfStock"), &json!("AUD-TURNTABLE"))
    );
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("`AUD-TURNTABLE`"),
        "{refused}"
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 12);
}

async fn many_orders_at_once_never_get_more_than_there_is(engine: Engine) {
    let shop = Shop::open(engine).await;
    let orders = join_all((0..20).map(|_| shop.place(&[("DSK-LAMP", 1)]))).await;
    let reserved = orders
        .iter()
        .filter(|order| order["order"]["status"] == "RESERVED")
        .count();
    let refused = orders
        .iter()
        .filter(|order| order["__typename"] == "OutOfStock")
        .count();
    assert_eq!((reserved, refused), (12, 8));
    assert_eq!(shop.stock_level("DSK-LAMP").await, 0);
}

async fn a_coupon_takes_its_percentage_off_while_it_is_valid(engine: Engine) {
    let shop = Shop::open(engine).await;
    let with = async |coupon: &str| {
        let mut input = input(&[("DSK-LAMP", 1)]);
        input["coupon"] = json!(coupon);
        shop.customer(1)
            .data(PLACE, json!({ "input": input }))
            .await["placeOrder"]
            .clone()
    };
    let order = with("welcome10").await["order"].clone();
    assert_eq!(
        (
            &order["discount"]["amountMinor"],
            &order["total"]["amountMinor"]
        ),
        (&json!(1290), &json!(11_610))
    );
    for coupon in ["OPENING25", "NO-SUCH"] {
        let refused = with(coupon).await;
        assert_eq!(
            (&refused["__typename"], &refused["coupon"]),
            (&json!("CouponRejected"), &json!(coupon))
        );
    }
}

async fn an_order_with_the_same_product_twice_holds_both_lines(engine: Engine) {
    let shop = Shop::open(engine).await;
    assert_eq!(
        shop.place(&[("DSK-LAMP", 6), ("DSK-LAMP", 6)]).await["order"]["status"],
        "RESERVED"
    );
    assert_eq!(shop.stock_level("DSK-LAMP").await, 0);
    assert_eq!(
        shop.place(&[("DSK-LAMP", 1)]).await["__typename"],
        "OutOfStock"
    );
}

#[tokio::test]
async fn unknown_products_are_named() {
    let shop = Shop::open(Engine::Sqlite).await;
    let refused = shop.place(&[("NO-SUCH", 1), ("DSK-LAMP", 1)]).await;
    assert_eq!(
        (&refused["__typename"], &refused["skus"]),
        (&json!("UnknownProducts"), &json!(["NO-SUCH"]))
    );
}

#[tokio::test]
async fn input_that_makes_no_sense_is_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let check = async |change: &dyn Fn(&mut Value), expect: &str| {
        let mut input = input(&[("DSK-LAMP", 1)]);
        change(&mut input);
        let response = shop
            .customer(1)
            .send(PLACE, json!({ "input": input }))
            .await;
        assert!(
            response.message().contains(expect),
            "{expect}: {}",
            response.body
        );
    };
    check(&|input| input["lines"] = json!([]), "lines").await;
    check(
        &|input| input["lines"][0]["quantity"] = json!(0),
        "quantity",
    )
    .await;
    check(
        &|input| input["idempotencyKey"] = json!("short"),
        "idempotencyKey",
    )
    .await;
    check(
        &|input| input["shipTo"]["address"]["country"] = json!("England"),
        "two letters",
    )
    .await;
    check(
        &|input| input["shipTo"]["pickupPoint"] = json!("BERLIN_MITTE"),
        "exactly one",
    )
    .await;
}

#[tokio::test]
async fn an_order_can_be_fetched_from_a_shop() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut input = input(&[("DSK-PEN", 1)]);
    input["shipTo"] = json!({ "pickupPoint": "BERLIN_MITTE" });
    let placed = shop
        .customer(1)
        .data(PLACE, json!({ "input": input }))
        .await;
    assert_eq!(
        placed["placeOrder"]["order"]["shipTo"],
        json!({ "label": "pickup", "city": "Berlin", "country": "DE" })
    );
}
