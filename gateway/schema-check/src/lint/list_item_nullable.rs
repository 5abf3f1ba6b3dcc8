//! Lists that can have null inside.

use apollo_compiler::ast::Type;
use weft_diagnostic::Code;

use super::{Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: Code::new("LIST_ITEM_NULLABLE"),
    documentation: "Items of lists are not null, unless a missing item means something: each client must check them all.",
    check,
};

fn check(findings: &mut Findings<'_>) {
    for (parent, field) in findings.fields() {
        if let Type::List(item) | Type::NonNullList(item) = &field.ty
            && !item.is_non_null()
        {
            let path = format!("{parent}.{}", field.name);
            let message = format!("the list `{path}` can have null inside");
            findings.add(
                &field.name,
                path,
                message,
                "write `!` behind the item's type",
            );
        }
    }
}
