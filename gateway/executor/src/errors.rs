//! Errors of a request: collected where they happen, given a path where the client's answer meets them.

use crate::client::FetchError;
use crate::json::{Cursor, write_string};
use crate::options::Reveal;
use crate::store::{ErrorId, ObjectId, Store};
use std::ops::Range;
use std::sync::Arc;

/// Everything that went wrong in one request.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    records: Vec<Record>,
}

/// One thing that went wrong.
#[derive(Debug)]
pub(crate) struct Record {
    /// The fetch, by position in the plan.
    pub(crate) fetch: u32,
    /// What it was.
    pub(crate) cause: Cause,
    /// The rest of the path, below the value that failed.
    pub(crate) rest: Vec<Segment>,
    /// Another error of the same value.
    pub(crate) next: Option<ErrorId>,
    /// The object that it is about, for errors that no value of the client's answer shows.
    pub(crate) object: Option<ObjectId>,
    /// Whether it stands at a value: if the client does not see that value, nothing of its answer depends on it.
    pub(crate) is_located: bool,
    /// Whether the client was told.
    pub(crate) is_reported: bool,
}

/// What went wrong.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    /// An error that the subgraph reported, in one of the bodies.
    Reported {
        body: u16,
        message: Option<Range<usize>>,
        extensions: Option<Range<usize>>,
    },
    /// No answer, or none that can be used.
    Call {
        code: &'static str,
        summary: &'static str,
        detail: String,
    },
    /// A value of the wrong kind.
    Value {
        expected: &'static str,
        found: &'static str,
    },
    /// A member that was asked for is missing.
    Missing,
    /// An ancestor has no value for an argument that cannot be null.
    Context { argument: Arc<str> },
    /// A limit of the gateway.
    Limit(&'static str),
}

/// A step of an error's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Into a field.
    Key(Box<str>),
    /// Into an item.
    Index(usize),
}

impl Cause {
    /// No answer arrived.
    pub(crate) fn fetch(error: FetchError) -> Self {
        Self::Call {
            code: error.code.as_str(),
            summary: error.code.summary(),
            detail: error.detail,
        }
    }

    /// An answer arrived that is no GraphQL response.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Call {
            code: "SUBREQUEST_MALFORMED_RESPONSE",
            summary: "sent an answer that cannot be used",
            detail: detail.into(),
        }
    }

    /// An answer arrived whose status says that it failed.
    pub(crate) fn status(status: u16) -> Self {
        Self::Call {
            code: "SUBREQUEST_HTTP_ERROR",
            summary: "failed to answer",
            detail: format!("HTTP status {status}"),
        }
    }
}

impl Errors {
    /// Adds an error of a fetch.
    pub(crate) fn push(&mut self, fetch: u32, cause: Cause) -> ErrorId {
        let id = ErrorId(u32::try_from(self.records.len()).unwrap_or(u32::MAX));
        self.records.push(Record {
            fetch,
            cause,
            rest: Vec::new(),
            next: None,
            object: None,
            is_located: true,
            is_reported: false,
        });
        id
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Forgets all but the first `length`.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.records.truncate(length);
    }

    /// One of them.
    pub(crate) fn get(&self, id: ErrorId) -> &Record {
        &self.records[id.0 as usize]
    }

    /// One of them, to change.
    pub(crate) fn get_mut(&mut self, id: ErrorId) -> &mut Record {
        &mut self.records[id.0 as usize]
    }

    /// All of them.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ErrorId> + use<> {
        (0..self.records.len()).map(|position| ErrorId(u32::try_from(position).unwrap_or(u32::MAX)))
    }

    /// Adds `id` to the errors of the value that `first` stands for.
    pub(crate) fn chain(&mut self, first: ErrorId, id: ErrorId) {
        if first != id {
            let next = self.get(first).next;
            let record = self.get_mut(id);
            if record.next.is_none() {
                record.next = next;
                self.get_mut(first).next = Some(id);
            }
        }
    }
}

impl Record {
    /// Writes `"message":…` and, at the end, `"extensions":{…}` around what `path` writes between them.
    pub(crate) fn write(
        &self,
        out: &mut Vec<u8>,
        store: &Store,
        subgraph: &str,
        reveal: &Reveal,
        path: impl FnOnce(&mut Vec<u8>),
    ) {
        out.extend_from_slice(b"{\"message\":");
        self.write_message(out, store, subgraph, reveal);
        path(out);
        out.extend_from_slice(b",\"extensions\":{");
        self.write_extensions(out, store, subgraph, reveal);
        out.extend_from_slice(b"}}");
    }

    fn write_message(&self, out: &mut Vec<u8>, store: &Store, subgraph: &str, reveal: &Reveal) {
        let who = match reveal.service {
            true => format!("subgraph `{subgraph}`"),
            false => "a subgraph".to_owned(),
        };
        let message = match &self.cause {
            Cause::Reported {
                body,
                message: Some(message),
                ..
            } if reveal.messages => {
                let body = store.body(*body);
                out.extend_from_slice(body.get(message.clone()).unwrap_or(b"\"\""));
                return;
            }
            Cause::Reported { .. } => format!("{who} reported an error"),
            Cause::Call {
                summary, detail, ..
            } if reveal.details && !detail.is_empty() => {
                format!("{who} {summary}: {detail}")
            }
            Cause::Call { summary, .. } => format!("{who} {summary}"),
            Cause::Value { expected, found } => {
                format!("{who} sent {found} where {expected} was expected")
            }
            Cause::Missing => format!("{who} left out a field that it was asked for"),
            Cause::Context { argument } => {
                format!("there is no value for `{argument}`, which is taken from an object above")
            }
            Cause::Limit(message) => (*message).to_owned(),
        };
        write_string(out, &message);
    }

    fn write_extensions(&self, out: &mut Vec<u8>, store: &Store, subgraph: &str, reveal: &Reveal) {
        let mut has_code = false;
        if let Cause::Reported {
            body,
            extensions: Some(extensions),
            ..
        } = &self.cause
        {
            let body = store.body(*body);
            let text = body.get(extensions.clone()).unwrap_or_default();
            has_code = copy_members(out, text, reveal);
        }
        if !has_code {
            separate(out);
            out.extend_from_slice(b"\"code\":");
            write_string(out, self.code());
        }
        if reveal.service {
            out.extend_from_slice(b",\"service\":");
            write_string(out, subgraph);
        }
    }

    fn code(&self) -> &'static str {
        match &self.cause {
            Cause::Reported { .. } => "DOWNSTREAM_SERVICE_ERROR",
            Cause::Call { code, .. } => code,
            Cause::Value { .. } | Cause::Missing => "SUBREQUEST_MALFORMED_RESPONSE",
            Cause::Context { .. } => "CONTEXT_VALUE_MISSING",
            Cause::Limit(_) => "REQUEST_LIMIT_EXCEEDED",
        }
    }
}

/// Copies the members of an `extensions` object that may be revealed; says whether a code was among them.
fn copy_members(out: &mut Vec<u8>, object: &[u8], reveal: &Reveal) -> bool {
    let mut has_code = false;
    let mut cursor = Cursor::new(object, usize::MAX);
    let mut copy = || {
        cursor.open(b'{').ok()?;
        let mut more = !cursor.is_empty(b'}');
        while more {
            let key = cursor.key().ok()?;
            let value = cursor.skip_value().ok()?;
            let (quoted, value) = (cursor.slice(&key), cursor.slice(&value));
            let name = std::str::from_utf8(quoted.get(1..quoted.len() - 1)?).ok()?;
            let is_revealed = match &reveal.extensions {
                Some(names) => names.iter().any(|known| known == name),
                None => true,
            };
            if is_revealed && name != "service" && !(name == "code" && has_code) {
                has_code |= name == "code";
                separate(out);
                out.extend_from_slice(quoted);
                out.push(b':');
                out.extend_from_slice(value);
            }
            more = cursor.another(b'}').ok()?;
        }
        Some(())
    };
    copy();
    has_code
}

fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}
