//! `PROVIDES_ON_NON_OBJECT_FIELD`: what provides fields returns something with fields.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::field_sets::Content;

const PROVIDES_ON_NON_OBJECT_FIELD: Code = Code::new("PROVIDES_ON_NON_OBJECT_FIELD");

/// A field with `@provides` returns an object, an interface or a union.
pub(super) fn provides_on_non_object_field(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for set in &checked.field_sets {
        let Some(field) = set
            .field
            .filter(|_| matches!(set.content, Content::NoTarget))
        else {
            continue;
        };
        let coordinate = set.coordinate();
        let message = format!(
            "`{coordinate}` has type `{}`, so there is nothing that `{}` could provide",
            field.ty,
            set.described(checked.subgraph)
        );
        findings.push(
            Diagnostic::error(PROVIDES_ON_NON_OBJECT_FIELD, message)
                .with_label(set.label(
                    checked.subgraph,
                    None,
                    "provides fields of a type without fields",
                ))
                .with_label(checked.subgraph.label(&field.name, "returns no object"))
                .with_coordinate(coordinate)
                .with_help("remove the directive"),
        );
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: PROVIDES_ON_NON_OBJECT_FIELD,
    severity: Severity::Error,
    summary: "a `@provides` is on a field that returns a scalar or an enum",
    why: "`@provides` selects fields of the type that its field returns. A scalar or an enum has none. Remove the directive, \
          or put it on the field that returns the entity.",
    wrong: &[example(
        "orders",
        r#"type Query { buyer: ID @provides(fields: "name") }"#,
    )],
    right: &[example("orders", "type Query { buyer: ID }")],
};
