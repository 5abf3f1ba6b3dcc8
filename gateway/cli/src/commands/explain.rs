//! `weft explain`: a diagnostic code in, its explanation on stdout; without one, the list of all codes.

use std::fmt::Write;

use weft_composition::rules::catalogue::{explain, explanations};
use weft_composition::rules::explanation::severity_name;

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
        Err(help) => {
            eprintln!("error: there is no code `{code}`\nhelp: {help}");
            Ok(Outcome::Failure)
        }
    }
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
    fn every_code_has_a_line() {
        let text = list();
        assert_eq!(text.lines().count(), explanations().len());
        assert!(text.contains("\nEXTERNAL_UNUSED "), "{text}");
    }
}
