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

/// So many bytes are copied at once where there is room for them, however few are meant: that costs less than a call that
/// copies exactly those.
pub(crate) const STRIDE: usize = 32;

/// Writes a response: small pieces into one buffer, large ones between.
#[derive(Debug, Default)]
pub(crate) struct ResponseWriter {
    /// Written up to `length`.
    buffer: Vec<u8>,
    length: usize,
    /// Each with the position in the buffer that it comes before.
    large: Vec<(usize, Bytes)>,
}

impl ResponseWriter {
    /// With room for that much.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            buffer: vec![0; bytes],
            length: 0,
            large: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        match self.buffer.get_mut(self.length) {
            Some(place) => {
                *place = byte;
                self.length += 1;
            }
            None => self.extend_from_slice(&[byte]),
        }
    }

    pub(crate) fn extend_from_slice(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        if self.buffer.len() < end {
            self.buffer
                .resize((end + STRIDE).max(2 * self.buffer.len()), 0);
        }
        if let Some(place) = self.buffer.get_mut(self.length..end) {
            place.copy_from_slice(bytes);
            self.length = end;
        }
    }

    /// A part of a longer text.
    #[inline]
    pub(crate) fn extend_from_part(&mut self, text: &[u8], start: usize, end: usize) {
        let from = text.get(start..).and_then(<[u8]>::first_chunk::<STRIDE>);
        let place = self.buffer.get_mut(self.length..);
        let place = place.and_then(<[u8]>::first_chunk_mut::<STRIDE>);
        match (from, place) {
            (Some(from), Some(place)) if end.wrapping_sub(start) <= STRIDE => {
                *place = *from;
                self.length += end - start;
            }
            _ => self.extend_from_slice(text.get(start..end).unwrap_or_default()),
        }
    }

    /// A part that is passed on as it is.
    pub(crate) fn extend_from_store(&mut self, store: &Store, slice: Slice) {
        let text = store.text(slice);
        match text.len() < LARGE {
            true => self.extend_from_slice(text),
            false => {
                let body = store.body(slice.body);
                self.large.push((self.length, body.slice_ref(text)));
            }
        }
    }

    /// Where it stands, for [`Self::truncate`].
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.length
    }

    /// Takes back what was written from `position` on. Something was always written before a large part, so that one that
    /// stands there came after.
    pub(crate) fn truncate(&mut self, position: usize) {
        self.length = self.length.min(position);
        self.large.retain(|(before, _)| *before < position);
    }

    /// The whole response.
    pub(crate) fn finish(mut self) -> ResponseBody {
        self.buffer.truncate(self.length);
        let written = Bytes::from(self.buffer);
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

#[cfg(test)]
mod tests {
    use super::{ResponseWriter, STRIDE};
    use proptest::prelude::{any, proptest};

    proptest! {
        #[test]
        fn what_is_written_is_what_comes_out(
            text in proptest::collection::vec(any::<u8>(), 0..120),
            parts in proptest::collection::vec((0..120_usize, 0..60_usize), 0..20),
            capacity in 0..3 * STRIDE,
        ) {
            let (mut writer, mut expected) = (ResponseWriter::with_capacity(capacity), Vec::new());
            for (start, length) in parts {
                let start = start.min(text.len());
                let end = (start + length).min(text.len());
                writer.extend_from_part(&text, start, end);
                writer.push(b',');
                expected.extend_from_slice(&text[start..end]);
                expected.push(b',');
                let position = writer.position();
                writer.extend_from_slice(&text);
                writer.truncate(position);
            }
            assert_eq!(writer.finish().to_bytes(), expected);
        }
    }
}
