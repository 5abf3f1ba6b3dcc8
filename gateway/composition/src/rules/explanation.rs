//! The page about one code: why it is raised, a wrong and a right example.

use weft_diagnostic::{Code, Severity};

/// What `weft explain CODE` shows, and a section of `docs/errors.md`.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// The severity it is raised with.
    pub severity: Severity,
    /// One sentence: what is the case.
    pub summary: &'static str,
    /// Why it is a problem and what to do, one or two paragraphs.
    pub why: &'static str,
    /// Schema text that raises it, with comments that name the subgraphs.
    pub wrong: &'static str,
    /// The same, repaired.
    pub right: &'static str,
}
