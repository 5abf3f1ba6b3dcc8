//! Pairs of schemas, and the changes between them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apollo_compiler::Schema;

use crate::{Profile, diff};

fn lines(old: &str, new: &str, profile: Profile) -> Vec<String> {
    let parse = |text| Schema::parse_and_validate(text, "schema.graphql").unwrap();
    diff(&parse(old), &parse(new), profile)
        .iter()
        .map(|change| format!("{} {} {}", change.criticality, change.code, change.path))
        .collect()
}

#[track_caller]
fn check(old: &str, new: &str, spec: &[&str]) {
    assert_eq!(lines(old, new, Profile::Spec), spec);
    assert!(lines(new, new, Profile::Spec).is_empty());
}

#[track_caller]
fn inspect(old: &str, new: &str, inspector: &[&str]) {
    assert_eq!(lines(old, new, Profile::Inspector), inspector);
}

#[test]
fn a_removed_field_breaks_only_where_operations_could_select_it() {
    check(
        "type Query { a: Int b: Int } type Lost { a: Int b: Int }",
        "type Query { a: Int } type Lost { a: Int }",
        &[
            "BREAKING FIELD_REMOVED Query.b",
            "SAFE FIELD_REMOVED Lost.b",
        ],
    );
}

#[test]
fn a_field_that_can_be_null_now_breaks_and_one_that_cannot_any_more_does_not() {
    check(
        "type Query { a: Int! b: Int c: [Int!]! d: [Int] }",
        "type Query { a: Int b: Int! c: [Int]! d: [Int!]! }",
        &[
            "BREAKING FIELD_TYPE_CHANGED Query.a",
            "BREAKING FIELD_TYPE_CHANGED Query.c",
            "SAFE FIELD_TYPE_CHANGED Query.b",
            "SAFE FIELD_TYPE_CHANGED Query.d",
        ],
    );
}

#[test]
fn losing_null_on_one_of_several_members_breaks() {
    let old = "type Query { pet: Pet } union Pet = Cat | Dog type Cat { n: String } type Dog { n: String }";
    let one = old.replace("Dog { n: String", "Dog { n: String!");
    check(old, &one, &["BREAKING FIELD_TYPE_CHANGED Dog.n"]);
    let both = one.replace("Cat { n: String", "Cat { n: String!");
    check(
        old,
        &both,
        &[
            "SAFE FIELD_TYPE_CHANGED Cat.n",
            "SAFE FIELD_TYPE_CHANGED Dog.n",
        ],
    );
    inspect(old, &one, &["SAFE FIELD_TYPE_CHANGED Dog.n"]);
}

#[test]
fn losing_null_below_fields_that_an_alias_brings_together_breaks() {
    let old = "type Query { pet: Pet } union Pet = Cat | Dog type Cat { home: House } type Dog { hut: Hut }
        type House { size: Int } type Hut { area: Int }";
    let new = old.replace("area: Int", "area: Int!");
    check(old, &new, &["BREAKING FIELD_TYPE_CHANGED Hut.area"]);
}

#[test]
fn losing_null_on_an_object_whose_interface_keeps_it_breaks() {
    let old = "type Query { node: Node } interface Node { n: String } type A implements Node { n: String }";
    let new = old.replace(
        "type A implements Node { n: String",
        "type A implements Node { n: String!",
    );
    check(old, &new, &["BREAKING FIELD_TYPE_CHANGED A.n"]);
}

#[test]
fn a_default_removed_from_a_type_without_null_makes_it_required() {
    check(
        "type Query { a(x: Int! = 1, y: Int = 1, i: In): Int } input In { x: Int! = 1 y: Int = 1 }",
        "type Query { a(x: Int!, y: Int, i: In): Int } input In { x: Int! y: Int }",
        &[
            "BREAKING INPUT_FIELD_DEFAULT_VALUE_CHANGED In.x",
            "BREAKING FIELD_ARGUMENT_DEFAULT_CHANGED Query.a(x:)",
            "DANGEROUS INPUT_FIELD_DEFAULT_VALUE_CHANGED In.y",
            "DANGEROUS FIELD_ARGUMENT_DEFAULT_CHANGED Query.a(y:)",
        ],
    );
}

#[test]
fn added_inputs_break_when_they_are_required() {
    check(
        "type Query { a(i: In): Int } input In { x: Int }",
        "type Query { a(i: In, r: Int!, o: Int, d: Int! = 1): Int } input In { x: Int r: Int! d: Int! = 1 o: Int }",
        &[
            "BREAKING INPUT_FIELD_ADDED In.r",
            "BREAKING FIELD_ARGUMENT_ADDED Query.a(r:)",
            "SAFE INPUT_FIELD_ADDED In.d",
            "SAFE INPUT_FIELD_ADDED In.o",
            "SAFE FIELD_ARGUMENT_ADDED Query.a(d:)",
            "SAFE FIELD_ARGUMENT_ADDED Query.a(o:)",
        ],
    );
}

#[test]
fn input_types_may_become_wider_but_not_lists() {
    check(
        "type Query { a(w: Int!, n: Int, l: Int, i: [Int!]!): Int }",
        "type Query { a(w: Int, n: Int!, l: [Int], i: [Int]): Int }",
        &[
            "BREAKING FIELD_ARGUMENT_TYPE_CHANGED Query.a(l:)",
            "BREAKING FIELD_ARGUMENT_TYPE_CHANGED Query.a(n:)",
            "SAFE FIELD_ARGUMENT_TYPE_CHANGED Query.a(i:)",
            "SAFE FIELD_ARGUMENT_TYPE_CHANGED Query.a(w:)",
        ],
    );
}

#[test]
fn enum_values_are_judged_by_position() {
    let old = "type Query { out: Out in(e: In): Int both(e: Both): Both }
        enum Out { A B } enum In { A B } enum Both { A B }";
    let new = "type Query { out: Out in(e: In): Int both(e: Both): Both }
        enum Out { A C } enum In { A C } enum Both { A C }";
    check(
        old,
        new,
        &[
            "BREAKING ENUM_VALUE_REMOVED Both.B",
            "BREAKING ENUM_VALUE_REMOVED In.B",
            "DANGEROUS ENUM_VALUE_ADDED Both.C",
            "DANGEROUS ENUM_VALUE_ADDED Out.C",
            "SAFE ENUM_VALUE_ADDED In.C",
            "SAFE ENUM_VALUE_REMOVED Out.B",
        ],
    );
    let inspected = lines(old, new, Profile::Inspector);
    assert!(inspected.contains(&"BREAKING ENUM_VALUE_REMOVED Out.B".to_owned()));
    assert!(inspected.contains(&"DANGEROUS ENUM_VALUE_ADDED In.C".to_owned()));
}

#[test]
fn only_directives_that_operations_can_use_break() {
    check(
        "directive @run(a: Int) repeatable on FIELD | QUERY directive @meta(a: Int) repeatable on OBJECT | UNION
         directive @gone on FIELD directive @none on OBJECT type Query { a: Int }",
        "directive @run(b: Int!) on FIELD directive @meta(b: Int!) on OBJECT type Query { a: Int }",
        &[
            "BREAKING DIRECTIVE_REMOVED @gone",
            "BREAKING DIRECTIVE_LOCATION_REMOVED @run",
            "BREAKING DIRECTIVE_REPEATABLE_REMOVED @run",
            "BREAKING DIRECTIVE_ARGUMENT_REMOVED @run(a:)",
            "BREAKING DIRECTIVE_ARGUMENT_ADDED @run(b:)",
            "SAFE DIRECTIVE_LOCATION_REMOVED @meta",
            "SAFE DIRECTIVE_REPEATABLE_REMOVED @meta",
            "SAFE DIRECTIVE_ARGUMENT_REMOVED @meta(a:)",
            "SAFE DIRECTIVE_ARGUMENT_ADDED @meta(b:)",
            "SAFE DIRECTIVE_REMOVED @none",
        ],
    );
}

#[test]
fn an_input_object_that_becomes_one_of_breaks() {
    let one_of = "directive @oneOf on INPUT_OBJECT type Query { a(i: In): Int } ";
    let old = format!("{one_of} input In {{ x: Int y: Int }}");
    let new = format!("{one_of} input In @oneOf {{ x: Int y: Int }}");
    check(&old, &new, &["BREAKING ONE_OF_ADDED In"]);
    check(&new, &old, &["SAFE ONE_OF_REMOVED In"]);
    inspect(
        &old,
        &new,
        &["BREAKING DIRECTIVE_USAGE_INPUT_OBJECT_ADDED In"],
    );
}

#[test]
fn possible_types_break_when_they_go_and_are_dangerous_when_they_come() {
    check(
        "type Query { u: U i: I } union U = A | B interface I { x: Int } type A implements I { x: Int } type B { x: Int }",
        "type Query { u: U i: I } union U = A | C interface I { x: Int } type A { x: Int } type B implements I { x: Int }
         type C implements I { x: Int }",
        &[
            "BREAKING OBJECT_TYPE_INTERFACE_REMOVED A",
            "BREAKING UNION_MEMBER_REMOVED U",
            "DANGEROUS OBJECT_TYPE_INTERFACE_ADDED B",
            "DANGEROUS OBJECT_TYPE_INTERFACE_ADDED C",
            "DANGEROUS UNION_MEMBER_ADDED U",
            "SAFE TYPE_ADDED C",
        ],
    );
}

#[test]
fn root_types_may_come_and_not_go() {
    check(
        "type Query { a: Int } type Mutation { a: Int }",
        "type Query { a: Int } type Subscription { a: Int }",
        &[
            "BREAKING SCHEMA_MUTATION_TYPE_CHANGED Mutation",
            "BREAKING TYPE_REMOVED Mutation",
            "SAFE SCHEMA_SUBSCRIPTION_TYPE_CHANGED Subscription",
            "SAFE TYPE_ADDED Subscription",
        ],
    );
}

#[test]
fn texts_for_people_are_safe() {
    check(
        "type Query { a: Int @deprecated b: Int } enum E { A }",
        "\"All\" type Query { a: Int b: Int @deprecated(reason: \"old\") } enum E { \"One\" A }",
        &[
            "SAFE ENUM_VALUE_DESCRIPTION_CHANGED E.A",
            "SAFE TYPE_DESCRIPTION_ADDED Query",
            "SAFE FIELD_DEPRECATION_REMOVED Query.a",
            "SAFE FIELD_DEPRECATION_ADDED Query.b",
        ],
    );
}
