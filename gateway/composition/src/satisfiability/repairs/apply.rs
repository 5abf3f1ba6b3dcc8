//! A repair in the texts of the subgraphs: the edits that `weft compose --fix` makes, and whose outcome is composed to try it.

use std::ops::Range;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Directive, Document, FieldDefinition};
use apollo_compiler::parser::SourceSpan;
use weft_diagnostic::Source;
use weft_supergraph::FieldSet;

use super::{Change, Repair, SchemaChange};
use crate::SubgraphSource;
use crate::fix::edit::{Edit, apply, import, parse, range};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::links::Links;

impl Repair {
    /// The texts with the repair in them; `None` where it cannot be written.
    pub fn apply(&self, sources: &[SubgraphSource]) -> Option<Vec<SubgraphSource>> {
        let mut changed = sources.to_vec();
        for change in &self.changes {
            let source = changed
                .iter_mut()
                .find(|source| source.name == change.subgraph)?;
            let text = apply(source, &edits(change, source)?);
            source.sdl = Source::new(source.sdl.name(), source.sdl.path(), text);
        }
        Some(changed)
    }
}

/// The edits of one text; `None` when it does not have what is to be changed.
fn edits(change: &SchemaChange, source: &SubgraphSource) -> Option<Vec<Edit>> {
    let (document, links) = parse(source)?;
    let text = Text { source, links };
    let parts = parts(&document).filter(|part| part.name == change.type_name.as_str());
    parts
        .into_iter()
        .find_map(|part| text.change(&part, &change.change))
}

/// One definition or extension of a type with fields.
struct Part<'a> {
    name: &'a str,
    /// Where directives of the type are added.
    header_end: usize,
    directives: &'a [Node<Directive>],
    fields: &'a [Node<FieldDefinition>],
}

fn parts(document: &Document) -> impl Iterator<Item = Part<'_>> {
    document.definitions.iter().filter_map(|definition| {
        let (name, interfaces, directives, fields) = match definition {
            Definition::ObjectTypeDefinition(part) => (
                &part.name,
                &part.implements_interfaces,
                &part.directives,
                &part.fields,
            ),
            Definition::ObjectTypeExtension(part) => (
                &part.name,
                &part.implements_interfaces,
                &part.directives,
                &part.fields,
            ),
            Definition::InterfaceTypeDefinition(part) => (
                &part.name,
                &part.implements_interfaces,
                &part.directives,
                &part.fields,
            ),
            Definition::InterfaceTypeExtension(part) => (
                &part.name,
                &part.implements_interfaces,
                &part.directives,
                &part.fields,
            ),
            _ => return None,
        };
        let last_directive = directives.0.last().and_then(|node| end(node.location()));
        let last_interface = || interfaces.last().and_then(|name| end(name.location()));
        Some(Part {
            name: name.as_str(),
            header_end: last_directive
                .or_else(last_interface)
                .or_else(|| end(name.location()))?,
            directives: &directives.0,
            fields,
        })
    })
}

/// A text that is to be changed.
struct Text<'a> {
    source: &'a SubgraphSource,
    links: Links,
}

impl Text<'_> {
    fn change(&self, part: &Part<'_>, change: &Change) -> Option<Vec<Edit>> {
        let field = |name: &str| part.fields.iter().find(|field| field.name == name);
        match change {
            Change::AddKey(fields) => {
                let arguments = format!("(fields: \"{fields}\")");
                Some(self.add_directive(part.header_end, Federation::Key, &arguments))
            }
            Change::MakeResolvable(fields) => self.make_resolvable(part, fields),
            Change::AddField(definition) => {
                let last = range(part.fields.last()?.location())?;
                let text = format!("{}{definition}", self.separator(&last));
                Some(vec![self.edit(last.end..last.end, text)])
            }
            Change::RemoveExternal(name) => {
                self.remove_directive(field(name)?, Federation::External)
            }
            Change::RemoveOverride(name) => {
                self.remove_directive(field(name)?, Federation::Override)
            }
            Change::Share(_) if self.links.federation().is_none() => Some(Vec::new()),
            Change::Share(name) => {
                let field = field(name)?;
                if field
                    .directives
                    .has(&self.directive_name(Federation::Shareable))
                {
                    return Some(Vec::new());
                }
                let end = end(field.location())?;
                Some(self.add_directive(end, Federation::Shareable, ""))
            }
        }
    }

    /// Adds a directive, and its import where the text imports others.
    fn add_directive(&self, at: usize, directive: Federation, arguments: &str) -> Vec<Edit> {
        let import = import(self.source, &self.links, directive.name());
        let name = match import {
            Some(_) => directive.name().to_owned(),
            None => self.directive_name(directive),
        };
        let mut edits = vec![self.edit(at..at, format!(" @{name}{arguments}"))];
        edits.extend(import);
        edits
    }

    fn make_resolvable(&self, part: &Part<'_>, fields: &str) -> Option<Vec<Edit>> {
        let wanted = FieldSet::parse(fields).ok()?;
        let name = self.directive_name(Federation::Key);
        let mut keys = part.directives.iter().filter(|one| one.name == *name);
        let key = keys.find(|one| key_of(one).as_ref() == Some(&wanted))?;
        let index = key
            .arguments
            .iter()
            .position(|argument| argument.name == "resolvable")?;
        let span = |index: usize| range(key.arguments.get(index)?.location());
        let own = span(index)?;
        let removed = match index.checked_sub(1) {
            Some(before) => span(before)?.end..own.end,
            None => own.start..span(index + 1)?.start,
        };
        Some(vec![self.edit(removed, String::new())])
    }

    fn remove_directive(
        &self,
        field: &FieldDefinition,
        directive: Federation,
    ) -> Option<Vec<Edit>> {
        let application = field.directives.get(&self.directive_name(directive))?;
        let span = range(application.location())?;
        let before = self.source.sdl.text().get(..span.start)?;
        Some(vec![
            self.edit(before.trim_end().len()..span.end, String::new()),
        ])
    }

    /// What stands between a field and one after it: a line break with the field's indentation, or a blank.
    fn separator(&self, field: &Range<usize>) -> String {
        let before = self
            .source
            .sdl
            .text()
            .get(..field.start)
            .unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        if line.trim().is_empty() && line.len() < before.len() {
            format!("\n{line}")
        } else {
            " ".to_owned()
        }
    }

    fn directive_name(&self, directive: Federation) -> String {
        self.links
            .name_of(directive, self.links.federation().is_none())
    }

    fn edit(&self, range: Range<usize>, replacement: String) -> Edit {
        Edit {
            subgraph: self.source.name.clone(),
            range,
            replacement,
            reason: "make every field reachable".to_owned(),
        }
    }
}

fn key_of(directive: &Directive) -> Option<FieldSet> {
    let fields = directive.specified_argument_by_name("fields")?;
    FieldSet::parse(fields.as_str()?).ok()
}

fn end(location: Option<SourceSpan>) -> Option<usize> {
    location.map(|location| location.end_offset())
}
