//! Texts that diagnostics point into, and places in them.

use std::ops::Range;
use std::sync::Arc;

/// A text that a user wrote: a subgraph's schema, a supergraph, an operation document.
///
/// Cheap to clone; two sources are equal when name, path and text are.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(Arc<SourceText>);

#[derive(PartialEq, Eq)]
struct SourceText {
    name: String,
    path: String,
    text: String,
}

impl Source {
    /// A source: `name` is the subgraph (or what stands for it), `path` the file as the user wrote it.
    pub fn new(name: impl Into<String>, path: impl Into<String>, text: impl Into<String>) -> Self {
        Self(Arc::new(SourceText {
            name: name.into(),
            path: path.into(),
            text: text.into(),
        }))
    }

    /// The subgraph, or what stands for it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The file, as the user wrote it; empty when the text did not come from a file.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// A span of this source by byte offsets; offsets past the end are clamped to it.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let length = self.text().len();
        let start = bytes.start.min(length);
        Span {
            source: self.clone(),
            range: start..bytes.end.clamp(start, length),
        }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Source({}, {})", self.name(), self.path())
    }
}

/// A range of bytes in a [`Source`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    source: Source,
    range: Range<usize>,
}

impl Span {
    /// The text that it is a part of.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Byte offsets into the source's text.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Where it starts.
    pub fn start(&self) -> Position {
        Position::of(self.source.text(), self.range.start)
    }

    /// Where it ends (exclusive).
    pub fn end(&self) -> Position {
        Position::of(self.source.text(), self.range.end)
    }
}

/// A line and a column, both counted from 1; the column counts Unicode scalar values, as GraphQL's
/// error locations do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl Position {
    fn of(text: &str, offset: usize) -> Self {
        let before: String = text
            .char_indices()
            .take_while(|(index, _)| *index < offset)
            .map(|(_, character)| character)
            .collect();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_scalar_values_from_one() {
        let source = Source::new("users", "users.graphql", "type Ä {\n  id: ID\n}");
        let span = source.span(12..14);
        assert_eq!(span.start(), Position { line: 2, column: 3 });
        assert_eq!(span.end(), Position { line: 2, column: 5 });
    }

    #[test]
    fn offsets_past_the_end_are_clamped() {
        let source = Source::new("users", "", "abc");
        assert_eq!(source.span(2..99).range(), 2..3);
        assert_eq!(source.span(50..99).range(), 3..3);
    }
}
