//! `INVALID_FIELD_SHARING`: marks the field `@shareable` where it is not; the type, when all its fields are to be marked.

use apollo_compiler::ast::{Definition, DirectiveList, FieldDefinition};
use apollo_compiler::{Name, Node};
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
                reason: reason(&format!("{type_name}.{}", field.name)),
            })
        })
        .collect();
    if !edits.is_empty() {
        edits.extend(added);
    }
    edits
}

fn reason(coordinate: &str) -> String {
    format!("mark `{coordinate}` shareable")
}

/// The edits, with one mark on a type in place of one on each of its fields.
pub(super) fn gather(sources: &[SubgraphSource], mut edits: Vec<Edit>) -> Vec<Edit> {
    for source in sources {
        let Some((document, _)) = parse(source) else {
            continue;
        };
        for object in document.definitions.iter().filter_map(Object::of) {
            gather_object(&source.name, &object, &mut edits);
        }
    }
    edits
}

fn gather_object(subgraph: &str, object: &Object<'_>, edits: &mut Vec<Edit>) {
    let marks: Option<Vec<usize>> = object
        .fields
        .iter()
        .map(|field| {
            let end = range(field.location())?.end;
            let reason = reason(&format!("{}.{}", object.name, field.name));
            edits.iter().position(|edit| {
                edit.subgraph == subgraph && edit.range == (end..end) && edit.reason == reason
            })
        })
        .collect();
    let (Some(mut marks), Some(end)) = (marks, object.head_end()) else {
        return;
    };
    if marks.len() < 2 {
        return;
    }
    marks.sort_unstable();
    let removed: Vec<Edit> = marks
        .into_iter()
        .rev()
        .map(|mark| edits.remove(mark))
        .collect();
    edits.extend(removed.into_iter().next().map(|mark| Edit {
        range: end..end,
        reason: reason(object.name),
        ..mark
    }));
}

/// An object type as one definition or extension writes it.
struct Object<'a> {
    name: &'a Name,
    interfaces: &'a [Name],
    directives: &'a DirectiveList,
    fields: &'a [Node<FieldDefinition>],
}

impl<'a> Object<'a> {
    fn of(definition: &'a Definition) -> Option<Self> {
        match definition {
            Definition::ObjectTypeDefinition(node) => Some(Self {
                name: &node.name,
                interfaces: &node.implements_interfaces,
                directives: &node.directives,
                fields: &node.fields,
            }),
            Definition::ObjectTypeExtension(node) => Some(Self {
                name: &node.name,
                interfaces: &node.implements_interfaces,
                directives: &node.directives,
                fields: &node.fields,
            }),
            _ => None,
        }
    }

    /// Where what stands before its fields ends.
    fn head_end(&self) -> Option<usize> {
        let names = std::iter::once(self.name).chain(self.interfaces);
        let directives = self.directives.iter().map(Node::location);
        names
            .map(Name::location)
            .chain(directives)
            .filter_map(range)
            .map(|range| range.end)
            .max()
    }
}
