//! Graphs that compose, and graphs that do not. A case is a folder of `cases/<topic>/` with a schema per subgraph and what
//! comes of them: `supergraph.graphql` and, where there are any, `hints.txt`; or `errors.txt`.
//!
//! A schema without `@link` is one of the newest Federation with everything imported, unless it begins with
//! `# Federation 1`. `UPDATE=1 cargo test -p weft-composition --test cases` writes what was found.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "support/folders.rs"]
mod folders;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use weft_composition::rules::catalogue::explain;
use weft_composition::rules::explanation::EXAMPLE_HEADER;
use weft_composition::{Composed, SubgraphSource, compose};
use weft_diagnostic::{Diagnostic, Source};
use weft_supergraph::Supergraph;

use folders::sorted_entries;

/// The files that say what is expected.
const EXPECTED: [&str; 3] = ["supergraph.graphql", "hints.txt", "errors.txt"];

#[test]
fn every_case_gives_what_it_expects() {
    let cases = cases();
    assert!(cases.len() > 60, "the cases are missing");
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_order_of_subgraphs_does_not_matter() {
    for case in cases() {
        let mut sources = sources(&case);
        let sdl = compose(sources.clone()).map(|composed| composed.sdl).ok();
        sources.reverse();
        let reversed = compose(sources).map(|composed| composed.sdl).ok();
        assert!(sdl == reversed, "{}", case.display());
    }
}

#[test]
fn a_supergraph_reads_back_as_itself() {
    for case in cases() {
        if let Ok(composed) = compose(sources(&case)) {
            let source = Source::new("supergraph", "supergraph.graphql", composed.sdl.clone());
            let read = Supergraph::parse(&source);
            assert!(read.is_ok(), "{}: {:?}", case.display(), read.err());
        }
    }
}

/// Every code can be looked up, and every error has a place unless it is about something that is missing.
#[test]
fn every_finding_can_be_explained() {
    for case in cases() {
        let findings = match compose(sources(&case)) {
            Ok(composed) => composed.hints,
            Err(errors) => errors,
        };
        for finding in findings {
            assert!(explain(finding.code.as_str()).is_ok(), "{finding}");
            assert!(
                !finding.message.ends_with('.'),
                "{}: {finding}",
                case.display()
            );
        }
    }
}

fn check(case: &Path) -> Result<(), String> {
    let found = outcome(compose(sources(case)));
    if std::env::var_os("UPDATE").is_some() {
        for name in EXPECTED {
            let file = case.join(name);
            match found.get(name) {
                Some(text) => fs::write(file, text).unwrap(),
                None if file.exists() => fs::remove_file(file).unwrap(),
                None => {}
            }
        }
    }
    for name in EXPECTED {
        let expected = fs::read_to_string(case.join(name)).ok();
        if expected.as_ref() != found.get(name) {
            return Err(format!(
                "{}/{name}:\n--- expected\n{}--- found\n{}",
                case.display(),
                expected.unwrap_or_default(),
                found.get(name).cloned().unwrap_or_default()
            ));
        }
    }
    Ok(())
}

/// What the files of a case have to say.
fn outcome(outcome: Result<Composed, Vec<Diagnostic>>) -> BTreeMap<&'static str, String> {
    let mut files = BTreeMap::new();
    match outcome {
        Ok(composed) => {
            files.insert("supergraph.graphql", without_machinery(&composed.sdl));
            if !composed.hints.is_empty() {
                files.insert("hints.txt", described(&composed.hints));
            }
        }
        Err(errors) => {
            files.insert("errors.txt", described(&errors));
        }
    }
    files
}

/// A supergraph's text without what is alike in all of them: the definitions of `@link` and the join specification.
fn without_machinery(sdl: &str) -> String {
    let blocks = sdl.split("\n\n").filter(|block| {
        let machinery = [
            "directive @join__",
            "directive @link",
            "enum join__",
            "scalar join__",
            "input join__",
            "enum link__",
            "scalar link__",
        ];
        !machinery.iter().any(|start| block.starts_with(start))
    });
    let mut text = blocks.collect::<Vec<_>>().join("\n\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn described(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        writeln!(text, "{diagnostic}").unwrap();
        for label in &diagnostic.labels {
            let (path, start) = (label.span.source().path(), label.span.start());
            let marked = &label.span.source().text()[label.span.range()];
            let marked = marked.split_whitespace().collect::<Vec<_>>().join(" ");
            let shown: String = marked.chars().take(60).collect();
            writeln!(text, "  {path}:{} `{shown}` {}", start.line, label.message).unwrap();
        }
        if let Some(help) = &diagnostic.help {
            writeln!(text, "  help: {help}").unwrap();
        }
    }
    text
}

fn sources(case: &Path) -> Vec<SubgraphSource> {
    let files = sorted_entries(case).into_iter().filter(|file| {
        let is_schema = file.extension().is_some_and(|end| end == "graphql");
        is_schema && !file.ends_with("supergraph.graphql")
    });
    let source = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(file).unwrap();
        let text = if text.contains("@link") || text.starts_with("# Federation 1") {
            text
        } else {
            format!("{text}\n{EXAMPLE_HEADER}")
        };
        SubgraphSource {
            url: format!("http://{name}"),
            sdl: Source::new(name.clone(), format!("{name}.graphql"), text),
            name,
        }
    };
    files.map(source).collect()
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    sorted_entries(&root)
        .iter()
        .flat_map(|topic| sorted_entries(topic))
        .collect()
}
