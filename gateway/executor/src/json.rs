//! A cursor over JSON: finds where values end and checks their grammar, builds nothing.
//! The bytes must be UTF-8, which is checked once for a whole body.

mod expected;

pub(crate) use expected::Expected;

use std::ops::Range;

/// A position in JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'json> {
    bytes: &'json [u8],
    at: usize,
    depth_left: usize,
}

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What is wrong.
    pub(crate) problem: &'static str,
    /// Where, in bytes.
    pub(crate) at: usize,
}

/// What a value is, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    List,
    Object,
}

impl Kind {
    /// A word for messages.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a Boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// A number's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    /// Whether it has neither a fraction nor an exponent.
    pub(crate) is_integer: bool,
}

impl<'json> Cursor<'json> {
    /// At the start of `bytes`; objects and lists may be nested `depth` deep.
    pub(crate) fn new(bytes: &'json [u8], depth: usize) -> Self {
        Self {
            bytes,
            at: 0,
            depth_left: depth,
        }
    }

    /// Where it stands.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The bytes of a range that this cursor gave.
    pub(crate) fn slice(&self, range: &Range<usize>) -> &'json [u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// An error here.
    pub(crate) fn malformed<T>(&self, problem: &'static str) -> Result<T, Malformed> {
        Err(Malformed {
            problem,
            at: self.at,
        })
    }

    #[inline]
    pub(crate) fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    #[inline]
    fn peek_byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What the next value is.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Kind, Malformed> {
        self.skip_whitespace();
        match self.peek_byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::List),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => self.malformed("expected a value"),
            None => self.malformed("the text ends early"),
        }
    }

    /// Whether `byte` comes next; it is passed then.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        self.skip_whitespace();
        let is_next = self.peek_byte() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes `text` where it comes next, without looking for white space.
    #[inline]
    pub(crate) fn take_exact(&mut self, text: &[u8]) -> bool {
        let is_next = self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(text));
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Nothing but white space may follow.
    pub(crate) fn finish(&mut self) -> Result<(), Malformed> {
        self.skip_whitespace();
        match self.peek_byte() {
            None => Ok(()),
            Some(_) => self.malformed("text after the end of the value"),
        }
    }

    /// Passes `{` or `[`.
    #[inline]
    pub(crate) fn open(&mut self, bracket: u8) -> Result<(), Malformed> {
        if !self.take(bracket) {
            return self.malformed(if bracket == b'{' {
                "expected `{`"
            } else {
                "expected `[`"
            });
        }
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => return self.malformed("nested too deeply"),
        }
        Ok(())
    }

    /// After [`Self::open`]: whether the object or list is empty; its end is passed then.
    #[inline]
    pub(crate) fn is_empty(&mut self, bracket: u8) -> bool {
        let empty = self.take(bracket);
        self.depth_left += usize::from(empty);
        empty
    }

    /// After a member or item: whether another one follows.
    #[inline]
    pub(crate) fn another(&mut self, bracket: u8) -> Result<bool, Malformed> {
        self.skip_whitespace();
        match self.peek_byte() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == bracket => {
                self.at += 1;
                self.depth_left += 1;
                Ok(false)
            }
            Some(_) => self.malformed("expected `,` or the end of the object or list"),
            None => self.malformed("the text ends early"),
        }
    }

    /// Passes a member's key and colon; gives the key with its quotes.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Range<usize>, Malformed> {
        self.skip_whitespace();
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    /// Passes a colon.
    #[inline]
    pub(crate) fn colon(&mut self) -> Result<(), Malformed> {
        if self.take(b':') {
            return Ok(());
        }
        self.malformed("expected `:`")
    }

    /// Passes a string; the range has its quotes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Range<usize>, Malformed> {
        let start = self.at;
        if self.peek_byte() != Some(b'"') {
            return self.malformed("expected a string");
        }
        self.at += 1;
        loop {
            self.at += plain_length(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek_byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at);
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return self.malformed("a control character in a string"),
                None => return self.malformed("the text ends early"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6);
                if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    return self.malformed("an escape without four digits");
                }
                self.at += 6;
            }
            _ => return self.malformed("an escape that JSON does not know"),
        }
        Ok(())
    }

    /// Passes a number.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Number, Malformed> {
        self.at += usize::from(self.peek_byte() == Some(b'-'));
        match self.peek_byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.malformed("a number without digits"),
        }
        let mut is_integer = true;
        if self.peek_byte() == Some(b'.') {
            is_integer = false;
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek_byte() {
            is_integer = false;
            self.at += 1;
            self.at += usize::from(matches!(self.peek_byte(), Some(b'+' | b'-')));
            self.some_digits()?;
        }
        Ok(Number { is_integer })
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek_byte() {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Malformed> {
        match self.peek_byte() {
            Some(b'0'..=b'9') => {
                self.digits();
                Ok(())
            }
            _ => self.malformed("a number without digits"),
        }
    }

    /// Passes `true`, `false` or `null`.
    #[inline]
    pub(crate) fn literal(&mut self) -> Result<(), Malformed> {
        if self.take_exact(b"null") || self.take_exact(b"true") || self.take_exact(b"false") {
            return Ok(());
        }
        self.malformed("expected a value")
    }

    /// Passes any value.
    pub(crate) fn skip_value(&mut self) -> Result<Range<usize>, Malformed> {
        let kind = self.peek()?;
        let start = self.at;
        match kind {
            Kind::Null | Kind::Boolean => self.literal()?,
            Kind::Number => self.number().map(|_| ())?,
            Kind::String => self.string().map(|_| ())?,
            Kind::List => self.skip_list()?,
            Kind::Object => self.skip_object()?,
        }
        Ok(start..self.at)
    }

    /// Passes any value, wherever it ends.
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        self.skip_value().map(|_| ())
    }

    fn skip_list(&mut self) -> Result<(), Malformed> {
        self.open(b'[')?;
        if self.is_empty(b']') {
            return Ok(());
        }
        loop {
            self.skip_value()?;
            if !self.another(b']')? {
                return Ok(());
            }
        }
    }

    fn skip_object(&mut self) -> Result<(), Malformed> {
        self.open(b'{')?;
        if self.is_empty(b'}') {
            return Ok(());
        }
        loop {
            self.key()?;
            self.skip_value()?;
            if !self.another(b'}')? {
                return Ok(());
            }
        }
    }
}

/// How many bytes of a string come before a quote, a backslash or a control character: eight at a time.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut length = 0;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        let quote = has_zero(word ^ (ONES * u64::from(b'"')));
        let backslash = has_zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        // Borrows run towards higher bytes only, so the lowest marked byte is always a real hit.
        let hits = quote | backslash | control;
        if hits != 0 {
            return length + (hits.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length
        + rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
            .unwrap_or(rest.len())
}

/// Appends `text` as a JSON string with quotes.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{Cursor, plain_length, write_string};
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    fn is_json(text: &[u8]) -> bool {
        let mut cursor = Cursor::new(text, 64);
        cursor.skip_value().is_ok() && cursor.finish().is_ok()
    }

    fn check(text: &str, expect: bool) {
        assert_eq!(is_json(text.as_bytes()), expect, "{text}");
        let reference = serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
        assert_eq!(reference, expect, "the reference on {text}");
    }

    #[test]
    fn the_grammar_is_strict() {
        for text in [
            "0",
            "-0",
            "10",
            "1.5e+3",
            "0E0",
            "\"\"",
            "[]",
            "{}",
            " [ 1 , {\"a\" : null} ] ",
            "\"\\u00e9\\\"\"",
        ] {
            check(text, true);
        }
        for text in [
            "",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "+1",
            "nul",
            "truefalse",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\n\"",
            "[1 2]",
            "{\"a\" 1}",
            "[",
            "\"abc",
            "]",
            "NaN",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn nesting_is_bounded_and_the_bound_counts_open_brackets_only() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_json(nested(64).as_bytes()));
        assert!(!is_json(nested(65).as_bytes()));
        assert!(is_json(
            format!("[{}]", vec!["[]"; 500].join(",")).as_bytes()
        ));
    }

    fn json_like() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just(":"),
            Just("\"a\""),
            Just("\"\\n\""),
            Just("1"),
            Just("-1.5e3"),
            Just("null"),
            Just("true"),
            Just(" "),
            Just("\""),
            Just("\\"),
            Just("0")
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn it_accepts_exactly_what_a_full_parser_accepts(text in json_like()) {
            let reference = serde_json::from_slice::<&serde_json::value::RawValue>(&text).is_ok();
            assert_eq!(is_json(&text), reference);
        }

        #[test]
        fn plain_bytes_are_counted_as_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let slow = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(bytes.len());
            assert_eq!(plain_length(&bytes), slow);
        }

        #[test]
        fn a_written_string_reads_back(text in ".*") {
            let mut out = Vec::new();
            write_string(&mut out, &text);
            assert_eq!(serde_json::from_slice::<String>(&out).ok(), Some(text));
        }
    }
}
