//! `KEY_FIELDS_SELECT_INVALID_TYPE`: a key has no fields of interfaces and unions.

use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::rules::CheckedSubgraph;
use crate::rules::explanation::{Explanation, example};
use crate::rules::field_sets::FaultKind;

const KEY_FIELDS_SELECT_INVALID_TYPE: Code = Code::new("KEY_FIELDS_SELECT_INVALID_TYPE");

/// The fields of a key have scalar, enum or object types.
pub(super) fn key_fields_select_invalid_type(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for set in &checked.field_sets {
        for fault in set.faults(FaultKind::AbstractInKey) {
            let problem = format!("cannot be a key: {}", fault.message);
            let place = (fault.range.clone(), "not allowed in a key");
            let codes = [KEY_FIELDS_SELECT_INVALID_TYPE; 3];
            let mut error = set.error(checked.subgraph, codes, &problem, place);
            error.help = fault.help.clone();
            findings.push(error);
        }
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: KEY_FIELDS_SELECT_INVALID_TYPE,
    severity: Severity::Error,
    summary: "a `@key` selects a field whose type is an interface or a union",
    why: "A key identifies an entity by the same data in every subgraph. What an interface or a union returns differs from \
          value to value, so two subgraphs could not agree on it. Use fields of scalar, enum or object types.",
    wrong: &[example(
        "documents",
        r#"
type Query { document: Document }
interface Owner { id: ID! }
type Team implements Owner { id: ID! }
type Document @key(fields: "owner { id }") { owner: Owner! title: String }"#,
    )],
    right: &[example(
        "documents",
        r#"
type Query { document: Document }
interface Owner { id: ID! }
type Team implements Owner { id: ID! }
type Document @key(fields: "id") { id: ID! owner: Owner! title: String }"#,
    )],
};
