//! The documents that clients send: GraphQL files, and manifests of persisted documents as Apollo's and Relay's tools
//! write them.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use super::{fragments, separate};

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Its id in a manifest.
    pub(super) id: Option<String>,
    /// The file that it is in.
    pub(super) file: String,
    /// The line of the file before its first.
    pub(super) line_offset: usize,
    /// Its text.
    pub(super) text: String,
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
            if path.is_file() && !seen.contains(&path) {
                documents.extend(read_file(&path)?);
                seen.push(path);
            }
        }
        anyhow::ensure!(matched, "`{pattern}` matches no file");
    }
    fragments::complete(&mut documents);
    Ok(documents
        .into_iter()
        .flat_map(separate::operations)
        .collect())
}

fn read_file(path: &Path) -> anyhow::Result<Vec<Document>> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{file}`"))?;
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(vec![Document {
            id: None,
            file,
            line_offset: 0,
            text,
        }]);
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
        let line_offset = text[..before].matches('\n').count();
        Document {
            id: Some(id),
            file: file.to_owned(),
            line_offset,
            text: body,
        }
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
        assert_eq!(
            (read[0].id.as_deref(), read[0].line_offset),
            (Some("x1"), 3)
        );
        assert_eq!(read[0].text, "query A { a }");
        let relay = "{ \"abc\": \"query B { b }\" }";
        assert_eq!(manifest("r.json", relay).unwrap()[0].text, "query B { b }");
        assert!(manifest("n.json", "[1]").is_err());
        assert!(manifest("n.json", "{\"a\": 1}").is_err());
    }
}
