//! Numbers that only look random: one seed, one sequence.

/// A sequence of numbers.
#[derive(Clone)]
pub(crate) struct Dice {
    state: u64,
    /// Whether operations defer fragments.
    pub(crate) defers: bool,
    /// What choices hang on that must come out alike throughout one operation.
    pub(crate) salt: usize,
}

impl Dice {
    /// The sequence of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03,
            defers: false,
            salt: seed as usize % 97,
        }
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ (word >> 31)) % limit.max(1) as u64) as usize
    }

    /// A number below `limit`, the same for one text throughout an operation.
    pub(crate) fn choice(&self, text: &str, limit: usize) -> usize {
        let sum: usize = text.bytes().map(usize::from).sum();
        (sum + self.salt) % limit.max(1)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
