//! Operations against two schemas, and what becomes of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::{Profile, diff};

const OLD: &str =
    "type Query { a: Int b(x: Int): E c(i: In): Int! } enum E { A } input In { x: Int }";

fn judged(new: &str, document: &str) -> Verdict {
    let parse = |text| Schema::parse_and_validate(text, "schema.graphql").unwrap();
    let (old, new) = (parse(OLD), parse(new));
    let changes = diff(&old, &new, Profile::Spec);
    judge(
        &old,
        &new,
        document,
        "operation.graphql",
        &ChangeIndex::of(&changes),
    )
}

#[track_caller]
fn check(new: &str, document: &str, fate: Fate) {
    assert_eq!(judged(new, document).fate, fate);
}

#[test]
fn a_document_that_uses_a_removed_field_is_broken_at_its_line() {
    let verdict = judged(
        "type Query { b(x: Int): E c(i: In): Int! } enum E { A } input In { x: Int }",
        "{\n  a\n}",
    );
    assert_eq!(verdict.fate, Fate::Broken);
    assert_eq!(verdict.place, Some(TextPlace { line: 2, column: 3 }));
}

#[test]
fn a_document_that_does_not_use_it_is_unaffected() {
    let new = OLD.replace("a: Int ", "");
    check(&new, "{ b }", Fate::Unaffected);
    check(&new, "{ nothing }", Fate::InvalidBefore);
}

#[test]
fn a_new_enum_value_may_affect_who_receives_the_enum() {
    let new = OLD.replace("{ A }", "{ A B }");
    check(&new, "{ b }", Fate::PotentiallyAffected);
    check(&new, "{ a }", Fate::Unaffected);
}

#[test]
fn an_answer_that_can_be_null_now_is_broken() {
    let verdict = judged(&OLD.replace("Int!", "Int"), "{\n  b\n  c }");
    assert_eq!(verdict.fate, Fate::Broken);
    assert_eq!(verdict.place.map(|place| place.line), Some(3));
}

#[test]
fn a_required_input_field_may_affect_who_sends_the_input_in_a_variable() {
    let new = OLD.replace("input In { x: Int }", "input In { x: Int y: Int! }");
    check(
        &new,
        "query Q($i: In) { c(i: $i) }",
        Fate::PotentiallyAffected,
    );
    check(&new, "{ c(i: {x: 1}) }", Fate::Broken);
}

#[test]
fn a_parent_whose_only_field_went_is_not_the_place() {
    let old = "type Query { me: User } type User { id: ID name: String }";
    let new = old.replace("name: String", "");
    let parse = |text: &str| Schema::parse_and_validate(text, "schema.graphql").unwrap();
    let document = "{\n  me {\n    name\n  }\n}";
    let index = ChangeIndex::default();
    let verdict = judge(&parse(old), &parse(&new), document, "o.graphql", &index);
    assert_eq!(verdict.place, Some(TextPlace { line: 3, column: 5 }));
    assert_eq!(verdict.reasons.len(), 1, "{:?}", verdict.reasons);
}

#[test]
fn an_input_of_which_one_field_may_be_sent_breaks_who_sends_two_or_what_may_be_null() {
    let old = "directive @oneOf on INPUT_OBJECT type Query { a(by: By): Int } input By { id: ID name: String by: By }";
    let new = old.replace("By {", "By @oneOf {");
    let parse = |text: &str| Schema::parse_and_validate(text, "schema.graphql").unwrap();
    let (old, new) = (parse(old), parse(&new));
    let changes = diff(&old, &new, Profile::Spec);
    let index = ChangeIndex::of(&changes);
    let fate = |document: &str| judge(&old, &new, document, "o.graphql", &index).fate;
    for broken in [
        "{ a(by: {id: 1, name: \"n\"}) }",
        "{ a(by: {}) }",
        "{ a(by: {id: null}) }",
        "query Q($id: ID) { a(by: {id: $id}) }",
        "{ a(by: {by: {id: 1, name: \"n\"}}) }",
        "query Q($by: By = {id: 1, name: \"n\"}) { a(by: $by) }",
    ] {
        assert_eq!(fate(broken), Fate::Broken, "{broken}");
    }
    for fine in [
        "{ a(by: {id: 1}) }",
        "query Q($id: ID!) { a(by: {id: $id}) }",
    ] {
        assert_eq!(fate(fine), Fate::PotentiallyAffected, "{fine}");
    }
}

#[test]
fn a_document_that_was_invalid_says_what_becomes_of_it() {
    let new = OLD.replace("a: Int", "a: Int d: Int");
    let mended = judged(&new, "{ d }");
    assert_eq!(mended.fate, Fate::InvalidBefore);
    assert_eq!(mended.reasons, ["the change makes it valid"]);
    let still = judged(&new, "{\n nothing }");
    assert_eq!(still.place.map(|place| place.line), Some(2));
    assert!(still.reasons[0].contains("nothing"), "{:?}", still.reasons);
}
