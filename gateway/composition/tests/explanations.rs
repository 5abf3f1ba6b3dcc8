//! The explanations of codes: every example does what it says, every code has one, `docs/errors.md` has them all.
//!
//! `UPDATE=1 cargo test -p weft-composition --test explanations` rewrites `docs/errors.md`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use weft_composition::rules::catalogue::{explain, explanations, reference};
use weft_composition::rules::explanation::{Example, Explanation};
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::{Diagnostic, Severity, Source};

#[test]
fn every_wrong_example_gives_its_code_and_no_other_error() {
    let failures: Vec<String> = explanations()
        .into_iter()
        .filter(|explanation| !explanation.wrong.is_empty())
        .filter_map(|explanation| check_wrong(explanation).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_right_example_composes_without_its_code() {
    let failures: Vec<String> = explanations()
        .into_iter()
        .filter(|explanation| !explanation.right.is_empty())
        .filter_map(|explanation| check_right(explanation).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Errors of examples point into a subgraph and say what to do.
#[test]
fn every_error_of_an_example_has_a_place_and_a_remedy() {
    let without_a_place = [
        "NO_QUERIES",
        "INVALID_SUBGRAPH_NAME",
        "SATISFIABILITY_ERROR",
    ];
    let mut failures = Vec::new();
    for explanation in explanations() {
        for error in compose_examples(explanation.wrong)
            .err()
            .unwrap_or_default()
        {
            let placed = !error.labels.is_empty() || without_a_place.contains(&error.code.as_str());
            if !placed || (error.help.is_none() && error.code.as_str() != "INVALID_GRAPHQL") {
                failures.push(format!("{error}: {:?} {:?}", error.labels, error.help));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_code_that_is_raised_has_one_explanation() {
    let explained: Vec<&str> = explanations()
        .iter()
        .map(|explanation| explanation.code.as_str())
        .collect();
    let distinct: BTreeSet<&str> = explained.iter().copied().collect();
    assert_eq!(distinct.len(), explained.len(), "explained twice");
    let mut raised = BTreeSet::new();
    codes_in(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut raised,
    );
    let unexplained: Vec<&String> = raised
        .iter()
        .filter(|code| !distinct.contains(code.as_str()))
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
    assert!(raised.len() > 100, "the codes of the source were not found");
}

#[test]
fn explanations_are_found_whatever_the_case_and_near_codes_are_suggested() {
    assert!(explain("external_unused").is_ok());
    let help = explain("EXTERNAL_UNUSD").unwrap_err();
    assert!(help.contains("EXTERNAL_UNUSED"), "{help}");
    assert!(explain("xyz").unwrap_err().contains("weft explain"));
}

#[test]
fn the_reference_of_codes_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, reference()).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == reference(),
        "docs/errors.md is out of date: UPDATE=1 cargo test -p weft-composition --test explanations"
    );
}

fn check_wrong(explanation: &Explanation) -> Result<(), String> {
    let expected = explanation.code.as_str();
    let outcome = compose_examples(explanation.wrong);
    let found: BTreeSet<String> = match (&outcome, explanation.severity) {
        (Err(errors), Severity::Error) => codes(errors),
        (Ok(hints), severity) if severity != Severity::Error => codes(hints)
            .into_iter()
            .filter(|code| code == expected)
            .collect(),
        _ => BTreeSet::new(),
    };
    if found.len() == 1 && found.contains(expected) {
        return Ok(());
    }
    Err(format!("wrong example of {expected}: {}", shown(&outcome)))
}

fn check_right(explanation: &Explanation) -> Result<(), String> {
    let expected = explanation.code.as_str();
    let outcome = compose_examples(explanation.right);
    match &outcome {
        Ok(hints) if !codes(hints).contains(expected) => Ok(()),
        _ => Err(format!("right example of {expected}: {}", shown(&outcome))),
    }
}

fn shown(outcome: &Result<Vec<Diagnostic>, Vec<Diagnostic>>) -> String {
    let (verdict, diagnostics) = match outcome {
        Ok(hints) => ("composes", hints),
        Err(errors) => ("fails", errors),
    };
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    format!("{verdict} with {lines:?}")
}

fn compose_examples(examples: &[Example]) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let sources = examples.iter().map(|example| SubgraphSource {
        name: example.subgraph.to_owned(),
        url: String::new(),
        sdl: Source::new(
            example.subgraph,
            format!("{}.graphql", example.subgraph),
            example.full_text(),
        ),
    });
    compose(sources.collect()).map(|composed| composed.hints)
}

fn codes(diagnostics: &[Diagnostic]) -> BTreeSet<String> {
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code.to_string())
        .collect()
}

/// Every `Code::new("…")` below a folder.
fn codes_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            codes_in(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let literals = text.split("Code::new(").skip(1);
            found.extend(literals.filter_map(|rest| {
                let rest = rest.trim_start().strip_prefix('"')?;
                Some(rest.split('"').next()?.to_owned())
            }));
        }
    }
}
