//! The exported schema: what the gateway reads is what the repository holds.

use orders::OrdersService;
use std::path::Path;
use subgraph_service::export_schema;

#[test]
fn the_schema_in_the_repository_is_what_the_service_exports() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/orders.graphql");
    let committed = std::fs::read_to_string(file).unwrap();
    let exported = export_schema::<OrdersService>().unwrap();
    assert!(
        committed == exported,
        "schema/orders.graphql is stale: run `cargo run -p orders -- --print-schema > schema/orders.graphql`"
    );
}

#[test]
fn what_fields_require_is_external_and_what_is_overridden_says_from_where() {
    let schema = export_schema::<OrdersService>().unwrap();
    for expected in [
        "type Product @key(fields: \"id\") @key(fields: \"sku\") @interfaceObject {",
        "  taxClass: TaxClass! @external",
        "  riskScore: Float @external",
        "  loyaltyPoints: Int @override(from: \"users\")",
        "  invoiceAllowed: Boolean @requires(fields: \"riskScore\")",
    ] {
        assert!(
            schema.lines().any(|line| line == expected),
            "there is no line `{expected}`"
        );
    }
}
