//! The chunked transfer coding, decoded as it arrives.
//!
//! <https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding>

use bytes::{Buf, BytesMut};

/// Lines of sizes and trailers are short; whoever sends longer ones means no good.
const LONGEST_LINE: usize = 8 * 1024;
/// All trailers together.
const MOST_TRAILERS: usize = 64 * 1024;

/// Where in a body the decoder stands.
#[derive(Debug)]
pub(crate) struct Chunked {
    state: State,
    trailers: usize,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Before a line with the size of a chunk.
    Size,
    /// So many bytes of a chunk are missing.
    Data(usize),
    /// Before the end of a chunk's last line.
    DataEnd,
    /// Before a trailer, or the empty line that ends all.
    Trailer,
    /// The body is complete.
    Done,
}

/// Why a body cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChunkedError {
    /// It is not in the chunked coding.
    Malformed,
    /// It is larger than allowed.
    TooLarge,
}

impl Chunked {
    /// Before the first chunk.
    pub(crate) fn new() -> Self {
        Self {
            state: State::Size,
            trailers: 0,
        }
    }

    /// Moves what is complete of `input` to `body`, of which at most `limit` bytes are allowed. Returns whether the body
    /// is complete; whatever is left in `input` then is not part of it.
    ///
    /// # Errors
    /// [`ChunkedError`], after which nothing more can be read from the connection.
    pub(crate) fn decode(
        &mut self,
        input: &mut BytesMut,
        body: &mut BytesMut,
        limit: usize,
    ) -> Result<bool, ChunkedError> {
        loop {
            let progressed = match self.state {
                State::Done => return Ok(true),
                State::Data(missing) => self.take_data(missing, input, body),
                State::Size => self.take_size(input, limit.saturating_sub(body.len()))?,
                State::DataEnd => self.take_data_end(input)?,
                State::Trailer => self.take_trailer(input)?,
            };
            if !progressed {
                return Ok(false);
            }
        }
    }

    fn take_size(&mut self, input: &mut BytesMut, allowed: usize) -> Result<bool, ChunkedError> {
        let Some(line) = take_line(input)? else {
            return Ok(false);
        };
        let digits = line[..].split(|byte| *byte == b';').next().unwrap_or(&line);
        let digits = std::str::from_utf8(digits.trim_ascii_end()).unwrap_or("");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ChunkedError::Malformed);
        }
        let size = usize::from_str_radix(digits, 16).map_err(|_| ChunkedError::TooLarge)?;
        if size > allowed {
            return Err(ChunkedError::TooLarge);
        }
        self.state = match size {
            0 => State::Trailer,
            _ => State::Data(size),
        };
        Ok(true)
    }

    fn take_data(&mut self, missing: usize, input: &mut BytesMut, body: &mut BytesMut) -> bool {
        let here = missing.min(input.len());
        body.extend_from_slice(&input[..here]);
        input.advance(here);
        self.state = match missing - here {
            0 => State::DataEnd,
            rest => State::Data(rest),
        };
        here == missing
    }

    fn take_data_end(&mut self, input: &mut BytesMut) -> Result<bool, ChunkedError> {
        let Some(line) = take_line(input)? else {
            return Ok(false);
        };
        if !line.is_empty() {
            return Err(ChunkedError::Malformed);
        }
        self.state = State::Size;
        Ok(true)
    }

    fn take_trailer(&mut self, input: &mut BytesMut) -> Result<bool, ChunkedError> {
        let Some(line) = take_line(input)? else {
            return Ok(false);
        };
        self.trailers += line.len();
        if self.trailers > MOST_TRAILERS {
            return Err(ChunkedError::Malformed);
        }
        if line.is_empty() {
            self.state = State::Done;
        }
        Ok(true)
    }
}

/// The next line without its end, where it is complete.
fn take_line(input: &mut BytesMut) -> Result<Option<BytesMut>, ChunkedError> {
    let Some(end) = memchr::memchr(b'\n', input) else {
        return match input.len() > LONGEST_LINE {
            true => Err(ChunkedError::Malformed),
            false => Ok(None),
        };
    };
    let mut line = input.split_to(end + 1);
    if end > LONGEST_LINE || !line.ends_with(b"\r\n") {
        return Err(ChunkedError::Malformed);
    }
    line.truncate(end - 1);
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::transport::random_bytes::RandomBytes;

    /// Decodes `text` cut into pieces of `size`; gives the body, whether it is complete, and what is left over.
    fn decode(text: &str, size: usize) -> Result<(String, bool, String), ChunkedError> {
        let (mut input, mut body) = (BytesMut::new(), BytesMut::new());
        let mut chunked = Chunked::new();
        let mut done = false;
        for piece in text.as_bytes().chunks(size) {
            input.extend_from_slice(piece);
            done = chunked.decode(&mut input, &mut body, 20)?;
        }
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Ok((text(&body), done, text(&input)))
    }

    #[test]
    fn chunks_are_joined_wherever_they_are_cut() {
        let text = "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nx-trailer: 1\r\n\r\n";
        for size in 1..=text.len() {
            let expected = ("hello world".to_owned(), true, String::new());
            assert_eq!(decode(text, size).unwrap(), expected, "pieces of {size}");
        }
    }

    #[test]
    fn what_follows_the_body_is_left() {
        let (body, done, rest) = decode("1\r\na\r\n0\r\n\r\nHTTP/1.1", 100).unwrap();
        assert_eq!(
            (body.as_str(), done, rest.as_str()),
            ("a", true, "HTTP/1.1")
        );
    }

    #[test]
    fn a_body_without_its_end_is_not_complete() {
        for text in ["5\r\nhel", "5\r\nhello\r\n", "0\r\n", "5", ""] {
            assert!(!decode(text, 100).unwrap().1, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "x\r\n",
            "\r\n",
            "-1\r\n",
            "+1\r\na\r\n",
            "1\na\n",
            "1\r\nab\r\n",
            "0x1\r\n",
        ] {
            assert_eq!(decode(text, 100), Err(ChunkedError::Malformed), "{text:?}");
        }
        assert_eq!(
            decode(&"1".repeat(10_000), 100),
            Err(ChunkedError::Malformed)
        );
    }

    #[test]
    fn a_body_over_the_limit_is_refused_before_it_arrives() {
        assert_eq!(decode("15\r\n", 100), Err(ChunkedError::TooLarge));
        assert_eq!(
            decode("ffffffffffffffffff\r\n", 100),
            Err(ChunkedError::TooLarge)
        );
        assert!(decode("14\r\n", 100).is_ok());
    }

    /// What becomes of `bytes` that arrive in pieces of those sizes.
    fn outcome(bytes: &[u8], pieces: &[&[u8]]) -> Result<(BytesMut, bool, BytesMut), ChunkedError> {
        assert_eq!(pieces.concat(), bytes);
        let (mut input, mut body) = (BytesMut::new(), BytesMut::new());
        let mut chunked = Chunked::new();
        let mut done = false;
        for piece in pieces {
            input.extend_from_slice(piece);
            done = chunked.decode(&mut input, &mut body, 40)?;
            assert!(body.len() <= 40);
        }
        Ok((body, done, input))
    }

    #[test]
    fn whatever_bytes_arrive_in_whatever_pieces_the_outcome_is_the_same() {
        const WORDS: [&[u8]; 14] = [
            b"\r\n",
            b"\r\n",
            b"0\r\n",
            b"5\r\nhello\r\n",
            b"1;a=b\r\nx\r\n",
            b"0\r\n\r\n",
            b"a\r\n0123456789\r\n",
            b"\n",
            b"\r",
            b"x-trailer: 1\r\n",
            b"ffffffffffffffff",
            b"3\r\n",
            b"\0\xff",
            b"hello",
        ];
        let mut complete = 0;
        for seed in 0..20_000 {
            let mut bytes_of = RandomBytes::new(seed);
            let bytes = bytes_of.words(&WORDS, 8);
            let whole = outcome(&bytes, &[&bytes]);
            let pieces = bytes_of.pieces(&bytes);
            assert_eq!(outcome(&bytes, &pieces), whole, "seed {seed}: {pieces:?}");
            complete += usize::from(whole.is_ok_and(|(_, done, _)| done));
        }
        assert!(complete > 500, "only {complete} bodies are complete");
    }
}
