//! What can be wrong with a field set before its fields are looked at one by one.

use std::ops::Range;

/// A fault of a field set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which rule reports it.
    pub kind: FaultKind,
    /// What is wrong, as the second half of a sentence.
    pub message: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// The part of the text that is wrong.
    pub range: Option<Range<usize>>,
}

/// Which rule reports a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The syntax, a name or a value is wrong.
    Invalid,
    /// A key selects an interface or a union.
    AbstractInKey,
}
