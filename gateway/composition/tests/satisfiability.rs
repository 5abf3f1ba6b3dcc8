//! Graphs whose fields can or cannot be reached. A case is a folder of `satisfiability/` with a schema per subgraph and
//! `expected.txt`: the errors with their places and repairs, or `satisfiable` and the hints about it.
//!
//! `UPDATE=1 cargo test -p weft-composition --test satisfiability` writes what was found.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "support/folders.rs"]
mod folders;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use weft_composition::satisfiability::{Origin, check};
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::{Diagnostic, Source};
use weft_supergraph::Supergraph;

use folders::sorted_entries;

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject", "@inaccessible", "@context", "@fromContext"])"#;

#[test]
fn every_case_gives_what_it_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/satisfiability");
    let cases = sorted_entries(&folder);
    assert!(cases.len() > 20, "the cases are missing");
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| check_case(case).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What the supergraph of a satisfiable case says of itself is the same when read back from its text.
#[test]
fn a_supergraph_that_was_read_back_is_as_satisfiable() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/satisfiability");
    for case in sorted_entries(&folder) {
        if let Ok(composed) = compose(sources(&case)) {
            let source = Source::new("supergraph", "supergraph.graphql", composed.sdl);
            let read = Supergraph::parse(&source).unwrap();
            assert!(
                check(&read, Origin::default()).is_ok(),
                "{}",
                case.display()
            );
        }
    }
}

fn check_case(case: &Path) -> Result<(), String> {
    let found = describe(compose(sources(case)).map(|composed| composed.hints));
    let file = case.join("expected.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    Err(format!(
        "{}:\n--- expected\n{expected}--- found\n{found}",
        case.display()
    ))
}

/// The subgraphs of a case; a file without `@link` is one of Federation 2 unless it says `# federation 1`.
fn sources(case: &Path) -> Vec<SubgraphSource> {
    let files = sorted_entries(case);
    let schemas = files
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "graphql"));
    let source = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(file).unwrap();
        let text = match text.starts_with("# federation 1") {
            true => text,
            false => format!("{text}\n{LINK}\n"),
        };
        SubgraphSource {
            url: format!("http://{name}"),
            sdl: Source::new(name.clone(), format!("{name}.graphql"), text),
            name,
        }
    };
    schemas.map(source).collect()
}

fn describe(outcome: Result<Vec<Diagnostic>, Vec<Diagnostic>>) -> String {
    let mut text = String::new();
    let diagnostics = match outcome {
        Ok(hints) => {
            text.push_str("satisfiable\n");
            let about_reach = |hint: &Diagnostic| {
                ["RUNTIME_TYPES", "WAY_BACK"]
                    .iter()
                    .any(|part| hint.code.as_str().contains(part))
            };
            hints.into_iter().filter(about_reach).collect()
        }
        Err(errors) => errors,
    };
    for diagnostic in diagnostics {
        writeln!(text, "{diagnostic}").unwrap();
        for label in &diagnostic.labels {
            let place = format!("{}:{}", label.span.source().path(), label.span.start().line);
            writeln!(text, "  {place} {}", label.message).unwrap();
        }
        writeln!(text, "  help: {}", diagnostic.help.unwrap_or_default()).unwrap();
    }
    text
}
