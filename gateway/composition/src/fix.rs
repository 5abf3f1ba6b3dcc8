//! Mechanical repairs: for some errors, the edit of the texts that removes them.
//!
//! In: the sources and the errors that composing them gave. Out: edits, to be shown, applied and composed again.

pub(crate) mod edit;
mod external_unused;
mod field_sharing;
mod missing_import;

use weft_diagnostic::{Diagnostic, Source};

use crate::contract::Contract;
use crate::{Failed, SubgraphSource, compose_with};
pub use edit::{Edit, apply};

/// How often the outcome of repairs is composed and repaired again.
const ROUNDS: usize = 20;

/// A repair for one kind of error; gives nothing where it does not know one.
type Repair = fn(&SubgraphSource, &Diagnostic) -> Vec<Edit>;

/// All repairs.
const REPAIRS: &[Repair] = &[
    field_sharing::repair,
    missing_import::repair,
    external_unused::repair,
];

/// The sources after everything that can be mended mechanically: errors of one stage hide those of the next, so the
/// outcome is composed and mended again. A field that cannot be reached gets the first repair that its error proposes.
pub fn mend(sources: &[SubgraphSource], contract: &Contract) -> Vec<SubgraphSource> {
    let mut mended = sources.to_vec();
    for _ in 0..ROUNDS {
        let outcome = compose_with(mended.clone(), contract, true);
        let Some(better) = outcome.err().and_then(|failed| mend_once(&mended, &failed)) else {
            break;
        };
        mended = better;
    }
    mended
}

/// The sources with the repairs of these errors; `None` when there are none.
fn mend_once(sources: &[SubgraphSource], failed: &Failed) -> Option<Vec<SubgraphSource>> {
    if let Some(repair) = failed.repairs.first() {
        return repair.apply(sources);
    }
    let edits = fixes(sources, &failed.errors);
    let edited = |source: &SubgraphSource| SubgraphSource {
        sdl: Source::new(source.sdl.name(), source.sdl.path(), apply(source, &edits)),
        ..source.clone()
    };
    (!edits.is_empty()).then(|| sources.iter().map(edited).collect())
}

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
    field_sharing::gather(sources, edits)
}
