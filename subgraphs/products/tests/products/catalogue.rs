//! The catalogue: pages in both directions, filters, search, and the errors for what cannot be asked.

use serde_json::{Value, json};
use subgraph_service::test_support::Engine;

use crate::harness::{Shop, all, on_both_engines};

on_both_engines!(
    pages_forwards_are_the_whole_catalogue_in_order,
    pages_backwards_are_the_same_catalogue,
    a_page_says_what_is_before_and_after_it,
    filters_leave_out_what_does_not_pass_all_of_them,
    a_shelf_includes_the_shelves_below_it_in_filters,
    a_search_finds_words_in_any_case_and_title_hits_first,
    a_nested_query_takes_one_statement_for_each_kind_of_thing,
    cursors_of_another_order_are_refused,
);

const PAGE: &str = "query ($first: Int, $after: String, $last: Int, $before: String, $sort: ProductSort!, $filter: ProductFilter) {
  products(first: $first, after: $after, last: $last, before: $before, sort: $sort, filter: $filter) {
    totalCount
    nodes { sku title inStock price { amountMinor } tags category { name } }
    edges { cursor node { sku } }
    pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
  }
}";

async fn page(shop: &Shop, variables: Value) -> Value {
    shop.client.data(PAGE, variables).await["products"].clone()
}

async fn whole(shop: &Shop, sort: &str) -> Vec<String> {
    all(
        &page(shop, json!({ "first": 100, "sort": sort })).await["nodes"],
        "sku",
    )
}

async fn pages_forwards_are_the_whole_catalogue_in_order(engine: Engine) {
    let shop = Shop::open(engine).await;
    for sort in ["NEWEST", "PRICE_ASC", "PRICE_DESC", "RATING"] {
        let (mut skus, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = page(&shop, json!({ "first": 7, "after": after, "sort": sort })).await;
            skus.extend(all(&page["nodes"], "sku"));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(skus.len(), 24, "{sort}");
        assert_eq!(skus, whole(&shop, sort).await, "{sort}");
    }
}

async fn pages_backwards_are_the_same_catalogue(engine: Engine) {
    let shop = Shop::open(engine).await;
    for sort in ["NEWEST", "PRICE_ASC", "PRICE_DESC", "RATING"] {
        let (mut skus, mut before) = (Vec::new(), Value::Null);
        loop {
            let page = page(&shop, json!({ "last": 7, "before": before, "sort": sort })).await;
            skus.splice(0..0, all(&page["nodes"], "sku"));
            before = page["pageInfo"]["startCursor"].clone();
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(skus, whole(&shop, sort).await, "{sort}");
    }
}

async fn a_page_says_what_is_before_and_after_it(engine: Engine) {
    let shop = Shop::open(engine).await;
    let first = page(&shop, json!({ "first": 10, "sort": "NEWEST" })).await;
    let info = |page: &Value| {
        (
            page["pageInfo"]["hasPreviousPage"] == true,
            page["pageInfo"]["hasNextPage"] == true,
        )
    };
    assert_eq!(
        (info(&first), &first["totalCount"]),
        ((false, true), &json!(24))
    );
    let second = page(
        &shop,
        json!({ "first": 10, "after": first["pageInfo"]["endCursor"], "sort": "NEWEST" }),
    )
    .await;
    assert_eq!(info(&second), (true, true));
    let last = page(
        &shop,
        json!({ "first": 10, "after": second["edges"][9]["cursor"], "sort": "NEWEST" }),
    )
    .await;
    assert_eq!(
        (info(&last), last["nodes"].as_array().unwrap().len()),
        ((true, false), 4)
    );
}

async fn filters_leave_out_what_does_not_pass_all_of_them(engine: Engine) {
    let shop = Shop::open(engine).await;
    let filtered = async |filter: Value| {
        all(
            &page(&shop, json!({ "sort": "PRICE_ASC", "filter": filter })).await["nodes"],
            "sku",
        )
    };
    assert_eq!(
        filtered(json!({ "tags": ["steel", "bestseller"] })).await,
        ["OUT-BOTTLE", "KIT-PAN-24", "COF-GRINDER"]
    );
    assert_eq!(
        filtered(json!({ "tags": ["steel", "bestseller"], "priceMin": 3491, "priceMax": 11899 }))
            .await,
        ["KIT-PAN-24"]
    );
    assert_eq!(
        filtered(json!({ "inStock": false })).await,
        ["AUD-TURNTABLE"]
    );
    assert_eq!(filtered(json!({ "tags": ["no such tag"] })).await, [""; 0]);
    let available = page(
        &shop,
        json!({ "sort": "NEWEST", "filter": { "inStock": true } }),
    )
    .await;
    assert_eq!(available["totalCount"], 23, "downloads never run out");
}

async fn a_shelf_includes_the_shelves_below_it_in_filters(engine: Engine) {
    let shop = Shop::open(engine).await;
    let categories = shop
        .client
        .data(
            "{ categories { id name parent { name } products(first: 100) { nodes { sku } } } }",
            json!({}),
        )
        .await;
    let kitchen = categories["categories"]
        .as_array()
        .unwrap()
        .iter()
        .find(|category| category["name"] == "Kitchen")
        .unwrap();
    assert_eq!(kitchen["products"]["nodes"].as_array().unwrap().len(), 4);
    let filtered = page(
        &shop,
        json!({ "sort": "NEWEST", "filter": { "category": kitchen["id"] } }),
    )
    .await;
    assert_eq!(filtered["totalCount"], 8);
}

async fn a_search_finds_words_in_any_case_and_title_hits_first(engine: Engine) {
    let shop = Shop::open(engine).await;
    let search = async |term: &str| {
        let query = "query ($term: String!) {
          search(term: $term) { __typename ... on Category { name } ... on PhysicalProduct { title } ... on DigitalProduct { title } }
        }";
        shop.client.data(query, json!({ "term": term })).await["search"].clone()
    };
    let coffee = search("COFFEE").await;
    assert_eq!(
        coffee[0],
        json!({ "__typename": "Category", "name": "Coffee" })
    );
    assert_eq!(coffee[1]["title"], "Ethiopian coffee, washed, 250 g");
    assert_eq!(
        search("tea bottle").await[0]["title"],
        "Insulated bottle, 0.75 l"
    );
    assert_eq!(
        search("rain album").await[0]["__typename"],
        "DigitalProduct"
    );
    assert_eq!(
        search("100%").await,
        json!([]),
        "a percent sign means itself"
    );
    assert_eq!(search("__").await, json!([]), "an underscore means itself");
}

async fn a_nested_query_takes_one_statement_for_each_kind_of_thing(engine: Engine) {
    let shop = Shop::open(engine).await;
    let query = "{ products(first: 24) { nodes {
      sku tags category { name parent { name } }
      reviews(first: 2) { nodes { rating author { id displayName } product { title } } }
    } } }";
    let before = shop.running.database.statements().count();
    let data = shop.client.data(query, json!({})).await;
    assert_eq!(data["products"]["nodes"].as_array().unwrap().len(), 24);
    let taken = shop.running.database.statements().count() - before;
    assert_eq!(
        taken, 6,
        "products, tags, categories, their parents, reviews, the products of reviews"
    );
}

async fn cursors_of_another_order_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    let newest = page(&shop, json!({ "first": 2, "sort": "NEWEST" })).await;
    let response = shop
        .client
        .send(
            PAGE,
            json!({ "first": 2, "after": newest["pageInfo"]["endCursor"], "sort": "RATING" }),
        )
        .await;
    assert_eq!(response.code(), "BAD_USER_INPUT", "{}", response.body);
}

#[tokio::test]
async fn wrong_arguments_get_an_answer_that_names_them() {
    let shop = Shop::open(Engine::Sqlite).await;
    let check = async |query: &str, argument: &str| {
        let response = shop.client.send(query, json!({})).await;
        assert_eq!(
            response.code(),
            "BAD_USER_INPUT",
            "{query}: {}",
            response.body
        );
        assert!(
            response.message().contains(argument),
            "{query}: {}",
            response.message()
        );
    };
    check("{ products(first: -1) { totalCount } }", "`first`").await;
    check("{ products(first: 101) { totalCount } }", "`first`").await;
    check("{ products(first: 1, last: 1) { totalCount } }", "`last`").await;
    check("{ products(after: \"x\") { totalCount } }", "cursor").await;
    check("{ product(by: { id: \"42\" }) { sku } }", "`id`").await;
    check("{ search(term: \" x \") { __typename } }", "`term`").await;
}

#[tokio::test]
async fn an_unknown_product_is_null_and_two_keys_at_once_are_an_error() {
    let shop = Shop::open(Engine::Sqlite).await;
    assert_eq!(
        shop.client
            .data("{ product(by: { sku: \"NO-SUCH\" }) { sku } }", json!({}))
            .await["product"],
        Value::Null
    );
    let both = shop
        .client
        .send(
            "{ product(by: { sku: \"A\", id: \"B\" }) { sku } }",
            json!({}),
        )
        .await;
    assert!(!both.message().is_empty(), "{}", both.body);
}

#[tokio::test]
async fn a_query_that_is_too_deep_or_asks_for_too_much_is_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let deep = format!(
        "{{ categories {{ {}{} }} }}",
        "parent { name ".repeat(25),
        "} ".repeat(25)
    );
    let wide = "{ products(first: 100) { nodes { reviews(first: 100) { nodes { product { reviews { nodes { id body rating createdAt } } } } } } } }";
    let wider = format!(
        "{{ {} }}",
        (0..60)
            .map(|number| format!("a{number}: {} ", &wide[2..wide.len() - 2]))
            .collect::<String>()
    );
    for query in [deep, wider] {
        let response = shop.client.send(&query, json!({})).await;
        assert_eq!(
            response.body.get("data"),
            Some(&Value::Null),
            "{}",
            response.body
        );
        assert!(response.message().contains("too"), "{}", response.body);
    }
}
