//! Proves a plan, independently of how it was found: a supergraph, an operation and a plan in, what is wrong out. Nothing that plans
//! is used here: `facts.rs` reads the supergraph anew.
//!
//! Each request must be valid against its subgraph's own schema and read only what that subgraph resolves; each fetch must find
//! its inputs in what the fetches before it wrote; what is merged must hold all that the client asked for, and nothing that nobody needs. Conditions are
//! decided for sets of values of their variables, runtime types are all tried.

mod classes;
mod contexts;
mod coverage;
mod facts;
mod inputs;
mod model;
mod order;
mod run;
mod schema;
mod store;
mod waste;
mod writes;

use crate::options::PlanOptions;
use apollo_compiler::{ExecutableDocument, Name};
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::{FetchConditions, FetchId, Operation, QueryPlan, document_of};
use weft_supergraph::Supergraph;

use classes::Classes;
use coverage::Coverage;
use order::check_order;
use run::Run;
use store::Store;
use waste::Waste;

pub(crate) use facts::Facts;
pub(crate) use model::Model;

/// With up to so many Boolean variables, all their values are tried.
const ALL_VALUES: usize = 4;

/// Values of Boolean variables.
type Values = BTreeMap<Name, bool>;

/// What is wrong with a plan, or of no use in it; nothing, for a good one.
pub fn check(
    supergraph: &Supergraph,
    operation: &Operation,
    plan: &QueryPlan,
    options: &PlanOptions,
) -> Vec<String> {
    let facts = Facts::new(supergraph);
    let model = Model::new(supergraph, &facts, &options.override_labels);
    let found = Examination::of(&model, operation, plan);
    found.problems.union(&found.useless).cloned().collect()
}

/// What is wrong with a plan; what is merely of no use may stay.
pub(crate) fn check_soundness(
    model: &Model<'_>,
    operation: &Operation,
    plan: &QueryPlan,
) -> Vec<String> {
    let found = Examination::of(model, operation, plan);
    found.problems.into_iter().collect()
}

/// The examination of one plan, and what it found.
struct Examination<'e, 'a> {
    model: &'e Model<'a>,
    operation: &'e Operation,
    plan: &'e QueryPlan,
    classes: Classes<'e, 'a>,
    waste: Waste,
    /// What is wrong.
    problems: BTreeSet<String>,
    /// What is of no use.
    useless: BTreeSet<String>,
}

impl<'e, 'a> Examination<'e, 'a> {
    fn of(model: &'e Model<'a>, operation: &'e Operation, plan: &'e QueryPlan) -> Self {
        let mut examination = Self {
            model,
            operation,
            plan,
            classes: Classes::new(model, operation),
            waste: Waste::default(),
            problems: BTreeSet::new(),
            useless: BTreeSet::new(),
        };
        examination.all();
        examination
    }

    fn all(&mut self) {
        check_order(self.plan, &mut self.problems);
        self.documents();
        let parts = self.plan.fetches.iter().flat_map(|fetch| &fetch.parts);
        let parts: BTreeSet<usize> = parts.copied().collect();
        for values in values_to_try(self.operation) {
            if !parts.is_empty() {
                self.first_answer(&values, &parts);
            }
            self.whole_answer(&values);
        }
        self.targets();
        self.waste.problems(self.plan, &mut self.useless);
    }

    /// Each subgraph must accept what it is sent, which must be what is checked.
    fn documents(&mut self) {
        for fetch in &self.plan.fetches {
            let name = &fetch.subgraph_name;
            if **name != *self.model.subgraph(fetch.subgraph).name {
                let problem = format!("`{name}` is not the name of its subgraph");
                self.problems.insert(problem);
            }
            let text = &fetch.document;
            let printed = document_of(&fetch.kind, fetch.operation_name.as_ref(), &fetch.variables);
            if **text != *printed {
                let problem = format!("`{text}` for `{name}` is not what is checked, `{printed}`");
                self.problems.insert(problem);
            }
            let schema = self.model.schema(fetch.subgraph);
            let result = ExecutableDocument::parse_and_validate(schema, &**text, "request.graphql");
            if let Err(invalid) = result {
                let errors = invalid.errors.iter();
                let reasons: Vec<String> = errors.map(|error| error.to_json().message).collect();
                let reasons = reasons.join("; ");
                let problem = format!("`{name}` does not accept `{text}`: {reasons}");
                self.problems.insert(problem);
            }
        }
    }

    /// The first answer must have all that is not deferred. What else is wrong is found in the whole answer.
    fn first_answer(&mut self, values: &Values, later: &BTreeSet<usize>) {
        let mut first = self.plan.clone();
        let fetches = first.fetches.iter_mut();
        for fetch in fetches.filter(|fetch| !fetch.parts.is_empty()) {
            fetch.conditions = FetchConditions::Any(Vec::new());
        }
        let mut store = Store::new(self.model, first.operation_type);
        let mut run = Run {
            reached: &mut BTreeSet::new(),
            classes: &self.classes,
            model: self.model,
            plan: &first,
            values: Some(values),
            written: 0,
            problems: &mut BTreeSet::new(),
            useless: &mut BTreeSet::new(),
        };
        run.all(&mut store);
        self.coverage(&store, values, later);
    }

    /// Each fetch must find its inputs, and the whole answer must have all that the client asked for.
    fn whole_answer(&mut self, values: &Values) {
        let mut store = Store::new(self.model, self.plan.operation_type);
        let mut run = Run {
            reached: &mut BTreeSet::new(),
            classes: &self.classes,
            model: self.model,
            plan: self.plan,
            values: Some(values),
            written: 0,
            problems: &mut self.problems,
            useless: &mut self.useless,
        };
        run.all(&mut store);
        self.coverage(&store, values, &BTreeSet::new());
        self.waste.note(&store.root);
    }

    fn coverage(&mut self, store: &Store, values: &Values, later: &BTreeSet<usize>) {
        let mut coverage = Coverage {
            model: self.model,
            operation: self.operation,
            values,
            later,
            problems: &mut self.problems,
        };
        coverage.check(store);
    }

    /// Something must lead to every target: not for some values of the variables, of which there can be too many to try, but if
    /// all conditions held at once. What else is wrong is found in the runs with values.
    fn targets(&mut self) {
        let mut reached = BTreeSet::new();
        let mut store = Store::new(self.model, self.plan.operation_type);
        let mut run = Run {
            reached: &mut reached,
            classes: &self.classes,
            model: self.model,
            plan: self.plan,
            values: None,
            written: 0,
            problems: &mut BTreeSet::new(),
            useless: &mut BTreeSet::new(),
        };
        run.all(&mut store);
        self.waste.note_inputs(&store.root);
        for (index, fetch) in self.plan.fetches.iter().enumerate() {
            let subgraph = &fetch.subgraph_name;
            for target in fetch.targets() {
                if !reached.contains(&(FetchId(index as u32), target.clone())) {
                    let problem =
                        format!("fetch {index} to `{subgraph}`: nothing at `{target}` fits");
                    self.problems.insert(problem);
                }
            }
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
