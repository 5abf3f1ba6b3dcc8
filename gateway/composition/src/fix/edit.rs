//! An edit of a subgraph's text.

use std::ops::Range;

use apollo_compiler::ast::{Definition, Document, FieldDefinition};
use apollo_compiler::parser::{Parser, SourceSpan};
use apollo_compiler::{Name, Node};

use crate::SubgraphSource;
use crate::ingest::link_reader::read_links;
use crate::ingest::links::Links;

/// Replaces a range of bytes of one subgraph's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The subgraph's name.
    pub subgraph: String,
    /// What is replaced.
    pub range: Range<usize>,
    /// By what.
    pub replacement: String,
    /// Why, in a few words.
    pub reason: String,
}

impl Edit {
    /// Whether both change the same place of the same text; inserting twice the same at one place counts.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.subgraph == other.subgraph
            && (self.range == other.range
                || (self.range.start < other.range.end && other.range.start < self.range.end))
    }
}

/// The text of a subgraph after its edits.
pub fn apply(source: &SubgraphSource, edits: &[Edit]) -> String {
    let mut own: Vec<&Edit> = edits
        .iter()
        .filter(|edit| edit.subgraph == source.name)
        .collect();
    own.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
    let mut text = source.sdl.text().to_owned();
    for edit in own {
        text.replace_range(edit.range.clone(), &edit.replacement);
    }
    text
}

/// A subgraph's text, parsed, with its links; `None` when either is wrong.
pub(crate) fn parse(source: &SubgraphSource) -> Option<(Document, Links)> {
    let document = Parser::new()
        .parse_ast(source.sdl.text(), source.sdl.path())
        .ok()?;
    let links = read_links(&document, &source.sdl).ok()?;
    Some((document, links))
}

/// Every field of objects and interfaces with its type's name.
pub(crate) fn fields(document: &Document) -> impl Iterator<Item = (&Name, &Node<FieldDefinition>)> {
    document.definitions.iter().flat_map(|definition| {
        let fields: &[Node<FieldDefinition>] = match definition {
            Definition::ObjectTypeDefinition(node) => &node.fields,
            Definition::ObjectTypeExtension(node) => &node.fields,
            Definition::InterfaceTypeDefinition(node) => &node.fields,
            Definition::InterfaceTypeExtension(node) => &node.fields,
            _ => &[],
        };
        let name = definition.name();
        fields
            .iter()
            .filter_map(move |field| name.map(|name| (name, field)))
    })
}

/// The bytes of a node.
pub(crate) fn range(location: Option<SourceSpan>) -> Option<Range<usize>> {
    location.map(|location| location.offset()..location.end_offset())
}

/// The edit that imports a directive of Federation; `None` when it is imported, or nothing is, or the text uses the
/// directive by its prefixed name, which an import takes away.
pub(crate) fn import(source: &SubgraphSource, links: &Links, directive: &str) -> Option<Edit> {
    let federation = links.federation()?;
    let full = format!("@{directive}");
    let prefixed = format!("@{}__{directive}", federation.name_in_schema);
    if federation.imports.iter().any(|import| import.name == full)
        || source.sdl.text().contains(&prefixed)
    {
        return None;
    }
    let list = federation
        .application
        .arguments
        .iter()
        .find(|argument| argument.name == "import")?;
    let value = range(list.value.location())?;
    let text = source.sdl.text().get(value.clone())?;
    let end = value.start + text.rfind(']')?;
    let separator = if federation.imports.is_empty() {
        ""
    } else {
        ", "
    };
    Some(Edit {
        subgraph: source.name.clone(),
        range: end..end,
        replacement: format!("{separator}\"{full}\""),
        reason: format!("import `{full}`"),
    })
}
