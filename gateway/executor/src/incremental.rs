//! An answer in parts: the first one when the fetches that it waits for have ended, each deferred fragment when its own have.
//!
//! <https://github.com/graphql/graphql-spec/blob/main/rfcs/DeferStream.md>

use crate::client::SubgraphClient;
use crate::compile::CompiledPlan;
use crate::complete::{Completer, Part, Pending, Said, write_path};
use crate::execute::{ExecutionRequest, PrerenderedField};
use crate::fetch::Run;
use crate::flow::flow;
use crate::json::write_string;
use crate::options::ExecutionOptions;
use crate::response::ResponseWriter;
use bytes::Bytes;

/// In which form parts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncrementalFormat {
    /// `pending`, `incremental` with ids, `completed`.
    Current,
    /// The form of August 2022: `incremental` with paths and labels.
    Older,
}

/// One part of an answer.
#[derive(Debug, Clone)]
pub struct Increment {
    /// Its JSON.
    pub body: Bytes,
    /// Whether others follow.
    pub has_next: bool,
}

/// Runs a query or mutation whose plan is [deferring](CompiledPlan::is_deferring), and gives each part of the answer to `deliver` as
/// soon as it is there. How many requests were sent to subgraphs.
pub async fn execute_incrementally<C: SubgraphClient>(
    plan: &CompiledPlan,
    mut request: ExecutionRequest<'_>,
    client: &C,
    options: &ExecutionOptions,
    format: IncrementalFormat,
    mut deliver: impl FnMut(Increment),
) -> usize {
    let variant = plan.variant(request.variables);
    let mut run = Run::new(&variant, request.variables, options);
    let ready = run.start(None);
    let mut parts = Parts::new(plan, &request, format);
    let mut deadline = request.deadline.take();
    flow(
        plan,
        &mut run,
        ready,
        client,
        &mut deadline,
        |run, is_idle| {
            while let Some(body) = parts.deliver(run, options, is_idle) {
                let has_next = parts.has_next();
                deliver(Increment { body, has_next });
            }
            // What is still under way is for nobody when all was delivered.
            !parts.has_next()
        },
    )
    .await;
    run.sent
}

/// The parts of one answer: what was delivered, and what is to come.
struct Parts<'plan> {
    plan: &'plan CompiledPlan,
    introspection: &'plan [PrerenderedField],
    extensions: Option<&'plan [u8]>,
    format: IncrementalFormat,
    is_started: bool,
    /// Announced, not yet delivered; each with its id.
    announced: Vec<(usize, Pending)>,
    next_id: usize,
    said: Said,
}

impl<'plan> Parts<'plan> {
    fn new(
        plan: &'plan CompiledPlan,
        request: &ExecutionRequest<'plan>,
        format: IncrementalFormat,
    ) -> Self {
        Self {
            plan,
            introspection: request.introspection,
            extensions: request.extensions,
            format,
            is_started: false,
            announced: Vec::new(),
            next_id: 0,
            said: Said::default(),
        }
    }

    fn has_next(&self) -> bool {
        !self.is_started || !self.announced.is_empty()
    }

    /// The next payloads: at most the first answer or some later parts, whichever is ready; all that is left, when `is_last`.
    fn deliver(
        &mut self,
        run: &mut Run<'_>,
        options: &ExecutionOptions,
        is_last: bool,
    ) -> Option<Bytes> {
        if !self.is_started {
            let is_ready = is_last || run.has_ended(|parts| parts.is_empty(), self.plan.plan());
            return is_ready.then(|| self.first(run, options));
        }
        let plan = self.plan.plan();
        let (ready, waiting) = std::mem::take(&mut self.announced).into_iter().partition(
            |(_, pending): &(usize, Pending)| {
                is_last || run.has_ended(|parts| parts.contains(&pending.part), plan)
            },
        );
        self.announced = waiting;
        let ready: Vec<(usize, Pending)> = ready;
        (!ready.is_empty()).then(|| self.later(run, options, &ready))
    }

    fn first(&mut self, run: &mut Run<'_>, options: &ExecutionOptions) -> Bytes {
        self.is_started = true;
        let root = run.root;
        let completer = self.completer(run, options);
        let completed = completer.complete(root, self.extensions);
        let whole = completed.body.to_bytes();
        let mut out = whole.strip_suffix(b"}").unwrap_or(&whole).to_vec();
        self.said.nulled.extend(completed.nulled);
        let announced = self.announce(completed.pending);
        self.write_pending(&mut out, &announced);
        self.announced = announced;
        self.finish(out)
    }

    fn later(
        &mut self,
        run: &mut Run<'_>,
        options: &ExecutionOptions,
        ready: &[(usize, Pending)],
    ) -> Bytes {
        let root = run.root;
        let (mut incremental, mut completed, mut nested) = (Vec::new(), Vec::new(), Vec::new());
        for (id, pending) in ready {
            let completer = self.completer(run, options);
            let part = completer.part(pending, root, &self.said);
            self.write_part(&mut incremental, &mut completed, (*id, pending), &part);
            nested.extend(part.pending);
            self.said.nulled.extend(part.nulled);
            // In the older form each part is complete.
            if self.format == IncrementalFormat::Current {
                self.said.brought.extend(part.brought);
            }
        }
        let announced = self.announce(nested);
        let mut out = b"{\"incremental\":[".to_vec();
        out.append(&mut incremental);
        out.push(b']');
        if incremental_is_empty(&out) {
            out.truncate(1);
        }
        self.write_pending(&mut out, &announced);
        if self.format == IncrementalFormat::Current {
            separate(&mut out);
            out.extend_from_slice(b"\"completed\":[");
            out.append(&mut completed);
            out.push(b']');
        }
        self.announced.extend(announced);
        self.finish(out)
    }

    fn completer<'run>(
        &self,
        run: &'run mut Run<'_>,
        options: &'run ExecutionOptions,
    ) -> Completer<'run>
    where
        'plan: 'run,
    {
        Completer {
            variant: run.variant,
            plan: self.plan.plan(),
            store: &run.store,
            errors: &mut run.errors,
            introspection: self.introspection,
            options,
            out: ResponseWriter::default(),
            error_list: Vec::new(),
            error_count: 0,
            pending: Vec::new(),
            nulled: Vec::new(),
        }
    }

    fn announce(&mut self, pending: Vec<Pending>) -> Vec<(usize, Pending)> {
        let first = self.next_id;
        self.next_id += pending.len();
        (first..).zip(pending).collect()
    }

    fn write_pending(&self, out: &mut Vec<u8>, announced: &[(usize, Pending)]) {
        if announced.is_empty() || self.format == IncrementalFormat::Older {
            return;
        }
        separate(out);
        out.extend_from_slice(b"\"pending\":[");
        for (position, (id, pending)) in announced.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            out.extend_from_slice(format!("{{\"id\":\"{id}\",").as_bytes());
            write_path(out, "path", &pending.path);
            self.write_label(out, pending);
            out.push(b'}');
        }
        out.push(b']');
    }

    fn write_part(
        &self,
        incremental: &mut Vec<u8>,
        completed: &mut Vec<u8>,
        (id, pending): (usize, &Pending),
        part: &Part,
    ) {
        let is_current = self.format == IncrementalFormat::Current;
        separate_items(completed);
        completed.extend_from_slice(format!("{{\"id\":\"{id}\"").as_bytes());
        match &part.entries {
            Ok(entries) => {
                for entry in entries {
                    separate_items(incremental);
                    incremental.push(b'{');
                    if is_current {
                        incremental.extend_from_slice(format!("\"id\":\"{id}\"").as_bytes());
                        if !entry.sub_path.is_empty() {
                            incremental.push(b',');
                            write_path(incremental, "subPath", &entry.sub_path);
                        }
                    } else {
                        let path = [pending.path.as_slice(), &entry.sub_path];
                        let path: Vec<&[u8]> =
                            path.into_iter().filter(|it| !it.is_empty()).collect();
                        write_path(incremental, "path", &path.join(&b','));
                        self.write_label(incremental, pending);
                    }
                    incremental.extend_from_slice(b",\"data\":");
                    incremental.extend_from_slice(&entry.data);
                    write_errors(incremental, &entry.errors);
                    incremental.push(b'}');
                }
            }
            Err(errors) if is_current => write_errors(completed, errors),
            Err(errors) => {
                separate_items(incremental);
                incremental.push(b'{');
                write_path(incremental, "path", &pending.path);
                self.write_label(incremental, pending);
                incremental.extend_from_slice(b",\"data\":null");
                write_errors(incremental, errors);
                incremental.push(b'}');
            }
        }
        completed.push(b'}');
    }

    fn write_label(&self, out: &mut Vec<u8>, pending: &Pending) {
        let part = self.plan.plan().deferred.get(pending.part);
        if let Some(label) = part.and_then(|part| part.label.as_deref()) {
            out.extend_from_slice(b",\"label\":");
            write_string(out, label);
        }
    }

    fn finish(&self, mut out: Vec<u8>) -> Bytes {
        separate(&mut out);
        let has_next = self.has_next();
        out.extend_from_slice(format!("\"hasNext\":{has_next}}}").as_bytes());
        Bytes::from(out)
    }
}

/// Whether nothing was written between the brackets at the end.
fn incremental_is_empty(out: &[u8]) -> bool {
    out.ends_with(b":[]")
}

fn write_errors(out: &mut Vec<u8>, errors: &[u8]) {
    if !errors.is_empty() {
        out.extend_from_slice(b",\"errors\":[");
        out.extend_from_slice(errors);
        out.push(b']');
    }
}

fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}

fn separate_items(out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b',');
    }
}
