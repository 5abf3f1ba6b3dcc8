//! What is checked, in order: rules that look at one subgraph. One file per code, one line in the list.
//!
//! A rule's file has the check, its [`Explanation`] (what `weft explain` and `docs/errors.md` show) and its tests.
//! Codes that ingest, merging and satisfiability raise have their explanation in `pages/`.
//!
//! Three codes that differ only in the directive (`KEY_INVALID_FIELDS`, `REQUIRES_INVALID_FIELDS`, …) share a file, named
//! after what they have in common.

mod auth_requirements_applied_on_interface;
pub mod catalogue;
mod context_invalid_selection;
mod context_name_invalid;
mod context_no_resolvable_key;
mod context_not_set;
mod contextual_argument;
mod cost_applied_to_interface_field;
mod directive_in_fields_arg;
pub mod explanation;
mod external_collision_with_another_directive;
mod external_on_interface;
mod external_unused;
pub mod field_sets;
mod fields_has_args;
mod fields_missing_external;
mod interface_key_not_on_implementation;
mod interface_object_usage_error;
mod invalid_fields;
mod invalid_fields_type;
mod invalid_shareable_usage;
mod key_fields_select_invalid_type;
mod list_size;
mod list_size_applied_to_non_list;
mod list_size_invalid_assumed_size;
mod list_size_invalid_sized_field;
mod list_size_invalid_slicing_argument;
mod no_context_in_selection;
mod pages;
mod provides_on_non_object_field;
mod unsupported_on_interface;

use weft_diagnostic::{Code, Diagnostic};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::Subgraph;
pub use crate::rules::explanation::Explanation;
use crate::rules::field_sets::{FieldSet, field_sets};

/// A subgraph and what several rules need to know of it.
#[derive(Debug)]
pub struct CheckedSubgraph<'a> {
    /// The subgraph, in normal form.
    pub subgraph: &'a Subgraph,
    /// Its field sets, resolved.
    pub field_sets: Vec<FieldSet<'a>>,
}

/// A check of one subgraph: adds what it finds.
pub type SubgraphRule = fn(&CheckedSubgraph<'_>, &mut Vec<Diagnostic>);

/// Every rule on a subgraph, in the order in which their findings are reported.
pub const SUBGRAPH_RULES: &[SubgraphRule] = &[
    unsupported_on_interface::unsupported_on_interface,
    invalid_fields_type::invalid_fields_type,
    invalid_fields::invalid_fields,
    key_fields_select_invalid_type::key_fields_select_invalid_type,
    directive_in_fields_arg::directive_in_fields_arg,
    fields_has_args::fields_has_args,
    fields_missing_external::fields_missing_external,
    provides_on_non_object_field::provides_on_non_object_field,
    external_collision_with_another_directive::external_collision_with_another_directive,
    context_name_invalid::context_name_invalid,
    context_not_set::context_not_set,
    no_context_in_selection::no_context_in_selection,
    context_invalid_selection::context_invalid_selection,
    context_no_resolvable_key::context_no_resolvable_key,
    external_on_interface::external_on_interface,
    external_unused::external_unused,
    interface_key_not_on_implementation::interface_key_not_on_implementation,
    interface_object_usage_error::interface_object_usage_error,
    invalid_shareable_usage::invalid_shareable_usage,
    cost_applied_to_interface_field::cost_applied_to_interface_field,
    list_size_applied_to_non_list::list_size_applied_to_non_list,
    list_size_invalid_assumed_size::list_size_invalid_assumed_size,
    list_size_invalid_slicing_argument::list_size_invalid_slicing_argument,
    list_size_invalid_sized_field::list_size_invalid_sized_field,
    auth_requirements_applied_on_interface::auth_requirements_applied_on_interface,
];

/// All findings of all rules on one subgraph.
pub fn check_subgraph(subgraph: &Subgraph) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let checked = CheckedSubgraph {
        subgraph,
        field_sets: field_sets(subgraph),
    };
    for rule in SUBGRAPH_RULES {
        rule(&checked, &mut findings);
    }
    findings
}

/// Of the codes for a key, a requirement and a provision, the one for `directive`.
fn code_of_field_set(directive: Federation, [key, requires, provides]: [Code; 3]) -> Code {
    match directive {
        Federation::Requires => requires,
        Federation::Provides => provides,
        _ => key,
    }
}
