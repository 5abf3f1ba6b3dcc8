//! Deprecated fields that do not say what to use instead.

use weft_diagnostic::Code;

use super::{Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: Code::new("DEPRECATION_REASON_MISSING"),
    documentation: "A deprecated field says why and what to use instead: without that nobody moves away from it.",
    check,
};

fn check(findings: &mut Findings<'_>) {
    for (parent, field) in findings.fields() {
        let Some(directive) = field.directives.get("deprecated") else {
            continue;
        };
        let reason = directive.specified_argument_by_name("reason");
        let reason = reason.and_then(|value| value.as_str()).unwrap_or_default();
        if reason.trim().is_empty() {
            let path = format!("{parent}.{}", field.name);
            let message = format!("`{path}` is deprecated without a reason");
            findings.add(
                &field.name,
                path,
                message,
                "add `reason:` with what to use instead",
            );
        }
    }
}
