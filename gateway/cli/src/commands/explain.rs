//! `weft explain`: a diagnostic code in, its explanation on stdout; without one, the list of all codes.

use std::fmt::Write;

use weft_composition::rules::catalogue::{explain, explanations};
use weft_composition::rules::explanation::severity_name;
use weft_schema_check::lint::RULES;
use weft_schema_check::{change_codes, federation};

use super::{CommandResult, Outcome};
use crate::output;

/// What stands below a page whose examples are not whole.
const LEFT_OUT: &str =
    "\nThe examples leave out the `extend schema @link(…)` that imports Federation's directives.\n";

/// Options of `weft explain`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The code, such as `INVALID_FIELD_SHARING`; without it, all codes are listed
    code: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let Some(code) = arguments.code else {
        output::write(list().as_bytes())?;
        return Ok(Outcome::Success);
    };
    match explain(&code) {
        Ok(explanation) => {
            let mut page = explanation.to_markdown();
            if explanation.leaves_out_link() {
                page.push_str(LEFT_OUT);
            }
            output::write(page.as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(_) if other(&code).is_some() => {
            output::write(other(&code).unwrap_or_default().as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(help) => {
            output::tell(format_args!(
                "error: there is no code `{code}`\nhelp: {help}"
            ));
            Ok(Outcome::Failure)
        }
    }
}

/// What there is to say of a lint rule, or of a change between two graphs.
fn other(code: &str) -> Option<String> {
    if let Some(rule) = RULES.iter().find(|rule| rule.code.as_str() == code) {
        let documentation = rule.documentation;
        return Some(format!(
            "# {code}\n\nA rule of `weft lint`: {documentation}\n"
        ));
    }
    let of_api = change_codes().contains(&code);
    let (part, what) = match of_api {
        true => (
            "what clients see",
            "Breaking is a change after which a valid operation is invalid, or its answer has another shape; `weft diff` lists \
             the same changes.",
        ),
        false => (
            "how subgraphs make up the graph",
            "No operation becomes invalid by it, unless it is an authorisation; plans and gateways under way may feel it.",
        ),
    };
    let known = of_api || federation::change_codes().contains(&code);
    known.then(|| format!("# {code}\n\nA change that `weft check` finds in {part}. {what}\n"))
}

/// A line per code, in columns.
fn list() -> String {
    let all = explanations();
    let width = all
        .iter()
        .map(|explanation| explanation.code.as_str().len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for explanation in all {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:width$}  {}: {}",
            explanation.code.as_str(),
            severity_name(explanation.severity),
            explanation.summary
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_checks_and_lints_are_explained_too() {
        for code in ["FIELD_REMOVED", "KEY_REMOVED", "LIST_NOT_PAGINATED"] {
            assert!(
                other(code).is_some_and(|page| page.contains("weft")),
                "{code}"
            );
        }
        assert_eq!(other("NOTHING"), None);
    }

    #[test]
    fn every_code_has_a_line() {
        let text = list();
        assert_eq!(text.lines().count(), explanations().len());
        assert!(text.contains("\nEXTERNAL_UNUSED "), "{text}");
    }
}
