//! Subgraph schemas in, the supergraph that they make out.

use std::sync::Arc;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_supergraph::Supergraph;

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.8",
    import: ["@key", "@shareable", "@external", "@context", "@fromContext", "@interfaceObject"])"#;

/// The supergraph of those subgraphs: name and schema.
pub(crate) fn composed(subgraphs: &[(&str, &str)]) -> Arc<Supergraph> {
    let sources = subgraphs.iter().map(|(name, sdl)| SubgraphSource {
        name: (*name).to_owned(),
        url: format!("http://{name}.invalid"),
        sdl: Source::new(*name, format!("{name}.graphql"), format!("{LINK}\n{sdl}")),
    });
    let composition = compose(sources.collect());
    Arc::new(
        composition
            .unwrap_or_else(|errors| panic!("{errors:?}"))
            .supergraph,
    )
}
