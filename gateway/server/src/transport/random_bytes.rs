//! Bytes for tests that look random and are always the same for one seed: words of a protocol, changed and cut.

/// A generator.
pub(crate) struct RandomBytes(u64);

impl RandomBytes {
    /// From a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 33) as usize % bound.max(1)
    }

    /// One of several.
    pub(crate) fn pick<'words>(&mut self, words: &[&'words [u8]]) -> &'words [u8] {
        words[self.below(words.len())]
    }

    /// Up to `most` words; in some cases a byte of them is another one.
    pub(crate) fn words(&mut self, words: &[&[u8]], most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        let mut bytes: Vec<u8> = (0..count).flat_map(|_| self.pick(words).to_vec()).collect();
        if !bytes.is_empty() && self.below(4) == 0 {
            let at = self.below(bytes.len());
            bytes[at] = self.below(256) as u8;
        }
        bytes
    }

    /// The bytes in pieces, some of them empty.
    pub(crate) fn pieces<'bytes>(&mut self, mut bytes: &'bytes [u8]) -> Vec<&'bytes [u8]> {
        let mut pieces = Vec::new();
        let longest = 1 + self.below(12);
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(self.below(longest + 1).min(bytes.len()));
            pieces.push(piece);
            bytes = rest;
        }
        pieces
    }
}
