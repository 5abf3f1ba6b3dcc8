//! Which versions the supergraph's specifications have: they follow the newest Federation among the subgraphs.

use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::IMPLICITLY_UPGRADED_FEDERATION_VERSION;
use crate::ingest::links::Feature;
use crate::ingest::subgraph::Subgraph;
use crate::ingest::upgrade::UPGRADED;
use crate::ingest::version::Version;

/// The newest version that a subgraph links, or needs for another specification that it links.
pub(super) fn federation_version(subgraphs: &[Subgraph], hints: &mut Vec<Diagnostic>) -> Version {
    subgraphs
        .iter()
        .map(|subgraph| version_of(subgraph, hints))
        .max()
        .unwrap_or(UPGRADED)
}

fn version_of(subgraph: &Subgraph, hints: &mut Vec<Diagnostic>) -> Version {
    let linked = if subgraph.is_federation_1() {
        UPGRADED
    } else {
        subgraph.federation
    };
    let needed = subgraph
        .links
        .features
        .iter()
        .filter_map(|feature| Some((needed_federation(feature)?, feature)))
        .max_by_key(|(needed, _)| *needed);
    let Some((needed, feature)) = needed.filter(|(needed, _)| *needed > linked) else {
        return linked;
    };
    let message = format!(
        "`{}` needs Federation {needed}, newer than the {linked} that is linked, and counts as that",
        feature.url()
    );
    let label = subgraph.node_label(&feature.application, "linked here");
    hints.push(
        Diagnostic::new(
            IMPLICITLY_UPGRADED_FEDERATION_VERSION,
            Severity::Info,
            message,
        )
        .with_label(label)
        .with_help(format!("link Federation {needed}")),
    );
    needed
}

fn needed_federation(feature: &Feature) -> Option<Version> {
    let own = |name: &str| feature.is_specification(name);
    match () {
        () if own("authenticated") || own("requiresScopes") => Some(Version::new(2, 5)),
        () if own("policy") => Some(Version::new(2, 6)),
        () if own("cost") => Some(Version::new(2, 9)),
        () if own("connect") => Some(Version::new(2, 10)),
        () if own("cacheTag") => Some(Version::new(2, 12)),
        () => None,
    }
}

/// The join specification's version for a version of Federation.
pub(super) fn join_version(federation: Version) -> Version {
    let minor = match federation {
        version if version >= Version::new(2, 8) => 5,
        version if version >= Version::new(2, 7) => 4,
        _ => 3,
    };
    Version::new(0, minor)
}
