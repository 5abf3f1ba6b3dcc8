//! `EXTERNAL_UNUSED`: removes the declaration of a field that the subgraph neither resolves nor uses.

use weft_diagnostic::Diagnostic;

use crate::SubgraphSource;
use crate::fix::edit::{Edit, fields, parse, range};

pub(super) fn repair(source: &SubgraphSource, error: &Diagnostic) -> Vec<Edit> {
    let concerns = error
        .labels
        .iter()
        .any(|label| label.span.source() == &source.sdl);
    if error.code.as_str() != "EXTERNAL_UNUSED" || !concerns {
        return Vec::new();
    }
    let coordinate = error.coordinate.as_deref().unwrap_or_default();
    let Some((type_name, field_name)) = coordinate.split_once('.') else {
        return Vec::new();
    };
    let Some((document, _)) = parse(source) else {
        return Vec::new();
    };
    let siblings = fields(&document)
        .filter(|(name, _)| *name == type_name)
        .count();
    let found = fields(&document)
        .find(|(name, field)| *name == type_name && field.name == field_name)
        .and_then(|(_, field)| range(field.location()));
    let Some(declaration) = found.filter(|_| siblings > 1) else {
        return Vec::new();
    };
    let before = source
        .sdl
        .text()
        .get(..declaration.start)
        .unwrap_or_default();
    let start = before.trim_end().len();
    vec![Edit {
        subgraph: source.name.clone(),
        range: start..declaration.end,
        replacement: String::new(),
        reason: format!("remove the unused external field `{coordinate}`"),
    }]
}
