//! What execution gives back: a response whose large parts are slices of what subgraphs sent.

use crate::store::{Slice, Store};
use bytes::Bytes;
use std::fmt;

/// From this size on a part that the client gets as it is is not copied.
const LARGE: usize = 16 << 10;

/// A client's response, with the facts that decide its status and metrics.
#[derive(Debug, Clone)]
pub struct Response {
    /// `{"data":…}`, with `errors` and `extensions` where there are any.
    pub body: ResponseBody,
    /// Whether `data` is null.
    pub data_is_null: bool,
    /// How many errors the body lists.
    pub errors: usize,
    /// How many requests were sent to subgraphs.
    pub subgraph_requests: usize,
}

/// The JSON of a response, in the parts that it is made of. Most have one; those with large lists that a subgraph sent
/// just as the client gets them share the memory of the subgraph's answer.
///
/// ```
/// use weft_executor::ResponseBody;
///
/// let body = ResponseBody::from(bytes::Bytes::from_static(b"{}"));
/// assert_eq!(body.len(), 2);
/// assert_eq!(body.to_bytes(), "{}");
/// ```
#[derive(Clone, Default)]
pub struct ResponseBody {
    parts: Vec<Bytes>,
}

impl ResponseBody {
    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.parts.iter().map(Bytes::len).sum()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(Bytes::is_empty)
    }

    /// Its parts, in order.
    pub fn parts(&self) -> &[Bytes] {
        &self.parts
    }

    /// Its parts, in order, to be sent one after the other.
    pub fn into_parts(self) -> Vec<Bytes> {
        self.parts
    }

    /// All of it in one piece; several parts are copied.
    pub fn to_bytes(&self) -> Bytes {
        match self.parts.as_slice() {
            [] => Bytes::new(),
            [whole] => whole.clone(),
            parts => parts.concat().into(),
        }
    }
}

impl From<Bytes> for ResponseBody {
    fn from(whole: Bytes) -> Self {
        Self { parts: vec![whole] }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(formatter)
    }
}

/// Writes a response: small pieces into one buffer, large ones between.
#[derive(Debug, Default)]
pub(crate) struct ResponseWriter {
    written: Vec<u8>,
    /// Each with the position in the buffer that it comes before.
    large: Vec<(usize, Bytes)>,
}

impl ResponseWriter {
    /// With room for that much.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            written: Vec::with_capacity(bytes),
            large: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.written.push(byte);
    }

    #[inline]
    pub(crate) fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
    }

    /// A part that is passed on as it is.
    pub(crate) fn extend_from_store(&mut self, store: &Store, slice: Slice) {
        let text = store.text(slice);
        match text.len() < LARGE {
            true => self.extend_from_slice(text),
            false => {
                let body = store.body(slice.body);
                self.large.push((self.written.len(), body.slice_ref(text)));
            }
        }
    }

    /// Where it stands, for [`Self::truncate`].
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.written.len()
    }

    /// Takes back what was written from `position` on. Something was always written before a large part, so that one that
    /// stands there came after.
    pub(crate) fn truncate(&mut self, position: usize) {
        self.written.truncate(position);
        self.large.retain(|(before, _)| *before < position);
    }

    /// The whole response.
    pub(crate) fn finish(self) -> ResponseBody {
        let written = Bytes::from(self.written);
        if self.large.is_empty() {
            return ResponseBody::from(written);
        }
        let mut parts = Vec::with_capacity(2 * self.large.len() + 1);
        let mut start = 0;
        for (position, part) in self.large {
            parts.push(written.slice(start..position));
            parts.push(part);
            start = position;
        }
        parts.push(written.slice(start..));
        ResponseBody { parts }
    }
}
