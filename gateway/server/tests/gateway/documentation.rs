//! The committed reference of the configuration is the one that the types give.

use std::path::Path;

use weft_server::configuration::reference;

#[test]
fn the_configuration_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed,
        reference::markdown(),
        "docs/configuration.md is stale: run `weft config reference > docs/configuration.md`"
    );
}
