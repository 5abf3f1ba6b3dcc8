//! `INVALID_FIELD_SHARING`: marks the field `@shareable` where it is not.

use weft_diagnostic::Diagnostic;

use crate::SubgraphSource;
use crate::codes::INVALID_FIELD_SHARING;
use crate::fix::edit::{Edit, fields, import, parse, range};
use crate::ingest::federation_directive::FederationDirective;

pub(super) fn repair(source: &SubgraphSource, error: &Diagnostic) -> Vec<Edit> {
    if error.code != INVALID_FIELD_SHARING {
        return Vec::new();
    }
    let Some((document, links)) = parse(source).filter(|(_, links)| links.federation().is_some())
    else {
        return Vec::new();
    };
    let added = import(source, &links, FederationDirective::Shareable.name());
    let name = match added {
        Some(_) => FederationDirective::Shareable.name().to_owned(),
        None => links.name_of(FederationDirective::Shareable, false),
    };
    let mut edits: Vec<Edit> = error
        .labels
        .iter()
        .filter(|label| {
            label.span.source() == &source.sdl && label.message.starts_with("not shareable")
        })
        .filter_map(|label| {
            let start = label.span.range().start;
            let (type_name, field) = fields(&document).find(|(_, field)| {
                range(field.name.location()).is_some_and(|range| range.start == start)
            })?;
            let end = range(field.location())?.end;
            Some(Edit {
                subgraph: source.name.clone(),
                range: end..end,
                replacement: format!(" @{name}"),
                reason: format!("mark `{type_name}.{}` shareable", field.name),
            })
        })
        .collect();
    if !edits.is_empty() {
        edits.extend(added);
    }
    edits
}
