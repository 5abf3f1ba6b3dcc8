//! A plan in, indented text for people out: steps, fetches, what each is given and what it asks.

use crate::{
    EntityCall, Fetch, FetchConditions, FetchId, FetchKind, FetchSelection, FetchSelectionSet,
    QueryPlan, RepresentationItem,
};
use apollo_compiler::ast::OperationType;

/// The plan as text.
pub fn plan_to_text(plan: &QueryPlan) -> String {
    let mut text = Text::default();
    text.open("QueryPlan");
    if plan.is_deferring() {
        deferred(&mut text, plan);
    } else {
        sequence(&mut text, plan, plan.steps());
    }
    text.close("");
    text.0.push('\n');
    text.0
}

/// The first answer, then each deferred part that has fetches of its own.
fn deferred(text: &mut Text, plan: &QueryPlan) {
    text.open("Defer");
    text.open("Primary");
    sequence(text, plan, plan.steps_of(None));
    text.close(",");
    for (number, part) in plan.deferred.iter().enumerate() {
        let steps = plan.steps_of(Some(number));
        if steps.is_empty() {
            continue;
        }
        let paths: Vec<String> = part
            .paths
            .iter()
            .map(|path| format!("\"{path}\""))
            .collect();
        let mut head = format!("Deferred(path: {}", paths.join(", "));
        if let Some(label) = &part.label {
            head.push_str(&format!(", label: \"{label}\""));
        }
        if let Some(variable) = &part.variable {
            head.push_str(&format!(", if: ${variable}"));
        }
        text.open(&format!("{head})"));
        sequence(text, plan, steps);
        text.close(",");
    }
    text.close(",");
}

fn sequence(text: &mut Text, plan: &QueryPlan, steps: Vec<Vec<FetchId>>) {
    let is_sequence = steps.len() > 1;
    if is_sequence {
        let is_subscription = plan.operation_type == OperationType::Subscription;
        text.open(if is_subscription {
            "Subscription"
        } else {
            "Sequence"
        });
    }
    for step in steps {
        let is_parallel = step.len() > 1;
        if is_parallel {
            text.open("Parallel");
        }
        step.into_iter().for_each(|id| fetch(text, plan.fetch(id)));
        if is_parallel {
            text.close(",");
        }
    }
    if is_sequence {
        text.close(",");
    }
}

/// Lines and how deep the next one is.
#[derive(Default)]
struct Text(String, usize);

impl Text {
    fn line(&mut self, line: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.extend(std::iter::repeat_n("  ", self.1));
        self.0.push_str(line);
    }

    fn open(&mut self, line: &str) {
        self.line(format!("{line} {{").trim_start());
        self.1 += 1;
    }

    fn close(&mut self, after: &str) {
        self.1 -= 1;
        self.line(&format!("}}{after}"));
    }
}

fn fetch(text: &mut Text, fetch: &Fetch) {
    let condition = condition_text(&fetch.conditions);
    if let Some(condition) = &condition {
        text.open(&format!("If({condition})"));
    }
    match &fetch.kind {
        FetchKind::Root {
            target, selection, ..
        } => {
            let flattened = !target.0.is_empty();
            if flattened {
                text.open(&format!("Flatten(path: \"{target}\")"));
            }
            text.open(&format!("Fetch(service: \"{}\")", fetch.subgraph_name));
            braces(text, selection);
            text.close(",");
            if flattened {
                text.close(",");
            }
        }
        FetchKind::Entities(calls) => entities(text, fetch, calls),
    }
    if condition.is_some() {
        text.close(",");
    }
}

fn entities(text: &mut Text, fetch: &Fetch, calls: &[EntityCall]) {
    text.open(&format!("Fetch(service: \"{}\")", fetch.subgraph_name));
    for call in calls {
        let targets: Vec<String> = call
            .targets
            .iter()
            .map(|target| format!("\"{target}\""))
            .collect();
        text.open(&format!("Flatten(path: {})", targets.join(", ")));
        text.open("");
        for representation in &call.representations {
            let typename = match &representation.typename {
                Some(name) => format!("__typename: \"{name}\""),
                None => "__typename".to_owned(),
            };
            let items = items_text(&representation.items);
            text.line(&format!(
                "... on {} {{ {typename}{items} }}",
                representation.type_condition
            ));
        }
        contexts(text, call);
        text.close(" =>");
        braces(text, &call.selection);
        text.close(",");
    }
    text.close(",");
}

/// `$currency = "shop" ... on Shop { currency }`, for each ancestor that can give a value.
fn contexts(text: &mut Text, call: &EntityCall) {
    for context in &call.context_variables {
        for source in &context.sources {
            let from = call.targets.first().map(|target| source.ancestors(target));
            text.line(&format!(
                "${} = \"{}\" ... on {} {{{} }}",
                context.variable,
                from.unwrap_or_default(),
                source.type_condition,
                items_text(&source.value)
            ));
        }
    }
}

fn items_text(items: &[RepresentationItem]) -> String {
    let one = |item: &RepresentationItem| match item {
        RepresentationItem::Field(field) => {
            let renamed = if field.name == field.stored_as {
                field.name.to_string()
            } else {
                format!("{}: {}", field.name, field.stored_as)
            };
            let below = items_text(&field.items);
            if below.is_empty() {
                renamed
            } else {
                format!("{renamed} {{{below} }}")
            }
        }
        RepresentationItem::Fragment {
            type_condition,
            items,
        } => {
            format!("... on {type_condition} {{{} }}", items_text(items))
        }
    };
    items.iter().map(|item| format!(" {}", one(item))).collect()
}

fn braces(text: &mut Text, selection: &FetchSelectionSet) {
    text.open("");
    selections(text, selection);
    text.close("");
}

fn selections(text: &mut Text, selection: &FetchSelectionSet) {
    for item in &selection.items {
        match item {
            FetchSelection::Field(field) => {
                let below = FetchSelectionSet::default();
                let head = FetchSelectionSet {
                    items: vec![FetchSelection::Field(crate::FetchField {
                        selection: below,
                        ..field.clone()
                    })],
                };
                let head = crate::selection_text(&head);
                let head = head[1..head.len() - 1].to_owned();
                nested(text, &head, &field.selection);
            }
            FetchSelection::Fragment(fragment) => {
                let mut head = String::from("...");
                if let Some(name) = &fragment.type_condition {
                    head.push_str(&format!(" on {name}"));
                }
                for condition in &fragment.conditions.0 {
                    let directive = if condition.value { "@include" } else { "@skip" };
                    head.push_str(&format!(" {directive}(if: ${})", condition.variable));
                }
                nested(text, &head, &fragment.selection);
            }
        }
    }
}

fn nested(text: &mut Text, head: &str, selection: &FetchSelectionSet) {
    if selection.items.is_empty() {
        text.line(head);
        return;
    }
    text.open(head);
    selections(text, selection);
    text.close("");
}

fn condition_text(conditions: &FetchConditions) -> Option<String> {
    let FetchConditions::Any(any) = conditions else {
        return None;
    };
    let all: Vec<String> = any
        .iter()
        .map(|all| {
            let each: Vec<String> = all
                .0
                .iter()
                .map(|one| format!("{}${}", if one.value { "" } else { "!" }, one.variable))
                .collect();
            each.join(" && ")
        })
        .collect();
    Some(all.join(" || "))
}
