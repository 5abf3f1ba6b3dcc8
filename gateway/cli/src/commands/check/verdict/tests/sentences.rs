//! Changes of federation's semantics, with the whole sentences that people read and the places that they point to.

use super::{ORDERS, USERS, between, federation_of, subgraphs as graph};

fn federation(users: &str, orders: &str) -> Vec<String> {
    between([USERS, ORDERS], [users, orders])
}

#[track_caller]
fn change(text: &str, (from, to): (&str, &str)) -> String {
    assert!(text.contains(from), "`{from}` is not in the text");
    text.replace(from, to)
}

#[track_caller]
fn users(replacement: (&str, &str), expect: &[&str]) {
    assert_eq!(federation(&change(USERS, replacement), ORDERS), expect);
}

#[track_caller]
fn orders(replacement: (&str, &str), expect: &[&str]) {
    assert_eq!(federation(USERS, &change(ORDERS, replacement)), expect);
}

#[test]
fn keys() {
    let email = "@key(fields: \"email\")";
    users(
        (email, ""),
        &["DANGEROUS users.graphql:4 `users` has no key `email` for `User` any more"],
    );
    users(
        (email, "@key(fields: \"email\", resolvable: false)"),
        &["DANGEROUS users.graphql:4 `users` does not resolve `User` by `email` any more"],
    );
    orders(
        (
            "type Order @key(fields: \"id\")",
            "type Order @key(fields: \"id\") @key(fields: \"id total { amount }\")",
        ),
        &["SAFE orders.graphql:4 `orders` has the key `id total { amount }` for `Order` now"],
    );
}

#[test]
fn a_key_that_resolves_now() {
    let unresolvable = change(
        USERS,
        (
            "@key(fields: \"email\")",
            "@key(fields: \"email\", resolvable: false)",
        ),
    );
    let found = between([&unresolvable, ORDERS], [USERS, ORDERS]);
    assert_eq!(
        found,
        ["SAFE users.graphql:4 `users` resolves `User` by `email` now"]
    );
}

#[test]
fn owners() {
    let shared = change(USERS, ("name: String", "name: String @shareable"));
    let lent = change(
        ORDERS,
        (
            "orders: [Order!]!",
            "orders: [Order!]! name: String @shareable",
        ),
    );
    assert_eq!(
        between([&shared, ORDERS], [&shared, &lent]),
        ["SAFE orders.graphql:5 `orders` resolves `User.name` too"]
    );
    assert_eq!(
        between([&shared, &lent], [&shared, ORDERS]),
        ["DANGEROUS orders.graphql:5 `orders` resolves `User.name` no longer"]
    );
    orders(
        (
            "orders: [Order!]!",
            "orders: [Order!]! name: String @override(from: \"users\")",
        ),
        &["DANGEROUS orders.graphql:5 `User.name` moved from `users` to `orders`"],
    );
}

#[test]
fn progressive_overrides() {
    let labelled = |label: &str| {
        let field = format!(
            "orders: [Order!]! name: String @override(from: \"users\", label: \"{label}\")"
        );
        change(ORDERS, ("orders: [Order!]!", &field))
    };
    let (tenth, half) = (labelled("percent(10)"), labelled("percent(50)"));
    assert_eq!(
        between([USERS, &tenth], [USERS, &half]),
        [
            "DANGEROUS orders.graphql:5 the progressive override of `User.name` in `orders` has `percent(50)` instead of `percent(10)`",
        ]
    );
}

#[test]
fn requirements_and_provisions() {
    let provided = change(
        ORDERS,
        ("buyer: User", "buyer: User @provides(fields: \"zip\")"),
    );
    let shared = change(USERS, ("zip: String", "zip: String @shareable"));
    assert_eq!(
        between([&shared, ORDERS], [&shared, &provided]),
        [
            "DANGEROUS orders.graphql:4 `orders` provides `zip` for `Order.buyer` instead of `nothing`"
        ]
    );
    let more = change(
        ORDERS,
        (
            "orders: [Order!]! shipping: Int @requires(fields: \"zip\")",
            "name: String @external orders: [Order!]! shipping: Int @requires(fields: \"zip name\")",
        ),
    );
    assert_eq!(
        federation(USERS, &more),
        [
            "DANGEROUS orders.graphql:5 `orders` requires `zip name` for `User.shipping` instead of `zip`"
        ]
    );
}

#[test]
fn sharing() {
    users(
        ("name: String", "name: String @shareable"),
        &["SAFE users.graphql:4 `User.name` is shareable in `users` now"],
    );
    let owned = "type Tag { text: String size: Int }";
    let shared = owned.replace("Tag", "Tag @shareable");
    let fields = "type Tag { text: String @shareable size: Int @shareable }";
    let with = |text: &str| format!("{USERS}{text}");
    let between = |old: &str, new: &str| between([&with(old), ORDERS], [&with(new), ORDERS]);
    assert_eq!(
        between(owned, &shared),
        ["SAFE users.graphql:8 `Tag` is shareable in `users` now"]
    );
    assert_eq!(
        between(&shared, owned),
        ["DANGEROUS users.graphql:8 `Tag` is not shareable in `users` now"]
    );
    assert_eq!(between(&shared, fields), Vec::<String>::new());
    assert_eq!(
        between(&shared, "type Tag { text: String @shareable size: Int }"),
        ["DANGEROUS users.graphql:8 `Tag.size` is not shareable in `users` now"]
    );
}

#[test]
fn authorisation() {
    users(
        ("[[\"a\", \"b\"], [\"c\"]]", "[[\"a\", \"b\"]]"),
        &[
            "BREAKING users.graphql:4 `User.risk` is closed to clients that saw it: it asks for scopes a and b",
        ],
    );
    users(
        ("[[\"a\", \"b\"], [\"c\"]]", "[[\"a\"], [\"c\"]]"),
        &[
            "DANGEROUS users.graphql:4 `User.risk` is open to more clients: it asks for scopes a or c",
        ],
    );
    users(
        (" @requiresScopes(scopes: [[\"a\", \"b\"], [\"c\"]])", ""),
        &["DANGEROUS users.graphql:4 `User.risk` is open to more clients: it asks for nothing"],
    );
    users(
        (
            "type Money @shareable",
            "type Money @shareable @authenticated",
        ),
        &[
            "BREAKING users.graphql:7 `Money` is closed to clients that saw it: it asks for a signed-in client",
        ],
    );
}

#[test]
fn exposure() {
    users(
        (" @inaccessible", ""),
        &["DANGEROUS users.graphql:4 clients see `User.secret` now, which was hidden from them"],
    );
    users(
        ("name: String", "name: String @inaccessible"),
        &["SAFE users.graphql:4 `User.name` is hidden from clients now, and still in the graph"],
    );
}

#[test]
fn what_one_subgraph_does_to_all() {
    users(
        ("amount: Int!", "amount: Int"),
        &[
            "DANGEROUS users.graphql:7 `Money.amount` is `Int` for all because of `users`; `orders` has `Int!`",
        ],
    );
    users(
        ("input In { x: Int", "input In { x: Int!"),
        &[
            "DANGEROUS users.graphql:5 `In.x` is `Int!` for all because of `users`; `orders` has `Int`",
        ],
    );
    let list = |text: &str, ty: &str| {
        change(
            text,
            (
                "currency: String!",
                &format!("currency: String! parts: {ty}"),
            ),
        )
    };
    let (old, new) = (list(USERS, "[Int!]!"), list(USERS, "[Int]!"));
    let other = list(ORDERS, "[Int!]!");
    assert_eq!(
        between([&old, &other], [&new, &other]),
        [
            "DANGEROUS users.graphql:7 `Money.parts` is `[Int]!` for all because of `users`; `orders` has `[Int!]!`"
        ]
    );
}

#[test]
fn additions_that_vanish() {
    let vanishes = |line: usize, path: &str, around: &str| {
        format!(
            "DANGEROUS users.graphql:{line} `users` adds `{path}`, which stays out of the graph until the other subgraphs with `{around}` have it"
        )
    };
    users(
        ("input In { x: Int", "input In { new: Int x: Int"),
        &[&vanishes(5, "In.new", "In")],
    );
    users(
        ("hello(in: In)", "hello(in: In, new: Int)"),
        &[&vanishes(3, "Query.hello(new:)", "Query.hello")],
    );
    users(
        ("UP DOWN", "UP DOWN SIDEWAYS"),
        &[&vanishes(6, "Sort.SIDEWAYS", "Sort")],
    );
}

fn texts((users, orders): &(String, String)) -> [&str; 2] {
    [users, orders]
}

#[test]
fn interface_objects() {
    let media = |import: &str, ratings: &str| {
        let users = USERS.replace("\"@key\"", &format!("\"@key\", {import}"));
        let own = "interface Media @key(fields: \"id\") { id: ID! title: String }
            type Book implements Media @key(fields: \"id\") { id: ID! title: String }";
        let orders = ORDERS.replace("\"@key\"", "\"@key\", \"@interfaceObject\"");
        (format!("{users}{own}"), format!("{orders}{ratings}"))
    };
    let object = "type Media @interfaceObject @key(fields: \"id\") { id: ID! stars: Int }";
    let interface = "interface Media @key(fields: \"id\") { id: ID! stars: Int }
        type Book implements Media @key(fields: \"id\") { id: ID! stars: Int }";
    let as_object = media("\"@interfaceObject\"", object);
    let as_interface = media("\"@interfaceObject\"", interface);
    let found = between(texts(&as_interface), texts(&as_object));
    let expected = "SAFE orders.graphql:10 `orders` declares `Media` as an interface object now";
    assert!(found.iter().any(|one| one == expected), "{found:#?}");
    let found = between(texts(&as_object), texts(&as_interface));
    let expected =
        "DANGEROUS orders.graphql:10 `orders` does not declare `Media` as an interface object now";
    assert!(found.iter().any(|one| one == expected), "{found:#?}");
}

#[test]
fn subgraphs() {
    let mut moved = graph(USERS, ORDERS);
    moved[0].url = "http://elsewhere".to_owned();
    let whole = graph(USERS, ORDERS);
    let alone = vec![graph(USERS, ORDERS).swap_remove(0)];
    assert_eq!(
        federation_of(whole.clone(), moved),
        [
            "DANGEROUS users.graphql:1 subgraph `users` is served at `http://elsewhere` instead of `http://users`"
        ]
    );
    let came = federation_of(alone.clone(), whole.clone());
    assert!(
        came.contains(&"SAFE orders.graphql:1 subgraph `orders` was added".to_owned()),
        "{came:#?}"
    );
    let went = federation_of(whole, alone);
    assert!(
        went.contains(&"DANGEROUS nowhere subgraph `orders` was removed".to_owned()),
        "{went:#?}"
    );
}
