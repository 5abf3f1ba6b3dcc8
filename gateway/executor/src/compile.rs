//! A plan made ready to run: done once for each document.
//!
//! In order: the conditions that hold, the shape of each answer and the places of the response, places that share
//! objects, slots, fetches by slots, what the client gets.

pub(crate) mod client_shape;
pub(crate) mod conditions;
pub(crate) mod contexts;
pub(crate) mod deferred;
pub(crate) mod draft;
pub(crate) mod fetches;
pub(crate) mod layout;
pub(crate) mod memo;
pub(crate) mod memory;
pub(crate) mod requirements;
pub(crate) mod scan_shape;
pub(crate) mod shape_builder;
pub(crate) mod strands;
pub(crate) mod types;
pub(crate) mod verbatim;
pub(crate) mod wider_calls;

use crate::client::SubgraphRequest;
use crate::compile::client_shape::{ClientShapes, CompositeId};
use crate::compile::conditions::{Conditions, condition_variables};
use crate::compile::fetches::{CompiledFetch, FetchCompiler};
use crate::compile::layout::Layout;
use crate::compile::scan_shape::{EnumValues, ScanBuilder, ScanId, ScanObject};
use crate::compile::shape_builder::ShapeBuilder;
use crate::compile::strands::CompiledStrand;
use crate::compile::types::TypeTable;
use crate::options::CompileOptions;
use crate::response::STRIDE;
use crate::store::{LayoutId, TypeId};
use crate::variables::CoercedVariables;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use weft_query_plan::{FetchId, FetchKind, FetchSelectionSet, Operation, QueryPlan};
use weft_supergraph::Supergraph;

/// How many sets of condition values are kept compiled.
const VARIANTS: usize = 64;

/// A plan with everything prepared that does not change between requests. Shared by all requests of a document.
#[derive(Debug)]
pub struct CompiledPlan {
    supergraph: Arc<Supergraph>,
    operation: Operation,
    plan: QueryPlan,
    options: CompileOptions,
    condition_variables: Vec<Name>,
    variants: RwLock<FxHashMap<Conditions, Arc<Variant>>>,
    /// The size of the last response: room for the next one.
    response_bytes: AtomicUsize,
}

/// A plan for one set of values of its condition variables.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) types: TypeTable,
    pub(crate) enums: Vec<EnumValues>,
    pub(crate) layouts: Vec<Layout>,
    pub(crate) root_layout: LayoutId,
    pub(crate) root_type: TypeId,
    pub(crate) scans: Vec<ScanObject>,
    pub(crate) fetches: Vec<CompiledFetch>,
    pub(crate) strands: Vec<CompiledStrand>,
    pub(crate) shapes: ClientShapes,
    pub(crate) root_shape: CompositeId,
    pub(crate) is_mutation: bool,
}

impl CompiledPlan {
    /// Compiles a plan of that operation of that supergraph.
    pub fn new(
        supergraph: &Arc<Supergraph>,
        operation: &Operation,
        plan: QueryPlan,
        options: &CompileOptions,
    ) -> Self {
        let compiled = Self {
            supergraph: Arc::clone(supergraph),
            operation: operation.clone(),
            plan,
            options: options.clone(),
            condition_variables: condition_variables(operation),
            variants: RwLock::default(),
            response_bytes: AtomicUsize::new(1024),
        };
        if compiled.condition_variables.is_empty() {
            compiled.variant(&CoercedVariables::default());
        }
        compiled
    }

    /// The plan that it was made from; after [`Self::keep_outline`] it may be without what its fetches ask.
    pub fn plan(&self) -> &QueryPlan {
        &self.plan
    }

    /// Forgets what was only needed to compile the plan: selections and documents, about half of the memory that it takes. A
    /// plan that depends on conditions keeps all of it, because it is compiled again for other values.
    pub fn keep_outline(&mut self) {
        if !self.condition_variables.is_empty() {
            return;
        }
        for fetch in &mut self.plan.fetches {
            match &mut fetch.kind {
                FetchKind::Root { selection, .. } => *selection = FetchSelectionSet::default(),
                FetchKind::Entities(calls) => *calls = Vec::new(),
            }
            fetch.variables = Vec::new();
            fetch.document = Arc::default();
        }
    }

    /// About how many bytes it takes, or will take when it was used with all values of its conditions.
    pub fn memory(&self) -> usize {
        let plan = memory::of_plan(&self.plan);
        let variants = self.variants.read().unwrap_or_else(PoisonError::into_inner);
        let compiled: usize = variants.values().map(|it| memory::of_variant(it)).sum();
        let most = match self.condition_variables.len() {
            0 => 0,
            // A compiled plan is about as large as the plan.
            variables => plan * VARIANTS.min(1 << variables.min(16)),
        };
        plan + compiled.max(most)
    }

    /// The request that starts a subscription's source; `None` where the operation is no subscription, or where its
    /// field is left out by `@skip`.
    pub fn subscription(&self, variables: &CoercedVariables) -> Option<SubgraphRequest<'_>> {
        if self.plan.operation_type != OperationType::Subscription {
            return None;
        }
        let variant = self.variant(variables);
        let compiled = variant.fetches.first().filter(|fetch| fetch.is_included)?;
        let body = Bytes::from(compiled.body(variables, &[], |_| {}));
        self.request(0, body, 0)
    }

    /// The plan for the condition values of a request.
    pub(crate) fn variant(&self, variables: &CoercedVariables) -> Arc<Variant> {
        let conditions = Conditions::of_request(&self.condition_variables, variables);
        let known = self.variants.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(variant) = known.get(&conditions) {
            return Arc::clone(variant);
        }
        drop(known);
        let variant = Arc::new(self.compile(&conditions));
        let mut known = self
            .variants
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if known.len() < VARIANTS {
            known.insert(conditions, Arc::clone(&variant));
        }
        variant
    }

    fn compile(&self, conditions: &Conditions) -> Variant {
        let mut builder = ScanBuilder::new(&self.supergraph, conditions);
        let root_type = builder
            .types
            .intern(&self.supergraph, self.operation.operation().object_type());
        let draft = draft::draft(&mut builder, &self.plan);
        draft::share(&mut builder.places, &self.plan, &draft);
        let (layouts, places) = std::mem::take(&mut builder.places).finish();
        let mut scans = ScanBuilder::finish(builder.take_scans(), &places, &layouts);
        let (root_layout, fetches) = FetchCompiler {
            supergraph: &self.supergraph,
            conditions,
            types: &mut builder.types,
            layouts: &layouts,
            places: &places,
            memo: self.options.memo,
        }
        .compile(&self.plan, draft);
        let later: BTreeSet<usize> = self.later_parts();
        let is_deferring = !later.is_empty();
        let mut shapes =
            ShapeBuilder::new(&self.operation, conditions, &layouts, &mut builder, later);
        let root_shape = shapes.root(root_layout);
        let mut shapes = shapes.shapes;
        // So that also the last piece can be copied a stride at a time.
        shapes.text.resize(shapes.text.len() + STRIDE, 0);
        shapes.text.shrink_to_fit();
        let root = (root_layout, root_shape);
        if !is_deferring {
            // Deferred fragments are found by walking through all objects.
            verbatim::mark(&mut scans, &layouts, &shapes, root, &fetches);
        }
        Variant {
            types: builder.types,
            enums: builder.enums,
            root_layout,
            root_type,
            scans,
            strands: strands::compile(&self.plan, &fetches),
            fetches,
            shapes,
            root_shape,
            is_mutation: self.plan.operation_type == OperationType::Mutation,
            layouts,
        }
    }

    /// Whether some of the answer comes later: then [`execute_incrementally`](crate::execute_incrementally) gives it in parts.
    pub fn is_deferring(&self) -> bool {
        self.plan.is_deferring()
    }

    /// The deferred parts that have fetches of their own.
    fn later_parts(&self) -> BTreeSet<usize> {
        let fetches = self.plan.fetches.iter();
        fetches
            .flat_map(|fetch| fetch.parts.iter().copied())
            .collect()
    }

    /// A request of that fetch with that body.
    pub(crate) fn request(
        &self,
        fetch: usize,
        body: Bytes,
        representations: usize,
    ) -> Option<SubgraphRequest<'_>> {
        let planned = self.plan.fetches.get(fetch)?;
        Some(SubgraphRequest {
            subgraph: planned.subgraph,
            subgraph_name: &planned.subgraph_name,
            fetch: FetchId(u32::try_from(fetch).ok()?),
            operation_type: match &planned.kind {
                FetchKind::Root { operation_type, .. } => *operation_type,
                FetchKind::Entities(_) => OperationType::Query,
            },
            operation_name: planned.operation_name.as_deref(),
            representations,
            body,
        })
    }

    /// How large the response will probably be.
    pub(crate) fn expected_bytes(&self) -> usize {
        self.response_bytes.load(Ordering::Relaxed)
    }

    /// Notes how large a response was.
    pub(crate) fn note_bytes(&self, bytes: usize) {
        self.response_bytes.store(bytes, Ordering::Relaxed);
    }
}

impl Variant {
    /// An answer's shape.
    #[inline]
    pub(crate) fn scan(&self, id: ScanId) -> &ScanObject {
        &self.scans[id.0 as usize]
    }

    /// A layout.
    #[inline]
    pub(crate) fn layout(&self, id: LayoutId) -> &Layout {
        &self.layouts[id.0 as usize]
    }
}
