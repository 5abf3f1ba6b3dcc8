//! Arguments from contexts, from composed schemas to what subgraphs are asked.

use serde_json::json;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_supergraph::Supergraph;

use crate::harness::TestGateway;

const ACCOUNTS: &str = r#"
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.8",
      import: ["@key", "@external", "@context", "@fromContext"])
    type Query { me: User }
    type User @key(fields: "id") @context(name: "user") { id: ID! locale: String @external post: Post }
    type Post @key(fields: "id") {
      id: ID!
      title(locale: String @fromContext(field: "$user { locale }")): String
    }
"#;

const REVIEWS: &str = r#"
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key"])
    type User @key(fields: "id") { id: ID! locale: String }
"#;

fn composed() -> Supergraph {
    let sources =
        [("accounts", ACCOUNTS), ("reviews", REVIEWS)].map(|(name, sdl)| SubgraphSource {
            name: name.to_owned(),
            url: format!("http://{name}.invalid/graphql"),
            sdl: Source::new(name, format!("{name}.graphql"), sdl),
        });
    compose(sources.into()).unwrap().supergraph
}

#[tokio::test]
async fn an_argument_takes_its_value_from_what_another_subgraph_says_of_an_ancestor() {
    let test = TestGateway::start().await;
    test.gateway.swap(composed());
    let answer = json!({ "data": {
        "me": { "__typename": "User", "id": "1", "post": { "__typename": "Post", "id": "p" } },
        "_entities": [{ "__typename": "Post", "title": "Hej" }],
    }});
    test.accounts.answers(200, &answer.to_string());
    let answer = json!({ "data": { "_entities": [{ "__typename": "User", "locale": "sv" }] } });
    test.reviews.answers(200, &answer.to_string());
    let answer = test.query("{ me { post { title } } }").await;
    assert_eq!(
        answer,
        json!({ "data": { "me": { "post": { "title": "Hej" } } } })
    );
    let (_, last) = test.accounts.requests().pop().unwrap();
    let expected = json!({
        "representations": [{ "__typename": "Post", "id": "p" }],
        "__weft_context_0": "sv",
    });
    assert_eq!(last["variables"], expected);
}
