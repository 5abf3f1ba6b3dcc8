//! A directive of Federation that is used without being imported: imports it.

use weft_diagnostic::Diagnostic;

use crate::SubgraphSource;
use crate::codes::INVALID_GRAPHQL;
use crate::fix::edit::{Edit, import, parse};
use crate::ingest::federation_directive::FederationDirective;

pub(super) fn repair(source: &SubgraphSource, error: &Diagnostic) -> Vec<Edit> {
    let concerns = error
        .labels
        .iter()
        .any(|label| label.span.source() == &source.sdl);
    if error.code != INVALID_GRAPHQL || !concerns {
        return Vec::new();
    }
    let directive = error
        .message
        .strip_prefix("cannot find directive `@")
        .and_then(|rest| rest.split('`').next())
        .and_then(FederationDirective::from_name);
    let (Some(directive), Some((_, links))) = (directive, parse(source)) else {
        return Vec::new();
    };
    let known = links
        .federation()
        .is_some_and(|feature| feature.version >= directive.since());
    let edit = import(source, &links, directive.name()).filter(|_| known);
    edit.into_iter().collect()
}
