//! Reading: what the model says of small supergraphs in each version of the `join` specification.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::testing::{read, read_text, supergraph_text};
use crate::{Subgraph, SubgraphTypeKind};
use apollo_compiler::ast::OperationType;
use std::fmt::Write;

/// One line for each type with fields in each subgraph, in a short notation.
fn check(types: &str, expect: &str) {
    let printed: String = read(types).subgraphs().iter().map(describe).collect();
    assert_eq!(printed.trim(), unindent(expect));
}

fn unindent(text: &str) -> String {
    text.trim()
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
}

fn describe(subgraph: &Subgraph) -> String {
    let mut text = String::new();
    for (name, known) in subgraph.types.iter().filter(|(name, _)| *name != "Query") {
        write!(text, "{} {name}", subgraph.name).unwrap();
        for key in &known.keys {
            let resolvable = if key.resolvable { "" } else { "!" };
            write!(text, " @{resolvable}[{}]", key.fields).unwrap();
        }
        for field in known.fields.values() {
            write!(text, " {}:{}", field.name, field.ty).unwrap();
            for (flag, word) in [
                (field.external, "external"),
                (field.overridden, "overridden"),
            ] {
                if flag {
                    write!(text, "/{word}").unwrap();
                }
            }
            if let Some(label) = &field.override_label {
                write!(text, "/{}={}", label.label, label.when).unwrap();
            }
            for (set, word) in [(&field.requires, "requires"), (&field.provides, "provides")] {
                if let Some(set) = set {
                    write!(text, "/{word}[{set}]").unwrap();
                }
            }
        }
        for (name, ty) in &known.input_fields {
            write!(text, " {name}:{ty}").unwrap();
        }
        for value in &known.enum_values {
            write!(text, " {value}").unwrap();
        }
        if known.kind.is_abstract() {
            write!(
                text,
                " = {:?}",
                known.possible_types.iter().collect::<Vec<_>>()
            )
            .unwrap();
        }
        text.push('\n');
    }
    text
}

const QUERY: &str = "type Query @join__type(graph: A) { q: Int }";

#[test]
fn a_field_without_join_field_is_in_all_subgraphs_of_its_type() {
    check(
        &format!(
            r#"{QUERY}
            type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", resolvable: false) {{
              id: ID!
              one: Int! @join__field(graph: B, type: "Int") @join__field(graph: A)
              nobody: Int @join__field
            }}"#
        ),
        "a T @[id] id:ID! one:Int!
         b T @![id] id:ID! one:Int",
    );
}

#[test]
fn external_requires_and_provides_are_read() {
    check(
        &format!(
            r#"{QUERY}
            type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {{
              id: ID!
              weight: Int @join__field(graph: A) @join__field(graph: B, external: true)
              shipping: Int @join__field(graph: B, requires: "weight")
              self: T @join__field(graph: B, provides: "weight")
            }}"#
        ),
        "a T @[id] id:ID! weight:Int
         b T @[id] id:ID! weight:Int/external shipping:Int/requires[weight] self:T/provides[weight]",
    );
}

#[test]
fn overrides_are_read_with_and_without_label() {
    check(
        &format!(
            r#"{QUERY}
            type T @join__type(graph: A) @join__type(graph: B) {{
              moved: Int @join__field(graph: A, usedOverridden: true) @join__field(graph: B, override: "a")
              moving: Int @join__field(graph: A, overrideLabel: "percent(5)") @join__field(graph: B, override: "a", overrideLabel: "percent(5)")
              used: Int @join__field(graph: A, usedOverridden: true, overrideLabel: "x") @join__field(graph: B, override: "a", overrideLabel: "x")
            }}"#
        ),
        "a T moved:Int/overridden moving:Int/percent(5)=false used:Int/x=false
         b T moved:Int moving:Int/percent(5)=true used:Int/x=true",
    );
}

#[test]
fn a_key_field_of_an_extension_is_resolvable_though_external() {
    check(
        &format!(
            r#"{QUERY}
            type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", extension: true) {{
              id: ID! @join__field(graph: A) @join__field(graph: B, external: true)
            }}"#
        ),
        "a T @[id] id:ID!
         b T @[id] id:ID!",
    );
}

#[test]
fn abstract_types_enums_and_inputs_differ_between_subgraphs() {
    check(
        &format!(
            r#"{QUERY}
            interface I @join__type(graph: A) @join__type(graph: B) @join__type(graph: C, isInterfaceObject: true) {{ id: ID! }}
            type X implements I @join__implements(graph: A, interface: "I") @join__type(graph: A) @join__type(graph: B) {{ id: ID! }}
            type Y implements I @join__implements(graph: B, interface: "I") @join__type(graph: B) {{ id: ID! }}
            union U @join__type(graph: A) @join__type(graph: B) @join__unionMember(graph: A, member: "X") @join__unionMember(graph: B, member: "Y") = X | Y
            enum E @join__type(graph: A) @join__type(graph: B) {{ P @join__enumValue(graph: A) Q }}
            input N @join__type(graph: A) @join__type(graph: B) {{ a: Int b: Int! @join__field(graph: B, type: "Int") }}"#
        ),
        "a I id:ID! = [\"X\"]
         a X id:ID!
         a U = [\"X\"]
         a E P Q
         a N a:Int
         b I id:ID! = [\"Y\"]
         b X id:ID!
         b Y id:ID!
         b U = [\"Y\"]
         b E Q
         b N a:Int b:Int
         c I id:ID!",
    );
}

#[test]
fn an_interface_object_is_an_object_in_its_subgraph() {
    let supergraph = read(&format!(
        r#"{QUERY}
        interface I @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) {{ id: ID! }}
        type X implements I @join__implements(graph: A, interface: "I") @join__type(graph: A, key: "id") {{ id: ID! extra: Int @join__field }}"#
    ));
    let (b, _) = supergraph.subgraph_by_name("b").unwrap();
    let known = supergraph.subgraph_type(b, "I").unwrap();
    assert!(known.is_interface_object);
    assert_eq!(known.kind, SubgraphTypeKind::Object);
    assert!(known.possible_types.contains("I"));
    assert!(supergraph.resolvers("X", "extra").is_empty());
    assert_eq!(supergraph.possible_types("I").collect::<Vec<_>>(), ["X"]);
}

#[test]
fn context_arguments_know_the_types_that_set_the_context() {
    let supergraph = read(&format!(
        r#"{QUERY}
        type S @join__type(graph: A) @context(name: "a__ctx") {{ prop: String child: T }}
        type R @join__type(graph: A) @context(name: "a__ctx") {{ other: String child: T }}
        type T @join__type(graph: A) {{
          field: Int @join__field(graph: A, contextArguments: [{{context: "a__ctx", name: "arg", type: "String", selection: "... on S {{ prop }} ... on R {{ other }}"}}])
        }}"#
    ));
    let (a, _) = supergraph.subgraph_by_name("a").unwrap();
    let field = supergraph.subgraph_field(a, "T", "field").unwrap();
    assert_eq!(
        field.context_arguments[0].selections["S"].to_string(),
        "prop"
    );
    assert_eq!(
        field.context_arguments[0].selections["R"].to_string(),
        "other"
    );
    assert_eq!(field.arguments["arg"].ty.to_string(), "String");
}

#[test]
fn a_federation_1_supergraph_is_read() {
    let supergraph = read_text(
        r#"
schema
  @core(feature: "https://specs.apollo.dev/core/v0.2")
  @core(feature: "https://specs.apollo.dev/join/v0.1", for: EXECUTION)
{ query: Query }
directive @core(as: String, feature: String!, for: core__Purpose) repeatable on SCHEMA
directive @join__field(graph: join__Graph, provides: join__FieldSet, requires: join__FieldSet) on FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__owner(graph: join__Graph!) on INTERFACE | OBJECT
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on INTERFACE | OBJECT
enum core__Purpose { EXECUTION SECURITY }
scalar join__FieldSet
enum join__Graph { A @join__graph(name: "a" url: "http://a") B @join__graph(name: "b" url: "http://b") }
type Query { q: T @join__field(graph: A) }
type T @join__owner(graph: A) @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
  id: ID! @join__field(graph: A)
  weight: Int
  shipping: Value @join__field(graph: B, requires: "weight")
}
type Value { cents: Int }
"#,
    )
    .unwrap();
    let printed: String = supergraph.subgraphs().iter().map(describe).collect();
    let expect = "a T @[id] id:ID! weight:Int
                  a Value cents:Int
                  b T @[id] shipping:Value/requires[weight] id:ID! weight:Int/external
                  b Value cents:Int";
    assert_eq!(printed.trim(), unindent(expect));
    assert_eq!(supergraph.resolvers("Query", "q").len(), 1);
}

#[test]
fn the_api_schema_hides_inaccessible_elements_and_machinery() {
    let supergraph = read(
        r#"
        type Query @join__type(graph: A) { q: Int secret: S @inaccessible arg(a: Int, b: Int @inaccessible): Int @deprecated(reason: "old") }
        type S @join__type(graph: A) @inaccessible { x: Int }
        type V @join__type(graph: A) { x: Int }
        union U @join__type(graph: A) = S | V
        "#,
    );
    assert_eq!(
        supergraph.to_api_sdl().trim(),
        "type Query {\n  q: Int\n  arg(a: Int): Int @deprecated(reason: \"old\")\n}\n\ntype V {\n  x: Int\n}\n\nunion U = V"
    );
}

#[test]
fn inaccessible_is_found_under_another_name() {
    let text = supergraph_text("type Query @join__type(graph: A) { q: Int hidden: Int @private }")
        .replace(
            "inaccessible/v0.2\", for: SECURITY",
            "inaccessible/v0.2\", for: SECURITY, import: [{name: \"@inaccessible\", as: \"@private\"}]",
        )
        .replace("directive @inaccessible", "directive @private");
    assert_eq!(
        read_text(&text).unwrap().to_api_sdl().trim(),
        "type Query {\n  q: Int\n}"
    );
}

#[test]
fn a_printed_supergraph_reads_back_equal() {
    let once = read(
        r#"
        "The start"
        type Query @join__type(graph: A) { q(text: String = "a \"b\"\n"): Int  }
        "#,
    );
    let again = read_text(&once.to_sdl()).unwrap();
    assert_eq!(again.to_sdl(), once.to_sdl());
    assert_eq!(again.to_api_sdl(), once.to_api_sdl());
    assert_eq!(again.schema(), once.schema());
}

fn check_error(text: &str, code: Code, message: &str, at: &str) {
    let diagnostics = read_text(text).unwrap_err();
    let found = diagnostics
        .iter()
        .find(|one| one.code == code && one.message.contains(message));
    let found = found.unwrap_or_else(|| panic!("no `{code}` with `{message}`: {diagnostics:?}"));
    let label = found.labels.first();
    let place = label.map_or("", |label| &label.span.source().text()[label.span.range()]);
    assert!(place.contains(at), "the label is at `{place}`");
}

#[test]
fn a_schema_that_is_no_supergraph_is_refused() {
    check_error(
        "type Query { a: Int }",
        INVALID_SUPERGRAPH,
        "does not link",
        "",
    );
}

#[test]
fn a_syntax_error_has_its_place() {
    check_error("type Query { a: Int ", INVALID_GRAPHQL, "", "");
    check_error(
        "type Query { a: Nope }",
        INVALID_GRAPHQL,
        "cannot find type `Nope`",
        "Nope",
    );
}

#[test]
fn an_unknown_feature_for_execution_is_refused() {
    let text = supergraph_text(QUERY).replace(
        "@link(url: \"https://specs.apollo.dev/context/v0.1\", for: SECURITY)",
        "@link(url: \"https://example.com/magic/v0.1\", for: EXECUTION)",
    );
    check_error(
        &text,
        UNSUPPORTED_LINKED_FEATURE,
        "`https://example.com/magic`",
        "magic",
    );
}

#[test]
fn an_unknown_feature_without_purpose_is_ignored() {
    let text = supergraph_text(QUERY).replace(
        "@link(url: \"https://specs.apollo.dev/context/v0.1\", for: SECURITY)",
        "@link(url: \"https://example.com/magic/v0.1\")",
    );
    assert!(read_text(&text).is_ok());
}

#[test]
fn a_newer_join_version_is_refused() {
    let text = supergraph_text(QUERY).replace("join/v0.5", "join/v0.9");
    check_error(
        &text,
        UNSUPPORTED_LINKED_FEATURE,
        "version 0.9 of `join`",
        "join/v0.9",
    );
}

#[test]
fn a_broken_field_set_is_refused() {
    let text = supergraph_text(r#"type Query @join__type(graph: A, key: "id {") { id: Int }"#);
    check_error(
        &text,
        INVALID_SUPERGRAPH,
        "`key: \"id {\"` is wrong",
        "join__type",
    );
}

#[test]
fn a_root_type_that_the_schema_definition_leaves_out_is_a_root() {
    let supergraph = read(
        "type Query @join__type(graph: A) { a: Int } type Mutation @join__type(graph: A) { b: Int }",
    );
    let root = supergraph.root_type(OperationType::Mutation);
    assert_eq!(root.map(|name| name.as_str()), Some("Mutation"));
    assert!(supergraph.root_type(OperationType::Subscription).is_none());
}

#[test]
fn a_federation_1_value_type_behind_a_union_is_known_wherever_the_union_is() {
    let text = supergraph_text(
        "union Any = Value type Value { shown: Int } type Query { any: Any @join__field(graph: A) }",
    );
    let supergraph = read_text(&text.replace("join/v0.5", "join/v0.1")).unwrap();
    let a = &supergraph.subgraphs()[0];
    assert!(a.types["Any"].possible_types.contains("Value"));
    assert!(a.types["Value"].fields.contains_key("shown"));
}
