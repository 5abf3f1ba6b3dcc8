//! The first two passes over a plan's fetches: the shapes of their answers and the places of the response, then which
//! places share their objects.

use crate::compile::layout::{LayoutBuilder, PlaceId};
use crate::compile::scan_shape::{ScanBuilder, ScanId};
use crate::compile::types::UNKNOWN;
use crate::store::TypeId;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use weft_query_plan::{EntityCall, Fetch, FetchKind, PathSegment, QueryPlan, ResponsePath};

/// What [`draft`] found before layouts were known.
pub(crate) struct Draft {
    /// The response itself.
    pub(crate) root: PlaceId,
    /// One for each fetch.
    pub(crate) works: Vec<DraftWork>,
}

/// The shapes of a fetch's answer.
pub(crate) enum DraftWork {
    /// Of fields of a root type.
    Root(ScanId),
    /// Of each call, with the place that its entities have in the answer.
    Entities(Vec<(ScanId, PlaceId)>),
}

/// First pass: shapes of all answers, and the places of the response.
pub(crate) fn draft<'plan>(builder: &mut ScanBuilder<'plan>, plan: &'plan QueryPlan) -> Draft {
    let root = builder.places.place();
    let works = plan
        .fetches
        .iter()
        .map(|fetch| draft_fetch(builder, fetch, root))
        .collect();
    Draft { root, works }
}

fn draft_fetch<'plan>(
    builder: &mut ScanBuilder<'plan>,
    fetch: &'plan Fetch,
    root: PlaceId,
) -> DraftWork {
    match &fetch.kind {
        FetchKind::Root {
            operation_type,
            target,
            selection,
        } => {
            let place = place_at(&mut builder.places, root, target);
            let type_id = root_type(builder, *operation_type);
            DraftWork::Root(builder.object(&[selection], type_id, place))
        }
        FetchKind::Entities(calls) => DraftWork::Entities(
            calls
                .iter()
                .map(|call| draft_call(builder, call, root))
                .collect(),
        ),
    }
}

fn root_type(builder: &mut ScanBuilder<'_>, operation_type: OperationType) -> TypeId {
    match builder.supergraph.schema().root_operation(operation_type) {
        Some(name) => {
            let name = name.clone();
            builder.types.intern(builder.supergraph, &name)
        }
        None => UNKNOWN,
    }
}

fn draft_call<'plan>(
    builder: &mut ScanBuilder<'plan>,
    call: &'plan EntityCall,
    root: PlaceId,
) -> (ScanId, PlaceId) {
    let place = builder.places.place();
    let scan = builder.object(&[&call.selection], UNKNOWN, place);
    for target in &call.targets {
        let target = place_at(&mut builder.places, root, target);
        builder.register(&call.selection, target);
    }
    (scan, place)
}

fn place_at(places: &mut LayoutBuilder, root: PlaceId, path: &ResponsePath) -> PlaceId {
    path.0.iter().fold(root, |place, segment| match segment {
        PathSegment::Key(key) => places.child(place, key),
        PathSegment::List | PathSegment::Types(_) => place,
    })
}

/// Second pass: places whose objects may be shared become one.
pub(crate) fn share(places: &mut LayoutBuilder, plan: &QueryPlan, draft: &Draft) {
    for (fetch, work) in plan.fetches.iter().zip(&draft.works) {
        if let (FetchKind::Entities(calls), DraftWork::Entities(drafts)) = (&fetch.kind, work) {
            for (call, (_, place)) in calls.iter().zip(drafts) {
                for target in &call.targets {
                    if is_between(plan, target) {
                        continue;
                    }
                    let target = place_at(places, draft.root, target);
                    places.share_children(*place, target);
                }
            }
        }
    }
}

/// Whether objects below a path take values from the objects at it or above: they may be other values at each place that an
/// entity stands at, so those keep objects of their own.
fn is_between(plan: &QueryPlan, path: &ResponsePath) -> bool {
    let calls = plan.fetches.iter().flat_map(|fetch| match &fetch.kind {
        FetchKind::Entities(calls) => calls.as_slice(),
        FetchKind::Root { .. } => &[],
    });
    let above = keys(&path.0);
    calls.into_iter().any(|call| {
        let sources = call.context_variables.iter().flat_map(|one| &one.sources);
        let distances: Vec<usize> = sources.map(|source| source.distance).collect();
        call.targets.iter().any(|target| {
            let below = keys(&target.0);
            let is_above = above.len() < below.len() && below.starts_with(&above);
            is_above
                && distances.iter().any(|distance| {
                    let length = target.0.len().saturating_sub(*distance);
                    keys(&target.0[..length]).len() <= above.len()
                })
        })
    })
}

fn keys(path: &[PathSegment]) -> Vec<&Name> {
    let keys = path.iter().filter_map(|segment| match segment {
        PathSegment::Key(key) => Some(key),
        _ => None,
    });
    keys.collect()
}
