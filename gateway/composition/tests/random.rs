//! Random graphs, split at random over subgraphs: they compose to the graph that was split. Broken in one or two places,
//! they fail with the codes of the earliest stage that has a break, and of nothing else.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fmt::Write;

use apollo_compiler::Schema;
use proptest::prelude::*;
use weft_composition::rules::explanation::EXAMPLE_HEADER;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::{Diagnostic, Source};
use weft_supergraph::Supergraph;

/// Entities that point at each other, each in two or more subgraphs.
#[derive(Debug, Clone)]
struct Graph {
    subgraphs: usize,
    entities: Vec<Entity>,
}

#[derive(Debug, Clone)]
struct Entity {
    /// The subgraphs that have it.
    homes: Vec<usize>,
    /// For each field of its own: the subgraph, chosen among the homes, and what it points at.
    fields: Vec<(usize, usize)>,
}

/// A subgraph's text, by types.
#[derive(Debug, Clone)]
struct Text {
    name: String,
    header: String,
    types: Vec<TypeText>,
    tail: String,
}

#[derive(Debug, Clone)]
struct TypeText {
    head: String,
    lines: Vec<String>,
}

fn graphs() -> impl Strategy<Value = Graph> {
    (2..5usize, 2..5usize)
        .prop_flat_map(|(subgraphs, entities)| {
            let all: Vec<usize> = (0..subgraphs).collect();
            let homes = proptest::sample::subsequence(all, 2..=subgraphs);
            let fields = proptest::collection::vec((any::<usize>(), 0..entities), 1..5);
            let entity = (homes, fields).prop_map(|(homes, fields)| Entity { homes, fields });
            (
                Just(subgraphs),
                proptest::collection::vec(entity, entities..=entities),
            )
        })
        .prop_map(|(subgraphs, entities)| Graph {
            subgraphs,
            entities,
        })
}

fn split(graph: &Graph) -> Vec<Text> {
    let mut texts: Vec<Text> = (0..graph.subgraphs)
        .map(|index| Text {
            name: format!("s{index}"),
            header: EXAMPLE_HEADER.to_owned(),
            types: vec![TypeText {
                head: "type Query".to_owned(),
                lines: vec![format!("root{index}: Int")],
            }],
            tail: String::new(),
        })
        .collect();
    for (index, entity) in graph.entities.iter().enumerate() {
        for home in &entity.homes {
            texts[*home].types[0]
                .lines
                .push(format!("e{index}x{home}: E{index}"));
            texts[*home]
                .types
                .extend(entity_types(index, entity, *home));
        }
    }
    for text in &mut texts {
        add_stubs(text);
    }
    texts
}

fn entity_types(index: usize, entity: &Entity, home: usize) -> Vec<TypeText> {
    let mut lines = vec![
        "id: ID! @shareable".to_owned(),
        "shared: Int @shareable".to_owned(),
        format!("colour(like: Colour{index}): Colour{index} @shareable"),
        format!("find(by: Filter{index}): Int @shareable"),
    ];
    for (number, (choice, target)) in entity.fields.iter().enumerate() {
        let owner = entity.homes[choice % entity.homes.len()];
        if owner == home {
            lines.push(format!("f{number}: E{target}"));
        }
    }
    vec![
        TypeText {
            head: format!("type E{index} @key(fields: \"id\")"),
            lines,
        },
        TypeText {
            head: format!("enum Colour{index}"),
            lines: vec!["RED".to_owned(), "BLUE".to_owned()],
        },
        TypeText {
            head: format!("input Filter{index}"),
            lines: vec!["text: String".to_owned()],
        },
    ]
}

/// Entities that are pointed at and not at home get a declaration with their key.
fn add_stubs(text: &mut Text) {
    let known: BTreeSet<String> = text
        .types
        .iter()
        .filter_map(|ty| Some(ty.head.split_whitespace().nth(1)?.to_owned()))
        .collect();
    let wanted: BTreeSet<String> = text
        .types
        .iter()
        .flat_map(|ty| &ty.lines)
        .filter_map(|line| line.split_once(": E"))
        .map(|(_, index)| format!("E{index}"))
        .filter(|name| !known.contains(name))
        .collect();
    text.types.extend(wanted.into_iter().map(|name| TypeText {
        head: format!("type {name} @key(fields: \"id\", resolvable: false)"),
        lines: vec!["id: ID! @shareable".to_owned()],
    }));
}

impl Text {
    fn ty(&mut self, head: &str) -> &mut TypeText {
        let mut found = self.types.iter_mut().filter(|ty| ty.head.starts_with(head));
        found.next().unwrap()
    }

    fn entity(&mut self, index: usize) -> &mut TypeText {
        self.ty(&format!("type E{index} "))
    }

    fn sdl(&self) -> String {
        let mut sdl = self.header.clone();
        for ty in &self.types {
            writeln!(sdl, "{} {{\n  {}\n}}", ty.head, ty.lines.join("\n  ")).unwrap();
        }
        sdl + &self.tail
    }
}

impl TypeText {
    fn add(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn replace(&mut self, from: &str, to: &str) {
        for line in &mut self.lines {
            *line = line.replace(from, to);
        }
    }
}

/// When a break is found; subgraphs are built one by one, and what is found earlier hides what comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Syntax,
    LinkedVersion,
    Imports,
    GraphQl,
    Rules,
    Merge,
    Merged,
    Satisfiability,
}

/// A way to break a graph: its code, when it is found, and what it does to the first and the second home of an entity.
struct Break {
    code: &'static str,
    stage: Stage,
    apply: fn(&mut Text, &mut Text, usize),
}

const BREAKS: &[Break] = &[
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
            let line = format!("moved: Int @override(from: \"{}\")", one.name);
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
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_graph_that_was_split_composes_to_itself(graph in graphs()) {
        let composed = compose(sources(&split(&graph)));
        prop_assert!(composed.is_ok(), "{:?}", composed.err());
        let sdl = composed.unwrap().sdl;
        let schema = Schema::parse(&sdl, "supergraph.graphql").unwrap();
        for (index, entity) in graph.entities.iter().enumerate() {
            let ty = schema.get_object(&format!("E{index}")).unwrap();
            prop_assert_eq!(ty.fields.len(), 4 + entity.fields.len());
            for (number, (_, target)) in entity.fields.iter().enumerate() {
                let field = &ty.fields[format!("f{number}").as_str()];
                prop_assert_eq!(field.ty.to_string(), format!("E{target}"));
            }
        }
        let read = Supergraph::parse(&Source::new("supergraph", "supergraph.graphql", &sdl));
        prop_assert!(read.is_ok(), "{:?}", read.err());
    }

    #[test]
    fn a_broken_graph_fails_with_the_code_of_its_break(
        graph in graphs(),
        choice in 0..BREAKS.len(),
        entity in 0..2usize,
    ) {
        check_breaks(&graph, &[(choice, entity)])?;
    }

    #[test]
    fn a_graph_broken_twice_fails_with_the_codes_of_the_earliest_stage(
        graph in graphs(),
        first in 0..BREAKS.len(),
        second in 0..BREAKS.len(),
    ) {
        check_breaks(&graph, &[(first, 0), (second, 1)])?;
    }
}

fn check_breaks(graph: &Graph, chosen: &[(usize, usize)]) -> Result<(), TestCaseError> {
    let mut texts = split(graph);
    let mut breaks = Vec::new();
    for (choice, entity) in chosen {
        let homes = &graph.entities[*entity].homes;
        let (low, high) = texts.split_at_mut(homes[1]);
        let breaking = &BREAKS[*choice];
        (breaking.apply)(&mut low[homes[0]], &mut high[0], *entity);
        breaks.push((breaking, homes[0]));
    }
    let errors = compose(sources(&texts)).err().unwrap_or_default();
    let found: BTreeSet<&str> = errors.iter().map(|error| error.code.as_str()).collect();
    let expected = expected_codes(&breaks);
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    prop_assert_eq!(found, expected, "{:?}", shown);
    prop_assert!(errors.iter().all(is_complete), "{:?}", errors);
    Ok(())
}

/// The codes of the earliest stage; while subgraphs are built, of the earliest stage in each.
fn expected_codes(breaks: &[(&Break, usize)]) -> BTreeSet<&'static str> {
    let building = breaks
        .iter()
        .any(|(breaking, _)| breaking.stage <= Stage::Rules);
    let is_first = |breaking: &Break, subgraph: usize| {
        breaks.iter().all(|(other, where_other)| {
            let hides = if building {
                *where_other == subgraph || breaking.stage > Stage::Rules
            } else {
                true
            };
            !hides || breaking.stage <= other.stage
        })
    };
    breaks
        .iter()
        .filter(|(breaking, subgraph)| is_first(breaking, *subgraph))
        .map(|(breaking, _)| breaking.code)
        .collect()
}

/// An error names a subgraph, and a place in it unless it is about the way to a field.
fn is_complete(error: &Diagnostic) -> bool {
    let by_way = error.code.as_str() == "SATISFIABILITY_ERROR";
    !error.message.is_empty() && (by_way || !error.labels.is_empty())
}

fn sources(texts: &[Text]) -> Vec<SubgraphSource> {
    texts
        .iter()
        .map(|text| SubgraphSource {
            name: text.name.clone(),
            url: String::new(),
            sdl: Source::new(&text.name, format!("{}.graphql", text.name), text.sdl()),
        })
        .collect()
}
