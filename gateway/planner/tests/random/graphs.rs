//! What all tests on random graphs begin with: the graphs with their operations, composed.

pub(crate) mod beyond_keys;
pub(crate) mod contexts;
pub(crate) mod dice;
pub(crate) mod graph;
pub(crate) mod key_forms;
pub(crate) mod operation;

use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_supergraph::Supergraph;

/// A number that the environment gives.
pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The supergraph of subgraphs `s0`, `s1` and so on, where they compose; `RANDOM_WHY` tells why they do not.
pub(crate) fn composed(texts: &[String]) -> Option<Supergraph> {
    let sources = texts.iter().enumerate().map(|(index, text)| {
        let name = format!("s{index}");
        let sdl = Source::new(name.as_str(), format!("{name}.graphql"), text.as_str());
        let url = format!("http://{name}.test");
        SubgraphSource { name, url, sdl }
    });
    match compose(sources.collect()) {
        Ok(composed) => Some(composed.supergraph),
        Err(errors) => {
            if std::env::var_os("RANDOM_WHY").is_some() {
                eprintln!("{}", errors[0].message);
            }
            None
        }
    }
}
