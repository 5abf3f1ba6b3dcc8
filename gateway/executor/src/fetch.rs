//! The state of a request between fetches: which strands are ready, what goes out with them, what their end sets free.
//!
//! The strands of one fetch go as one request where they are ready together. Those that are ready long before the others leave
//! as a portion of their own; how long they wait is up to whoever runs this, who is told what waits and says when it must go.

mod answer;
mod late;
mod portion;

use crate::asked::{Asked, separate};
use crate::client::{FetchError, FetchErrorCode, Patience, SubgraphResponse};
use crate::compile::Variant;
use crate::compile::client_shape::Source;
use crate::compile::fetches::{CompiledFetch, Target, Work};
use crate::compile::scan_shape::ScanId;
use crate::errors::{Cause, Errors};
use crate::merge::{Merger, objects_at};
use crate::options::ExecutionOptions;
use crate::store::{ErrorId, ObjectId, Store, Value};
use crate::variables::CoercedVariables;
use bytes::Bytes;
use portion::Portion;
use std::ops::Range;
use weft_query_plan::QueryPlan;

/// One request while it runs.
pub(crate) struct Run<'run> {
    pub(crate) variant: &'run Variant,
    pub(crate) store: Store,
    pub(crate) errors: Errors,
    /// The response's root object.
    pub(crate) root: ObjectId,
    /// How many requests were sent.
    pub(crate) sent: usize,
    /// Fetches some of whose strands have become ready, since it was last looked at.
    pub(crate) waiting: Vec<Waiting>,
    variables: &'run CoercedVariables,
    options: &'run ExecutionOptions,
    fetches: Vec<FetchState>,
    strands: Vec<StrandState>,
    portions: Vec<Portion>,
    representations: usize,
    gave_up: bool,
}

/// A fetch that waits for the rest of its strands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The fetch.
    pub(crate) fetch: usize,
    /// How long it may wait.
    pub(crate) patience: Patience,
}

/// A fetch while the request runs.
#[derive(Default)]
struct FetchState {
    /// How many of its strands still wait for others.
    pending: usize,
    /// Strands that are ready and have not left.
    ready: Vec<usize>,
    /// How many of its strands have not left.
    left: usize,
    /// What it has asked about.
    asked: Vec<Asked>,
    /// What has left, by position in the list of all portions.
    portions: Vec<usize>,
}

/// A strand while the request runs.
struct StrandState {
    /// How many strands it still waits for.
    waits_for: u32,
    /// Whether all that it asked about is there.
    has_ended: bool,
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Call {
    /// The fetch, by position in the plan.
    pub(crate) fetch: usize,
    /// The portion that it is of.
    portion: usize,
    /// Its JSON.
    pub(crate) body: Vec<u8>,
    /// For each group of entities that the fetch asks about, the representations that it carries.
    ranges: Vec<Range<usize>>,
}

impl Call {
    /// How many representations it carries.
    pub(crate) fn representations(&self) -> usize {
        self.ranges.iter().map(ExactSizeIterator::len).sum()
    }
}

impl<'run> Run<'run> {
    /// Before the first fetch.
    pub(crate) fn new(
        variant: &'run Variant,
        variables: &'run CoercedVariables,
        options: &'run ExecutionOptions,
    ) -> Self {
        let mut store = Store::default();
        let root = store.new_object(
            variant.root_layout,
            variant.layout(variant.root_layout).slots(),
            variant.root_type,
        );
        let fetch = |fetch: &CompiledFetch| FetchState {
            pending: fetch.strands.len(),
            left: fetch.strands.len(),
            ..FetchState::default()
        };
        let strands = variant.strands.iter().map(|strand| StrandState {
            waits_for: strand.waits_for,
            has_ended: false,
        });
        Self {
            variant,
            store,
            errors: Errors::default(),
            root,
            sent: 0,
            waiting: Vec::new(),
            variables,
            options,
            fetches: variant.fetches.iter().map(fetch).collect(),
            strands: strands.collect(),
            portions: Vec::new(),
            representations: 0,
            gave_up: false,
        }
    }

    /// The calls that wait for nothing. With an event, the first fetch is answered by it.
    pub(crate) fn start(&mut self, event: Option<Bytes>) -> Vec<Call> {
        let mut ready = Vec::new();
        let variant = self.variant;
        for (strand, compiled) in variant.strands.iter().enumerate() {
            match &event {
                _ if compiled.waits_for > 0 => {}
                Some(event) if compiled.fetch == 0 => self.take_event(event, &mut ready),
                _ => self.strand_is_ready(strand, &mut ready),
            }
        }
        ready
    }

    fn take_event(&mut self, event: &Bytes, ready: &mut Vec<Call>) {
        let strands = self.variant.fetches[0].strands.clone().collect();
        let portion = self.depart(0, strands);
        let call = Call {
            fetch: 0,
            portion,
            body: Vec::new(),
            ranges: Vec::new(),
        };
        let response = SubgraphResponse {
            status: 200,
            content_type: None,
            body: event.clone(),
        };
        self.portions[portion].under_way = 1;
        self.absorb(call, Ok(response), ready);
    }

    /// Whether all fetches have ended that are for such parts of the answer.
    pub(crate) fn has_ended(&self, is_for: impl Fn(&[usize]) -> bool, plan: &QueryPlan) -> bool {
        let mut fetches = plan.fetches.iter().zip(&self.variant.fetches);
        fetches.all(|(fetch, compiled)| {
            let mut strands = self.strands[compiled.strands.clone()].iter();
            strands.all(|strand| strand.has_ended) || !is_for(&fetch.parts)
        })
    }

    /// All that a strand waits for is there.
    fn strand_is_ready(&mut self, strand: usize, ready: &mut Vec<Call>) {
        let compiled = &self.variant.strands[strand];
        let fetch = compiled.fetch;
        self.fetches[fetch].pending -= 1;
        if compiled.is_included {
            self.fetches[fetch].ready.push(strand);
        } else {
            self.fetches[fetch].left -= 1;
            self.end_strands(&[strand], ready);
        }
        let state = &self.fetches[fetch];
        if state.ready.is_empty() {
            return;
        }
        if state.pending == 0 || self.gave_up {
            self.release(fetch, ready);
        } else if !self.variant.is_mutation {
            let patience = self.patience(fetch);
            self.waiting.push(Waiting { fetch, patience });
        }
    }

    /// How long a fetch that is ready in part may wait. Something is gained by going apart at once if some other strand can go on
    /// with what comes back.
    fn patience(&self, fetch: usize) -> Patience {
        let all = &self.variant.strands;
        let own = self.variant.fetches[fetch].strands.clone();
        let pending: Vec<_> = own.filter(|one| self.strands[*one].waits_for > 0).collect();
        let needs_more = |dependent: &usize| {
            let mut pending = pending.iter();
            pending.any(|pending| all[*pending].dependents.contains(dependent))
        };
        let mut ready = self.fetches[fetch].ready.iter();
        let is_awaited = ready.any(|strand| {
            let mut dependents = all[*strand].dependents.iter();
            dependents.any(|dependent| all[*dependent].is_included && !needs_more(dependent))
        });
        match is_awaited {
            true => Patience::Short,
            false => Patience::Long,
        }
    }

    /// Whether some strands of a fetch are ready and have not left.
    pub(crate) fn is_waiting(&self, fetch: usize) -> bool {
        !self.fetches[fetch].ready.is_empty()
    }

    /// Lets the strands of a fetch leave that are ready.
    pub(crate) fn release(&mut self, fetch: usize, ready: &mut Vec<Call>) {
        let strands = std::mem::take(&mut self.fetches[fetch].ready);
        self.begin(fetch, strands, ready);
    }

    /// No more answers will come.
    pub(crate) fn give_up(&mut self) {
        self.gave_up = true;
        let mut none = Vec::new();
        for portion in 0..self.portions.len() {
            if self.portions[portion].under_way > 0 {
                let fetch = self.portions[portion].fetch;
                let error = self.push_timeout(fetch);
                self.fail_portion(portion, error);
                self.portions[portion].under_way = 0;
                self.end_if_done(portion, &mut none);
            }
        }
        for fetch in 0..self.fetches.len() {
            if self.is_waiting(fetch) {
                self.release(fetch, &mut none);
            }
        }
    }

    fn push_timeout(&mut self, fetch: usize) -> ErrorId {
        let cause = Cause::fetch(FetchError::new(
            FetchErrorCode::Timeout,
            "the deadline of the request passed",
        ));
        self.errors.push(narrow(fetch), cause)
    }

    /// Starts strands of a fetch whose inputs are there; where they have nothing to ask they end at once.
    fn begin(&mut self, fetch: usize, strands: Vec<usize>, ready: &mut Vec<Call>) {
        let variant = self.variant;
        match &variant.fetches[fetch].work {
            Work::Root { scan, target } => self.begin_root(fetch, strands, *scan, target, ready),
            Work::Entities(calls) => self.begin_entities(fetch, strands, calls, ready),
        }
    }

    fn begin_root(
        &mut self,
        fetch: usize,
        strands: Vec<usize>,
        scan: ScanId,
        target: &Target,
        ready: &mut Vec<Call>,
    ) {
        let portion = self.depart(fetch, strands);
        let objects = self.objects_at(std::slice::from_ref(target));
        if objects.is_empty() || self.is_doomed_mutation() {
            self.end_if_done(portion, ready);
        } else if self.gave_up {
            let error = self.push_timeout(fetch);
            self.fail_objects(scan, &objects, error);
            self.end_if_done(portion, ready);
        } else {
            let body = self.variant.fetches[fetch].body(self.variables, &[], |_| {});
            self.send(portion, body, Vec::new(), ready);
        }
    }

    /// Makes a request ready.
    fn send(
        &mut self,
        portion: usize,
        body: Vec<u8>,
        ranges: Vec<Range<usize>>,
        ready: &mut Vec<Call>,
    ) {
        self.sent += 1;
        let sending = &mut self.portions[portion];
        sending.under_way += 1;
        ready.push(Call {
            fetch: sending.fetch,
            portion,
            body,
            ranges,
        });
    }

    /// After a root field that cannot be null has failed, a mutation's answer is null: nothing more is changed.
    /// <https://spec.graphql.org/draft/#ExecuteSelectionSet()>, "serially"
    fn is_doomed_mutation(&self) -> bool {
        let shapes = &self.variant.shapes;
        let root_shape = &shapes.composites[self.variant.root_shape.0 as usize];
        let Some(shape) = root_shape.any.filter(|_| self.variant.is_mutation) else {
            return false;
        };
        shapes.objects[shape as usize].fields.iter().any(|field| {
            let Source::Slot(slot) = field.source else {
                return false;
            };
            let value = self.store.get(self.root, slot);
            field.ty.non_null && matches!(value, Value::Null | Value::Failed(_))
        })
    }

    /// Strands have ended: those that waited for them may start.
    fn end_strands(&mut self, strands: &[usize], ready: &mut Vec<Call>) {
        for strand in strands {
            self.strands[*strand].has_ended = true;
        }
        let variant = self.variant;
        for strand in strands {
            for dependent in &variant.strands[*strand].dependents {
                self.strands[*dependent].waits_for -= 1;
                if self.strands[*dependent].waits_for == 0 {
                    self.strand_is_ready(*dependent, ready);
                }
            }
        }
    }

    fn objects_at(&mut self, targets: &[Target]) -> Vec<ObjectId> {
        let mut objects = Vec::new();
        objects_at(
            self.variant,
            &mut self.store,
            self.root,
            targets,
            |_, object| {
                objects.push(object);
            },
        );
        objects
    }

    /// Merges into this request's objects.
    pub(crate) fn merger(&mut self) -> Merger<'_> {
        Merger::new(self.variant, &mut self.store)
    }
}

impl CompiledFetch {
    /// The body of a request with those groups of entities; `representations` writes more variables.
    pub(crate) fn body(
        &self,
        variables: &CoercedVariables,
        groups: &[(usize, usize)],
        representations: impl FnOnce(&mut Vec<u8>),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.head.len() + 256);
        match &self.template {
            Some(template) => template.write(groups, &mut out),
            None => out.extend_from_slice(&self.head),
        }
        for (position, (name, key)) in self.variables.iter().enumerate() {
            let template = self.template.as_ref();
            let is_used = template.is_none_or(|template| template.uses(groups, position));
            if let Some(value) = variables.get(name).filter(|_| is_used) {
                separate(&mut out);
                out.extend_from_slice(key);
                out.extend_from_slice(value);
            }
        }
        representations(&mut out);
        out.extend_from_slice(b"}}");
        out
    }
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
