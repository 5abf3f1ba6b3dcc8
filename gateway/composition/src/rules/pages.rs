//! Explanations of the codes that no rule of this folder raises, by what they are about.

mod definitions;
mod directives;
mod enums;
mod external;
mod fields;
mod hints;
mod inaccessible;
mod inputs;
mod interfaces;
mod links;
mod overrides;
mod satisfiability;
mod types;

use weft_diagnostic::{Code, Severity};

use crate::rules::explanation::{Example, Explanation};

/// All lists of explanations in this folder.
pub(super) const PAGES: &[&[Explanation]] = &[
    definitions::PAGES,
    directives::PAGES,
    enums::PAGES,
    external::PAGES,
    fields::PAGES,
    hints::PAGES,
    inaccessible::PAGES,
    inputs::PAGES,
    interfaces::PAGES,
    links::PAGES,
    overrides::PAGES,
    satisfiability::PAGES,
    types::PAGES,
];

/// The explanation of an error.
const fn error(
    code: Code,
    summary: &'static str,
    why: &'static str,
    wrong: &'static [Example],
    right: &'static [Example],
) -> Explanation {
    hint(code, Severity::Error, summary, why, wrong, right)
}

/// The explanation of a hint.
const fn hint(
    code: Code,
    severity: Severity,
    summary: &'static str,
    why: &'static str,
    wrong: &'static [Example],
    right: &'static [Example],
) -> Explanation {
    Explanation {
        code,
        severity,
        summary,
        why,
        wrong,
        right,
    }
}
