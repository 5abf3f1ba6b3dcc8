//! Failures to diagnostics.

use weft_diagnostic::{Diagnostic, Label, Severity};
use weft_supergraph::query_graph::{FieldId, NodeId, QueryGraph, TypeId};
use weft_supergraph::{SubgraphId, Supergraph};

use super::Origin;
use super::operation::operation;
use super::reasons::{Reason, reasons};
use super::repairs::{self, Repair, repairs};
use super::runtime_types::Agreement;
use super::walk::{Failure, Problem, Walk};
use super::way_back::without_way_back;
use crate::codes::{
    INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN, SATISFIABILITY_ERROR,
    SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES,
};

/// For so many failures repairs are looked for: the others are mostly consequences.
const REPAIRED: usize = 5;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Why the graph cannot be used.
    pub(super) errors: Vec<Diagnostic>,
    /// The best repair for each error that has one.
    pub(super) repairs: Vec<Repair>,
    /// What is odd about it.
    pub(super) hints: Vec<Diagnostic>,
}

impl Findings {
    /// Adds what was found about an element, unless the same was found on another way.
    fn add(&mut self, finding: Diagnostic) {
        let list = match finding.severity {
            Severity::Error => &mut self.errors,
            _ => &mut self.hints,
        };
        let same = |known: &Diagnostic| {
            known.code == finding.code && known.coordinate == finding.coordinate
        };
        if !list.iter().any(same) {
            list.push(finding);
        }
    }
}

/// Everything that the search found.
pub(super) fn report(
    walks: &mut [Walk<'_>],
    supergraph: &Supergraph,
    origin: Origin<'_>,
) -> Findings {
    let mut findings = Findings::default();
    let mut tries = repairs::allowed_tries(origin);
    for walk in walks {
        report_walk(walk, supergraph, origin, &mut tries, &mut findings);
    }
    findings
}

fn report_walk(
    walk: &mut Walk<'_>,
    supergraph: &Supergraph,
    origin: Origin<'_>,
    tries: &mut usize,
    findings: &mut Findings,
) {
    let failures = std::mem::take(&mut walk.failures);
    for (index, failure) in failures.iter().enumerate() {
        let mut reporter = Reporter {
            supergraph,
            graph: supergraph.query_graph(),
            origin,
            tries: if index < REPAIRED { tries } else { &mut 0 },
            repairs: &mut findings.repairs,
        };
        let error = reporter.failure(walk, failure);
        findings.add(error);
    }
    for (type_id, field, agreement) in &walk.disagreements {
        let hint = disagreement(supergraph, origin, *type_id, *field, agreement);
        findings.add(hint);
    }
    for stranded in &walk.stranded {
        let found = without_way_back(supergraph, origin, &walk.states, stranded, tries);
        if let Some((finding, repair)) = found {
            findings.repairs.extend(repair);
            findings.add(finding);
        }
    }
}

struct Reporter<'a> {
    supergraph: &'a Supergraph,
    graph: &'a QueryGraph,
    origin: Origin<'a>,
    tries: &'a mut usize,
    repairs: &'a mut Vec<Repair>,
}

impl Reporter<'_> {
    fn failure(&mut self, walk: &mut Walk<'_>, failure: &Failure) -> Diagnostic {
        match &failure.problem {
            Problem::Unresolvable => self.unresolvable(walk, failure),
            Problem::TypeUnknown { interface, nodes } => {
                self.type_unknown(walk, failure, *interface, nodes)
            }
            Problem::NoCommonType(agreement) => self.no_common_type(walk, failure, agreement),
        }
    }

    fn unresolvable(&mut self, walk: &mut Walk<'_>, failure: &Failure) -> Diagnostic {
        let coordinate = self.coordinate(walk, failure);
        let operation = self.operation(walk, failure);
        let state = &walk.states[failure.state];
        let reasons = reasons(self.supergraph, &mut walk.reach, state, failure);
        let because: Vec<String> = reasons
            .iter()
            .map(|reason| format!("`{}` {}", self.name(reason.subgraph), reason.text))
            .collect();
        let labels = self.labels_note(failure);
        let message = format!(
            "no subgraph can resolve `{coordinate}` in the operation `{operation}`{labels}: {}",
            because.join("; ")
        );
        let mut diagnostic =
            Diagnostic::error(SATISFIABILITY_ERROR, message).with_coordinate(&coordinate);
        for reason in &reasons {
            diagnostic = self.locate(diagnostic, reason);
        }
        let context = reasons.iter().find_map(|reason| reason.context.as_deref());
        if let Some(context) = context {
            return diagnostic.with_help(format!(
                "put `@context(name: \"{context}\")` on a type on that way, or let clients reach `{coordinate}` only below a type that has it"
            ));
        }
        let otherwise = format!(
            "give a subgraph that resolves `{coordinate}` a `@key` that can be had on the way there, or make the field `@shareable` and resolve it where it is missing"
        );
        diagnostic.with_help(self.help(walk, failure, otherwise))
    }

    /// Repairs that work, or what to do in general.
    fn help(&mut self, walk: &mut Walk<'_>, failure: &Failure, otherwise: String) -> String {
        let state = &walk.states[failure.state];
        let found = repairs(
            self.supergraph,
            &mut walk.reach,
            state,
            failure,
            self.origin,
            self.tries,
        );
        self.repairs.extend(found.first().cloned());
        let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
        if texts.is_empty() {
            otherwise
        } else {
            texts.join("; or ")
        }
    }

    fn type_unknown(
        &mut self,
        walk: &mut Walk<'_>,
        failure: &Failure,
        interface: TypeId,
        nodes: &[NodeId],
    ) -> Diagnostic {
        let coordinate = self.coordinate(walk, failure);
        let operation = self.operation(walk, failure);
        let interface = &self.graph.type_info(interface).name;
        let from = nodes.iter().map(|node| self.graph.node(*node).subgraph);
        let names: Vec<String> = from
            .clone()
            .map(|id| format!("`{}`", self.name(id)))
            .collect();
        let message = format!(
            "in the operation `{operation}`{} the objects behind `{coordinate}` come from {}, where `{interface}` is an `@interfaceObject`, and no key leads to a subgraph that knows their types",
            self.labels_note(failure),
            names.join(" and ")
        );
        let otherwise = format!(
            "add a `@key` that {} can supply to `interface {interface}` in the subgraph that defines its implementations, without `resolvable: false`",
            names.join(" or ")
        );
        let diagnostic = Diagnostic::error(SATISFIABILITY_ERROR, message)
            .with_coordinate(&coordinate)
            .with_help(self.help(walk, failure, otherwise));
        from.fold(diagnostic, |diagnostic, subgraph| {
            self.locate(
                diagnostic,
                &Reason {
                    subgraph,
                    type_name: interface.clone(),
                    field: None,
                    text: format!("has `{interface}` as an interface object"),
                    resolves: false,
                    context: None,
                },
            )
        })
    }

    fn no_common_type(
        &self,
        walk: &mut Walk<'_>,
        failure: &Failure,
        agreement: &Agreement,
    ) -> Diagnostic {
        let coordinate = self.coordinate(walk, failure);
        let message = format!(
            "the subgraphs that share `{coordinate}` cannot return the same object: {}",
            self.known_types(agreement)
        );
        let diagnostic = Diagnostic::error(SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES, message)
            .with_coordinate(&coordinate)
            .with_help(
                "make the types behind the field overlap, or let only one subgraph resolve it",
            );
        let state = &walk.states[failure.state];
        locate_field(
            self.origin,
            diagnostic,
            self.graph,
            state.type_id,
            failure.field,
            agreement,
            self.supergraph,
        )
    }

    fn known_types(&self, agreement: &Agreement) -> String {
        known_types(self.supergraph, agreement)
    }

    fn coordinate(&self, walk: &Walk<'_>, failure: &Failure) -> String {
        let type_name = &self
            .graph
            .type_info(walk.states[failure.state].type_id)
            .name;
        format!("{type_name}.{}", self.graph.field_name(failure.field))
    }

    fn operation(&self, walk: &Walk<'_>, failure: &Failure) -> String {
        let api_schema = self.supergraph.api_schema();
        operation(
            self.graph,
            api_schema,
            &walk.states,
            failure.state,
            failure.field,
        )
    }

    /// The values of labels under which it fails.
    fn labels_note(&self, failure: &Failure) -> String {
        let labels = failure.environment.labels.iter().map(|(label, on)| {
            format!(
                "the override label `{}` {}",
                self.graph.label(*label),
                if *on { "on" } else { "off" }
            )
        });
        let labels: Vec<String> = labels.collect();
        if labels.is_empty() {
            String::new()
        } else {
            format!(" with {}", labels.join(" and "))
        }
    }

    fn name(&self, id: SubgraphId) -> &str {
        &self.supergraph.subgraph(id).name
    }

    /// Adds the place that a reason is about, or at least the subgraph.
    fn locate(&self, diagnostic: Diagnostic, reason: &Reason) -> Diagnostic {
        let name = self.name(reason.subgraph);
        let label = label(
            self.origin,
            name,
            &reason.type_name,
            reason.field.as_deref(),
            &format!("`{name}` {}", reason.text),
        );
        match label {
            Some(label) => diagnostic.with_label(label),
            None => diagnostic.with_subgraph(name),
        }
    }
}

/// A label at a type or field of a subgraph.
pub(super) fn label(
    origin: Origin<'_>,
    subgraph: &str,
    type_name: &str,
    field: Option<&str>,
    message: &str,
) -> Option<Label> {
    let subgraph = origin.subgraphs.iter().find(|one| one.name == subgraph)?;
    let known = subgraph.types.get(type_name)?;
    let name = field
        .and_then(|field| known.fields.get(field))
        .map(|field| &field.name);
    Some(subgraph.label(name.unwrap_or(&known.written), message))
}

fn locate_field(
    origin: Origin<'_>,
    diagnostic: Diagnostic,
    graph: &QueryGraph,
    type_id: TypeId,
    field: FieldId,
    agreement: &Agreement,
    supergraph: &Supergraph,
) -> Diagnostic {
    agreement
        .known
        .iter()
        .fold(diagnostic, |diagnostic, (id, types)| {
            let name = &supergraph.subgraph(*id).name;
            let message = format!("`{name}` returns {}", type_names(graph, types));
            let type_name = &graph.type_info(type_id).name;
            match label(
                origin,
                name,
                type_name,
                Some(graph.field_name(field)),
                &message,
            ) {
                Some(label) => diagnostic.with_label(label),
                None => diagnostic.with_subgraph(name),
            }
        })
}

fn disagreement(
    supergraph: &Supergraph,
    origin: Origin<'_>,
    type_id: TypeId,
    field: FieldId,
    agreement: &Agreement,
) -> Diagnostic {
    let graph = supergraph.query_graph();
    let coordinate = format!(
        "{}.{}",
        graph.type_info(type_id).name,
        graph.field_name(field)
    );
    let message = format!(
        "the subgraphs that share `{coordinate}` know different object types for it, and must return only {}: {}",
        type_names(graph, &agreement.common),
        known_types(supergraph, agreement)
    );
    let diagnostic = Diagnostic::new(
        INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN,
        Severity::Warning,
        message,
    )
    .with_coordinate(&coordinate)
    .with_help("make sure that the resolvers return objects of the common types only");
    locate_field(
        origin, diagnostic, graph, type_id, field, agreement, supergraph,
    )
}

fn known_types(supergraph: &Supergraph, agreement: &Agreement) -> String {
    let graph = supergraph.query_graph();
    let known = agreement.known.iter().map(|(id, types)| {
        format!(
            "`{}` knows {}",
            supergraph.subgraph(*id).name,
            type_names(graph, types)
        )
    });
    known.collect::<Vec<_>>().join("; ")
}

fn type_names(graph: &QueryGraph, types: &[TypeId]) -> String {
    let names: Vec<String> = types
        .iter()
        .map(|id| format!("`{}`", graph.type_info(*id).name))
        .collect();
    match names.as_slice() {
        [] => "no type".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
