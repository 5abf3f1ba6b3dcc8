//! Hints: subgraphs that compose, and differ in a way that is worth knowing.

use weft_diagnostic::Severity;

use crate::codes::{
    CONTRACT_TAG_UNUSED, DIRECTIVE_COMPOSITION_INFO, DIRECTIVE_COMPOSITION_WARN,
    IMPLICITLY_UPGRADED_FEDERATION_VERSION, INCONSISTENT_ARGUMENT_PRESENCE,
    INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE, INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE,
    INCONSISTENT_DEFAULT_VALUE_PRESENCE, INCONSISTENT_DESCRIPTION, INCONSISTENT_ENTITY,
    INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM, INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM,
    INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS, INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE,
    INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE, INCONSISTENT_INPUT_OBJECT_FIELD,
    INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD, INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS,
    INCONSISTENT_OBJECT_VALUE_TYPE_FIELD, INCONSISTENT_UNION_MEMBER,
    MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS, NO_EXECUTABLE_DIRECTIVE_INTERSECTION,
    UNUSED_ENUM_TYPE,
};
use crate::rules::explanation::{Example, Explanation, example};
use crate::rules::pages::hint;

const A: &str = "a";
const B: &str = "b";

const fn a(sdl: &'static str) -> Example {
    example(A, sdl)
}

const fn b(sdl: &'static str) -> Example {
    example(B, sdl)
}

pub(super) const PAGES: &[Explanation] = &[
    hint(
        INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE,
        Severity::Info,
        "a field has types in different subgraphs that differ and go together",
        "The supergraph has the more general type (`String` for `String` and `String!`). That is fine; if the difference is \
         not meant, use the same type.",
        &[
            a("type Query { version: String! @shareable }"),
            b("type Query { version: String @shareable }"),
        ],
        &[
            a("type Query { version: String! @shareable }"),
            b("type Query { version: String! @shareable }"),
        ],
    ),
    hint(
        INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE,
        Severity::Info,
        "an argument or input field has types in different subgraphs that differ and go together",
        "The supergraph has the stricter type (`Int!` for `Int` and `Int!`), which every subgraph accepts. If the difference \
         is not meant, use the same type.",
        &[
            a("type Query { page(size: Int!): String @shareable }"),
            b("type Query { page(size: Int): String @shareable }"),
        ],
        &[
            a("type Query { page(size: Int!): String @shareable }"),
            b("type Query { page(size: Int!): String @shareable }"),
        ],
    ),
    hint(
        INCONSISTENT_DEFAULT_VALUE_PRESENCE,
        Severity::Warning,
        "an argument or input field has a default value in some subgraphs only",
        "The supergraph has no default then, so the subgraph's own one never applies to what a client leaves out, unless the \
         gateway leaves it out too. Give the default everywhere, or nowhere.",
        &[
            a("type Query { page(size: Int = 10): String @shareable }"),
            b("type Query { page(size: Int): String @shareable }"),
        ],
        &[
            a("type Query { page(size: Int = 10): String @shareable }"),
            b("type Query { page(size: Int = 10): String @shareable }"),
        ],
    ),
    hint(
        INCONSISTENT_ENTITY,
        Severity::Info,
        "a type has a `@key` in some subgraphs only",
        "A subgraph without a key cannot be asked for more fields of the entity from elsewhere: its fields are reachable only \
         on ways that lead through it. Add a key there if the type is the same entity.",
        &[
            a(r#"type Query { x: Item } type Item @key(fields: "id") { id: ID! @shareable }"#),
            b("type Query { y: Item } type Item { id: ID! @shareable }"),
        ],
        &[
            a(r#"type Query { x: Item } type Item @key(fields: "id") { id: ID! }"#),
            b(r#"type Query { y: Item } type Item @key(fields: "id") { id: ID! }"#),
        ],
    ),
    hint(
        INCONSISTENT_OBJECT_VALUE_TYPE_FIELD,
        Severity::Debug,
        "an object type without a key has a field in some subgraphs only",
        "Clients can ask for the field only where the value comes from a subgraph that has it; composition has checked that \
         this is always so.",
        &[
            a(
                "type Query { x: Point @inaccessible version: Int } type Point { x: Int @shareable y: Int @inaccessible }",
            ),
            b("type Query { y: Point } type Point { x: Int @shareable }"),
        ],
        &[
            a("type Query { x: Point } type Point { x: Int @shareable }"),
            b("type Query { y: Point } type Point { x: Int @shareable }"),
        ],
    ),
    hint(
        INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD,
        Severity::Debug,
        "an interface without a key has a field in some subgraphs only",
        "The interface of the supergraph has the field, and all implementations have it too. If the difference is not meant, \
         declare the field everywhere.",
        &[
            a(
                "type Query { x: Named } interface Named { name: String } type X implements Named { name: String title: String }",
            ),
            b(
                "type Query { y: Named } interface Named { name: String title: String }
type Y implements Named { name: String title: String }",
            ),
        ],
        &[
            a(
                "type Query { x: Named } interface Named { name: String } type X implements Named { name: String }",
            ),
            b(
                "type Query { y: Named } interface Named { name: String } type Y implements Named { name: String }",
            ),
        ],
    ),
    hint(
        INCONSISTENT_INPUT_OBJECT_FIELD,
        Severity::Warning,
        "an input type has a field in some subgraphs only",
        "The supergraph leaves the field out, because a subgraph that does not know it would refuse it. Add it to the other \
         subgraphs, or remove it.",
        &[
            a("type Query { x(page: Page): Int } input Page { size: Int after: ID }"),
            b("type Query { y(page: Page): Int } input Page { size: Int }"),
        ],
        &[
            a("type Query { x(page: Page): Int } input Page { size: Int }"),
            b("type Query { y(page: Page): Int } input Page { size: Int }"),
        ],
    ),
    hint(
        INCONSISTENT_UNION_MEMBER,
        Severity::Debug,
        "a union has a member in some subgraphs only",
        "The union of the supergraph has all members. If the difference is not meant, declare the same members everywhere.",
        &[
            a("type Query { x: Hit } union Hit = X type X { x: Int @shareable }"),
            b(
                "type Query { y: Hit } union Hit = X | Y type X { x: Int @shareable } type Y { y: Int }",
            ),
        ],
        &[
            a("type Query { x: Hit } union Hit = X type X { x: Int @shareable }"),
            b("type Query { y: Hit } union Hit = X type X { x: Int @shareable }"),
        ],
    ),
    hint(
        INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM,
        Severity::Warning,
        "an enum that is only an input has a value in some subgraphs only",
        "The supergraph leaves the value out, because a subgraph that does not know it would refuse it. Add it to the other \
         subgraphs, or remove it.",
        &[
            a("type Query { x(order: Order): Int } enum Order { NAME AGE }"),
            b("type Query { y(order: Order): Int } enum Order { NAME }"),
        ],
        &[
            a("type Query { x(order: Order): Int } enum Order { NAME }"),
            b("type Query { y(order: Order): Int } enum Order { NAME }"),
        ],
    ),
    hint(
        INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM,
        Severity::Debug,
        "an enum that is only an output has a value in some subgraphs only",
        "The enum of the supergraph has all values. If the difference is not meant, declare the same values everywhere.",
        &[
            a("type Query { x: State } enum State { OPEN DONE }"),
            b("type Query { y: State } enum State { OPEN }"),
        ],
        &[
            a("type Query { x: State } enum State { OPEN }"),
            b("type Query { y: State } enum State { OPEN }"),
        ],
    ),
    hint(
        INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE,
        Severity::Warning,
        "a directive for operations is defined in some subgraphs only",
        "A client's directive may be sent to any subgraph, so the supergraph has only those that all define. This one is left \
         out. Define it everywhere, or remove it.",
        &[
            a("directive @cached on QUERY\ntype Query { x: Int }"),
            b("type Query { y: Int }"),
        ],
        &[
            a("directive @cached on QUERY\ntype Query { x: Int }"),
            b("directive @cached on QUERY\ntype Query { y: Int }"),
        ],
    ),
    hint(
        NO_EXECUTABLE_DIRECTIVE_INTERSECTION,
        Severity::Warning,
        "a directive for operations is defined for different places in different subgraphs, with none in common",
        "The supergraph would keep only the places that all subgraphs allow. There is none, so the directive is left out.",
        &[
            a("directive @cached on QUERY\ntype Query { x: Int }"),
            b("directive @cached on FIELD\ntype Query { y: Int }"),
        ],
        &[
            a("directive @cached on QUERY\ntype Query { x: Int }"),
            b("directive @cached on QUERY\ntype Query { y: Int }"),
        ],
    ),
    hint(
        INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE,
        Severity::Warning,
        "a directive for operations is repeatable in some subgraphs only",
        "The directive of the supergraph is not repeatable, because a subgraph would refuse it. Define it alike everywhere.",
        &[
            a("directive @label(text: String) repeatable on FIELD\ntype Query { x: Int }"),
            b("directive @label(text: String) on FIELD\ntype Query { y: Int }"),
        ],
        &[
            a("directive @label(text: String) on FIELD\ntype Query { x: Int }"),
            b("directive @label(text: String) on FIELD\ntype Query { y: Int }"),
        ],
    ),
    hint(
        INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS,
        Severity::Warning,
        "a directive for operations is allowed in some places by some subgraphs only",
        "The supergraph allows it only where all subgraphs do. Define it alike everywhere.",
        &[
            a("directive @cached on QUERY | FIELD\ntype Query { x: Int }"),
            b("directive @cached on FIELD\ntype Query { y: Int }"),
        ],
        &[
            a("directive @cached on FIELD\ntype Query { x: Int }"),
            b("directive @cached on FIELD\ntype Query { y: Int }"),
        ],
    ),
    hint(
        INCONSISTENT_DESCRIPTION,
        Severity::Warning,
        "an element has different descriptions in different subgraphs",
        "The supergraph has one description: the one that most subgraphs give. Write the same everywhere, or in one subgraph \
         only.",
        &[
            a("type Query { \"The version\" version: Int @shareable }"),
            b("type Query { \"Which version\" version: Int @shareable }"),
        ],
        &[
            a("type Query { \"The version\" version: Int @shareable }"),
            b("type Query { version: Int @shareable }"),
        ],
    ),
    hint(
        INCONSISTENT_ARGUMENT_PRESENCE,
        Severity::Warning,
        "an optional argument exists in some subgraphs only",
        "The supergraph leaves the argument out, because a subgraph that does not know it would refuse it. Add it to the other \
         subgraphs, or remove it.",
        &[
            a("type Query { page(size: Int): String @shareable }"),
            b("type Query { page: String @shareable }"),
        ],
        &[
            a("type Query { page(size: Int): String @shareable }"),
            b("type Query { page(size: Int): String @shareable }"),
        ],
    ),
    hint(
        UNUSED_ENUM_TYPE,
        Severity::Debug,
        "an enum is neither given nor returned by any field",
        "It is merged as an output enum, with all its values. Use it, or remove it.",
        &[
            a("type Query { x: Int } enum Unused { A }"),
            b("type Query { y: Int } enum Unused { B }"),
        ],
        &[a("type Query { x: Int }"), b("type Query { y: Int }")],
    ),
    hint(
        INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS,
        Severity::Warning,
        "a directive that can be applied once is applied with different arguments in different subgraphs",
        "The supergraph has one application: the one that most subgraphs give. Write the same arguments everywhere.",
        &[
            a(r#"type Query { x: Int @shareable @deprecated(reason: "old") }"#),
            b(r#"type Query { x: Int @shareable @deprecated(reason: "unused") }"#),
        ],
        &[
            a(r#"type Query { x: Int @shareable @deprecated(reason: "old") }"#),
            b(r#"type Query { x: Int @shareable @deprecated(reason: "old") }"#),
        ],
    ),
    hint(
        MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS,
        Severity::Info,
        "a directive has different arguments in different subgraphs, and they were joined",
        "Some directives have a rule how to join their arguments: the highest `@cost`, the union of `@requiresScopes`. The \
         supergraph has the result. If the difference is not meant, write the same everywhere.",
        &[
            a("type Query { x: Int @shareable @cost(weight: 1) }"),
            b("type Query { x: Int @shareable @cost(weight: 5) }"),
        ],
        &[
            a("type Query { x: Int @shareable @cost(weight: 5) }"),
            b("type Query { x: Int @shareable @cost(weight: 5) }"),
        ],
    ),
    hint(
        DIRECTIVE_COMPOSITION_INFO,
        Severity::Info,
        "a `@composeDirective` is not as strict or as complete as it could be",
        "For example, subgraphs link a specification in different major versions and compose none of its directives. The \
         supergraph leaves them out.",
        &[
            a(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
directive @audit on FIELD_DEFINITION
type Query { x: Int @audit }"#),
            b(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v2.0", import: ["@audit"])
directive @audit on FIELD_DEFINITION
type Query { y: Int @audit }"#),
        ],
        &[
            a(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
directive @audit on FIELD_DEFINITION
type Query { x: Int @audit }"#),
            b(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
directive @audit on FIELD_DEFINITION
type Query { y: Int @audit }"#),
        ],
    ),
    hint(
        DIRECTIVE_COMPOSITION_WARN,
        Severity::Warning,
        "a directive that one subgraph composes has another name, or none, in another subgraph that uses it",
        "What the other subgraph writes with it does not reach the supergraph. Import the directive under the same name \
         everywhere.",
        &[
            a(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
  @composeDirective(name: "@audit")
directive @audit on FIELD_DEFINITION
type Query { x: Int @audit }"#),
            b(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: [{ name: "@audit", as: "@check" }])
directive @check on FIELD_DEFINITION
type Query { y: Int @check }"#),
        ],
        &[
            a(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
  @composeDirective(name: "@audit")
directive @audit on FIELD_DEFINITION
type Query { x: Int @audit }"#),
            b(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
  @link(url: "https://example.com/audit/v1.0", import: ["@audit"])
directive @audit on FIELD_DEFINITION
type Query { y: Int @audit }"#),
        ],
    ),
    hint(
        IMPLICITLY_UPGRADED_FEDERATION_VERSION,
        Severity::Info,
        "a subgraph uses a feature that needs a newer Federation than another subgraph links",
        "The graph is composed by the rules of the newer version. Link it in all subgraphs when convenient.",
        &[a(r#"
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
  @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost"])
type Query { x: Int @cost(weight: 5) }"#)],
        &[a(r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost"])
type Query { x: Int @cost(weight: 5) }"#)],
    ),
    hint(
        CONTRACT_TAG_UNUSED,
        Severity::Warning,
        "a contract includes or excludes a tag that nothing in the graph has",
        "`weft compose --exclude-tag internl` hides nothing when the tag is called `internal`: what was to be hidden is \
         published. Correct the name, or put `@tag` on what the contract is about. When nothing has any of the included \
         tags, nothing would be left, and it is an error.",
        &[],
        &[],
    ),
];
