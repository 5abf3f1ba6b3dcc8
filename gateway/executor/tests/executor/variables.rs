//! Variables: what is refused before any subgraph is asked, and what is passed on as it arrived.

use crate::graph::supergraph;
use bytes::Bytes;
use weft_executor::{CoercedVariables, coerce_variables};
use weft_query_plan::Operation;

fn coerce(declared: &str, given: &'static str) -> Result<CoercedVariables, Vec<String>> {
    let graph = supergraph(
        "
        type Query { a(i: Int, f: Float, s: String, b: Boolean, id: ID, k: Kind, in: In, one: One, l: [[Int!]], raw: Raw): Int }
        enum Kind { SMALL LARGE HIDDEN @inaccessible }
        scalar Raw
        input In { need: Int! fallback: Int! = 3 kind: Kind deep: In list: [In!] }
        input One @oneOf { a: Int b: String }
        ",
    );
    let name = declared.split(':').next().unwrap();
    let argument = name.trim_start_matches('$');
    let text = format!("query({declared}) {{ a({argument}: {name}) }}");
    let operation =
        Operation::parse(&graph, &text, None).unwrap_or_else(|error| panic!("{error:?}"));
    let given = Some(Bytes::from_static(given.as_bytes())).filter(|given| !given.is_empty());
    coerce_variables(&graph, &operation, given.as_ref()).map_err(|errors| {
        assert!(
            errors
                .iter()
                .all(|error| error.extensions["code"] == "BAD_USER_INPUT")
        );
        errors.into_iter().map(|error| error.message).collect()
    })
}

fn check_passed_on(declared: &str, given: &'static str, value: &str) {
    let variables = coerce(declared, given).unwrap_or_else(|errors| panic!("{given}: {errors:?}"));
    let name = declared.split(':').next().unwrap().trim_start_matches('$');
    assert_eq!(variables.get(name).unwrap(), value);
}

fn check_refused(declared: &str, given: &'static str, message: &str) {
    assert_eq!(coerce(declared, given).unwrap_err(), [message]);
}

#[test]
fn values_are_passed_on_as_they_arrived() {
    check_passed_on("$i: Int!", r#"{"i": -2147483648}"#, "-2147483648");
    check_passed_on("$f: Float", r#"{"f":1.50e2}"#, "1.50e2");
    check_passed_on("$s: String", r#"{"s":"\u00e9"}"#, r#""\u00e9""#);
    check_passed_on("$id: ID", r#"{"id":7}"#, "7");
    check_passed_on("$k: Kind", r#"{"k":"SMALL"}"#, r#""SMALL""#);
    check_passed_on("$raw: Raw", r#"{"raw":{"any":[1]}}"#, r#"{"any":[1]}"#);
    check_passed_on("$l: [[Int!]]", r#"{"l":[[1],null,2]}"#, "[[1],null,2]");
    check_passed_on("$l: [[Int!]]", r#"{"l":5}"#, "5");
    check_passed_on(
        "$in: In",
        r#"{"in":{"need":1,"deep":{"need":2},"list":{"need":3}}}"#,
        r#"{"need":1,"deep":{"need":2},"list":{"need":3}}"#,
    );
    check_passed_on("$one: One", r#"{"one":{"b":"x"}}"#, r#"{"b":"x"}"#);
    check_passed_on("$i: Int", r#"{"i":1,"other":[],"i":2}"#, "2");
}

#[test]
fn an_absent_variable_has_no_value_and_its_default_decides_conditions() {
    assert!(coerce("$i: Int", "").unwrap().get("i").is_none());
    assert!(coerce("$b: Boolean! = true", "{}").unwrap().is_true("b"));
    assert!(
        !coerce("$b: Boolean! = true", r#"{"b":false}"#)
            .unwrap()
            .is_true("b")
    );
    assert!(!coerce("$b: Boolean = false", "{}").unwrap().is_true("b"));
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    check_refused(
        "$i: Int!",
        "{}",
        "the variable `$i` of type `Int!` is required: give it a value",
    );
    check_refused(
        "$i: Int!",
        r#"{"i":null}"#,
        "`$i` of type `Int!` cannot be null",
    );
    check_refused(
        "$i: Int",
        r#"{"i":2147483648}"#,
        "`$i` must be of type `Int`, not a number",
    );
    check_refused(
        "$i: Int",
        r#"{"i":1.5}"#,
        "`$i` must be of type `Int`, not a number",
    );
    check_refused(
        "$s: String",
        r#"{"s":1}"#,
        "`$s` must be of type `String`, not a number",
    );
    check_refused(
        "$k: Kind",
        r#"{"k":"HIDDEN"}"#,
        "`HIDDEN` is no value of the enum `Kind`, in `$k`",
    );
    check_refused(
        "$k: Kind",
        r#"{"k":true}"#,
        "`$k` must be of type `Kind`, not a Boolean",
    );
    check_refused(
        "$in: In",
        r#"{"in":[]}"#,
        "`$in` must be of type `In`, not a list",
    );
    check_refused(
        "$in: In",
        r#"{"in":{}}"#,
        "`$in` of type `In` needs the field `need`",
    );
    check_refused(
        "$in: In",
        r#"{"in":{"need":1,"list":[{"need":1},{"need":"x"}]}}"#,
        "`$in.list[1].need` must be of type `Int`, not a string",
    );
    check_refused(
        "$in: In",
        r#"{"in":{"need":1,"more":2}}"#,
        "`In` has no field `more` in `$in`",
    );
    check_refused(
        "$l: [[Int!]]",
        r#"{"l":[[null]]}"#,
        "`$l[0][0]` of type `Int!` cannot be null",
    );
    check_refused(
        "$i: Int",
        "[1]",
        "the variables are not a JSON object: expected `{` at byte 0",
    );
}

#[test]
fn a_one_of_input_has_exactly_one_field() {
    let message = "`$one` of type `One` must have exactly one field, and it cannot be null";
    for given in [r#"{"one":{}}"#, r#"{"one":{"a":1,"b":"x"}}"#] {
        check_refused("$one: One", given, message);
    }
    check_refused("$one: One", r#"{"one":{"a":null}}"#, message);
}
