//! About how much memory a compiled plan takes, for caches that count it. What is many is counted, the rest is guessed.

use crate::compile::Variant;
use crate::compile::client_shape::ShapeField;
use crate::compile::fetches::{CompiledCall, CompiledFetch, Work};
use crate::compile::scan_shape::{Member, MemberTarget, ScanObject};
use crate::compile::types::TypeSet;
use apollo_compiler::Name;
use weft_query_plan::{
    Fetch, FetchField, FetchKind, FetchSelection, FetchSelectionSet, QueryPlan, RepresentationItem,
};

/// What an allocation takes besides what was asked for, lists with room for more included.
const ALLOCATION: usize = 32;

/// The bytes of a plan.
pub(crate) fn of_plan(plan: &QueryPlan) -> usize {
    plan.fetches.iter().map(of_fetch).sum()
}

fn of_fetch(fetch: &Fetch) -> usize {
    let kind = match &fetch.kind {
        FetchKind::Root { selection, .. } => of_selection(selection),
        FetchKind::Entities(calls) => calls
            .iter()
            .map(|call| {
                let items = call.representations.iter().map(|it| it.items.len());
                let segments = call.targets.iter().map(|target| target.0.len());
                of_selection(&call.selection)
                    + items.sum::<usize>() * size_of::<RepresentationItem>()
                    + segments.sum::<usize>() * size_of::<Name>()
                    + 8 * ALLOCATION
            })
            .sum(),
    };
    size_of::<Fetch>() + ALLOCATION + fetch.document.len() + kind
}

fn of_selection(selection: &FetchSelectionSet) -> usize {
    let below = selection.items.iter().map(|item| match item {
        FetchSelection::Field(field) => of_selection(&field.selection),
        FetchSelection::Fragment(fragment) => of_selection(&fragment.selection),
    });
    let own = selection.items.capacity() * size_of::<FetchField>();
    own + below.sum::<usize>()
}

/// The bytes of a plan for one set of condition values.
pub(crate) fn of_variant(variant: &Variant) -> usize {
    let scans: usize = variant.scans.iter().map(of_scan).sum();
    let keys: usize = variant.layouts.iter().map(|layout| layout.keys.len()).sum();
    let fields = variant.shapes.objects.iter().map(|shape| {
        let later = shape.later.as_ref().map_or(0, |later| later.deeper.len());
        shape.fields.len() + later
    });
    let values = variant.enums.iter().map(|it| it.len());
    let fetches: usize = variant.fetches.iter().map(of_compiled_fetch).sum();
    // Tables and the ends of lists that do not grow with the plan.
    let fixed = size_of::<Variant>() + 16 * ALLOCATION;
    fixed
        + scans
        + keys * (size_of::<Name>() + size_of::<u64>())
        + (variant.layouts.len() + variant.shapes.objects.len()) * 3 * ALLOCATION
        + fields.sum::<usize>() * size_of::<ShapeField>()
        + variant.shapes.text.capacity()
        + values.sum::<usize>() * 2 * ALLOCATION
        + variant.types.len() * 6 * ALLOCATION
        + fetches
}

fn of_scan(scan: &ScanObject) -> usize {
    let targets = scan.members.iter().map(|member| member.targets.len());
    size_of::<ScanObject>()
        + scan.members.len() * (size_of::<Member>() + ALLOCATION)
        + targets.sum::<usize>() * size_of::<(Option<TypeSet>, MemberTarget)>()
}

fn of_compiled_fetch(fetch: &CompiledFetch) -> usize {
    let work = match &fetch.work {
        Work::Root { target, .. } => target.steps.len() * ALLOCATION,
        Work::Entities(calls) => calls.iter().map(of_call).sum(),
    };
    size_of::<CompiledFetch>() + fetch.head.len() + 2 * ALLOCATION + work
}

fn of_call(call: &CompiledCall) -> usize {
    let steps = call.targets.iter().map(|target| target.steps.len() + 1);
    let items = call.representations.iter().map(|it| {
        let items = it.items.iter().map(|(_, items)| items.len() + 1);
        items.sum::<usize>()
    });
    let memo = call.memo.iter().map(|source| {
        let layouts = source.fields.iter().map(|(_, layouts)| layouts.len() + 2);
        source.target.steps.len() + source.items.len() * 3 + layouts.sum::<usize>()
    });
    size_of::<CompiledCall>()
        + (steps.sum::<usize>() + memo.sum::<usize>()) * ALLOCATION
        + items.sum::<usize>() * 3 * ALLOCATION
}
