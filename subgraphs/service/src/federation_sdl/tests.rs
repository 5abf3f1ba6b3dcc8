//! The rewriting, on texts as async-graphql exports them.

use super::*;

const EXPORTED: &str = r#"
type User @key(fields: "id") {
	id: ID!
	email: String
}
type Query {
	me(full: Boolean! = true): User
}
interface Product {
	id: ID!
}
directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @owner(team: String!) on OBJECT
extend schema @link(
	url: "https://specs.apollo.dev/federation/v2.5",
	import: ["@key", "@tag", "@shareable"]
)
extend schema @link(
	url: "https://weft.example/owner/v1.0"
	import: ["@owner"]
)
	@composeDirective(name: "@owner")
"#;

fn check(coordinate: &'static str, directives: &'static str, expected: &str) {
    let sdl = rewrite(
        EXPORTED,
        &[SdlAddition {
            coordinate,
            directives,
        }],
    )
    .unwrap();
    assert!(sdl.contains(expected), "{expected} is not in\n{sdl}");
}

#[test]
fn directives_are_attached_to_types_fields_and_arguments() {
    check(
        "User.email",
        "@authenticated",
        "email: String @authenticated",
    );
    check(
        "Product",
        r#"@key(fields: "id")"#,
        r#"interface Product @key(fields: "id")"#,
    );
    check(
        "Query.me(full:)",
        "@cost(weight: 2)",
        "full: Boolean! = true @cost(weight: 2)",
    );
}

#[test]
fn just_what_is_used_is_imported() {
    check(
        "User.email",
        "@authenticated",
        r#"import: ["@authenticated", "@composeDirective", "@key"]"#,
    );
    check(
        "User.email",
        "@inaccessible",
        r#"import: ["@composeDirective", "@inaccessible", "@key"]"#,
    );
}

#[test]
fn our_own_directives_stay_composed() {
    check(
        "User.email",
        "@authenticated",
        r#"@link(url: "https://weft.example/owner/v1.0", import: ["@owner"]) @composeDirective(name: "@owner")"#,
    );
}

#[test]
fn what_graphql_defines_is_not_defined_again() {
    assert!(
        !rewrite(EXPORTED, &[])
            .unwrap()
            .contains("directive @include")
    );
}

#[test]
fn an_addition_to_nothing_is_an_error() {
    let addition = SdlAddition {
        coordinate: "User.phone",
        directives: "@authenticated",
    };
    let error = rewrite(EXPORTED, &[addition]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the schema has no `User.phone` to put `@authenticated` on"
    );
}
