//! Every explanation: those beside the rules and those in `pages/`, sorted by code.

use crate::rules::explanation::{EXAMPLE_HEADER, Explanation};
use crate::rules::{
    auth_requirements_applied_on_interface, context_invalid_selection, context_name_invalid,
    context_no_resolvable_key, context_not_set, cost_applied_to_interface_field,
    directive_in_fields_arg, external_collision_with_another_directive, external_on_interface,
    external_unused, fields_has_args, fields_missing_external, interface_key_not_on_implementation,
    interface_object_usage_error, invalid_fields, invalid_fields_type, invalid_shareable_usage,
    key_fields_select_invalid_type, list_size_applied_to_non_list, list_size_invalid_assumed_size,
    list_size_invalid_sized_field, list_size_invalid_slicing_argument, no_context_in_selection,
    pages, provides_on_non_object_field, unsupported_on_interface,
};
use crate::suggestion::did_you_mean;

/// The explanations beside the rules.
const RULE_PAGES: &[&[Explanation]] = &[
    &invalid_fields_type::PAGES,
    &invalid_fields::PAGES,
    &directive_in_fields_arg::PAGES,
    &fields_has_args::PAGES,
    &fields_missing_external::PAGES,
    &unsupported_on_interface::PAGES,
    &[
        key_fields_select_invalid_type::PAGE,
        provides_on_non_object_field::PAGE,
        external_collision_with_another_directive::PAGE,
        external_on_interface::PAGE,
        external_unused::PAGE,
        interface_key_not_on_implementation::PAGE,
        interface_object_usage_error::PAGE,
        invalid_shareable_usage::PAGE,
        context_name_invalid::PAGE,
        context_not_set::PAGE,
        context_invalid_selection::PAGE,
        context_no_resolvable_key::PAGE,
        no_context_in_selection::PAGE,
        cost_applied_to_interface_field::PAGE,
        list_size_applied_to_non_list::PAGE,
        list_size_invalid_assumed_size::PAGE,
        list_size_invalid_slicing_argument::PAGE,
        list_size_invalid_sized_field::PAGE,
        auth_requirements_applied_on_interface::PAGE,
    ],
];

/// All explanations, sorted by code.
pub fn explanations() -> Vec<&'static Explanation> {
    let mut all: Vec<&Explanation> = RULE_PAGES
        .iter()
        .chain(pages::PAGES)
        .flat_map(|pages| pages.iter())
        .collect();
    all.sort_by_key(|explanation| explanation.code);
    all
}

/// The explanation of a code, whatever its case.
///
/// # Errors
/// When there is none: what to do, with near codes where there are.
pub fn explain(code: &str) -> Result<&'static Explanation, String> {
    let wanted = code.trim().to_uppercase();
    let all = explanations();
    let found = all
        .iter()
        .find(|explanation| explanation.code.as_str() == wanted);
    found.copied().ok_or_else(|| {
        let known = all.iter().map(|explanation| explanation.code.as_str());
        did_you_mean(&wanted, known)
            .unwrap_or_else(|| "run `weft explain` for a list of all codes".to_owned())
    })
}

/// The reference of all codes, as a Markdown document.
pub fn reference() -> String {
    let pages: Vec<String> = explanations()
        .iter()
        .map(|explanation| explanation.to_markdown())
        .collect();
    format!(
        "<!-- Written by `UPDATE=1 cargo test -p weft-composition --test explanations`. -->\n\n\
         # Composition: errors and hints\n\n\
         What `weft compose` can say, each with an example; `weft explain CODE` prints the same. Errors stop composition, \
         hints do not.\n\n\
         Unless an example links something itself or says `# Federation 1`, it begins with:\n\n\
         ```graphql\n{EXAMPLE_HEADER}```\n\n{}",
        pages.join("\n")
    )
}
