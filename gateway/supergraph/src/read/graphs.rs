//! The subgraphs: the values of `join__Graph`.

use apollo_compiler::Schema;
use indexmap::IndexMap;
use weft_diagnostic::Diagnostic;

use super::{Features, INVALID_SUPERGRAPH, span_of};
use crate::Subgraph;

/// One [`Subgraph`] for each value of the enum, sorted by name, still without types.
pub(super) fn read(
    schema: &Schema,
    features: &Features,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Subgraph> {
    let join = features.get("join");
    let graph_type = join.map_or_else(|| "join__Graph".to_owned(), |join| join.type_name("Graph"));
    let Some(graphs) = schema.get_enum(&graph_type) else {
        let message =
            format!("the supergraph has no enum `{graph_type}`, which lists the subgraphs");
        diagnostics.push(Diagnostic::error(INVALID_SUPERGRAPH, message));
        return Vec::new();
    };
    if graphs.values.len() > usize::from(u16::MAX) {
        let message = format!(
            "a supergraph of more than {} subgraphs is not supported",
            u16::MAX
        );
        diagnostics.push(Diagnostic::error(INVALID_SUPERGRAPH, message));
        return Vec::new();
    }
    let directive = features.directive("join", "graph").unwrap_or_default();
    let mut subgraphs = Vec::new();
    for (graph, value) in &graphs.values {
        let Some(application) = value.directives.get(&directive) else {
            let message = format!("`{graph}` says neither name nor URL: it lacks `@{directive}`");
            let diagnostic = Diagnostic::error(INVALID_SUPERGRAPH, message);
            let label = span_of(schema, value.location(), "this subgraph");
            diagnostics.push(label.into_iter().fold(diagnostic, Diagnostic::with_label));
            continue;
        };
        let text = |name: &str| {
            let value = application.specified_argument_by_name(name);
            value.and_then(|value| value.as_str()).map(str::to_owned)
        };
        subgraphs.push(Subgraph {
            name: text("name").unwrap_or_else(|| graph.to_string()),
            graph: graph.clone(),
            url: text("url").unwrap_or_default(),
            types: IndexMap::new(),
        });
    }
    // What is built on a supergraph depends on its subgraphs' names, not on where they stand.
    subgraphs.sort_by(|a, b| a.name.cmp(&b.name));
    subgraphs
}
