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
    assert_eq!(verdict.line, Some(2));
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
    assert_eq!((verdict.fate, verdict.line), (Fate::Broken, Some(3)));
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
