//! Where an entity call may find its fields among what earlier fetches brought: plan in, places with slots out.
//!
//! A place qualifies when the same subgraph gave the same leaf fields with equal arguments there, not by `@provides`,
//! and what identifies the entity is there too. Nothing is reused in mutations: a later field may see a change.

use crate::compile::fetches::{CompiledItem, FetchCompiler, Target};
use crate::compile::scan_shape::meaning;
use crate::compile::strands;
use crate::options::MemoScope;
use crate::store::{LayoutId, TypeId};
use apollo_compiler::Name;
use apollo_compiler::ast::{OperationType, Type};
use apollo_compiler::schema::ExtendedType;
use weft_query_plan::{
    EntityCall, Fetch, FetchField, FetchId, FetchKind, FetchSelection, FetchSelectionSet,
    PathSegment, QueryPlan, Representation, RepresentationItem, ResponsePath, StrandId,
};

/// A place where an entity call may find its fields.
#[derive(Debug)]
pub(crate) struct MemoSource {
    /// The fetch that brings the fields, by position.
    pub(crate) fetch: usize,
    /// Its strand that must have ended, by position in the list of all.
    pub(crate) strand: usize,
    /// Its entity call that asks about the entities at the place by the same items, where it is one.
    pub(crate) call: Option<usize>,
    /// The place.
    pub(crate) target: Target,
    /// What identifies the entity there, as in a representation.
    pub(crate) items: Vec<CompiledItem>,
    /// The slots of the fields: at the source, and at each layout that the call's targets have.
    pub(crate) fields: Vec<(u32, Vec<(LayoutId, u32)>)>,
    /// The runtime type that both have.
    pub(crate) type_id: TypeId,
}

/// The places for one call, which must need leaves of one object type only.
pub(crate) fn sources(
    compiler: &mut FetchCompiler<'_>,
    plan: &QueryPlan,
    position: usize,
    call: &EntityCall,
    scope: MemoScope,
    root: LayoutId,
) -> Vec<MemoSource> {
    let fetch = &plan.fetches[position];
    let Some(wanted) = Wanted::of(compiler, plan, fetch, call).filter(|_| scope != MemoScope::Off)
    else {
        return Vec::new();
    };
    let mut places = Vec::new();
    for (position, earlier) in plan.fetches.iter().enumerate().take(position) {
        if earlier.subgraph == fetch.subgraph {
            places.extend(find_places(position, earlier, &wanted, scope));
        }
    }
    let layouts = compiler.target_layouts(call, root);
    places
        .into_iter()
        .filter_map(|place| {
            let strand = strands::position(plan, place.strand);
            compile(compiler, place, strand, &wanted, &layouts, root)
        })
        .collect()
}

/// What a call needs.
struct Wanted<'plan> {
    type_name: &'plan Name,
    representation: &'plan Representation,
    /// Each with its meaning.
    fields: Vec<(&'plan FetchField, String)>,
    /// Whether a root field may have given them: they need no inputs, and no `@provides` brings them.
    may_come_from_anywhere: bool,
}

impl<'plan> Wanted<'plan> {
    fn of(
        compiler: &FetchCompiler<'_>,
        plan: &QueryPlan,
        fetch: &Fetch,
        call: &'plan EntityCall,
    ) -> Option<Self> {
        let schema = compiler.supergraph.schema();
        let [representation] = call.representations.as_slice() else {
            return None;
        };
        let type_name = &representation.type_condition;
        let is_object = matches!(schema.types.get(type_name), Some(ExtendedType::Object(_)));
        let takes_values = !call.context_variables.is_empty();
        if !is_object
            || takes_values
            || representation.typename.is_some()
            || plan.operation_type == OperationType::Mutation
        {
            return None;
        }
        let mut found = Vec::new();
        flatten(&call.selection, None, &mut found);
        let mut fields = Vec::new();
        for (condition, field) in found {
            let is_simple = field.selection.items.is_empty() && field.conditions.is_always();
            if !is_simple || condition.is_some_and(|condition| condition != type_name) {
                return None;
            }
            if field.name != "__typename" {
                fields.push((field, meaning(field)));
            }
        }
        let known = compiler
            .supergraph
            .subgraph(fetch.subgraph)
            .types
            .get(type_name)?;
        let may_come_from_anywhere = fields.iter().all(|(field, _)| {
            let field = known.fields.get(&field.name);
            field.is_some_and(|field| !field.external && field.requires.is_none())
        });
        Some(Self {
            type_name,
            representation,
            fields,
            may_come_from_anywhere,
        })
    }
}

/// A place that brings what is wanted.
struct Place {
    strand: StrandId,
    call: Option<usize>,
    path: ResponsePath,
    /// For each wanted field, its key there.
    keys: Vec<Name>,
}

fn find_places(
    position: usize,
    fetch: &Fetch,
    wanted: &Wanted<'_>,
    scope: MemoScope,
) -> Vec<Place> {
    let mut search = Search {
        strand: StrandId {
            fetch: FetchId(u32::try_from(position).unwrap_or(u32::MAX)),
            number: 0,
        },
        call: None,
        wanted,
        places: Vec::new(),
    };
    let is_everywhere = scope == MemoScope::RootFields && wanted.may_come_from_anywhere;
    match &fetch.kind {
        FetchKind::Root {
            operation_type,
            target,
            selection,
        } => {
            if is_everywhere && *operation_type == OperationType::Query {
                search.below(selection, &target.0);
            }
        }
        FetchKind::Entities(calls) => {
            for (position, call) in calls.iter().enumerate() {
                let is_same = asks_about_the_same(call, wanted.representation);
                let is_alike =
                    call.representations.as_slice() == std::slice::from_ref(wanted.representation);
                for target in &call.targets {
                    search.call = is_alike.then_some(position);
                    if is_same {
                        search.offer(&call.selection, None, &target.0, false);
                    }
                    search.call = None;
                    if is_everywhere {
                        search.below(&call.selection, &target.0);
                    }
                    search.strand.number += 1;
                }
            }
        }
    }
    search.places
}

/// Whether a call identifies its entities as the wanted call does; more inputs do no harm, because no wanted field has them.
fn asks_about_the_same(call: &EntityCall, wanted: &Representation) -> bool {
    let [known] = call.representations.as_slice() else {
        return false;
    };
    known.type_condition == wanted.type_condition
        && known.typename == wanted.typename
        && wanted.items.iter().all(|item| known.items.contains(item))
}

struct Search<'search, 'plan> {
    strand: StrandId,
    call: Option<usize>,
    wanted: &'search Wanted<'plan>,
    places: Vec<Place>,
}

impl Search<'_, '_> {
    /// All places below a selection.
    fn below(&mut self, set: &FetchSelectionSet, path: &[PathSegment]) {
        let mut fields = Vec::new();
        flatten(set, None, &mut fields);
        for (condition, field) in fields {
            if field.selection.items.is_empty() || !field.conditions.is_always() {
                continue;
            }
            let mut path = path.to_vec();
            if let Some(condition) = condition
                && condition == self.wanted.type_name
            {
                path.push(PathSegment::Types(vec![condition.clone()]));
            }
            path.push(PathSegment::Key(field.stored_as.clone()));
            let mut ty = &field.ty;
            while let Type::List(item) | Type::NonNullList(item) = ty {
                path.push(PathSegment::List);
                ty = item;
            }
            self.offer(&field.selection, Some(ty.inner_named_type()), &path, true);
            self.below(&field.selection, &path);
        }
    }

    /// A place with those selections, where they have what is wanted.
    fn offer(
        &mut self,
        set: &FetchSelectionSet,
        ty: Option<&Name>,
        path: &[PathSegment],
        with_key: bool,
    ) {
        let mut offered = Vec::new();
        flatten(set, ty, &mut offered);
        let mut local = offered.iter().filter(|(condition, field)| {
            *condition == Some(self.wanted.type_name) && field.conditions.is_always()
        });
        let keys: Option<Vec<Name>> = self
            .wanted
            .fields
            .iter()
            .map(|(wanted, wanted_meaning)| {
                let mut local = local.clone();
                let (_, field) = local.find(|(_, field)| {
                    field.name == wanted.name && meaning(field) == *wanted_meaning
                })?;
                Some(field.stored_as.clone())
            })
            .collect();
        let has_key = !with_key
            || self
                .wanted
                .representation
                .items
                .iter()
                .all(|item| match item {
                    RepresentationItem::Field(item) => {
                        item.name == "__typename"
                            || (item.items.is_empty()
                                && local.clone().any(|(_, field)| {
                                    field.stored_as == item.stored_as && field.name == item.name
                                }))
                    }
                    RepresentationItem::Fragment { .. } => false,
                });
        if let (Some(keys), true, true) = (
            keys,
            has_key,
            local.next().is_some() || self.wanted.fields.is_empty(),
        ) {
            self.places.push(Place {
                strand: self.strand,
                call: self.call,
                path: ResponsePath(path.to_vec()),
                keys,
            });
        }
    }
}

fn flatten<'plan>(
    set: &'plan FetchSelectionSet,
    condition: Option<&'plan Name>,
    found: &mut Vec<(Option<&'plan Name>, &'plan FetchField)>,
) {
    for item in &set.items {
        match item {
            FetchSelection::Field(field) => found.push((condition, field)),
            FetchSelection::Fragment(fragment) if fragment.conditions.is_always() => {
                let condition = fragment.type_condition.as_ref().or(condition);
                flatten(&fragment.selection, condition, found);
            }
            FetchSelection::Fragment(_) => {}
        }
    }
}

fn compile(
    compiler: &mut FetchCompiler<'_>,
    place: Place,
    strand: usize,
    wanted: &Wanted<'_>,
    layouts: &[LayoutId],
    root: LayoutId,
) -> Option<MemoSource> {
    let (target, layout) = compiler.target(&place.path, root);
    let source = &compiler.layouts[layout?.0 as usize];
    let mut fields = Vec::new();
    for (key, (field, _)) in place.keys.iter().zip(&wanted.fields) {
        let slots = layouts.iter().filter_map(|layout| {
            let slot = compiler.layouts[layout.0 as usize].slot(&field.stored_as)?;
            Some((*layout, slot))
        });
        fields.push((source.slot(key)?, slots.collect()));
    }
    let items: Vec<_> = wanted
        .representation
        .items
        .iter()
        .filter(|item| !matches!(item, RepresentationItem::Field(field) if field.stored_as == "__typename"))
        .cloned()
        .collect();
    Some(MemoSource {
        fetch: place.strand.fetch.index(),
        strand,
        call: place.call,
        target,
        items: compiler.items(&items, layout),
        fields,
        type_id: compiler.types.intern(compiler.supergraph, wanted.type_name),
    })
}
