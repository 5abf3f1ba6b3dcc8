//! Mechanical repairs: for some errors, the edit of the texts that removes them.
//!
//! In: the sources and the errors that composing them gave. Out: edits, to be shown, applied and composed again.

mod edit;
mod external_unused;
mod field_sharing;
mod missing_import;

use weft_diagnostic::Diagnostic;

use crate::SubgraphSource;
pub use edit::{Edit, apply};

/// A repair for one kind of error; gives nothing where it does not know one.
type Repair = fn(&SubgraphSource, &Diagnostic) -> Vec<Edit>;

/// All repairs.
const REPAIRS: &[Repair] = &[
    field_sharing::repair,
    missing_import::repair,
    external_unused::repair,
];

/// The edits that mend what can be mended mechanically; none overlaps another.
pub fn fixes(sources: &[SubgraphSource], errors: &[Diagnostic]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for error in errors {
        for source in sources {
            for repair in REPAIRS {
                for edit in repair(source, error) {
                    if !edits.iter().any(|known| known.overlaps(&edit)) {
                        edits.push(edit);
                    }
                }
            }
        }
    }
    edits
}
