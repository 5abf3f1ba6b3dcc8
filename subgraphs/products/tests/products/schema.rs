//! The exported schema: what the gateway reads is what the repository holds.

use products::ProductsService;
use serde_json::json;
use std::path::Path;
use subgraph_service::export_schema;
use subgraph_service::test_support::Engine;

use crate::harness::Shop;

#[test]
fn the_schema_in_the_repository_is_what_the_service_exports() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/products.graphql");
    let committed = std::fs::read_to_string(file).unwrap();
    let exported = export_schema::<ProductsService>().unwrap();
    assert!(
        committed == exported,
        "schema/products.graphql is stale: run `cargo run -p products -- --print-schema > schema/products.graphql`"
    );
}

#[test]
fn the_interface_and_both_of_its_kinds_have_the_same_keys() {
    let schema = export_schema::<ProductsService>().unwrap();
    for head in [
        "interface Product",
        "type PhysicalProduct implements Product",
        "type DigitalProduct implements Product",
    ] {
        let line = schema.lines().find(|line| line.starts_with(head)).unwrap();
        assert!(
            line.contains(r#"@key(fields: "id") @key(fields: "sku")"#),
            "{line}"
        );
    }
}

#[test]
fn what_only_services_call_is_hidden_from_clients() {
    let schema = export_schema::<ProductsService>().unwrap();
    for field in [
        "reserveStock(",
        "commitStock(",
        "releaseStock(",
        "taxClass:",
    ] {
        let mut lines = schema
            .lines()
            .filter(|line| line.trim_start().starts_with(field))
            .peekable();
        assert!(lines.peek().is_some(), "there is no `{field}`");
        assert!(
            lines.all(|line| line.ends_with("@inaccessible")),
            "`{field}` is accessible"
        );
    }
}

#[tokio::test]
async fn the_service_field_is_the_exported_schema() {
    let shop = Shop::open(Engine::Sqlite).await;
    let data = shop.client.data("{ _service { sdl } }", json!({})).await;
    assert_eq!(
        data["_service"]["sdl"],
        export_schema::<ProductsService>().unwrap()
    );
}
