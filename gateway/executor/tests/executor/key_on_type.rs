//! One response key for other fields on other types, from a subgraph that does not know types: each object shows that of its own.

use crate::case::Case;
use crate::composed::composed;
use crate::stub::Stub;

const DIARY: &str = r#"
    type Query { animals: [Animal] }
    type Animal @interfaceObject @key(fields: "id", resolvable: false) { id: ID! pages: Int rows: Int friend: Animal guest: Animal }"#;
const OWNER: &str = r#"
    interface Animal @key(fields: "id") { id: ID! }
    type Cat implements Animal @key(fields: "id") { id: ID! }
    type Dog implements Animal @key(fields: "id") { id: ID! }"#;

fn case(operation: &str) -> Case {
    Case::planned(&composed(&[("diary", DIARY), ("owner", OWNER)]), operation)
}

#[test]
fn numbers_under_one_key_are_those_of_each_type() {
    let stub = Stub::default()
        .on(
            "diary",
            r#"{"data":{"animals":[
                {"__typename":"Animal","id":"1","__weft_text_on_Cat":10,"__weft_text_on_Dog":11},
                {"__typename":"Animal","id":"2","__weft_text_on_Cat":20,"__weft_text_on_Dog":21}]}}"#,
        )
        .on(
            "owner",
            r#"{"data":{"_entities":[{"__typename":"Dog"},{"__typename":"Cat"}]}}"#,
        );
    case("{ animals { ... on Cat { text: pages } ... on Dog { text: rows } } }").check(
        &stub,
        r#"{"animals":[{"text":11},{"text":20}]}"#,
        &[],
    );
}

#[test]
fn objects_under_one_key_are_those_of_each_type() {
    let stub = Stub::default()
        .on(
            "diary",
            r#"{"data":{"animals":[
                {"__typename":"Animal","id":"1","__weft_who_on_Cat":{"id":"3"},"__weft_who_on_Dog":{"pages":4}},
                {"__typename":"Animal","id":"2","__weft_who_on_Cat":null,"__weft_who_on_Dog":{"pages":5}}]}}"#,
        )
        .on(
            "owner",
            r#"{"data":{"_entities":[{"__typename":"Dog"},{"__typename":"Cat"}]}}"#,
        );
    case("{ animals { ... on Cat { who: friend { id } } ... on Dog { who: guest { pages } } } }")
        .check(
            &stub,
            r#"{"animals":[{"who":{"pages":4}},{"who":null}]}"#,
            &[],
        );
}

#[test]
fn an_error_below_one_key_for_two_fields_has_the_path_that_the_client_knows() {
    let stub = Stub::default()
        .on(
            "diary",
            r#"{"data":{"animals":[
                null,
                {"__typename":"Animal","id":"2","__weft_who_on_Cat":null,"__weft_who_on_Dog":{"rows":5}},
                {"__typename":"Animal","id":"3","__weft_who_on_Cat":{"pages":null},"__weft_who_on_Dog":null}]},
             "errors":[
                {"message":"a","path":["animals",0,"__weft_who_on_Cat","pages"]},
                {"message":"b","path":["animals",1,"__weft_who_on_Cat","pages"]},
                {"message":"c","path":["animals",2,"__weft_who_on_Cat","pages"]}]}"#,
        )
        .on(
            "owner",
            r#"{"data":{"_entities":[{"__typename":"Cat"},{"__typename":"Cat"}]}}"#,
        );
    let operation =
        "{ animals { ... on Cat { who: friend { pages } } ... on Dog { who: guest { rows } } } }";
    case(operation).check(
        &stub,
        r#"{"animals":[null,{"who":null},{"who":{"pages":null}}]}"#,
        &[
            "DOWNSTREAM_SERVICE_ERROR animals.0.who.pages",
            "DOWNSTREAM_SERVICE_ERROR animals.1.who.pages",
            "DOWNSTREAM_SERVICE_ERROR animals.2.who.pages",
        ],
    );
}
