//! Ways to break a graph, each with the code that is to be found.

use std::fmt::Write;

use crate::graph::Text;

/// When a break is found; subgraphs are built one by one, and what is found earlier hides what comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Syntax,
    LinkedVersion,
    Imports,
    GraphQl,
    Rules,
    Merge,
    Interfaces,
    Merged,
    Satisfiability,
}

/// A way to break a graph: its code, when it is found, and what it does to the first and the second home of an entity.
pub(crate) struct Break {
    /// Its code.
    pub(crate) code: &'static str,
    /// When it is found.
    pub(crate) stage: Stage,
    /// What it does.
    pub(crate) apply: fn(&mut Text, &mut Text, usize),
}

/// Every way.
pub(crate) const BREAKS: &[Break] = &[
    Break {
        code: "INVALID_GRAPHQL",
        stage: Stage::Syntax,
        apply: |one, _, _| one.tail.push('}'),
    },
    Break {
        code: "UNKNOWN_FEDERATION_LINK_VERSION",
        stage: Stage::LinkedVersion,
        apply: |one, _, _| one.header = one.header.replace("v2.12", "v2.99"),
    },
    Break {
        code: "INVALID_LINK_DIRECTIVE_USAGE",
        stage: Stage::Imports,
        apply: |one, _, _| one.header = one.header.replace("\"@tag\"", "\"@tga\""),
    },
    Break {
        code: "INVALID_GRAPHQL",
        stage: Stage::GraphQl,
        apply: |one, _, index| one.entity(index).add("odd: Odd"),
    },
    Break {
        code: "INVALID_GRAPHQL",
        stage: Stage::GraphQl,
        apply: |one, _, index| one.entity(index).add("odd: Int @odd"),
    },
    Break {
        code: "KEY_INVALID_FIELDS",
        stage: Stage::Rules,
        apply: |one, _, index| {
            let entity = one.entity(index);
            entity.head = entity.head.replace("\"id\"", "\"ident\"");
        },
    },
    Break {
        code: "KEY_INVALID_FIELDS_TYPE",
        stage: Stage::Rules,
        apply: |one, _, index| {
            let entity = one.entity(index);
            entity.head = entity.head.replace("\"id\"", "[\"id\"]");
        },
    },
    Break {
        code: "KEY_FIELDS_HAS_ARGS",
        stage: Stage::Rules,
        apply: |one, _, index| {
            let entity = one.entity(index);
            entity.head = entity.head.replace("\"id\"", "\"id colour\"");
        },
    },
    Break {
        code: "EXTERNAL_UNUSED",
        stage: Stage::Rules,
        apply: |one, two, index| {
            one.entity(index).add("lost: Int @external");
            two.entity(index).add("lost: Int");
        },
    },
    Break {
        code: "REQUIRES_FIELDS_MISSING_EXTERNAL",
        stage: Stage::Rules,
        apply: |one, _, index| {
            one.entity(index)
                .add("made: Int @requires(fields: \"shared\")");
        },
    },
    Break {
        code: "PROVIDES_ON_NON_OBJECT_FIELD",
        stage: Stage::Rules,
        apply: |one, _, index| one.entity(index).add("few: Int @provides(fields: \"id\")"),
    },
    Break {
        code: "LIST_SIZE_APPLIED_TO_NON_LIST",
        stage: Stage::Rules,
        apply: |one, _, index| one.entity(index).add("some: Int @listSize(assumedSize: 1)"),
    },
    Break {
        code: "INVALID_SHAREABLE_USAGE",
        stage: Stage::Rules,
        apply: |one, _, index| {
            one.entity(index).replace(
                "shared: Int @shareable",
                "shared: Int @shareable @shareable",
            );
        },
    },
    Break {
        code: "CONTEXT_NOT_SET",
        stage: Stage::Rules,
        apply: |one, _, index| {
            one.entity(index)
                .add("told(x: Int @fromContext(field: \"$nothing { x }\")): Int");
        },
    },
    Break {
        code: "INVALID_FIELD_SHARING",
        stage: Stage::Merge,
        apply: |one, _, index| {
            one.entity(index)
                .replace("shared: Int @shareable", "shared: Int");
        },
    },
    Break {
        code: "FIELD_TYPE_MISMATCH",
        stage: Stage::Merge,
        apply: |one, _, index| {
            one.entity(index).replace("shared: Int", "shared: String");
        },
    },
    Break {
        code: "FIELD_ARGUMENT_DEFAULT_MISMATCH",
        stage: Stage::Merge,
        apply: |one, two, index| {
            one.entity(index).add("page(size: Int = 1): Int @shareable");
            two.entity(index).add("page(size: Int = 2): Int @shareable");
        },
    },
    Break {
        code: "EXTERNAL_MISSING_ON_BASE",
        stage: Stage::Merge,
        apply: |one, _, index| {
            one.entity(index).add("lost: Int @external");
            one.entity(index)
                .add("made: Int @requires(fields: \"lost\")");
        },
    },
    Break {
        code: "OVERRIDE_FROM_SELF_ERROR",
        stage: Stage::Merge,
        apply: |one, _, index| {
            let line = format!("shifted: Int @override(from: \"{}\")", one.name);
            one.entity(index).add(line);
        },
    },
    Break {
        code: "ENUM_VALUE_MISMATCH",
        stage: Stage::Merge,
        apply: |one, _, index| one.ty(&format!("enum Colour{index}")).add("GREEN"),
    },
    Break {
        code: "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
        stage: Stage::Merge,
        apply: |one, _, index| one.ty(&format!("input Filter{index}")).add("need: Int!"),
    },
    Break {
        code: "TYPE_KIND_MISMATCH",
        stage: Stage::Merge,
        apply: |one, two, index| {
            write!(one.tail, "type Extra{index} {{ x: Int }}").unwrap();
            write!(two.tail, "enum Extra{index} {{ X }}").unwrap();
        },
    },
    Break {
        code: "REFERENCED_INACCESSIBLE",
        stage: Stage::Merged,
        apply: |one, _, index| {
            let colour = one.ty(&format!("enum Colour{index}"));
            colour.head.push_str(" @inaccessible");
        },
    },
    Break {
        code: "SATISFIABILITY_ERROR",
        stage: Stage::Satisfiability,
        apply: |one, _, index| {
            let entity = one.entity(index);
            entity.head = entity.head.replace(" @key(fields: \"id\")", " ");
            entity.add("only_here: Int");
        },
    },
    Break {
        code: "REQUIRES_INVALID_FIELDS",
        stage: Stage::Rules,
        apply: |one, _, index| {
            one.entity(index)
                .add("other: Int @requires(fields: \"wieght\")");
        },
    },
    Break {
        code: "PROVIDES_INVALID_FIELDS",
        stage: Stage::Rules,
        apply: |one, _, index| {
            let line = format!("odd: E{index} @provides(fields: \"titel\")");
            one.entity(index).add(line);
        },
    },
    Break {
        code: "EXTERNAL_TYPE_MISMATCH",
        stage: Stage::Merge,
        apply: |_, two, index| {
            two.entity(index)
                .replace("weight: Int @external", "weight: String @external");
        },
    },
    Break {
        code: "EXTERNAL_ARGUMENT_MISSING",
        stage: Stage::Merge,
        apply: |one, two, index| {
            one.entity(index).add("size(unit: Int): Int");
            two.entity(index).add("size: Int @external");
            two.entity(index)
                .add("volume: Int @requires(fields: \"size\")");
        },
    },
    Break {
        code: "OVERRIDE_SOURCE_HAS_OVERRIDE",
        stage: Stage::Merge,
        apply: |one, two, index| {
            let line = format!("twice: Int @shareable @override(from: \"{}\")", two.name);
            one.entity(index).add(line);
            let line = format!("twice: Int @shareable @override(from: \"{}\")", one.name);
            two.entity(index).add(line);
        },
    },
    Break {
        code: "FIELD_ARGUMENT_TYPE_MISMATCH",
        stage: Stage::Merge,
        apply: |one, _, index| {
            let from = format!("find(by: Filter{index})");
            one.entity(index).replace(&from, "find(by: String)");
        },
    },
    Break {
        code: "EMPTY_MERGED_INPUT_TYPE",
        stage: Stage::Merge,
        apply: |one, _, index| {
            one.ty(&format!("input Filter{index}"))
                .replace("text: String", "words: String");
        },
    },
    Break {
        code: "INTERFACE_FIELD_NO_IMPLEM",
        stage: Stage::Interfaces,
        apply: |one, two, index| {
            write!(
                one.tail,
                "interface Part{index} {{ part: Int }} type Leaf{index} implements Part{index} {{ part: Int @shareable }}"
            )
            .unwrap();
            write!(
                two.tail,
                "interface Part{index} {{ number: Int }} type Twig{index} implements Part{index} {{ number: Int }}"
            )
            .unwrap();
        },
    },
    Break {
        code: "REQUIRED_INACCESSIBLE",
        stage: Stage::Merged,
        apply: |one, two, index| {
            for text in [one, two] {
                text.entity(index)
                    .add("hide(it: Int! @inaccessible): Int @shareable");
            }
        },
    },
];
