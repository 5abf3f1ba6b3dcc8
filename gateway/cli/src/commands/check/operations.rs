//! Known documents against both graphs: what becomes of each, and how its plans change.

use std::collections::BTreeSet;
use std::panic::resume_unwind;

use apollo_compiler::Schema;
use apollo_compiler::ast;
use apollo_compiler::validation::Valid;
use weft_planner::{PlanError, PlanOptions, Planner};
use weft_query_plan::{Operation, QueryPlan};
use weft_schema_check::operations::{ChangeIndex, Fate, TextPlace, judge};
use weft_schema_check::{Change, Criticality};
use weft_supergraph::Supergraph;

use super::documents::Document;
use super::report::{Finding, OperationVerdict, Part, Place, PlanVerdict, Report, Status};

/// Both sides of a comparison, as clients and the planner see them.
pub(super) struct Sides<'a> {
    pub(super) old: &'a Valid<Schema>,
    pub(super) new: &'a Valid<Schema>,
    /// Both graphs, where plans can be compared.
    pub(super) graphs: Option<(&'a Supergraph, &'a Supergraph)>,
}

/// The old and the new graph, ready to plan on.
type Planners<'a> = (Planner<&'a Supergraph>, Planner<&'a Supergraph>);

/// Adds the part `operations` and the verdict on each operation.
pub(super) fn add(
    report: &mut Report,
    sides: &Sides<'_>,
    changes: &[Change],
    documents: &[Document],
) {
    if documents.is_empty() {
        return;
    }
    let index = ChangeIndex::of(changes);
    let planners = sides
        .graphs
        .map(|(old, new)| (Planner::new(old), Planner::new(new)));
    let planners = planners.as_ref();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = documents.len().div_ceil(threads);
    let some = |documents: &[Document]| -> Vec<OperationVerdict> {
        documents
            .iter()
            .flat_map(|document| verdicts(sides, planners, &index, document))
            .collect()
    };
    let some = &some;
    let verdicts: Vec<OperationVerdict> = std::thread::scope(|scope| {
        let running: Vec<_> = documents
            .chunks(size)
            .map(|part| scope.spawn(move || some(part)))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    report.parts.push(Part {
        name: "operations".to_owned(),
        status: Status::Pass,
        findings: verdicts.iter().filter_map(finding).collect(),
    });
    report.operations = verdicts;
}

/// One verdict for each operation of the document.
fn verdicts(
    sides: &Sides<'_>,
    planners: Option<&Planners<'_>>,
    index: &ChangeIndex<'_>,
    document: &Document,
) -> Vec<OperationVerdict> {
    let judged = judge(sides.old, sides.new, &document.text, &document.file, index);
    names(document)
        .into_iter()
        .map(|(name, start)| {
            let (file, place) = document.origin(judged.place.unwrap_or(start));
            let mut verdict = OperationVerdict {
                name: name
                    .clone()
                    .or(document.id.clone())
                    .unwrap_or_else(|| document.file.clone()),
                status: judged.fate.name(),
                file: file.to_owned(),
                line: place.line,
                column: place.column,
                reasons: judged.reasons.clone(),
                plan: None,
            };
            if let Some(planners) = planners
                && !matches!(judged.fate, Fate::InvalidBefore)
            {
                add_plan(&mut verdict, planners, &document.text, name.as_deref());
            }
            verdict
        })
        .collect()
}

/// The names of a document's operations and the places where they start.
fn names(document: &Document) -> Vec<(Option<String>, TextPlace)> {
    let parsed = match ast::Document::parse(document.text.as_str(), document.file.as_str()) {
        Ok(parsed) => parsed,
        Err(with_errors) => with_errors.partial,
    };
    let mut names = Vec::new();
    for definition in &parsed.definitions {
        if let ast::Definition::OperationDefinition(operation) = definition {
            let place = operation.line_column_range(&parsed.sources);
            let place = place.map_or(TextPlace { line: 1, column: 1 }, |range| TextPlace {
                line: range.start.line,
                column: range.start.column,
            });
            names.push((operation.name.as_ref().map(ToString::to_string), place));
        }
    }
    names
}

fn add_plan(
    verdict: &mut OperationVerdict,
    (old, new): &Planners<'_>,
    text: &str,
    name: Option<&str>,
) {
    let Some(Ok(old)) = planned(old, text, name) else {
        return;
    };
    match planned(new, text, name) {
        Some(Ok(new)) => verdict.plan = difference(&old, &new),
        Some(Err(error)) => {
            verdict.status = Fate::Broken.name();
            verdict.reasons.push(error.to_string());
        }
        None => {}
    }
}

fn planned(
    planner: &Planner<&Supergraph>,
    text: &str,
    name: Option<&str>,
) -> Option<Result<QueryPlan, PlanError>> {
    let operation = Operation::parse(planner.supergraph(), text, name).ok()?;
    Some(planner.plan(&operation, &PlanOptions::default()))
}

/// What is different between two plans; `None` when they cost the same and ask the same subgraphs.
fn difference(old: &QueryPlan, new: &QueryPlan) -> Option<PlanVerdict> {
    let asked = |plan: &QueryPlan| -> BTreeSet<String> {
        plan.fetches
            .iter()
            .map(|fetch| fetch.subgraph_name.to_string())
            .collect()
    };
    let (before, after) = (asked(old), asked(new));
    let verdict = PlanVerdict {
        fetches: [old.fetches.len(), new.fetches.len()],
        steps: [old.steps().len(), new.steps().len()],
        subgraphs_gained: after.difference(&before).cloned().collect(),
        subgraphs_lost: before.difference(&after).cloned().collect(),
    };
    let same = verdict.fetches[0] == verdict.fetches[1]
        && verdict.steps[0] == verdict.steps[1]
        && before == after;
    (!same).then_some(verdict)
}

fn finding(verdict: &OperationVerdict) -> Option<Finding> {
    let (code, criticality, message) = if verdict.status == Fate::Broken.name() {
        (
            "OPERATION_BROKEN",
            Criticality::Breaking,
            format!("the operation breaks: {}", verdict.reasons.join("; ")),
        )
    } else if verdict.status == Fate::PotentiallyAffected.name() {
        (
            "OPERATION_AFFECTED",
            Criticality::Dangerous,
            format!(
                "the operation may be affected: {}",
                verdict.reasons.join("; ")
            ),
        )
    } else if let Some(plan) = &verdict.plan {
        let worse = plan.fetches[1] > plan.fetches[0] || plan.steps[1] > plan.steps[0];
        let level = if worse {
            Criticality::Dangerous
        } else {
            Criticality::Safe
        };
        (
            "OPERATION_PLAN_CHANGED",
            level,
            format!("the operation is planned otherwise: {plan}"),
        )
    } else {
        return None;
    };
    Some(Finding {
        path: verdict.name.clone(),
        criticality,
        code: code.to_owned(),
        message,
        part: "operations".to_owned(),
        place: Some(Place {
            subgraph: String::new(),
            file: verdict.file.clone(),
            line: verdict.line,
            column: verdict.column,
        }),
        accepted: None,
    })
}
