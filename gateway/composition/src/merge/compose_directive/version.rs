//! Which version of each specification the supergraph will link: the newest that a composed directive comes from.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashSet;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::{DIRECTIVE_COMPOSITION_ERROR, DIRECTIVE_COMPOSITION_INFO};
use crate::ingest::links::Feature;

use super::{Collector, Item};

/// A specification with the subgraphs that link the version that the supergraph will have.
pub(super) type Latest<'a> = IndexMap<String, (&'a Feature, Vec<usize>)>;

impl<'a> Collector<'a, '_> {
    /// The version of each specification that the supergraph will link.
    pub(super) fn latest_features(&mut self, items: &[Item<'a>]) -> Latest<'a> {
        let mut identities: IndexSet<&str> = IndexSet::new();
        for subgraph in self.subgraphs {
            identities.extend(
                subgraph
                    .links
                    .features
                    .iter()
                    .map(|feature| feature.identity.as_str()),
            );
        }
        let mut latest = Latest::new();
        for identity in identities {
            let composing: Vec<usize> = items
                .iter()
                .filter(|item| item.feature.identity == identity)
                .map(|item| item.subgraph)
                .collect();
            match self.latest_feature(identity, &composing) {
                Some(found) => {
                    latest.insert(identity.to_owned(), found);
                }
                None => {
                    self.rejected_features.insert(identity.to_owned());
                }
            }
        }
        latest
    }

    fn latest_feature(
        &mut self,
        identity: &str,
        composing: &[usize],
    ) -> Option<(&'a Feature, Vec<usize>)> {
        let links: Vec<(usize, &'a Feature)> = self
            .subgraphs
            .iter()
            .enumerate()
            .filter_map(|(index, subgraph)| Some((index, subgraph.links.by_identity(identity)?)))
            .collect();
        let composed: Vec<_> = links
            .iter()
            .filter(|(index, _)| composing.contains(index))
            .collect();
        let majors: FxHashSet<u32> = composed
            .iter()
            .map(|(_, feature)| feature.version.major)
            .collect();
        if majors.len() > 1 {
            self.report_majors(identity, &links);
            return None;
        }
        let all_majors: FxHashSet<u32> = links
            .iter()
            .map(|(_, feature)| feature.version.major)
            .collect();
        if all_majors.len() > 1 {
            self.hint_on_majors(identity, &links);
        }
        let newest = composed
            .iter()
            .map(|(_, feature)| feature)
            .max_by_key(|feature| feature.version)?;
        let with_version = links
            .iter()
            .filter(|(_, feature)| feature.version == newest.version)
            .map(|(index, _)| *index)
            .rev()
            .collect();
        Some((newest, with_version))
    }

    fn report_majors(&mut self, identity: &str, links: &[(usize, &Feature)]) {
        let message = format!("`{identity}` is composed from several major versions");
        let error = Diagnostic::error(DIRECTIVE_COMPOSITION_ERROR, message)
            .with_help("link the same major version in all subgraphs");
        self.errors.push(self.with_links(error, links));
    }

    fn hint_on_majors(&mut self, identity: &str, links: &[(usize, &Feature)]) {
        let message = format!("`{identity}` is linked in several major versions");
        let hint = Diagnostic::new(DIRECTIVE_COMPOSITION_INFO, Severity::Info, message);
        self.hints.push(self.with_links(hint, links));
    }

    fn with_links(&self, diagnostic: Diagnostic, links: &[(usize, &Feature)]) -> Diagnostic {
        links
            .iter()
            .fold(diagnostic, |diagnostic, (index, feature)| {
                let message = format!("{} here", feature.version);
                diagnostic
                    .with_label(self.subgraphs[*index].node_label(&feature.application, message))
            })
    }
}
