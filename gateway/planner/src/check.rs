//! Proves a plan, independently of how it was found: a supergraph, an operation and a plan in, what is wrong out. Nothing that plans
//! is used here: `model.rs` reads the supergraph anew.
//!
//! Each request must be valid against its subgraph's own schema and read only what that subgraph resolves; each fetch must find
//! its inputs in what the fetches before it wrote; what is merged must hold all that the client asked for, and nothing that nobody needs. Conditions are
//! decided for sets of values of their variables, runtime types are all tried.

mod classes;
mod contexts;
mod coverage;
mod inputs;
mod model;
mod schema;
mod store;
mod waste;
mod writes;

use crate::options::PlanOptions;
use apollo_compiler::ast::OperationType;
use apollo_compiler::{ExecutableDocument, Name};
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::{
    FetchConditions, FetchId, FetchKind, Operation, QueryPlan, StrandId, document_of,
};
use weft_supergraph::{SubgraphId, Supergraph};

use classes::Classes;
use coverage::Coverage;
use inputs::Run;
use model::Model;
use store::Store;
use waste::Waste;

/// With up to so many Boolean variables, all their values are tried.
const ALL_VALUES: usize = 4;

/// What is wrong with a plan, or of no use in it; nothing, for a good one.
pub fn check(
    supergraph: &Supergraph,
    operation: &Operation,
    plan: &QueryPlan,
    options: &PlanOptions,
) -> Vec<String> {
    let (problems, useless) = examine(supergraph, operation, plan, options);
    problems.union(&useless).cloned().collect()
}

/// What is wrong with a plan; what is merely of no use may stay.
pub(crate) fn check_soundness(
    supergraph: &Supergraph,
    operation: &Operation,
    plan: &QueryPlan,
    options: &PlanOptions,
) -> Vec<String> {
    let (problems, _) = examine(supergraph, operation, plan, options);
    problems.into_iter().collect()
}

/// What is wrong, and what is of no use.
fn examine(
    supergraph: &Supergraph,
    operation: &Operation,
    plan: &QueryPlan,
    options: &PlanOptions,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let model = Model::new(supergraph, &options.override_labels);
    let mut problems = BTreeSet::new();
    check_order(plan, &mut problems);
    check_documents(supergraph, plan, &mut problems);
    let classes = Classes::of(&model, operation);
    let (mut waste, mut useless) = (Waste::default(), BTreeSet::new());
    for values in values_to_try(operation) {
        let own = plan.fetches.iter().flat_map(|fetch| &fetch.parts).copied();
        let own: BTreeSet<usize> = own.collect();
        if !own.is_empty() {
            let mut first = plan.clone();
            let later = first.fetches.iter_mut();
            for fetch in later.filter(|fetch| !fetch.parts.is_empty()) {
                fetch.conditions = FetchConditions::Any(Vec::new());
            }
            check_first(
                &model,
                operation,
                &first,
                (&classes, &values, &own),
                &mut problems,
            );
        }
        let mut run = Run {
            reached: &mut BTreeSet::new(),
            classes: &classes,
            model: &model,
            plan,
            values: Some(&values),
            written: 0,
            useless: &mut useless,
            problems: &mut problems,
        };
        let mut store = Store::new(&model, plan.operation_type);
        run.all(&mut store);
        let mut coverage = Coverage {
            model: &model,
            operation,
            values: &values,
            later: &BTreeSet::new(),
            problems: &mut problems,
        };
        coverage.check(&store);
        waste.note(&store.root);
    }
    check_targets(&model, &classes, plan, (&mut waste, &mut problems));
    waste.problems(plan, &mut useless);
    (problems, useless)
}

/// The first answer must have all that is not deferred.
fn check_first(
    model: &Model<'_>,
    operation: &Operation,
    first: &QueryPlan,
    (classes, values, later): (&Classes, &Values, &BTreeSet<usize>),
    problems: &mut BTreeSet<String>,
) {
    let mut store = Store::new(model, first.operation_type);
    let mut run = Run {
        reached: &mut BTreeSet::new(),
        classes,
        model,
        plan: first,
        values: Some(values),
        written: 0,
        // The whole plan is checked for these.
        problems: &mut BTreeSet::new(),
        useless: &mut BTreeSet::new(),
    };
    run.all(&mut store);
    let mut coverage = Coverage {
        model,
        operation,
        values,
        later,
        problems,
    };
    coverage.check(&store);
}

/// Something must lead to every target: not for some values of the variables, of which there can be too many to try, but if
/// all conditions held at once.
fn check_targets(
    model: &Model<'_>,
    classes: &Classes,
    plan: &QueryPlan,
    (waste, problems): (&mut Waste, &mut BTreeSet<String>),
) {
    let mut reached = BTreeSet::new();
    let mut run = Run {
        reached: &mut reached,
        classes,
        model,
        plan,
        values: None,
        written: 0,
        // The runs with values find what is wrong.
        problems: &mut BTreeSet::new(),
        useless: &mut BTreeSet::new(),
    };
    let mut store = Store::new(model, plan.operation_type);
    run.all(&mut store);
    waste.note_inputs(&store.root);
    for (index, fetch) in plan.fetches.iter().enumerate() {
        for target in fetch.targets() {
            if !reached.contains(&(FetchId(index as u32), target.clone())) {
                let subgraph = &fetch.subgraph_name;
                problems.insert(format!(
                    "fetch {index} to `{subgraph}`: nothing at `{target}` fits"
                ));
            }
        }
    }
}

/// Values of Boolean variables.
type Values = BTreeMap<Name, bool>;

fn check_order(plan: &QueryPlan, problems: &mut BTreeSet<String>) {
    for (index, fetch) in plan.fetches.iter().enumerate() {
        let id = FetchId(index as u32);
        for &before in &fetch.depends_on {
            if !serves(&plan.fetch(before).parts, &fetch.parts) {
                problems.insert(format!(
                    "fetch {index} waits for fetch {}, which belongs to a later part of the answer",
                    before.0
                ));
            }
        }
        let waits_for = fetch.strands.iter().flat_map(|strand| &strand.waits_for);
        let awaited: BTreeSet<FetchId> = waits_for.map(|strand| strand.fetch).collect();
        if !awaited.iter().eq(&fetch.depends_on) || fetch.strands.len() != fetch.targets().len() {
            problems.insert(format!(
                "the strands of fetch {index} are not those of its targets"
            ));
        }
        if let Some(earlier) = unfinished_mutation(plan, index) {
            problems.insert(format!(
                "fetch {index} changes something before fetch {earlier} has ended, which belongs to an earlier field"
            ));
        }
        if fetch.depends_on.iter().any(|&before| before >= id) {
            problems.insert(format!(
                "fetch {index} does not come after all that it depends on"
            ));
        }
    }
}

/// A fetch for an earlier field of a mutation that a fetch which starts a later one does not wait for.
fn unfinished_mutation(plan: &QueryPlan, index: usize) -> Option<usize> {
    let changes = |index: usize| match &plan.fetches[index].kind {
        FetchKind::Root {
            operation_type,
            target,
            ..
        } => *operation_type == OperationType::Mutation && target.0.is_empty(),
        FetchKind::Entities(_) => false,
    };
    if !changes(index) {
        return None;
    }
    let strand = |index: usize, number: u32| StrandId {
        fetch: FetchId(index as u32),
        number,
    };
    let ended = plan.strands_before(strand(index, 0));
    let has_ended = |earlier: usize| {
        let strands = 0..plan.fetches[earlier].strands.len() as u32;
        strands
            .map(|number| strand(earlier, number))
            .all(|one| ended.contains(&one))
    };
    let first = (0..index).find(|&earlier| changes(earlier))?;
    let mut earlier = (first..index).filter(|&earlier| plan.fetches[earlier].parts.is_empty());
    earlier.find(|&earlier| !has_ended(earlier))
}

/// Whether a fetch for some parts of the answer has ended when others begin; no parts stand for the first answer.
fn serves(before: &[usize], after: &[usize]) -> bool {
    before.is_empty() || (!after.is_empty() && after.iter().all(|part| before.contains(part)))
}

fn check_documents(supergraph: &Supergraph, plan: &QueryPlan, problems: &mut BTreeSet<String>) {
    let mut schemas = BTreeMap::new();
    for fetch in &plan.fetches {
        let id: SubgraphId = fetch.subgraph;
        let name = &fetch.subgraph_name;
        if **name != *supergraph.subgraph(id).name {
            problems.insert(format!("`{name}` is not the name of its subgraph"));
        }
        let printed = document_of(&fetch.kind, fetch.operation_name.as_ref(), &fetch.variables);
        if *fetch.document != *printed {
            let text = &fetch.document;
            problems.insert(format!(
                "`{text}` for `{name}` is not what is checked, `{printed}`"
            ));
        }
        let schema = schemas
            .entry(id)
            .or_insert_with(|| schema::of_subgraph(supergraph, id));
        let result =
            ExecutableDocument::parse_and_validate(schema, &*fetch.document, "request.graphql");
        if let Err(invalid) = result {
            let reasons: Vec<String> = invalid
                .errors
                .iter()
                .map(|error| error.to_json().message)
                .collect();
            let (text, reasons) = (&fetch.document, reasons.join("; "));
            problems.insert(format!("`{name}` does not accept `{text}`: {reasons}"));
        }
    }
}

/// All values of a few variables; of many, all true, all false, and each one alone apart from the others.
fn values_to_try(operation: &Operation) -> Vec<Values> {
    let variables = operation.operation().variables.iter();
    let booleans = variables.filter(|variable| variable.ty.inner_named_type() == "Boolean");
    let names: Vec<Name> = booleans.map(|variable| variable.name.clone()).collect();
    let values = |bits: &dyn Fn(usize) -> bool| -> Values {
        names
            .iter()
            .enumerate()
            .map(|(index, name)| (name.clone(), bits(index)))
            .collect()
    };
    if names.len() <= ALL_VALUES {
        return (0..1usize << names.len())
            .map(|set| values(&|index| set & (1 << index) != 0))
            .collect();
    }
    let mut all = vec![values(&|_| true), values(&|_| false)];
    for one in 0..names.len() {
        all.push(values(&|index| index == one));
        all.push(values(&|index| index != one));
    }
    all
}
