//! The head of an HTTP/1.1 response: bytes in; the status, how the body is framed and whether the connection can be used
//! again out.
//!
//! <https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length>

use std::time::Duration;

use super::content_encoding::ContentEncoding;

/// A head that is larger is refused.
pub(crate) const LARGEST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 100;

/// What matters of a response's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseHead {
    /// How many bytes it takes.
    pub(crate) length: usize,
    /// The status.
    pub(crate) status: u16,
    /// The media type, where one was given.
    pub(crate) content_type: Option<String>,
    /// How the body was encoded, in the order of encoding.
    pub(crate) encodings: Vec<ContentEncoding>,
    /// Where the body ends.
    pub(crate) framing: Framing,
    /// Whether another request may follow on the connection.
    pub(crate) keeps_alive: bool,
    /// How long the server keeps an idle connection, where it says so.
    pub(crate) idle: Option<Duration>,
}

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With its last chunk.
    Chunked,
    /// With the connection.
    Close,
}

/// Reads a head; `None` when it is not complete yet.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(bytes: &[u8]) -> Result<Option<ResponseHead>, String> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() < LARGEST_HEAD => return Ok(None),
        Ok(httparse::Status::Partial) => {
            return Err(format!(
                "the head of the answer is larger than {LARGEST_HEAD} bytes"
            ));
        }
        Err(error) => return Err(format!("the answer is not HTTP/1.1: {error}")),
    };
    let status = response.code.unwrap_or(0);
    let is_newest = response.version == Some(1);
    let facts = Facts::collect(response.headers)?;
    let framing = match status {
        100..=199 | 204 | 304 => Framing::Length(0),
        _ => facts.framing()?,
    };
    Ok(Some(ResponseHead {
        length,
        status,
        framing,
        // Two lengths at once may have been read otherwise by somebody in between.
        keeps_alive: is_newest
            && !facts.closes
            && framing != Framing::Close
            && !(facts.is_chunked && facts.length.is_some()),
        content_type: facts.content_type,
        encodings: facts.encodings,
        idle: facts.idle,
    }))
}

#[derive(Default)]
struct Facts {
    length: Option<u64>,
    is_chunked: bool,
    closes: bool,
    content_type: Option<String>,
    encodings: Vec<ContentEncoding>,
    idle: Option<Duration>,
}

impl Facts {
    fn collect(headers: &[httparse::Header<'_>]) -> Result<Self, String> {
        let mut facts = Self::default();
        for header in headers {
            // The length of a name tells most of them apart.
            match header.name.len() {
                10 if is(header, "connection") => {
                    facts.closes |= tokens(header.value).any(|it| it.eq_ignore_ascii_case("close"));
                }
                10 if is(header, "keep-alive") => facts.idle = idle(header.value),
                12 if is(header, "content-type") => {
                    facts.content_type = std::str::from_utf8(header.value).ok().map(str::to_owned);
                }
                14 if is(header, "content-length") => facts.take_length(header.value)?,
                16 if is(header, "content-encoding") => facts.take_encodings(header.value)?,
                17 if is(header, "transfer-encoding") => facts.take_coding(header.value)?,
                _ => {}
            }
        }
        Ok(facts)
    }

    fn take_length(&mut self, value: &[u8]) -> Result<(), String> {
        let refused = || "the header `content-length` of the answer is not a number".to_owned();
        for token in value.split(|byte| *byte == b',') {
            let digits = token.trim_ascii();
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return Err(refused());
            }
            let text = std::str::from_utf8(digits).unwrap_or("");
            let length = text.parse().map_err(|_| refused())?;
            if self.length.is_some_and(|known| known != length) {
                return Err("the answer has two headers `content-length` that differ".to_owned());
            }
            self.length = Some(length);
        }
        Ok(())
    }

    fn take_encodings(&mut self, value: &[u8]) -> Result<(), String> {
        for token in tokens(value).filter(|token| !token.eq_ignore_ascii_case("identity")) {
            let known = ContentEncoding::named(token).ok_or_else(|| {
                format!("the answer has the content encoding `{token}`, which nobody asked for")
            })?;
            self.encodings.push(known);
        }
        Ok(())
    }

    fn take_coding(&mut self, value: &[u8]) -> Result<(), String> {
        let mut tokens = tokens(value);
        let only = (tokens.next(), tokens.next());
        if self.is_chunked
            || !matches!(only, (Some(one), None) if one.eq_ignore_ascii_case("chunked"))
        {
            return Err("the answer has a transfer coding other than `chunked`".to_owned());
        }
        self.is_chunked = true;
        Ok(())
    }

    fn framing(&self) -> Result<Framing, String> {
        Ok(match self.length {
            _ if self.is_chunked => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None => Framing::Close,
        })
    }
}

fn is(header: &httparse::Header<'_>, name: &str) -> bool {
    header.name.eq_ignore_ascii_case(name)
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &str> {
    std::str::from_utf8(value)
        .unwrap_or("?")
        .split(',')
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

/// The seconds in `timeout=5, max=100`, but for one that the way takes.
fn idle(value: &[u8]) -> Option<Duration> {
    let seconds = tokens(value).find_map(|token| {
        let (key, value) = token.split_once('=')?;
        let is_timeout = key.trim().eq_ignore_ascii_case("timeout");
        is_timeout.then(|| value.trim().parse::<u64>().ok())?
    })?;
    Some(Duration::from_secs(seconds.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::transport::random_bytes::RandomBytes;

    fn head(headers: &str) -> ResponseHead {
        let text = format!("HTTP/1.1 200 OK\r\n{headers}\r\n");
        read(text.as_bytes()).unwrap().unwrap()
    }

    fn check_refused(headers: &str, message: &str) {
        let text = format!("HTTP/1.1 200 OK\r\n{headers}\r\n");
        let error = read(text.as_bytes()).unwrap_err();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn the_end_of_a_body_is_found_in_the_head() {
        assert_eq!(head("Content-Length: 12\r\n").framing, Framing::Length(12));
        assert_eq!(
            head("transfer-encoding: chunked\r\n").framing,
            Framing::Chunked
        );
        assert_eq!(head("").framing, Framing::Close);
        let none = read(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!(none.framing, Framing::Length(0));
    }

    #[test]
    fn a_connection_is_used_again_only_where_both_sides_agree_on_its_end() {
        assert!(head("content-length: 1\r\n").keeps_alive);
        assert!(!head("content-length: 1\r\nconnection: x, Close\r\n").keeps_alive);
        assert!(!head("").keeps_alive);
        assert!(!head("content-length: 1\r\ntransfer-encoding: chunked\r\n").keeps_alive);
        let old = read(b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n")
            .unwrap()
            .unwrap();
        assert!(!old.keeps_alive);
    }

    #[test]
    fn a_server_says_how_long_it_keeps_a_connection() {
        let idle = |value: &str| head(&format!("keep-alive: {value}\r\n")).idle;
        assert_eq!(idle("timeout=5, max=100"), Some(Duration::from_secs(4)));
        assert_eq!(idle("max=100"), None);
    }

    #[test]
    fn ambiguous_heads_are_refused() {
        check_refused("content-length: 1\r\ncontent-length: 2\r\n", "two headers");
        check_refused("content-length: +1\r\n", "not a number");
        check_refused("content-length: 99999999999999999999\r\n", "not a number");
        check_refused("transfer-encoding: gzip, chunked\r\n", "transfer coding");
        check_refused("content-encoding: compress\r\n", "content encoding");
        assert!(read(b"<html>").is_err());
        assert_eq!(head("content-length: 3, 3\r\n").framing, Framing::Length(3));
    }

    #[test]
    fn a_head_is_complete_with_its_empty_line() {
        let text = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}";
        for end in 0..text.len() - 2 {
            assert_eq!(read(&text[..end]).unwrap(), None, "{end}");
        }
        let head = read(text).unwrap().unwrap();
        assert_eq!(head.length, text.len() - 2);
        assert_eq!(head.content_type.as_deref(), Some("application/json"));
    }

    #[test]
    fn a_head_without_end_is_refused() {
        let text = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(LARGEST_HEAD));
        assert!(read(text.as_bytes()).unwrap_err().contains("larger than"));
    }

    /// What is known of a head once enough of it has arrived.
    fn outcome(pieces: &[&[u8]]) -> Result<Option<ResponseHead>, String> {
        let mut arrived = Vec::new();
        for piece in pieces {
            arrived.extend_from_slice(piece);
            if let Some(head) = read(&arrived)? {
                assert!(head.length <= arrived.len());
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    #[test]
    fn whatever_bytes_arrive_in_whatever_pieces_the_head_is_the_same() {
        const WORDS: [&[u8]; 16] = [
            b"\r\n",
            b"\r\n\r\n",
            b"\n",
            b"content-length: 3\r\n",
            b"Content-Length: 3, 3\r\n",
            b"content-length: 4\r\n",
            b"transfer-encoding: chunked\r\n",
            b"connection: close\r\n",
            b"content-encoding: gzip, br\r\n",
            b"keep-alive: timeout=99999999999999999999, max=1\r\n",
            b"content-type: \xff\xfe\r\n",
            b"x: y\r\n",
            b" ",
            b"keep-alive: timeout=5\r\n",
            b"\0",
            b": \r\n",
        ];
        const STARTS: [&[u8]; 5] = [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.0 204\r\n",
            b"HTTP/1.1 100 Continue\r\n",
            b"HTTP/1.1 999 \xff\r\n",
            b"HTTP",
        ];
        let mut complete = 0;
        for seed in 0..20_000 {
            let mut bytes_of = RandomBytes::new(seed);
            let mut bytes = bytes_of.pick(&STARTS).to_vec();
            bytes.extend(bytes_of.words(&WORDS, 6));
            let whole = outcome(&[&bytes]);
            let pieces = bytes_of.pieces(&bytes);
            let cut = outcome(&pieces);
            assert_eq!(cut, whole, "seed {seed}: {pieces:?}");
            complete += usize::from(matches!(whole, Ok(Some(_))));
        }
        assert!(complete > 500, "only {complete} heads are complete");
    }
}
