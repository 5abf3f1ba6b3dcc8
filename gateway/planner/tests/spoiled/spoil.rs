//! Ways to spoil a plan in one place, each with what it did there; nothing, where the plan has no such place.

use crate::graphs::dice::Dice;
use crate::places::{asked, calls, each_field, each_fragment, each_set};
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use std::collections::BTreeSet;
use weft_query_plan::{
    Conjunction, ContextVariable, EntityCall, Fetch, FetchConditions, FetchField, FetchFragment,
    FetchId, FetchKind, FetchSelection, FetchSelectionSet, QueryPlan, RepresentationItem,
};
use weft_supergraph::{FieldSet, FieldSetItem, SubgraphId, Supergraph};

/// Spoils a plan; what was done.
type Spoiler = fn(&mut QueryPlan, &Supergraph, &mut Dice) -> Option<String>;

/// All ways.
pub(crate) const SPOILERS: [(&str, Spoiler); 11] = [
    ("an input is left out", leave_an_input_out),
    ("an input is another field", take_another_field),
    ("a dependency is left out", leave_a_dependency_out),
    ("a condition of a field is left out", leave_a_condition_out),
    ("a fetch is sent always", send_always),
    ("a field is left out", leave_a_field_out),
    ("a field is stored elsewhere", store_elsewhere),
    ("a type condition is another", take_another_type),
    ("a subgraph is another", ask_another_subgraph),
    ("a value from a context is another", take_another_value),
    (
        "a value that is taken along is another",
        take_another_value_along,
    ),
];

fn leave_an_input_out(plan: &mut QueryPlan, graph: &Supergraph, dice: &mut Dice) -> Option<String> {
    let index = dice.below(plan.fetches.len());
    let fetch = plan.fetches.get_mut(index)?;
    let types = &graph.subgraph(fetch.subgraph).types;
    let FetchKind::Entities(calls) = &mut fetch.kind else {
        return None;
    };
    let count = calls.len();
    let call = &mut calls[dice.below(count)];
    let count = call.representations.len();
    let representation = &mut call.representations[dice.below(count)];
    let position = dice.below(representation.items.len());
    let left_out = representation.items.remove(position);
    let name = representation.typename.as_ref();
    let entered = types.get(name.unwrap_or(&representation.type_condition))?;
    let rest: BTreeSet<&Name> = names(&representation.items).collect();
    let mut keys = entered.keys.iter().filter(|key| key.resolvable);
    // One that has another key as well may lack this one, unless it is required.
    let has_key = keys.any(|key| fields_of(&key.fields).all(|name| rest.contains(name)));
    (!has_key).then(|| format!("{left_out:?} of fetch {index}"))
}

fn names(items: &[RepresentationItem]) -> impl Iterator<Item = &Name> {
    items.iter().filter_map(|item| match item {
        RepresentationItem::Field(field) => Some(&field.name),
        RepresentationItem::Fragment { .. } => None,
    })
}

fn fields_of(fields: &FieldSet) -> impl Iterator<Item = &Name> {
    fields.items.iter().filter_map(|item| match item {
        FieldSetItem::Field(field) => Some(&field.name),
        FieldSetItem::Fragment(_) => None,
    })
}

fn take_another_field(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    let mut fields: Vec<(&mut Name, &mut Name)> = calls(plan)
        .into_iter()
        .flat_map(|call| &mut call.representations)
        .flat_map(|representation| &mut representation.items)
        .filter_map(|item| match item {
            RepresentationItem::Field(field) => Some((&mut field.name, &mut field.stored_as)),
            RepresentationItem::Fragment { .. } => None,
        })
        .collect();
    let count = fields.len();
    let (name, stored_as) = fields.get_mut(dice.below(count))?;
    let other = if **name == "id" { "code" } else { "id" };
    // Either the key is sent under the name of another, or another is sent under its name.
    let spoiled = if dice.percent(50) { name } else { stored_as };
    **spoiled = Name::new_unchecked(other);
    Some(format!("now `{other}`"))
}

fn take_another_value(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    spoil_a_value(plan, dice, &|_, _| true)
}

fn take_another_value_along(
    plan: &mut QueryPlan,
    _: &Supergraph,
    dice: &mut Dice,
) -> Option<String> {
    spoil_a_value(plan, dice, &|call, variable| {
        !entities_take(&call.selection, variable)
    })
}

/// Takes a value from elsewhere, or another one, or none. Of several sources, some may never fit.
fn spoil_a_value(
    plan: &mut QueryPlan,
    dice: &mut Dice,
    is_wanted: &dyn Fn(&EntityCall, &Name) -> bool,
) -> Option<String> {
    let mut found: Vec<&mut ContextVariable> = Vec::new();
    for call in calls(plan) {
        let wanted: Vec<bool> = call
            .context_variables
            .iter()
            .map(|one| one.sources.len() == 1 && is_wanted(call, &one.variable))
            .collect();
        let variables = call.context_variables.iter_mut().zip(wanted);
        found.extend(variables.filter_map(|(one, is_wanted)| is_wanted.then_some(one)));
    }
    let count = found.len();
    let context = found.get_mut(dice.below(count))?;
    let spoiled = match dice.below(3) {
        0 => {
            context.sources.clear();
            "is taken from nowhere"
        }
        1 => {
            context.sources[0].distance += 1;
            "is taken from further above"
        }
        _ => {
            context.sources[0].value.clear();
            "is another"
        }
    };
    Some(format!("`{}` {spoiled}", context.argument))
}

/// Whether a field of the entities themselves takes a variable.
fn entities_take(set: &FetchSelectionSet, variable: &Name) -> bool {
    set.items.iter().any(|item| match item {
        FetchSelection::Field(field) => {
            let mut arguments = field.arguments.iter();
            arguments.any(|argument| argument.value.as_variable() == Some(variable))
        }
        FetchSelection::Fragment(fragment) => entities_take(&fragment.selection, variable),
    })
}

fn leave_a_dependency_out(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    let index = dice.below(plan.fetches.len());
    let number = dice.below(plan.fetches.get(index)?.strands.len());
    let before = plan.fetches[index].strands[number].waits_for.clone();
    let left_out = *before.get(dice.below(before.len()))?;
    let mut others = before.iter().filter(|&&other| other != left_out);
    if others.any(|&other| plan.strands_before(other).contains(&left_out)) {
        return None;
    }
    let fetch = &mut plan.fetches[index];
    fetch.strands[number]
        .waits_for
        .retain(|&other| other != left_out);
    let awaited = fetch.strands.iter().flat_map(|strand| &strand.waits_for);
    let awaited: BTreeSet<FetchId> = awaited.map(|strand| strand.fetch).collect();
    fetch.depends_on = awaited.into_iter().collect();
    Some(format!(
        "target {number} of fetch {index} no longer waits for {left_out:?}"
    ))
}

fn leave_a_condition_out(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    let before = asked(plan);
    let has_condition = |field: &FetchField| !field.conditions.is_always();
    let what = change_field(plan, dice, &has_condition, &mut |field| {
        field.conditions = Conjunction::default();
    });
    // The field may stand below the same condition, or be asked for without it as well.
    what.filter(|_| asked(plan) != before)
}

fn send_always(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    let index = dice.below(plan.fetches.len());
    let fetch = plan.fetches.get(index)?;
    let FetchConditions::Any(conditions) = &fetch.conditions else {
        return None;
    };
    // Where the objects are only there under the same condition, it makes no difference.
    let variables = conditions.iter().flat_map(|all| &all.0);
    let mut earlier = plan.fetches[..index].iter().map(|fetch| &fetch.document);
    let is_implied = earlier.any(|document| {
        let mut variables = variables.clone();
        variables.any(|condition| document.contains(&format!("(if:${})", condition.variable)))
    });
    if is_implied {
        return None;
    }
    let fetch = &mut plan.fetches[index];
    fetch.conditions = FetchConditions::Always;
    if let FetchKind::Entities(calls) = &mut fetch.kind {
        let always = FetchConditions::Always;
        calls
            .iter_mut()
            .for_each(|call| call.conditions = always.clone());
    }
    Some(format!("fetch {index}"))
}

fn leave_a_field_out(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    let before = asked(plan);
    let is_leaf = |item: &FetchSelection| match item {
        FetchSelection::Field(field) => {
            field.name != "__typename" && field.selection.items.is_empty()
        }
        FetchSelection::Fragment(_) => false,
    };
    let leaves = |set: &FetchSelectionSet| set.items.iter().filter(|item| is_leaf(item)).count();
    let mut count = 0;
    each_set(plan, &mut |set| count += leaves(set));
    let chosen = dice.below(count);
    let (mut seen, mut left_out) = (0, None);
    each_set(plan, &mut |set| {
        let mut position = 0;
        while position < set.items.len() {
            if is_leaf(&set.items[position]) {
                if seen == chosen && left_out.is_none() && set.items.len() > 1 {
                    left_out = Some(format!("{:?}", set.items.remove(position)));
                    break;
                }
                seen += 1;
            }
            position += 1;
        }
    });
    // Under other conditions, the same may be asked for once more.
    left_out.filter(|_| asked(plan) != before)
}

fn store_elsewhere(plan: &mut QueryPlan, _: &Supergraph, dice: &mut Dice) -> Option<String> {
    change_field(plan, dice, &|_| true, &mut |field| {
        field.stored_as = Name::new_unchecked("elsewhere");
    })
}

fn take_another_type(plan: &mut QueryPlan, graph: &Supergraph, dice: &mut Dice) -> Option<String> {
    let is_object = |name: &Name| !graph.is_abstract(name);
    let mut conditions: Vec<Name> = Vec::new();
    let mut note = |name: &Name| {
        if is_object(name) {
            conditions.push(name.clone());
        }
    };
    each_fragment(plan, &mut |fragment| {
        fragment.type_condition.iter().for_each(&mut note)
    });
    let chosen = dice.below(conditions.len());
    let old = conditions.get(chosen)?.clone();
    let new = conditions.iter().find(|other| **other != old)?.clone();
    let mut seen = 0;
    each_fragment(plan, &mut |fragment: &mut FetchFragment| {
        if fragment.type_condition.as_ref().is_some_and(is_object) {
            if seen == chosen {
                fragment.type_condition = Some(new.clone());
            }
            seen += 1;
        }
    });
    Some(format!("`{new}` for `{old}`, the {chosen}th fragment"))
}

fn ask_another_subgraph(
    plan: &mut QueryPlan,
    graph: &Supergraph,
    dice: &mut Dice,
) -> Option<String> {
    let index = dice.below(plan.fetches.len());
    let fetch = plan.fetches.get_mut(index)?;
    let subgraph = SubgraphId(dice.below(graph.subgraphs().len()) as u16);
    // Another subgraph may give the same; one that does not know a field never does.
    let mut asked = BTreeSet::new();
    let mut alone = plan_of(fetch.clone());
    each_field(&mut alone, &mut |field| {
        _ = asked.insert(field.name.clone())
    });
    let types = graph.subgraph(subgraph).types.values();
    let known: BTreeSet<&Name> = types.flat_map(|ty| ty.fields.keys()).collect();
    if asked.iter().all(|name| known.contains(name)) {
        return None;
    }
    fetch.subgraph = subgraph;
    fetch.subgraph_name = graph.subgraph(subgraph).name.as_str().into();
    Some(format!("fetch {index} goes to `{}`", fetch.subgraph_name))
}

fn plan_of(fetch: Fetch) -> QueryPlan {
    QueryPlan {
        operation_type: OperationType::Query,
        fetches: vec![fetch],
        deferred: Vec::new(),
    }
}

/// Changes one of the fields that fit.
fn change_field(
    plan: &mut QueryPlan,
    dice: &mut Dice,
    fits: &dyn Fn(&FetchField) -> bool,
    change: &mut dyn FnMut(&mut FetchField),
) -> Option<String> {
    let mut count = 0;
    each_field(plan, &mut |field| count += usize::from(fits(field)));
    let chosen = dice.below(count);
    let (mut seen, mut what) = (0, None);
    each_field(plan, &mut |field| {
        if fits(field) {
            if seen == chosen {
                what = Some(format!("`{}` as `{}`", field.name, field.stored_as));
                change(field);
            }
            seen += 1;
        }
    });
    what
}
