//! The documents that clients send: GraphQL files, and manifests of persisted documents as Apollo's and Relay's tools
//! write them.

use std::ops::Range;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use weft_schema_check::operations::TextPlace;

use super::separate;
use crate::output;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Its id in a manifest.
    pub(super) id: Option<String>,
    /// The file that it is in.
    pub(super) file: String,
    /// Its text.
    pub(super) text: String,
    /// Where the parts of the text are from, in their order.
    pieces: Vec<Piece>,
}

/// A part of a document's text, which starts a line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    first_line: usize,
    file: String,
    start: TextPlace,
}

impl Document {
    /// A document without text.
    pub(super) fn new(file: impl Into<String>) -> Self {
        Self {
            id: None,
            file: file.into(),
            text: String::new(),
            pieces: Vec::new(),
        }
    }

    /// A whole file.
    pub(super) fn of_file(file: impl Into<String>, text: &str) -> Self {
        let mut document = Self::new(file);
        let file = document.file.clone();
        document.push(&file, text, 0..text.len());
        document
    }

    /// An entry of a manifest, whose lines are all one of the file.
    fn of_manifest(file: &str, id: String, text: String, line: usize) -> Self {
        let start = TextPlace { line, column: 1 };
        let piece = Piece {
            first_line: 1,
            file: file.to_owned(),
            start,
        };
        Self {
            id: Some(id),
            file: file.to_owned(),
            text,
            pieces: vec![piece],
        }
    }

    /// Appends a part of a file's text.
    pub(super) fn push(&mut self, file: &str, text: &str, range: Range<usize>) {
        let before = text.get(..range.start).unwrap_or_default();
        let in_line = before.rsplit('\n').next().unwrap_or_default();
        let start = TextPlace {
            line: 1 + before.matches('\n').count(),
            column: 1 + in_line.chars().count(),
        };
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.pieces.push(Piece {
            first_line: 1 + self.text.matches('\n').count(),
            file: file.to_owned(),
            start,
        });
        self.text.push_str(text.get(range).unwrap_or_default());
    }

    /// The file and the place in it of a place in the text.
    pub(super) fn origin(&self, place: TextPlace) -> (&str, TextPlace) {
        let piece = self
            .pieces
            .iter()
            .rfind(|piece| piece.first_line <= place.line);
        let Some(piece) = piece else {
            return (&self.file, place);
        };
        if self.id.is_some() {
            return (&piece.file, piece.start);
        }
        let below = place.line - piece.first_line;
        let shift = if below == 0 {
            piece.start.column - 1
        } else {
            0
        };
        let origin = TextPlace {
            line: piece.start.line + below,
            column: place.column + shift,
        };
        (&piece.file, origin)
    }
}

/// Reads all files that the patterns match, each once.
pub(super) fn read(patterns: &[String]) -> anyhow::Result<Vec<Document>> {
    let mut documents: Vec<Document> = Vec::new();
    let mut seen = Vec::new();
    for pattern in patterns {
        let paths = glob::glob(pattern).with_context(|| format!("`{pattern}` is no pattern"))?;
        let mut matched = false;
        for path in paths {
            let path = path.with_context(|| format!("cannot read what `{pattern}` matches"))?;
            matched = true;
            anyhow::ensure!(
                !path.is_dir() || pattern.contains('*'),
                "`{pattern}` is a folder: write `{}/**/*.graphql`",
                pattern.trim_end_matches('/')
            );
            if path.is_file() && !seen.contains(&path) {
                documents.extend(read_file(&path)?);
                seen.push(path);
            }
        }
        anyhow::ensure!(matched, "`{pattern}` matches no file");
    }
    let operations = separate::operations(documents);
    if operations.is_empty() && !patterns.is_empty() {
        output::tell(format_args!(
            "warning: what `--operations` matches has no operations"
        ));
    }
    Ok(operations)
}

fn read_file(path: &Path) -> anyhow::Result<Vec<Document>> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{file}`"))?;
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(vec![Document::of_file(file, &text)]);
    }
    manifest(&file, &text)
}

fn manifest(file: &str, text: &str) -> anyhow::Result<Vec<Document>> {
    let value: Value =
        serde_json::from_str(text).with_context(|| format!("`{file}` is no JSON"))?;
    let unknown = || format!("`{file}` is no manifest of persisted documents");
    let object = value.as_object().with_context(unknown)?;
    let entries: Vec<(String, String)> = match object.get("operations").and_then(Value::as_array) {
        Some(operations) => {
            let entry = |one: &Value| {
                let text = |key| one.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
                Some((text("id")?, text("body")?))
            };
            operations
                .iter()
                .map(entry)
                .collect::<Option<_>>()
                .with_context(unknown)?
        }
        None => {
            let entry =
                |(id, body): (&String, &Value)| Some((id.clone(), body.as_str()?.to_owned()));
            object
                .iter()
                .map(entry)
                .collect::<Option<_>>()
                .with_context(unknown)?
        }
    };
    let document = |(id, body): (String, String)| {
        let before = text.find(&format!("\"{id}\"")).unwrap_or(0);
        let line = 1 + text[..before].matches('\n').count();
        Document::of_manifest(file, id, body, line)
    };
    Ok(entries.into_iter().map(document).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn manifests_of_both_tools_are_read() {
        let apollo = "{\n\"format\": \"apollo-persisted-query-manifest\", \"version\": 1,\n\"operations\": [\n{\"id\": \"x1\", \"name\": \"A\", \"type\": \"query\", \"body\": \"query A { a }\"}]}";
        let read = manifest("m.json", apollo).unwrap();
        assert_eq!(read[0].id.as_deref(), Some("x1"));
        let anywhere = TextPlace { line: 1, column: 9 };
        let line = |document: &Document| document.origin(anywhere).1.line;
        assert_eq!(line(&read[0]), 4);
        assert_eq!(read[0].text, "query A { a }");
        let relay = "{ \"abc\": \"query B { b }\" }";
        assert_eq!(manifest("r.json", relay).unwrap()[0].text, "query B { b }");
        assert!(manifest("n.json", "[1]").is_err());
        assert!(manifest("n.json", "{\"a\": 1}").is_err());
    }
}
