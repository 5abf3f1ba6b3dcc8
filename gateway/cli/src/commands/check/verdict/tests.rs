//! Changes of one subgraph of a small graph, and what the check says about each.

mod sentences;

use weft_diagnostic::Source;

use super::*;
use crate::commands::check::{FailOn, ProfileName};

const USERS: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible", "@tag", "@authenticated", "@requiresScopes", "@external", "@requires", "@provides", "@override"])
type Query { me: User users(first: Int): [User!]! hello(in: In): String @shareable }
type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String secret: String @inaccessible notes: String @tag(name: "internal") risk: Int @requiresScopes(scopes: [["a", "b"], ["c"]]) zip: String }
input In { x: Int y: Int }
enum Sort { UP DOWN }
type Money @shareable { amount: Int! currency: String! }
"#;

const ORDERS: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible", "@external", "@requires", "@provides", "@override"])
type Query { order(id: ID!, sort: Sort): Order hello(in: In): String @shareable }
type Order @key(fields: "id") { id: ID! total: Money buyer: User status: Status }
type User @key(fields: "id") { id: ID! zip: String @external orders: [Order!]! shipping: Int @requires(fields: "zip") }
input In { x: Int y: Int }
enum Sort { UP DOWN }
enum Status { OPEN PAID }
type Money @shareable { amount: Int! currency: String! }
"#;

const QUERY: &str = "query Known { me { id name orders { id status } } }";

fn subgraphs(users: &str, orders: &str) -> Vec<SubgraphSource> {
    let subgraph = |name: &str, sdl: &str| SubgraphSource {
        name: name.to_owned(),
        url: format!("http://{name}"),
        sdl: Source::new(name, format!("{name}.graphql"), sdl),
    };
    vec![subgraph("users", users), subgraph("orders", orders)]
}

/// `part CRITICALITY CODE path file` of everything that is found when the texts are replaced.
fn found(users: &str, orders: &str) -> Vec<String> {
    let line = |one: &Finding| {
        let file = one.place.as_ref().map_or("-", |place| place.file.as_str());
        format!(
            "{} {} {} {} {file}",
            one.part, one.criticality, one.code, one.path
        )
    };
    judged(users, orders).findings().map(line).collect()
}

fn judged(users: &str, orders: &str) -> Report {
    let mut report = Report::new(ProfileName::Spec, FailOn::Breaking);
    let document = Document::of_file("known.graphql", QUERY);
    let public = Contract {
        exclude: vec!["internal".to_owned()],
        ..Contract::default()
    };
    let contracts = [("public".to_owned(), public)];
    of_subgraphs(
        &mut report,
        subgraphs(USERS, ORDERS),
        subgraphs(users, orders),
        &[document],
        &contracts,
    );
    report
}

/// `CRITICALITY file:line sentence` of what changes in federation between two graphs of the two subgraphs.
fn between(old: [&str; 2], new: [&str; 2]) -> Vec<String> {
    federation_of(subgraphs(old[0], old[1]), subgraphs(new[0], new[1]))
}

fn federation_of(old: Vec<SubgraphSource>, new: Vec<SubgraphSource>) -> Vec<String> {
    let mut report = Report::new(ProfileName::Spec, FailOn::Breaking);
    of_subgraphs(&mut report, old, new, &[], &[]);
    assert_eq!(report.parts[1].status, Status::Pass);
    let refused = report.parts[..2].iter().flat_map(|part| &part.findings);
    let errors: Vec<_> = refused
        .filter(|one| one.criticality == Criticality::Breaking)
        .collect();
    assert!(errors.is_empty(), "does not compose: {errors:#?}");
    let found = report.findings().filter(|one| one.part == "federation");
    found
        .map(|one| {
            let place = one.place.as_ref().map_or("nowhere".to_owned(), |place| {
                format!("{}:{}", place.file, place.line)
            });
            format!("{} {place} {}", one.criticality, one.message)
        })
        .collect()
}

#[track_caller]
fn users(from: &str, to: &str, expect: &[&str]) {
    assert!(USERS.contains(from), "`{from}` is not in the text");
    compare(found(&USERS.replace(from, to), ORDERS), expect);
}

#[track_caller]
fn orders(from: &str, to: &str, expect: &[&str]) {
    assert!(ORDERS.contains(from), "`{from}` is not in the text");
    compare(found(USERS, &ORDERS.replace(from, to)), expect);
}

/// Everything that is expected is found, and nothing else is breaking or dangerous.
#[track_caller]
fn compare(found: Vec<String>, expect: &[&str]) {
    for line in expect {
        assert!(
            found.iter().any(|one| one == line),
            "no `{line}` in {found:#?}"
        );
    }
    let rest = found.iter().filter(|one| !expect.contains(&one.as_str()));
    let grave: Vec<_> = rest.filter(|one| !one.contains(" SAFE ")).collect();
    assert!(grave.is_empty(), "not expected: {grave:#?}");
}

#[test]
fn nothing_is_found_where_nothing_changed() {
    assert_eq!(found(USERS, ORDERS), Vec::<String>::new());
}

#[test]
fn text_that_is_no_graphql_is_told_apart_from_what_does_not_compose() {
    let parts = |users: &str| {
        let lines = found(users, ORDERS);
        lines
            .iter()
            .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(
        parts(&USERS.replace("type User", "type {"))
            .iter()
            .all(|part| part == "schema")
    );
    let unshared = USERS.replace("String @shareable", "String");
    assert!(parts(&unshared).iter().all(|part| part == "composition"));
    assert!(!parts(&unshared).is_empty());
}

#[test]
fn removed_fields_break_in_the_api_and_in_contracts() {
    users(
        "name: String",
        "",
        &[
            "api BREAKING FIELD_REMOVED User.name users.graphql",
            "contract public BREAKING FIELD_REMOVED User.name users.graphql",
            "operations BREAKING OPERATION_BROKEN Known known.graphql",
        ],
    );
}

#[test]
fn a_tag_that_hides_an_element_breaks_its_contract_only() {
    users(
        "name: String",
        "name: String @tag(name: \"internal\")",
        &["contract public BREAKING FIELD_REMOVED User.name users.graphql"],
    );
}

#[test]
fn a_tag_that_goes_adds_to_its_contract() {
    users(
        "notes: String @tag(name: \"internal\")",
        "notes: String",
        &["contract public SAFE FIELD_ADDED User.notes users.graphql"],
    );
}

#[test]
fn keys_are_followed() {
    users(
        "@key(fields: \"email\")",
        "",
        &["federation DANGEROUS KEY_REMOVED User users.graphql"],
    );
    users(
        "@key(fields: \"email\")",
        "@key(fields: \"email\", resolvable: false)",
        &["federation DANGEROUS KEY_MADE_UNRESOLVABLE User users.graphql"],
    );
    users(
        "@key(fields: \"email\")",
        "@key(fields: \"email\") @key(fields: \"id email\")",
        &["federation SAFE KEY_ADDED User users.graphql"],
    );
}

#[test]
fn owners_are_followed() {
    orders(
        "status: Status",
        "status: Status zap: Int",
        &["api SAFE FIELD_ADDED Order.zap orders.graphql"],
    );
    orders(
        "orders: [Order!]!",
        "orders: [Order!]! name: String @override(from: \"users\")",
        &["federation DANGEROUS FIELD_OWNER_MOVED User.name orders.graphql"],
    );
}

#[test]
fn requirements_are_followed() {
    orders(
        "zip: String @external orders: [Order!]! shipping: Int @requires(fields: \"zip\")",
        "zip: String @external name: String @external orders: [Order!]! shipping: Int @requires(fields: \"zip name\")",
        &["federation DANGEROUS REQUIRES_CHANGED User.shipping orders.graphql"],
    );
}

#[test]
fn arguments_from_contexts_are_followed() {
    const SHOP: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@context", "@fromContext"])
type Query { shop: Shop }
type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! country: String! item: Item }
type Item @key(fields: "id") {
  id: ID!
  price(in: String @fromContext(field: "$shop { currency }")): Int
  weight(in: String): Int
}
"#;
    let check = |from: &str, to: &str, expect: &[&str]| {
        assert!(SHOP.contains(from), "`{from}` is not in the text");
        let graph = |shop: &str| {
            let mut all = subgraphs(USERS, ORDERS);
            all.push(SubgraphSource {
                name: "shop".to_owned(),
                url: "http://shop".to_owned(),
                sdl: Source::new("shop", "shop.graphql", shop),
            });
            all
        };
        assert_eq!(
            federation_of(graph(SHOP), graph(&SHOP.replace(from, to))),
            expect
        );
    };
    check(
        "$shop { currency }",
        "$shop { country }",
        &[
            "DANGEROUS shop.graphql:7 `shop` has `Item.price(in:)` filled from `country` of `Shop` in the context `shop` instead of `currency` of `Shop` in the context `shop`",
        ],
    );
    check(
        "price(in: String @fromContext(field: \"$shop { currency }\"))",
        "price",
        &[
            "DANGEROUS shop.graphql:7 `shop` has `Item.price(in:)` filled from nothing instead of `currency` of `Shop` in the context `shop`",
        ],
    );
}

#[test]
fn subgraphs_that_come_go_or_move_are_told() {
    let judged = |old: Vec<SubgraphSource>, new: Vec<SubgraphSource>| -> Vec<String> {
        let mut report = Report::new(ProfileName::Spec, FailOn::Breaking);
        of_subgraphs(&mut report, old, new, &[], &[]);
        let federation = report.findings().filter(|one| one.part == "federation");
        federation
            .map(|one| format!("{} {}", one.code, one.path))
            .collect()
    };
    let whole = subgraphs(USERS, ORDERS);
    let users = whole[..1].to_vec();
    assert!(judged(users.clone(), whole.clone()).contains(&"SUBGRAPH_ADDED orders".to_owned()));
    assert!(judged(whole.clone(), users).contains(&"SUBGRAPH_REMOVED orders".to_owned()));
    let mut moved = whole.clone();
    moved[0].url = "http://elsewhere".to_owned();
    assert_eq!(judged(whole, moved), ["SUBGRAPH_URL_CHANGED users"]);
}

#[test]
fn an_operation_whose_field_moved_tells_its_plan() {
    let mut report = Report::new(ProfileName::Spec, FailOn::Breaking);
    let document = Document::of_file("known.graphql", "query Mail { me { name } }");
    let with_name = "orders: [Order!]! name: String @override(from: \"users\")";
    let new = ORDERS.replace("orders: [Order!]!", with_name);
    let (old, new) = (subgraphs(USERS, ORDERS), subgraphs(USERS, &new));
    of_subgraphs(&mut report, old, new, &[document], &[]);
    let plan = report.operations[0].plan.as_ref().map(ToString::to_string);
    assert_eq!(
        plan.as_deref(),
        Some("1 → 2 fetches, 1 → 2 steps, asks `orders` now")
    );
}

#[test]
fn authorisation_is_compared_by_whom_it_lets_in() {
    let scopes = "scopes: [[\"a\", \"b\"], [\"c\"]]";
    let tightened = "federation BREAKING AUTHORISATION_TIGHTENED User.risk users.graphql";
    let loosened = "federation DANGEROUS AUTHORISATION_LOOSENED User.risk users.graphql";
    users(scopes, "scopes: [[\"a\", \"b\"]]", &[tightened]);
    users(
        scopes,
        "scopes: [[\"a\", \"b\", \"d\"], [\"c\"]]",
        &[tightened],
    );
    users(scopes, "scopes: [[\"a\"], [\"c\"]]", &[loosened]);
    users(&format!(" @requiresScopes({scopes})"), "", &[loosened]);
    users(
        "name: String",
        "name: String @authenticated",
        &[
            "federation BREAKING AUTHORISATION_TIGHTENED User.name users.graphql",
            "operations DANGEROUS OPERATION_AFFECTED Known known.graphql",
        ],
    );
}

#[test]
fn exposure_is_told() {
    users(
        " @inaccessible",
        "",
        &["federation DANGEROUS INACCESSIBLE_LIFTED User.secret users.graphql"],
    );
    users(
        "name: String",
        "name: String @inaccessible",
        &[
            "api BREAKING FIELD_REMOVED User.name users.graphql",
            "federation SAFE INACCESSIBLE_ADDED User.name users.graphql",
            "contract public BREAKING FIELD_REMOVED User.name users.graphql",
            "operations BREAKING OPERATION_BROKEN Known known.graphql",
        ],
    );
}

#[test]
fn additions_that_the_other_subgraph_lacks_vanish() {
    users(
        "input In { x: Int",
        "input In { new: Int x: Int",
        &["federation DANGEROUS ADDITION_VANISHES In.new users.graphql"],
    );
    users(
        "hello(in: In)",
        "hello(in: In, new: Int)",
        &["federation DANGEROUS ADDITION_VANISHES Query.hello(new:) users.graphql"],
    );
}

#[test]
fn one_subgraph_weakens_all() {
    users(
        "amount: Int!",
        "amount: Int",
        &[
            "api BREAKING FIELD_TYPE_CHANGED Money.amount users.graphql",
            "contract public BREAKING FIELD_TYPE_CHANGED Money.amount users.graphql",
            "federation DANGEROUS FIELD_WEAKENED_BY_SUBGRAPH Money.amount users.graphql",
        ],
    );
    users(
        "x: Int y",
        "x: Int! y",
        &[
            "api BREAKING INPUT_FIELD_TYPE_CHANGED In.x users.graphql",
            "contract public BREAKING INPUT_FIELD_TYPE_CHANGED In.x users.graphql",
            "federation DANGEROUS INPUT_FIELD_TIGHTENED_BY_SUBGRAPH In.x users.graphql",
        ],
    );
}

#[test]
fn an_input_field_that_one_subgraph_drops_is_gone_for_all() {
    users(
        "x: Int y: Int",
        "x: Int",
        &[
            "api BREAKING INPUT_FIELD_REMOVED In.y users.graphql",
            "contract public BREAKING INPUT_FIELD_REMOVED In.y users.graphql",
        ],
    );
}

#[test]
fn new_enum_values_are_dangerous_to_those_who_receive_them() {
    orders(
        "OPEN PAID",
        "OPEN PAID LOST",
        &[
            "api DANGEROUS ENUM_VALUE_ADDED Status.LOST orders.graphql",
            "contract public DANGEROUS ENUM_VALUE_ADDED Status.LOST orders.graphql",
            "operations DANGEROUS OPERATION_AFFECTED Known known.graphql",
        ],
    );
    orders(
        "OPEN PAID",
        "OPEN",
        &["api SAFE ENUM_VALUE_REMOVED Status.PAID orders.graphql"],
    );
}

#[test]
fn a_root_field_and_its_arguments_are_compared() {
    orders(
        "order(id: ID!",
        "order(id: ID!, key: Int!",
        &[
            "api BREAKING FIELD_ARGUMENT_ADDED Query.order(key:) orders.graphql",
            "contract public BREAKING FIELD_ARGUMENT_ADDED Query.order(key:) orders.graphql",
        ],
    );
    users(
        "users(first: Int): [User!]!",
        "",
        &[
            "api BREAKING FIELD_REMOVED Query.users users.graphql",
            "contract public BREAKING FIELD_REMOVED Query.users users.graphql",
        ],
    );
}

#[test]
fn shareable_is_read_from_the_texts() {
    users(
        "name: String",
        "name: String @shareable",
        &["federation SAFE SHAREABLE_CHANGED User.name users.graphql"],
    );
}
