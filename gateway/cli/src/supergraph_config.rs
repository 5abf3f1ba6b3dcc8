//! The path of a `supergraph.yaml` in, the schemas of its subgraphs out, for commands that compose or check.

use std::path::Path;

use weft_composition::SubgraphSource;
use weft_diagnostic::Diagnostic;
use weft_server::Transport;
use weft_server::configuration::{TrafficOptions, read_supergraph_file};
use weft_server::supergraph_source::{Origins, SubgraphText, read_subgraphs};

/// Reads the file and the schema of every subgraph, from files or running services.
///
/// # Errors
/// The diagnostics of everything that is wrong or cannot be read; an `Err` around them when we fail.
pub(crate) fn read(path: &Path) -> anyhow::Result<Result<Vec<SubgraphSource>, Vec<Diagnostic>>> {
    let file = match read_supergraph_file(path) {
        Ok(file) => file,
        Err(diagnostic) => return Ok(Err(vec![*diagnostic])),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let transport = Transport::new(&TrafficOptions::default())?;
    let texts = runtime.block_on(read_subgraphs(&file, &Origins::AsWritten, &transport));
    Ok(texts.map(|texts| texts.iter().map(SubgraphText::to_subgraph_source).collect()))
}
