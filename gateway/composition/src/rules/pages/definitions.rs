//! What is wrong with a subgraph's text before federation comes into it.

use crate::codes::{
    DIRECTIVE_DEFINITION_INVALID, INVALID_GRAPHQL, INVALID_SUBGRAPH_NAME, NO_QUERIES,
    ROOT_MUTATION_USED, ROOT_QUERY_USED, ROOT_SUBSCRIPTION_USED, TYPE_DEFINITION_INVALID,
};
use crate::rules::explanation::{Explanation, example};
use crate::rules::pages::error;

pub(super) const PAGES: &[Explanation] = &[
    error(
        INVALID_GRAPHQL,
        "the schema of a subgraph is not valid GraphQL",
        "The text has a syntax error, or breaks a rule of the GraphQL specification: a type that does not exist, a missing \
         field of an interface, an unknown directive. Federation's own directives exist only once they are imported \
         (or written with their prefix, `@federation__key`).",
        &[example(
            "users",
            "type Query { me: Usr }\ntype User { name: String }",
        )],
        &[example(
            "users",
            "type Query { me: User }\ntype User { name: String }",
        )],
    ),
    error(
        INVALID_SUBGRAPH_NAME,
        "a subgraph has no name, a reserved one (`_`), or that of another subgraph",
        "The name is how `@override(from:)`, query plans and messages speak of a subgraph. Each needs one of its own.",
        &[example("_", "type Query { a: Int }")],
        &[example("a", "type Query { a: Int }")],
    ),
    error(
        DIRECTIVE_DEFINITION_INVALID,
        "a subgraph defines one of federation's directives differently than federation does",
        "A subgraph may repeat the definitions that its `@link` brings in, and has to repeat them as they are: same \
         arguments, same or fewer places. The simplest is to remove the definition.",
        &[example(
            "users",
            r#"
directive @key(selection: String!) on OBJECT
type Query { me: User }
type User { id: ID! }"#,
        )],
        &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id") { id: ID! }"#,
        )],
    ),
    error(
        TYPE_DEFINITION_INVALID,
        "a subgraph defines one of federation's types differently than federation does",
        "Names such as `federation__FieldSet` or `link__Import` belong to the specifications that the subgraph links. A \
         subgraph may repeat their definitions, and has to repeat them as they are. The simplest is to remove the \
         definition.",
        &[example(
            "users",
            r#"
enum federation__FieldSet { A }
type Query { me: String }"#,
        )],
        &[example("users", "type Query { me: String }")],
    ),
    error(
        ROOT_QUERY_USED,
        "a type is called `Query` and is not the query type",
        "The root types of all subgraphs are merged under the names `Query`, `Mutation` and `Subscription`. A subgraph may \
         call its query type otherwise; it is renamed when the graph is composed, so no other type can have that name.",
        &[example(
            "search",
            "schema { query: Root }\ntype Root { search: Query }\ntype Query { text: String }",
        )],
        &[example(
            "search",
            "schema { query: Root }\ntype Root { search: SearchQuery }\ntype SearchQuery { text: String }",
        )],
    ),
    error(
        ROOT_MUTATION_USED,
        "a type is called `Mutation` and is not the mutation type",
        "The root types of all subgraphs are merged under the names `Query`, `Mutation` and `Subscription`. A subgraph may \
         call its mutation type otherwise; it is renamed when the graph is composed, so no other type can have that name.",
        &[example(
            "genes",
            "schema { query: Query mutation: Commands }\ntype Query { gene: Mutation }\ntype Commands { edit: Int }\n\
             type Mutation { position: Int }",
        )],
        &[example(
            "genes",
            "schema { query: Query mutation: Commands }\ntype Query { gene: GeneMutation }\ntype Commands { edit: Int }\n\
             type GeneMutation { position: Int }",
        )],
    ),
    error(
        ROOT_SUBSCRIPTION_USED,
        "a type is called `Subscription` and is not the subscription type",
        "The root types of all subgraphs are merged under the names `Query`, `Mutation` and `Subscription`. A subgraph may \
         call its subscription type otherwise; it is renamed when the graph is composed, so no other type can have that \
         name.",
        &[example(
            "billing",
            "schema { query: Query subscription: Events }\ntype Query { plan: Subscription }\ntype Events { paid: Int }\n\
             type Subscription { price: Int }",
        )],
        &[example(
            "billing",
            "schema { query: Query subscription: Events }\ntype Query { plan: PlanSubscription }\n\
             type Events { paid: Int }\ntype PlanSubscription { price: Int }",
        )],
    ),
    error(
        NO_QUERIES,
        "no subgraph has a field of the query type",
        "A GraphQL API needs at least one query. Add a field to `type Query` in one of the subgraphs.",
        &[example(
            "users",
            r#"type User @key(fields: "id") { id: ID! }"#,
        )],
        &[example(
            "users",
            r#"
type Query { me: User }
type User @key(fields: "id") { id: ID! }"#,
        )],
    ),
];
