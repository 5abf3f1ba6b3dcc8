//! Fetches made ready to send: prerendered bodies, where entities stand, how they become representations.

use crate::compile::conditions::Conditions;
use crate::compile::contexts::{CompiledContext, DocumentTemplate};
use crate::compile::draft::{Draft, DraftWork};
use crate::compile::layout::{Layout, PlaceId, Places};
use crate::compile::memo::{MemoSource, sources};
use crate::compile::requirements::dependents;
use crate::compile::scan_shape::ScanId;
use crate::compile::strands;
use crate::compile::types::{TypeSet, TypeTable};
use crate::compile::wider_calls::wider_calls;
use crate::json::write_string;
use crate::options::MemoScope;
use crate::store::LayoutId;
use apollo_compiler::Name;
use std::ops::Range;
use weft_query_plan::{
    EntityCall, Fetch, FetchKind, PathSegment, QueryPlan, Representation, RepresentationItem,
    ResponsePath,
};
use weft_supergraph::Supergraph;

/// A fetch of the plan, for one set of condition values.
#[derive(Debug)]
pub(crate) struct CompiledFetch {
    /// Whether its conditions hold.
    pub(crate) is_included: bool,
    /// Its strands, by position in the plan's list of all strands.
    pub(crate) strands: Range<usize>,
    /// The body up to the variables: `{"query":…,"variables":{`.
    pub(crate) head: Box<[u8]>,
    /// The document in parts, where it depends on how many values its calls take from ancestors.
    pub(crate) template: Option<DocumentTemplate>,
    /// The client's variables that it passes on, each with its key.
    pub(crate) variables: Vec<(Name, Box<[u8]>)>,
    /// What it asks.
    pub(crate) work: Work,
}

/// What a fetch asks.
#[derive(Debug)]
pub(crate) enum Work {
    /// Fields of a root type.
    Root {
        /// Its answer's shape.
        scan: ScanId,
        /// The objects that it completes.
        target: Target,
    },
    /// Fields of entities.
    Entities(Vec<CompiledCall>),
}

/// An `_entities` field of a fetch.
#[derive(Debug)]
pub(crate) struct CompiledCall {
    /// Whether its conditions hold.
    pub(crate) is_included: bool,
    /// Its response key with quotes.
    pub(crate) response_key: Box<[u8]>,
    /// `"representations":`, by its variable's name.
    pub(crate) variable: Box<[u8]>,
    /// Where the entities stand.
    pub(crate) targets: Vec<Target>,
    /// How they become representations.
    pub(crate) representations: Vec<CompiledRepresentation>,
    /// What its entities take from their ancestors.
    pub(crate) contexts: Vec<CompiledContext>,
    /// An entity's shape in the answer.
    pub(crate) scan: ScanId,
    /// Where its fields may be known from, best first.
    pub(crate) memo: Vec<MemoSource>,
    /// Calls of the same request that ask at least the same, of entities that are sent alike; the widest first.
    pub(crate) wider_calls: Vec<u32>,
}

/// A path into the merged response.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    /// Its steps from the root on.
    pub(crate) steps: Vec<Step>,
}

/// One step of a path.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Into a slot.
    Slot(u32),
    /// Into all items.
    List,
    /// Stay for objects of those types.
    Types(TypeSet),
    /// Nothing is ever there.
    Nowhere,
}

/// How objects of some types become representations.
#[derive(Debug)]
pub(crate) struct CompiledRepresentation {
    /// Which objects.
    pub(crate) types: TypeSet,
    /// What tells it from the call's others; `None` where the call has entities of one type only.
    pub(crate) tag: Option<u32>,
    /// The type name to send, with quotes, where it is not the object's own.
    pub(crate) typename: Option<Box<[u8]>>,
    /// What is copied, for each layout that entities have.
    pub(crate) items: Vec<(LayoutId, Vec<CompiledItem>)>,
    /// For each item, the keys of the fields that need it; `None` where all do, as a key's fields.
    pub(crate) dependents: Vec<Option<Box<[Name]>>>,
}

/// Part of a representation.
#[derive(Debug)]
pub(crate) enum CompiledItem {
    /// A field.
    Field {
        /// `"key":`
        key: Box<[u8]>,
        /// Its slot; `None` where no fetch writes it.
        slot: Option<u32>,
        /// What is copied below; empty for a leaf.
        items: Vec<CompiledItem>,
    },
    /// The runtime type's name, below the entity itself.
    Typename {
        /// `"key":`
        key: Box<[u8]>,
    },
    /// More for some types.
    Fragment {
        /// Which types.
        types: TypeSet,
        /// What is copied.
        items: Vec<CompiledItem>,
    },
}

/// Last pass: everything by slots.
pub(crate) struct FetchCompiler<'plan> {
    pub(crate) supergraph: &'plan Supergraph,
    pub(crate) conditions: &'plan Conditions,
    pub(crate) types: &'plan mut TypeTable,
    pub(crate) layouts: &'plan [Layout],
    pub(crate) places: &'plan Places,
    pub(crate) memo: MemoScope,
}

impl FetchCompiler<'_> {
    /// All fetches of a plan.
    pub(crate) fn compile(
        &mut self,
        plan: &QueryPlan,
        draft: Draft,
    ) -> (LayoutId, Vec<CompiledFetch>) {
        let root = self.places.layout(draft.root);
        let fetches = plan.fetches.iter().zip(draft.works).enumerate();
        let fetches = fetches
            .map(|(position, (fetch, work))| self.fetch(plan, position, fetch, work, root))
            .collect();
        (root, fetches)
    }

    fn fetch(
        &mut self,
        plan: &QueryPlan,
        position: usize,
        fetch: &Fetch,
        work: DraftWork,
        root: LayoutId,
    ) -> CompiledFetch {
        CompiledFetch {
            is_included: self.holds(&fetch.conditions),
            strands: strands::of_fetch(plan, position),
            head: head(fetch).into(),
            template: DocumentTemplate::of(fetch),
            variables: fetch
                .variables
                .iter()
                .map(|variable| {
                    let key = format!("\"{}\":", variable.name).into_bytes();
                    (variable.name.clone(), key.into())
                })
                .collect(),
            work: match (&fetch.kind, work) {
                (FetchKind::Root { target, .. }, DraftWork::Root(scan)) => Work::Root {
                    scan,
                    target: self.target(target, root).0,
                },
                (FetchKind::Entities(calls), DraftWork::Entities(drafts)) => Work::Entities(
                    calls
                        .iter()
                        .zip(drafts)
                        .enumerate()
                        .map(|(number, (call, (scan, place)))| CompiledCall {
                            memo: sources(self, plan, position, call, self.memo, root),
                            wider_calls: wider_calls(self, calls, number, root),
                            ..self.call(fetch, call, (scan, place), root)
                        })
                        .collect(),
                ),
                _ => Work::Entities(Vec::new()),
            },
        }
    }

    fn holds(&self, conditions: &weft_query_plan::FetchConditions) -> bool {
        conditions.hold(|name| self.conditions.value(name))
    }

    fn call(
        &mut self,
        fetch: &Fetch,
        call: &EntityCall,
        (scan, place): (ScanId, PlaceId),
        root: LayoutId,
    ) -> CompiledCall {
        let targets: Vec<_> = call
            .targets
            .iter()
            .map(|target| self.target(target, root))
            .collect();
        let layouts = self.target_layouts(call, root);
        CompiledCall {
            is_included: self.holds(&call.conditions),
            response_key: format!("\"{}\"", call.response_key).into_bytes().into(),
            variable: format!("\"{}\":", call.representations_variable)
                .into_bytes()
                .into(),
            targets: targets.into_iter().map(|(target, _)| target).collect(),
            representations: call
                .representations
                .iter()
                .enumerate()
                .map(|(number, one)| self.representation(fetch, call, (number, one), &layouts))
                .collect(),
            contexts: self.contexts(call, self.places.layout(place), root),
            scan,
            memo: Vec::new(),
            wider_calls: Vec::new(),
        }
    }

    /// The layouts of the objects at a call's targets.
    pub(crate) fn target_layouts(&mut self, call: &EntityCall, root: LayoutId) -> Vec<LayoutId> {
        let mut layouts: Vec<_> = call
            .targets
            .iter()
            .filter_map(|target| self.target(target, root).1)
            .collect();
        layouts.sort_unstable();
        layouts.dedup();
        layouts
    }

    fn representation(
        &mut self,
        fetch: &Fetch,
        call: &EntityCall,
        (number, representation): (usize, &Representation),
        layouts: &[LayoutId],
    ) -> CompiledRepresentation {
        let types = self.type_set(&representation.type_condition);
        let is_alone = call.representations.len() == 1 && types.types().len() == 1;
        // An entity's own type name is always sent.
        let sent: Vec<_> = representation
            .items
            .iter()
            .filter(|item| !is_typename(item))
            .cloned()
            .collect();
        CompiledRepresentation {
            types,
            tag: (!is_alone).then(|| u32::try_from(number).unwrap_or(u32::MAX)),
            typename: representation
                .typename
                .as_ref()
                .map(|name| format!("\"{name}\"").into_bytes().into()),
            items: layouts
                .iter()
                .map(|layout| (*layout, self.items(&sent, Some(*layout))))
                .collect(),
            dependents: sent
                .iter()
                .map(|item| dependents(self.supergraph, fetch, call, item))
                .collect(),
        }
    }

    pub(crate) fn type_set(&mut self, name: &Name) -> TypeSet {
        let id = self.types.intern(self.supergraph, name);
        self.types.possible(id)
    }

    /// A path by slots, and the layout of the objects where it ends.
    pub(crate) fn target(
        &mut self,
        path: &ResponsePath,
        root: LayoutId,
    ) -> (Target, Option<LayoutId>) {
        let mut layout = Some(root);
        let mut steps = Vec::with_capacity(path.0.len());
        for segment in &path.0 {
            steps.push(match segment {
                PathSegment::List => Step::List,
                PathSegment::Types(names) => {
                    let types = names.iter().map(|name| self.type_set(name));
                    Step::Types(types.fold(TypeSet::default(), |all, types| all.union(&types)))
                }
                PathSegment::Key(key) => match self.slot(layout, key) {
                    Some((slot, child)) => {
                        layout = child;
                        Step::Slot(slot)
                    }
                    None => Step::Nowhere,
                },
            });
        }
        (Target { steps }, layout)
    }

    fn slot(&self, layout: Option<LayoutId>, key: &Name) -> Option<(u32, Option<LayoutId>)> {
        let layout = &self.layouts[layout?.0 as usize];
        let slot = layout.slot(key)?;
        Some((slot, layout.children[slot as usize]))
    }

    pub(crate) fn items(
        &mut self,
        items: &[RepresentationItem],
        layout: Option<LayoutId>,
    ) -> Vec<CompiledItem> {
        items
            .iter()
            .map(|item| match item {
                RepresentationItem::Field(field) if field.stored_as == "__typename" => {
                    let key = format!("\"{}\":", field.name).into_bytes().into();
                    CompiledItem::Typename { key }
                }
                RepresentationItem::Field(field) => {
                    let found = self.slot(layout, &field.stored_as);
                    CompiledItem::Field {
                        key: format!("\"{}\":", field.name).into_bytes().into(),
                        slot: found.map(|(slot, _)| slot),
                        items: self.items(&field.items, found.and_then(|(_, child)| child)),
                    }
                }
                RepresentationItem::Fragment {
                    type_condition,
                    items,
                } => CompiledItem::Fragment {
                    types: self.type_set(type_condition),
                    items: self.items(items, layout),
                },
            })
            .collect()
    }
}

fn is_typename(item: &RepresentationItem) -> bool {
    matches!(item, RepresentationItem::Field(field) if field.stored_as == "__typename")
}

fn head(fetch: &Fetch) -> Vec<u8> {
    let mut head = b"{\"query\":".to_vec();
    write_string(&mut head, &fetch.document);
    if let Some(name) = &fetch.operation_name {
        head.extend_from_slice(b",\"operationName\":");
        write_string(&mut head, name);
    }
    head.extend_from_slice(b",\"variables\":{");
    head
}
