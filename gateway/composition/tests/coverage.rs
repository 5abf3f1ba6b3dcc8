//! What the cases cover: every code and hint, every directive, every rule of merging, each where it fits and where it
//! does not. The examples of `weft explain` are the near twins: a wrong one and the same, repaired.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "support/folders.rs"]
mod folders;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use weft_composition::ingest::federation_directive::FederationDirective;
use weft_composition::rules::catalogue::explanations;
use weft_composition::rules::explanation::{Example, Explanation};

use folders::sorted_entries;

/// A subject, folders where it is used rightly, and folders where it is refused.
struct Subject {
    name: &'static str,
    fits: &'static [&'static str],
    refused: &'static [&'static str],
}

const fn subject(
    name: &'static str,
    fits: &'static [&'static str],
    refused: &'static [&'static str],
) -> Subject {
    Subject {
        name,
        fits,
        refused,
    }
}

/// Every directive of Federation and those of GraphQL that reach the supergraph.
const DIRECTIVES: &[Subject] = &[
    subject(
        "key",
        &["field_sets/keys_compound_nested_and_several"],
        &["field_sets/key_of_a_misspelt_field"],
    ),
    subject(
        "requires",
        &[
            "field_sets/requirements_nested",
            "field_sets/requirement_with_arguments",
        ],
        &["field_sets/requirement_of_a_field_that_is_resolved_here"],
    ),
    subject(
        "provides",
        &["field_sets/provided_fields_of_members"],
        &["field_sets/provides_on_scalar_and_external_fields"],
    ),
    subject(
        "external",
        &["external/on_a_type"],
        &["external/unused_field_and_type"],
    ),
    subject(
        "shareable",
        &["sharing/once_on_a_type_and_once_on_its_extension"],
        &["sharing/twice_on_a_declaration"],
    ),
    subject(
        "override",
        &["directives/override_with_and_without_label"],
        &["directives/override_wrong_in_every_way"],
    ),
    subject(
        "inaccessible",
        &["directives/tags_and_inaccessible"],
        &["merge/hidden_elements_that_leave_a_hole"],
    ),
    subject(
        "tag",
        &["directives/tags_and_inaccessible"],
        &["merge/tag_under_two_names"],
    ),
    subject(
        "extends",
        &["directives/extends"],
        &["directives/extends_without_a_base"],
    ),
    subject(
        "interfaceObject",
        &["interfaces/interface_object"],
        &["interfaces/interface_object_without_key"],
    ),
    subject(
        "composeDirective",
        &["directives/compose_directive"],
        &["merge/compose_directive_that_cannot_be"],
    ),
    subject(
        "authenticated",
        &["directives/protections_combine"],
        &["interfaces/protection_on_an_interface_object"],
    ),
    subject(
        "requiresScopes",
        &["directives/protections_combine"],
        &["merge/access_to_required_data"],
    ),
    subject(
        "policy",
        &["directives/protections_combine"],
        &["interfaces/external_shareable_cost_and_protection_on_fields"],
    ),
    subject(
        "cost",
        &["cost/sizes_and_costs"],
        &["interfaces/external_shareable_cost_and_protection_on_fields"],
    ),
    subject("listSize", &["cost/sizes_and_costs"], &["cost/wrong_sizes"]),
    subject(
        "context",
        &["context/of_two_types_with_fragments"],
        &["context/wrong_names"],
    ),
    subject(
        "fromContext",
        &["context/one_field"],
        &["context/of_a_misspelt_context"],
    ),
    subject(
        "cacheTag",
        &["directives/cache_tags"],
        &["directives/cache_tags_misused"],
    ),
    subject(
        "deprecated",
        &["directives/built_in"],
        &["graphql/required_and_deprecated"],
    ),
    subject(
        "specifiedBy",
        &["directives/built_in"],
        &["directives/built_in_misused"],
    ),
    subject(
        "oneOf",
        &["directives/built_in"],
        &["directives/one_of_with_a_required_field"],
    ),
    subject(
        "link",
        &["links/prefixed_and_renamed"],
        &["links/misspelt_import"],
    ),
];

/// How elements of several subgraphs become one.
const MERGE_RULES: &[Subject] = &[
    subject(
        "a name has one kind everywhere",
        &["merge/fields_of_some_subgraphs"],
        &["merge/kinds_that_differ"],
    ),
    subject(
        "fields of objects and interfaces are united",
        &["merge/fields_of_some_subgraphs"],
        &["merge/interface_field_that_an_implementation_lacks"],
    ),
    subject(
        "field types are covariant, also in nullability",
        &["merge/field_types_of_different_width"],
        &["merge/field_types_that_do_not_fit"],
    ),
    subject(
        "fields of several subgraphs are shared by all of them",
        &["sharing/once_on_a_type_and_once_on_its_extension"],
        &[
            "merge/field_shared_by_one_side_only",
            "sharing/not_shareable_anywhere",
            "merge/shareable_subscription",
        ],
    ),
    subject(
        "arguments are intersected",
        &["merge/arguments_of_some_subgraphs"],
        &["merge/required_argument_that_one_subgraph_lacks"],
    ),
    subject(
        "types of arguments and input fields narrow",
        &["merge/input_types_and_defaults_that_fit"],
        &["merge/argument_types_that_do_not_fit"],
    ),
    subject(
        "defaults agree",
        &["merge/input_types_and_defaults_that_fit"],
        &[
            "merge/argument_defaults_that_differ",
            "merge/input_defaults_that_differ",
        ],
    ),
    subject(
        "input fields are intersected",
        &["merge/input_fields_by_intersection"],
        &[
            "merge/input_field_required_in_some_subgraphs",
            "merge/input_with_nothing_in_common",
        ],
    ),
    subject(
        "enums merge by position",
        &[
            "merge/enum_that_is_only_accepted",
            "merge/enum_that_is_only_returned",
            "merge/enum_that_is_not_used",
            "merge/enum_value_hidden_until_it_is_everywhere",
        ],
        &[
            "merge/enum_that_is_accepted_and_returned",
            "merge/enum_with_nothing_in_common",
        ],
    ),
    subject(
        "unions are united",
        &["merge/unions_united"],
        &["merge/field_types_that_do_not_fit"],
    ),
    subject(
        "descriptions: the commonest",
        &["merge/descriptions_that_differ"],
        &[],
    ),
    subject(
        "deprecations and tags are united",
        &["merge/tags_and_deprecations"],
        &[
            "merge/directive_on_an_external_field",
            "merge/tag_under_two_names",
        ],
    ),
    subject(
        "external fields agree with their owner",
        &["merge/federation_1_beside_2"],
        &[
            "merge/external_fields_that_differ",
            "merge/external_argument_that_is_missing",
            "merge/external_in_every_subgraph",
        ],
    ),
    subject(
        "requirements give the arguments of their fields",
        &["field_sets/requirement_with_arguments"],
        &["merge/requirement_with_an_argument_that_one_subgraph_lacks"],
    ),
    subject(
        "overrides move a field",
        &[
            "merge/override_at_once",
            "merge/override_step_by_step",
            "merge/override_that_is_over",
            "merge/override_of_a_field_that_is_still_used",
            "merge/override_from_an_unknown_subgraph",
        ],
        &[
            "merge/override_from_itself",
            "merge/override_of_an_override",
            "merge/override_on_an_interface",
            "merge/override_with_a_wrong_label",
            "merge/override_of_a_field_with_requirements",
        ],
    ),
    subject(
        "interface objects add fields",
        &["merge/interface_object_adds_fields"],
        &[
            "merge/interface_object_beside_an_implementation",
            "merge/interface_object_without_an_interface",
        ],
    ),
    subject(
        "an interface with a key has all its implementations",
        &["interfaces/key_in_another_order_on_an_implementation"],
        &["merge/interface_key_without_all_implementations"],
    ),
    subject(
        "what is hidden leaves no hole",
        &["directives/tags_and_inaccessible"],
        &[
            "merge/hidden_elements_that_leave_a_hole",
            "merge/hidden_query",
            "merge/inaccessible_defaults",
            "merge/inaccessible_argument_of_a_composed_directive",
        ],
    ),
    subject(
        "protections combine, also over interfaces",
        &[
            "merge/access_combined",
            "merge/access_of_implementations_reaches_the_interface",
        ],
        &["merge/access_to_required_data"],
    ),
    subject(
        "costs and sizes combine",
        &["merge/costs_combined"],
        &["cost/wrong_sizes"],
    ),
    subject(
        "contextual arguments are contextual everywhere",
        &["merge/context_in_a_field"],
        &["merge/contextual_argument_in_one_subgraph"],
    ),
    subject(
        "cache tags stay with their subgraph",
        &["merge/cache_tags_are_passed_on"],
        &["directives/cache_tags_misused"],
    ),
    subject(
        "executable directives are intersected",
        &["merge/executable_directives_by_intersection"],
        &["merge/inaccessible_defaults"],
    ),
    subject(
        "composed directives are passed on",
        &[
            "merge/compose_directive",
            "merge/federation_directive_composed",
            "merge/composed_directive_under_another_name",
        ],
        &["merge/compose_directive_that_cannot_be"],
    ),
    subject(
        "specifications follow the newest link",
        &[
            "merge/specifications_follow_the_newest_federation",
            "merge/newer_specification_than_federation",
        ],
        &["links/unknown_version"],
    ),
    subject(
        "root types have one name",
        &["merge/root_types_under_other_names"],
        &["names/root_names_taken", "merge/no_query_anywhere"],
    ),
    subject(
        "subgraphs become names of an enum",
        &["merge/graphs_with_strange_names"],
        &["names/without_a_letter"],
    ),
    subject(
        "Federation 1 is brought to Federation 2",
        &[
            "merge/federation_1_shop",
            "merge/federation_1_beside_2",
            "merge/federation_1_field_sets_without_strings",
        ],
        &[
            "merge/federation_1_extension_without_base",
            "merge/federation_1_type_of_unused_external_fields",
            "merge/extension_of_a_type_that_no_one_defines",
        ],
    ),
];

/// What no schema text can raise.
const RAISED_BY_ARGUMENTS: [&str; 1] = ["CONTRACT_TAG_UNUSED"];

/// Rules that take whatever there is.
const NEVER_REFUSED: [&str; 1] = ["descriptions: the commonest"];

#[test]
fn every_code_has_a_case_and_near_twins_that_show_it() {
    let raised = raised_in_cases();
    let mut gaps = Vec::new();
    for explanation in explanations() {
        let code = explanation.code.as_str();
        if RAISED_BY_ARGUMENTS.contains(&code) {
            continue;
        }
        if !raised.contains(code) {
            gaps.push(format!("no case raises {code}"));
        }
        if explanation.wrong.is_empty() || explanation.right.is_empty() {
            gaps.push(format!("{code} has no pair of examples"));
        } else if likeness(explanation) < 0.6 {
            gaps.push(format!(
                "the examples of {code} are no near twins: {}",
                likeness(explanation)
            ));
        }
    }
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
}

#[test]
fn every_directive_has_a_case_where_it_fits_and_one_where_it_is_refused() {
    let mut gaps = gaps_in(DIRECTIVES);
    for directive in FederationDirective::ALL {
        if !DIRECTIVES
            .iter()
            .any(|subject| subject.name == directive.name())
        {
            gaps.push(format!("{directive} has no case"));
        }
    }
    for subject in DIRECTIVES {
        for folder in subject.fits.iter().chain(subject.refused) {
            if !schemas(folder).contains(&format!("@{}", subject.name)) {
                gaps.push(format!("{folder} does not use @{}", subject.name));
            }
        }
    }
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
}

#[test]
fn every_rule_of_merging_has_a_case_where_it_fits_and_one_where_it_refuses() {
    let mut gaps = gaps_in(MERGE_RULES);
    for folder in sorted_entries(&cases_folder().join("merge")) {
        let name = format!("merge/{}", folder.file_name().unwrap().to_string_lossy());
        let mut listed = MERGE_RULES
            .iter()
            .flat_map(|subject| subject.fits.iter().chain(subject.refused));
        if !listed.any(|listed| *listed == name) {
            gaps.push(format!("{name} belongs to no rule"));
        }
    }
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
}

/// Subjects without folders, and folders that say something else.
fn gaps_in(subjects: &[Subject]) -> Vec<String> {
    let mut gaps = Vec::new();
    for subject in subjects {
        if subject.fits.is_empty()
            || (subject.refused.is_empty() && !NEVER_REFUSED.contains(&subject.name))
        {
            gaps.push(format!("{} lacks a folder", subject.name));
        }
        let expected = subject
            .fits
            .iter()
            .map(|folder| (folder, "supergraph.graphql"))
            .chain(subject.refused.iter().map(|folder| (folder, "errors.txt")));
        for (folder, file) in expected {
            if !cases_folder().join(folder).join(file).is_file() {
                gaps.push(format!("{}: {folder} has no {file}", subject.name));
            }
        }
    }
    gaps
}

/// The codes at the beginnings of lines in what the cases expect.
fn raised_in_cases() -> BTreeSet<String> {
    let by_topic = sorted_entries(&cases_folder());
    let of_merging = by_topic.iter().flat_map(|topic| sorted_entries(topic));
    let of_reaching = sorted_entries(&cases_folder().join("../satisfiability"));
    let mut raised = BTreeSet::new();
    for case in of_merging.chain(of_reaching) {
        for file in ["errors.txt", "hints.txt", "expected.txt"] {
            let text = fs::read_to_string(case.join(file)).unwrap_or_default();
            let codes = text.lines().filter_map(|line| line.split_once(": "));
            raised.extend(codes.map(|(code, _)| code.to_owned()));
        }
    }
    raised
}

/// How much of the wrong example the right one keeps, from 0 to 1.
fn likeness(explanation: &Explanation) -> f32 {
    let text = |examples: &[Example]| {
        let texts = examples.iter().map(|example| example.sdl);
        texts.collect::<Vec<_>>().join("\n")
    };
    let (wrong, right) = (text(explanation.wrong), text(explanation.right));
    TextDiff::from_words(&wrong, &right).ratio()
}

fn schemas(folder: &str) -> String {
    let files = sorted_entries(&cases_folder().join(folder));
    let schemas = files.iter().filter(|file| {
        file.extension().is_some_and(|end| end == "graphql")
            && !file.ends_with("supergraph.graphql")
    });
    schemas
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

fn cases_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}
