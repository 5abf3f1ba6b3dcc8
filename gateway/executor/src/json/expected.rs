//! A text that is looked for, prepared: most keys of an answer are recognised in one comparison.

use super::Cursor;

/// A text that is looked for: `"key":`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    text: Box<[u8]>,
    /// Its first bytes as a number, and which bits of it count: most keys are found in one comparison.
    word: u128,
    mask: u128,
}

impl Expected {
    /// Prepares a text.
    pub(crate) fn new(text: &[u8]) -> Self {
        let mut word = [0; 16];
        let mut mask = [0; 16];
        for ((byte, word), mask) in text.iter().zip(&mut word).zip(&mut mask) {
            (*word, *mask) = (*byte, 0xff);
        }
        Self {
            text: text.into(),
            word: u128::from_le_bytes(word),
            mask: u128::from_le_bytes(mask),
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

impl Cursor<'_> {
    /// Passes what is expected where it comes next, without looking for white space.
    #[inline]
    pub(crate) fn take_expected(&mut self, expected: &Expected) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.first_chunk::<16>() {
            Some(chunk) if expected.text.len() <= 16 => {
                let is_next = u128::from_le_bytes(*chunk) & expected.mask == expected.word;
                self.at += if is_next { expected.text.len() } else { 0 };
                is_next
            }
            _ => self.take_exact(&expected.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Expected};
    use proptest::prelude::{any, proptest};

    proptest! {
        #[test]
        fn what_is_expected_is_found_at_the_start_and_nowhere_else(
            text in "[ab]{0,20}", rest in "[ab]{0,24}", is_there in any::<bool>()
        ) {
            let json = if is_there { format!("{text}{rest}") } else { rest };
            let mut cursor = Cursor::new(json.as_bytes(), 1);
            let found = cursor.take_expected(&Expected::new(text.as_bytes()));
            assert_eq!(found, json.starts_with(&text));
            assert_eq!(cursor.position(), if found { text.len() } else { 0 });
        }
    }
}
