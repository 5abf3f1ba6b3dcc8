//! The verdict, part by part: the schemas are valid, the graph composes, the API, federation, contracts, operations.

use std::collections::HashSet;
use std::panic::resume_unwind;

use weft_composition::contract::Contract;
use weft_composition::{Composed, SubgraphSource, compose, compose_contract};
use weft_diagnostic::Diagnostic;
use weft_schema_check::federation::{self, FederationChange, Graphs};
use weft_schema_check::{Change, Criticality, diff};

use super::attribution::Attribution;
use super::documents::Document;
use super::operations::{self, Sides};
use super::report::{Finding, Part, Place, Report, Status};
use super::schema_file::{self, SchemaFile};
use crate::output;

/// Judges two schemas or supergraphs.
pub(super) fn of_schemas(
    report: &mut Report,
    old: &SchemaFile,
    new: &SchemaFile,
    documents: &[Document],
) {
    let located = schema_file::compare(old, new, report.profile.into());
    let mut changes: Vec<Change> = located.iter().map(|(change, _)| change.clone()).collect();
    report.add_changes("api", Status::Pass, located);
    let graphs = old.supergraph().zip(new.supergraph());
    if let Some((old, new)) = graphs {
        let graphs = Graphs {
            old,
            new,
            old_places: &[],
            new_places: &[],
        };
        let found = federation::compare(&graphs);
        changes.extend(tightened(&found));
        report.add_changes(
            "federation",
            Status::Pass,
            found.into_iter().map(|one| (one.change, None)),
        );
    }
    let sides = Sides {
        old: &old.schema,
        new: &new.schema,
        graphs,
    };
    operations::add(report, &sides, &changes, documents);
}

/// Judges two lists of subgraphs.
pub(super) fn of_subgraphs(
    report: &mut Report,
    old: Vec<SubgraphSource>,
    new: Vec<SubgraphSource>,
    documents: &[Document],
    contracts: &[(String, Contract)],
) {
    let (before, after) = both(&old, &new, |sources| compose(sources.to_vec()));
    let (before, after) = match (before, after) {
        (before, Err(errors)) => return does_not_compose(report, errors, before.is_err()),
        (Err(_), Ok(after)) => return had_not_composed(report, &after),
        (Ok(before), Ok(after)) => (before, after),
    };
    add_diagnostics(report, "schema", Status::Pass, Vec::new());
    add_diagnostics(
        report,
        "composition",
        Status::Pass,
        new_hints(&before, &after),
    );
    let attribution = Attribution::of(&old, &new);
    let graphs = (&before.supergraph, &after.supergraph);
    let mut changes = diff(
        graphs.0.api_schema(),
        graphs.1.api_schema(),
        report.profile.into(),
    );
    add_api(report, "api", &changes, &attribution);
    changes.extend(add_federation(report, graphs, &attribution));
    for (name, contract) in contracts {
        add_contract(report, name, contract, (&old, &new), &attribution);
    }
    let sides = Sides {
        old: graphs.0.api_schema(),
        new: graphs.1.api_schema(),
        graphs: Some(graphs),
    };
    operations::add(report, &sides, &changes, documents);
}

/// Does the same with both lists at the same time.
fn both<T: Send>(
    old: &[SubgraphSource],
    new: &[SubgraphSource],
    work: impl Fn(&[SubgraphSource]) -> Result<T, Vec<Diagnostic>> + Sync,
) -> (Result<T, Vec<Diagnostic>>, Result<T, Vec<Diagnostic>>) {
    std::thread::scope(|scope| {
        let before = scope.spawn(|| work(old));
        let after = work(new);
        let before = before.join();
        (before.unwrap_or_else(|panic| resume_unwind(panic)), after)
    })
}

/// The parts that come after composition.
const LATER: &[&str] = &["api", "federation", "operations"];

fn does_not_compose(report: &mut Report, errors: Vec<Diagnostic>, nor_before: bool) {
    let is_text = |error: &Diagnostic| error.code.as_str() == "INVALID_GRAPHQL";
    let (texts, rest): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_text);
    let status = if texts.is_empty() {
        Status::Pass
    } else {
        Status::Skip
    };
    add_diagnostics(report, "schema", Status::Pass, texts);
    add_diagnostics(report, "composition", status, rest);
    if nor_before {
        output::tell(format_args!(
            "warning: the graph did not compose before either"
        ));
    }
    skip(report);
}

fn had_not_composed(report: &mut Report, after: &Composed) {
    output::tell(format_args!(
        "warning: the graph did not compose before, so there is nothing to compare with"
    ));
    add_diagnostics(report, "schema", Status::Pass, Vec::new());
    add_diagnostics(report, "composition", Status::Pass, after.hints.clone());
    skip(report);
}

fn skip(report: &mut Report) {
    for name in LATER {
        add_diagnostics(report, name, Status::Skip, Vec::new());
    }
}

/// The hints that the graph did not have before.
fn new_hints(before: &Composed, after: &Composed) -> Vec<Diagnostic> {
    let key = |hint: &Diagnostic| (hint.code, hint.message.clone());
    let known: HashSet<_> = before.hints.iter().map(key).collect();
    after
        .hints
        .iter()
        .filter(|hint| !known.contains(&key(hint)))
        .cloned()
        .collect()
}

fn add_diagnostics(report: &mut Report, name: &str, status: Status, list: Vec<Diagnostic>) {
    let finding = |diagnostic: Diagnostic| Finding {
        path: diagnostic
            .coordinate
            .clone()
            .unwrap_or_else(|| diagnostic.subgraphs.join(", ")),
        criticality: match diagnostic.severity {
            weft_diagnostic::Severity::Error => Criticality::Breaking,
            _ => Criticality::Safe,
        },
        code: diagnostic.code.to_string(),
        message: match &diagnostic.help {
            Some(help) => format!("{} (help: {help})", diagnostic.message),
            None => diagnostic.message.clone(),
        },
        part: name.to_owned(),
        place: diagnostic
            .labels
            .into_iter()
            .next()
            .map(|label| Place::from(label.span)),
        accepted: None,
    };
    report.parts.push(Part {
        name: name.to_owned(),
        status,
        findings: list.into_iter().map(finding).collect(),
    });
}

fn add_api(report: &mut Report, name: &str, changes: &[Change], attribution: &Attribution) {
    let located = changes
        .iter()
        .map(|change| (change.clone(), attribution.cause(&change.path)));
    report.add_changes(name, Status::Pass, located);
}

fn add_federation(
    report: &mut Report,
    (old, new): (&weft_supergraph::Supergraph, &weft_supergraph::Supergraph),
    attribution: &Attribution,
) -> Vec<Change> {
    let graphs = Graphs {
        old,
        new,
        old_places: &attribution.old,
        new_places: &attribution.new,
    };
    let found = federation::compare(&graphs);
    let tightened = tightened(&found);
    let located = found.into_iter().map(|one| {
        let path = &one.change.path;
        let span = match &one.subgraph {
            Some(subgraph) => attribution.within(subgraph, path),
            None => attribution.cause(path),
        };
        (one.change, span)
    });
    report.add_changes("federation", Status::Pass, located.collect::<Vec<_>>());
    tightened
}

/// What operations can feel of these changes: some clients get no answer any more.
fn tightened(found: &[FederationChange]) -> Vec<Change> {
    let is_tightened = |one: &&FederationChange| one.change.code == "AUTHORISATION_TIGHTENED";
    let changes = found.iter().filter(is_tightened);
    changes.map(|one| one.change.clone()).collect()
}

fn add_contract(
    report: &mut Report,
    name: &str,
    contract: &Contract,
    (old, new): (&[SubgraphSource], &[SubgraphSource]),
    attribution: &Attribution,
) {
    let part = format!("contract {name}");
    match both(old, new, |sources| {
        compose_contract(sources.to_vec(), contract)
    }) {
        (Ok(before), Ok(after)) => {
            let (before, after) = (before.supergraph, after.supergraph);
            let changes = diff(
                before.api_schema(),
                after.api_schema(),
                report.profile.into(),
            );
            add_api(report, &part, &changes, attribution);
        }
        (before, Err(errors)) => {
            if before.is_err() {
                output::tell(format_args!(
                    "warning: the contract `{name}` did not compose before either"
                ));
            }
            add_diagnostics(report, &part, Status::Pass, errors);
        }
        (Err(_), Ok(_)) => {
            output::tell(format_args!(
                "warning: the contract `{name}` did not compose before, so there is nothing to compare with"
            ));
            add_diagnostics(report, &part, Status::Skip, Vec::new());
        }
    }
}

#[cfg(test)]
mod tests;
