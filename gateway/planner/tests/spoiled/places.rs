//! What there is in a plan to be spoiled, in one list each.

use apollo_compiler::Name;
use std::collections::BTreeSet;
use weft_query_plan::{
    EntityCall, FetchField, FetchFragment, FetchKind, FetchSelection, FetchSelectionSet,
    PathSegment, QueryPlan, ResponsePath,
};

/// All entity calls.
pub(crate) fn calls(plan: &mut QueryPlan) -> Vec<&mut EntityCall> {
    let kinds = plan.fetches.iter_mut().map(|fetch| &mut fetch.kind);
    let calls = kinds.filter_map(|kind| match kind {
        FetchKind::Entities(calls) => Some(calls),
        FetchKind::Root { .. } => None,
    });
    calls.flatten().collect()
}

fn selections(plan: &mut QueryPlan) -> Vec<&mut FetchSelectionSet> {
    let mut all = Vec::new();
    for fetch in &mut plan.fetches {
        match &mut fetch.kind {
            FetchKind::Root { selection, .. } => all.push(selection),
            FetchKind::Entities(calls) => {
                all.extend(calls.iter_mut().map(|call| &mut call.selection));
            }
        }
    }
    all
}

/// Calls `visit` for all selection sets, also those below fields and fragments.
pub(crate) fn each_set(plan: &mut QueryPlan, visit: &mut dyn FnMut(&mut FetchSelectionSet)) {
    for set in selections(plan) {
        set_and_below(set, visit);
    }
}

fn set_and_below(set: &mut FetchSelectionSet, visit: &mut dyn FnMut(&mut FetchSelectionSet)) {
    visit(set);
    for item in &mut set.items {
        match item {
            FetchSelection::Field(field) => set_and_below(&mut field.selection, visit),
            FetchSelection::Fragment(fragment) => set_and_below(&mut fragment.selection, visit),
        }
    }
}

/// Calls `visit` for all fields but `__typename`.
pub(crate) fn each_field(plan: &mut QueryPlan, visit: &mut dyn FnMut(&mut FetchField)) {
    each_set(plan, &mut |set| {
        for item in &mut set.items {
            match item {
                FetchSelection::Field(field) if field.name != "__typename" => visit(field),
                _ => {}
            }
        }
    });
}

/// Calls `visit` for all fragments with a type condition.
pub(crate) fn each_fragment(plan: &mut QueryPlan, visit: &mut dyn FnMut(&mut FetchFragment)) {
    each_set(plan, &mut |set| {
        for item in &mut set.items {
            match item {
                FetchSelection::Fragment(fragment) if fragment.type_condition.is_some() => {
                    visit(fragment);
                }
                _ => {}
            }
        }
    });
}

/// The paths of all keys that are there in the end, types left aside, for each pair of values of the two variables of random operations.
pub(crate) fn asked(plan: &QueryPlan) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for values in 0..4 {
        let value = |name: &Name| values & (if name == "yes" { 1 } else { 2 }) != 0;
        let root = values.to_string();
        paths.insert(root.clone());
        for fetch in &plan.fetches {
            if !fetch.conditions.hold(value) {
                continue;
            }
            let calls: Vec<(&ResponsePath, &FetchSelectionSet)> = match &fetch.kind {
                FetchKind::Root {
                    target, selection, ..
                } => vec![(target, selection)],
                FetchKind::Entities(calls) => {
                    let sent = calls.iter().filter(|call| call.conditions.hold(value));
                    sent.flat_map(to_targets).collect()
                }
            };
            for (target, set) in calls {
                let path = path_of(&root, target);
                if paths.contains(&path) {
                    add_paths(set, &path, &value, &mut paths);
                }
            }
        }
    }
    paths
}

fn to_targets(call: &EntityCall) -> impl Iterator<Item = (&ResponsePath, &FetchSelectionSet)> {
    call.targets.iter().map(|target| (target, &call.selection))
}

fn path_of(root: &str, target: &ResponsePath) -> String {
    let keys = target.0.iter().filter_map(|segment| match segment {
        PathSegment::Key(key) => Some(key.as_str()),
        _ => None,
    });
    std::iter::once(root)
        .chain(keys)
        .collect::<Vec<_>>()
        .join(".")
}

fn add_paths(
    set: &FetchSelectionSet,
    path: &str,
    value: &dyn Fn(&Name) -> bool,
    paths: &mut BTreeSet<String>,
) {
    for item in &set.items {
        match item {
            FetchSelection::Field(field) if field.conditions.holds(value) => {
                let path = format!("{path}.{}", field.stored_as);
                add_paths(&field.selection, &path, value, paths);
                paths.insert(path);
            }
            FetchSelection::Fragment(fragment) if fragment.conditions.holds(value) => {
                add_paths(&fragment.selection, path, value, paths);
            }
            _ => {}
        }
    }
}
