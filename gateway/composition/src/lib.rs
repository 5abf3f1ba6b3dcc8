//! Composes subgraph schemas into a supergraph, or says why they do not fit.
//!
//! ```
//! use weft_composition::{SubgraphSource, compose};
//! use weft_diagnostic::Source;
//!
//! let subgraph = |name: &str, sdl: &str| SubgraphSource {
//!     name: name.to_owned(),
//!     url: format!("http://{name}.example"),
//!     sdl: Source::new(name, format!("{name}.graphql"), sdl),
//! };
//! let composed = compose(vec![
//!     subgraph("users", "type Query { me: User } type User @key(fields: \"id\") { id: ID! }"),
//!     subgraph("orders", "extend type User @key(fields: \"id\") { id: ID! @external total: Int }"),
//! ]);
//! assert!(composed.is_ok_and(|composed| composed.sdl.contains("total: Int @join__field")));
//! ```

pub mod codes;
pub mod contract;
pub mod fix;
pub mod ingest;
pub mod merge;
pub mod rules;
pub mod satisfiability;
mod suggestion;

use weft_diagnostic::{Diagnostic, Source};
use weft_supergraph::Supergraph;

use crate::codes::INVALID_SUBGRAPH_NAME;
use crate::contract::Contract;
use crate::ingest::machinery::Machinery;
use crate::ingest::subgraph::Subgraph;
use crate::ingest::{ingest, upgrade};
use crate::satisfiability::repairs::Repair;
use crate::satisfiability::{Origin, Unsatisfiable};

/// A subgraph as its owners publish it.
#[derive(Debug, Clone)]
pub struct SubgraphSource {
    /// Its name.
    pub name: String,
    /// Where it is served.
    pub url: String,
    /// Its schema.
    pub sdl: Source,
}

/// A supergraph and what is worth knowing about it.
#[derive(Debug, Clone)]
pub struct Composed {
    /// The graph.
    pub supergraph: Supergraph,
    /// The graph as SDL, for a file.
    pub sdl: String,
    /// Hints.
    pub hints: Vec<Diagnostic>,
}

/// Composes the subgraphs; their order does not matter.
///
/// # Errors
/// All errors of the first stage that has any: reading the subgraphs, bringing Federation 1 to Federation 2, the
/// rules for one subgraph, merging, satisfiability.
pub fn compose(sources: Vec<SubgraphSource>) -> Result<Composed, Vec<Diagnostic>> {
    compose_contract(sources, &Contract::default())
}

/// Composes the variant of the graph that a contract's audience sees.
///
/// # Errors
/// Those of [`compose`], and holes that the contract leaves in the API schema.
pub fn compose_contract(
    sources: Vec<SubgraphSource>,
    contract: &Contract,
) -> Result<Composed, Vec<Diagnostic>> {
    compose_with(sources, contract, true).map_err(|failed| failed.errors)
}

/// Why composing failed.
pub(crate) struct Failed {
    /// The errors.
    pub(crate) errors: Vec<Diagnostic>,
    /// Repairs of satisfiability errors.
    pub(crate) repairs: Vec<Repair>,
}

impl From<Vec<Diagnostic>> for Failed {
    fn from(errors: Vec<Diagnostic>) -> Self {
        let repairs = Vec::new();
        Self { errors, repairs }
    }
}

impl From<Unsatisfiable> for Failed {
    fn from(found: Unsatisfiable) -> Self {
        Self {
            errors: found.errors,
            repairs: found.repairs,
        }
    }
}

/// Composes; repairs are looked for when asked to.
pub(crate) fn compose_with(
    mut sources: Vec<SubgraphSource>,
    contract: &Contract,
    look_for_repairs: bool,
) -> Result<Composed, Failed> {
    sources.sort_by(|left, right| left.name.cmp(&right.name));
    let subgraphs = normal_forms(&sources)?;
    let (merged, mut hints) = merge::merge(&subgraphs, contract)?;
    let document = merge::document::document(merged);
    let sdl = document.to_string();
    let supergraph = Supergraph::from_document(&document)?;
    let recompose = |sources: &[SubgraphSource]| {
        let outcome = compose_with(sources.to_vec(), contract, false);
        outcome.map(|_| ()).map_err(|failed| failed.errors)
    };
    let origin = Origin {
        subgraphs: &subgraphs,
        sources: &sources,
        recompose: look_for_repairs.then_some(&recompose),
    };
    hints.extend(satisfiability::check(&supergraph, origin)?);
    Ok(Composed {
        supergraph,
        sdl,
        hints,
    })
}

/// The subgraphs in normal form, all of them checked.
///
/// # Errors
/// What is wrong with single subgraphs.
pub fn normal_forms(sources: &[SubgraphSource]) -> Result<Vec<Subgraph>, Vec<Diagnostic>> {
    none_or_errors(repeated_names(sources))?;
    let mut machinery = Machinery::default();
    let mut subgraphs = all_or_errors(sources.iter().map(|source| build(source, &mut machinery)))?;
    none_or_errors(upgrade::upgrade(&mut subgraphs))?;
    let upgraded = subgraphs
        .iter()
        .filter(|subgraph| subgraph.is_federation_1());
    none_or_errors(upgraded.flat_map(rules::check_subgraph).collect())?;
    Ok(subgraphs)
}

/// Reads a subgraph; one of Federation 2 is checked at once, one of Federation 1 after its upgrade.
fn build(source: &SubgraphSource, machinery: &mut Machinery) -> Result<Subgraph, Vec<Diagnostic>> {
    let (subgraph, mut errors) = ingest(source, machinery)?;
    if !subgraph.is_federation_1() {
        errors.extend(rules::check_subgraph(&subgraph));
    }
    none_or_errors(errors)?;
    Ok(subgraph)
}

fn repeated_names(sources: &[SubgraphSource]) -> Vec<Diagnostic> {
    sources
        .iter()
        .enumerate()
        .filter(|(index, source)| {
            sources[..*index]
                .iter()
                .any(|other| other.name == source.name)
        })
        .map(|(_, source)| {
            let message = format!("two subgraphs are called `{}`", source.name);
            Diagnostic::error(INVALID_SUBGRAPH_NAME, message)
                .with_subgraph(&source.name)
                .with_help("give each subgraph a name of its own")
        })
        .collect()
}

fn none_or_errors(errors: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn all_or_errors<T>(
    outcomes: impl Iterator<Item = Result<T, Vec<Diagnostic>>>,
) -> Result<Vec<T>, Vec<Diagnostic>> {
    let mut built = Vec::new();
    let mut errors = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(value) => built.push(value),
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() {
        Ok(built)
    } else {
        Err(errors)
    }
}
