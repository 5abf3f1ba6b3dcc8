//! Lists of objects that a client cannot limit.

use apollo_compiler::ast::Definition;
use weft_diagnostic::Code;

use super::{Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: Code::new("LIST_NOT_PAGINATED"),
    documentation: "A root field that lists objects takes an argument that limits it: lists grow, and answers with them.",
    check,
};

const LIMITS: &[&str] = &[
    "first", "last", "limit", "take", "ids", "page", "pageSize", "top",
];

fn check(findings: &mut Findings<'_>) {
    let objects: Vec<String> = findings
        .types()
        .filter(|(_, definition)| {
            matches!(
                definition,
                Definition::ObjectTypeDefinition(_) | Definition::InterfaceTypeDefinition(_)
            )
        })
        .map(|(name, _)| name.to_string())
        .collect();
    for (parent, field) in findings.fields() {
        let lists = field.ty.is_list()
            && objects
                .iter()
                .any(|name| name == field.ty.inner_named_type().as_str());
        let limited = field
            .arguments
            .iter()
            .any(|one| LIMITS.contains(&one.name.as_str()));
        if parent == "Query" && lists && !limited {
            let path = format!("{parent}.{}", field.name);
            let message = format!("`{path}` lists objects without a limit");
            findings.add(
                &field.name,
                path,
                message,
                "add an argument such as `first: Int`",
            );
        }
    }
}
