//! The files in `schema/` are what the services export, what composition makes of it, and operations that fit.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::path::PathBuf;

use subgraph_service::{Service, export_schema};
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;
use weft_tests::harness::root;

fn schema_file(name: &str) -> PathBuf {
    root().join("schema").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(schema_file(name)).unwrap()
}

/// async-graphql does not promise an order of definitions: compare them sorted.
fn sorted_definitions(sdl: &str) -> Vec<String> {
    let document = apollo_compiler::ast::Document::parse(sdl, "schema.graphql").unwrap();
    let mut definitions: Vec<String> = document
        .definitions
        .iter()
        .map(ToString::to_string)
        .collect();
    definitions.sort();
    definitions
}

fn is_what_the_service_exports<S: Service>() {
    let exported = export_schema::<S>().unwrap();
    let file = format!("{}.graphql", S::NAME);
    assert_eq!(
        sorted_definitions(&read(&file)),
        sorted_definitions(&exported),
        "schema/{file} is stale: `cargo run -p {} -- --print-schema > schema/{file}`",
        S::NAME
    );
}

#[test]
fn exported_schemas_are_fresh() {
    is_what_the_service_exports::<users::Users>();
    is_what_the_service_exports::<products::ProductsService>();
    is_what_the_service_exports::<orders::OrdersService>();
}

#[test]
fn the_composed_supergraph_is_fresh() {
    let sources = [("users", 4001), ("products", 4002), ("orders", 4003)]
        .into_iter()
        .map(|(name, port)| SubgraphSource {
            name: name.to_owned(),
            url: format!("http://127.0.0.1:{port}/graphql"),
            sdl: Source::new(
                name,
                format!("{name}.graphql"),
                read(&format!("{name}.graphql")),
            ),
        })
        .collect();
    let composed = compose(sources).unwrap();
    assert_eq!(
        read("supergraph.graphql"),
        composed.sdl,
        "schema/supergraph.graphql is stale: `cargo run -- compose --config schema/supergraph.yaml > schema/supergraph.graphql`"
    );
}

#[test]
fn a_dozen_operations_are_valid_and_can_be_planned() {
    let sdl = read("supergraph.graphql");
    let supergraph =
        Supergraph::parse(&Source::new("supergraph", "supergraph.graphql", sdl)).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(schema_file("operations")).unwrap() {
        let path = entry.unwrap().path();
        let document = std::fs::read_to_string(&path).unwrap();
        let operation = Operation::parse(&supergraph, &document, None)
            .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        let plan = weft_planner::plan(
            &supergraph,
            &operation,
            &weft_planner::PlanOptions::checked(),
        )
        .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        assert!(!plan.fetches.is_empty(), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 12, "only {seen} operations");
}
