//! A graph and how it is split over subgraphs: entities that point at each other, each in two or more subgraphs, with
//! fields that are shared, required, provided and overridden, and the texts that have them.

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;
use weft_composition::SubgraphSource;
use weft_composition::rules::explanation::EXAMPLE_HEADER;
use weft_diagnostic::Source;

/// What is split.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    subgraphs: usize,
    /// The types `E0`, `E1`, ….
    pub(crate) entities: Vec<Entity>,
    /// Whether a subgraph of Federation 1 extends the first entity.
    pub(crate) legacy: bool,
    /// Whether there is an interface with a key, to which an interface object adds a field.
    pub(crate) rated: bool,
}

/// A type with a key.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    /// The subgraphs that have it.
    pub(crate) homes: Vec<usize>,
    /// For each field of its own: the subgraph, chosen among the homes, and what it points at.
    pub(crate) fields: Vec<(usize, usize)>,
}

/// A subgraph's text, by types.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// The subgraph's name.
    pub(crate) name: String,
    /// Its links.
    pub(crate) header: String,
    /// Its types, the query type first.
    pub(crate) types: Vec<TypeText>,
    /// What comes after them.
    pub(crate) tail: String,
}

/// A type's text.
#[derive(Debug, Clone)]
pub(crate) struct TypeText {
    /// What comes before the brace.
    pub(crate) head: String,
    lines: Vec<String>,
}

/// How many fields each entity has besides those that point at others.
pub(crate) const COMMON_FIELDS: usize = 8;

const LEGACY: &str = r#"
type Query { legacy: Legacy }
type Legacy @key(fields: "code") { code: String! entity: E0 }
extend type E0 @key(fields: "id") { id: ID! @external old: Int }
"#;

const CATALOGUE: &str = r#"
type Query { rated: [Rated] }
interface Rated @key(fields: "id") { id: ID! }
type Book implements Rated @key(fields: "id") { id: ID! about: E0 }
type Film implements Rated @key(fields: "id") { id: ID! length: Int }
type E0 @key(fields: "id", resolvable: false) { id: ID! @shareable }
"#;

const RATINGS: &str = r#"
type Query { best: [Rated] }
type Rated @interfaceObject @key(fields: "id") { id: ID! stars: Int }
"#;

/// Graphs of two to four subgraphs and two to four entities.
pub(crate) fn graphs() -> impl Strategy<Value = Graph> {
    (2..5usize, 2..5usize, any::<bool>(), any::<bool>())
        .prop_flat_map(|(subgraphs, entities, legacy, rated)| {
            let all: Vec<usize> = (0..subgraphs).collect();
            let homes = proptest::sample::subsequence(all, 2..=subgraphs);
            let fields = proptest::collection::vec((any::<usize>(), 0..entities), 1..5);
            let entity = (homes, fields).prop_map(|(homes, fields)| Entity { homes, fields });
            (
                Just((subgraphs, legacy, rated)),
                proptest::collection::vec(entity, entities..=entities),
            )
        })
        .prop_map(|((subgraphs, legacy, rated), entities)| Graph {
            subgraphs,
            entities,
            legacy,
            rated,
        })
}

/// The graph's subgraphs.
pub(crate) fn split(graph: &Graph) -> Vec<Text> {
    let mut texts: Vec<Text> = (0..graph.subgraphs).map(empty_text).collect();
    for (index, entity) in graph.entities.iter().enumerate() {
        for home in &entity.homes {
            let text = &mut texts[*home];
            let root = format!("e{index}x{home}: E{index}");
            text.types[0].add(root);
            text.types.extend(entity_types(index, entity, *home));
        }
        let provided = format!("best{index}: E{index} @provides(fields: \"title\")");
        texts[entity.homes[1]].types[0].add(provided);
    }
    for (number, text) in texts.iter_mut().enumerate() {
        add_abstract_types(number, text);
        add_stubs(text);
    }
    if graph.legacy {
        texts.push(text("legacy", "", LEGACY));
    }
    if graph.rated {
        texts.push(text("catalogue", EXAMPLE_HEADER, CATALOGUE));
        texts.push(text("ratings", EXAMPLE_HEADER, RATINGS));
    }
    texts
}

fn empty_text(index: usize) -> Text {
    let mut text = text(&format!("s{index}"), EXAMPLE_HEADER, "");
    text.types.push(TypeText {
        head: "type Query".to_owned(),
        lines: vec![format!("root{index}: Int")],
    });
    text
}

fn text(name: &str, header: &str, tail: &str) -> Text {
    Text {
        name: name.to_owned(),
        header: header.to_owned(),
        types: Vec::new(),
        tail: tail.to_owned(),
    }
}

fn entity_types(index: usize, entity: &Entity, home: usize) -> Vec<TypeText> {
    let mut lines = vec![
        "id: ID! @shareable".to_owned(),
        "shared: Int @shareable".to_owned(),
        format!("colour(like: Colour{index}): Colour{index} @shareable"),
        format!("find(by: Filter{index}): Int @shareable"),
    ];
    let (first, second) = (entity.homes[0], entity.homes[1]);
    if home == first {
        lines.extend(["weight: Int", "title: String @shareable", "moved: Int"].map(str::to_owned));
    }
    if home == second {
        lines.extend(["weight: Int @external", "title: String @external"].map(str::to_owned));
        lines.push("cost: Int @requires(fields: \"weight\")".to_owned());
        lines.push(format!("moved: Int @override(from: \"s{first}\")"));
    }
    for (number, (choice, target)) in entity.fields.iter().enumerate() {
        let owner = entity.homes[choice % entity.homes.len()];
        if owner == home {
            lines.push(format!("f{number}: E{target}"));
        }
    }
    vec![
        TypeText {
            head: format!("type E{index} implements Named @key(fields: \"id\")"),
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

/// The entities that are at home here are one interface, one union, and the first of them a mutation's result.
fn add_abstract_types(number: usize, text: &mut Text) {
    let at_home: Vec<String> = names(text)
        .into_iter()
        .filter(|name| name.starts_with('E'))
        .collect();
    let Some(first) = at_home.first() else {
        return;
    };
    text.types[0].add(format!("named{number}: [Named]"));
    text.types[0].add(format!("some{number}: Some{number}"));
    text.types.push(TypeText {
        head: "interface Named".to_owned(),
        lines: vec!["id: ID!".to_owned()],
    });
    text.types.push(TypeText {
        head: "type Mutation".to_owned(),
        lines: vec![format!("make{number}: {first}")],
    });
    // Writing to a string cannot fail.
    let _ = writeln!(text.tail, "union Some{number} = {}", at_home.join(" | "));
}

fn names(text: &Text) -> BTreeSet<String> {
    let heads = text.types.iter();
    heads
        .filter_map(|ty| Some(ty.head.split_whitespace().nth(1)?.to_owned()))
        .collect()
}

/// Entities that are pointed at and not at home get a declaration with their key.
fn add_stubs(text: &mut Text) {
    let known = names(text);
    let wanted: BTreeSet<String> = text
        .types
        .iter()
        .flat_map(|ty| &ty.lines)
        .filter_map(|line| line.split_once(": E"))
        .map(|(_, target)| format!("E{}", target.split(' ').next().unwrap_or_default()))
        .filter(|name| !known.contains(name))
        .collect();
    text.types.extend(wanted.into_iter().map(|name| TypeText {
        head: format!("type {name} @key(fields: \"id\", resolvable: false)"),
        lines: vec!["id: ID! @shareable".to_owned()],
    }));
}

impl Text {
    /// The type whose text begins like that.
    pub(crate) fn ty(&mut self, head: &str) -> &mut TypeText {
        let mut found = self.types.iter_mut().filter(|ty| ty.head.starts_with(head));
        found.next().unwrap()
    }

    /// An entity.
    pub(crate) fn entity(&mut self, index: usize) -> &mut TypeText {
        self.ty(&format!("type E{index} "))
    }

    /// All of it.
    pub(crate) fn sdl(&self) -> String {
        let mut sdl = self.header.clone();
        for ty in &self.types {
            writeln!(sdl, "{} {{\n  {}\n}}", ty.head, ty.lines.join("\n  ")).unwrap();
        }
        sdl + &self.tail
    }
}

impl TypeText {
    /// Adds a field or a value.
    pub(crate) fn add(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Changes fields or values.
    pub(crate) fn replace(&mut self, from: &str, to: &str) {
        for line in &mut self.lines {
            *line = line.replace(from, to);
        }
    }
}

/// What is composed.
pub(crate) fn sources(texts: &[Text]) -> Vec<SubgraphSource> {
    texts
        .iter()
        .map(|text| SubgraphSource {
            name: text.name.clone(),
            url: String::new(),
            sdl: Source::new(&text.name, format!("{}.graphql", text.name), text.sdl()),
        })
        .collect()
}
