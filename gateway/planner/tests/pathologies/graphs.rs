//! Graphs and operations that make planners slow or large, each for a size.

use std::fmt::Write;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_supergraph::Supergraph;

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@requires", "@external", "@shareable"])"#;

/// One pathology of one size.
pub(crate) struct Pathology {
    /// The graph.
    pub(crate) supergraph: Supergraph,
    /// The operation.
    pub(crate) operation: String,
}

/// Makes a pathology of a size.
type Make = fn(usize) -> Pathology;

/// All pathologies: a name, how one of a size is made, and the sizes of its curve.
pub(crate) const ALL: [(&str, Make, [usize; 3]); 12] = [
    ("shared_entity_fields", shared_entity_fields, [4, 12, 36]),
    ("implementations", implementations, [10, 50, 100]),
    ("shareable_roots", shareable_roots, [4, 8, 16]),
    ("nested_named_fragments", nested_named_fragments, [4, 8, 12]),
    ("circular_requirements", circular_requirements, [8, 16, 30]),
    ("deep_recursion", deep_recursion, [10, 20, 40]),
    ("everything_shared", everything_shared, [1, 3, 6]),
    ("partly_shared", partly_shared, [2, 3, 4]),
    (
        "implementations_apart",
        implementations_apart,
        [10, 50, 100],
    ),
    ("required_chain", required_chain, [4, 8, 16]),
    ("nested_keys", nested_keys, [2, 4, 8]),
    ("wide_unions", wide_unions, [10, 50, 100]),
];

fn composed(subgraphs: Vec<String>) -> Supergraph {
    let sources = subgraphs.into_iter().enumerate().map(|(index, text)| {
        let name = format!("s{index}");
        let sdl = Source::new(
            name.as_str(),
            format!("{name}.graphql"),
            format!("{LINK}\n{text}"),
        );
        SubgraphSource {
            url: format!("http://{name}.test"),
            name,
            sdl,
        }
    });
    match compose(sources.collect()) {
        Ok(composed) => composed.supergraph,
        Err(errors) => panic!("a pathology does not compose: {}", errors[0].message),
    }
}

/// `size` subgraphs that all resolve ten fields of one entity, and one of their own each.
pub(crate) fn shared_entity_fields(size: usize) -> Pathology {
    let shared: String = (0..10)
        .map(|field| format!("f{field}: Int @shareable "))
        .collect();
    let mut subgraphs =
        vec!["type Query { item: Item } type Item @key(fields: \"id\") { id: ID! }".to_owned()];
    for index in 0..size {
        subgraphs.push(format!(
            "type Item @key(fields: \"id\") {{ id: ID! {shared} own{index}: Int related{index}: Item }}"
        ));
    }
    let fields: String = (0..10).map(|field| format!("f{field} ")).collect();
    let own: String = (0..size)
        .step_by(3)
        .map(|index| format!("own{index} "))
        .collect();
    let operation = format!("{{ item {{ {fields} {own} related0 {{ {fields} {own} }} }} }}");
    Pathology {
        supergraph: composed(subgraphs),
        operation,
    }
}

/// An interface with `size` implementations under three subgraphs, selected three deep.
pub(crate) fn implementations(size: usize) -> Pathology {
    let subgraph = |own: &str, root: &str| {
        let mut text = format!("{root} interface Node {{ id: ID! {own}: Int next{own}: Node }} ");
        for index in 0..size {
            let _ = write!(
                text,
                "type T{index} implements Node @key(fields: \"id\") {{ id: ID! {own}: Int next{own}: Node only{own}{index}: Int }} "
            );
        }
        text
    };
    let subgraphs = vec![
        subgraph("a", "type Query { nodes: [Node] }"),
        subgraph("b", ""),
        subgraph("c", ""),
    ];
    let some: String = (0..size)
        .step_by(5)
        .map(|index| format!("... on T{index} {{ onlya{index} onlyb{index} }} "))
        .collect();
    let operation = format!(
        "{{ nodes {{ a b c nexta {{ a b c nextb {{ a b c ...Some }} ...Some }} ...Some }} }} fragment Some on Node {{ {some} }}"
    );
    Pathology {
        supergraph: composed(subgraphs),
        operation,
    }
}

/// `size` subgraphs that share all root fields and the values below, with one field of each value apart.
pub(crate) fn shareable_roots(size: usize) -> Pathology {
    let subgraph = |index: usize| {
        let roots: String = (0..8)
            .map(|root| format!("r{root}: Value @shareable "))
            .collect();
        format!(
            "type Query {{ {roots} }} type Value @shareable {{ all: Int p{index}: Int inner: Value }}"
        )
    };
    let parts: String = (0..size)
        .step_by(2)
        .map(|index| format!("p{index} "))
        .collect();
    let roots: String = (0..8)
        .map(|root| format!("r{root} {{ all {parts} inner {{ all {parts} }} }} "))
        .collect();
    let operation = format!("{{ {roots} }}");
    Pathology {
        supergraph: composed((0..size).map(subgraph).collect()),
        operation,
    }
}

/// Fragments that each spread the next one twice, `size` deep: 2^size fields where they are written out.
pub(crate) fn nested_named_fragments(size: usize) -> Pathology {
    let subgraphs = vec![
        "type Query { tree: Tree } type Tree @key(fields: \"id\") { id: ID! left: Tree right: Tree }".to_owned(),
        "type Tree @key(fields: \"id\") { id: ID! weight: Int }".to_owned(),
    ];
    let mut operation = String::from("{ tree { ...F0 } } ");
    for depth in 0..size {
        let next = depth + 1;
        let _ = write!(
            operation,
            "fragment F{depth} on Tree {{ left {{ ...F{next} }} right {{ ...F{next} }} }} "
        );
    }
    let _ = write!(operation, "fragment F{size} on Tree {{ weight }}");
    Pathology {
        supergraph: composed(subgraphs),
        operation,
    }
}

/// A chain of requirements that goes to and fro between two subgraphs `size` times.
pub(crate) fn circular_requirements(size: usize) -> Pathology {
    let mut sides = [
        "type Query { item: Item } type Item @key(fields: \"id\") { id: ID! f0: Int ".to_owned(),
        "type Item @key(fields: \"id\") { id: ID! ".to_owned(),
    ];
    for index in 1..=size {
        let before = index - 1;
        let _ = write!(
            sides[index % 2],
            "f{before}: Int @external f{index}: Int @requires(fields: \"f{before}\") "
        );
    }
    let subgraphs = sides.into_iter().map(|side| format!("{side} }}")).collect();
    let fields: String = (0..=size).map(|index| format!("f{index} ")).collect();
    Pathology {
        supergraph: composed(subgraphs),
        operation: format!("{{ item {{ {fields} }} }}"),
    }
}

/// A selection `size` deep that changes between two subgraphs at every level.
pub(crate) fn deep_recursion(size: usize) -> Pathology {
    let subgraphs = vec![
        "type Query { node: Node } type Node @key(fields: \"id\") { id: ID! a: Node name: String @shareable }".to_owned(),
        "type Node @key(fields: \"id\") { id: ID! b: Node name: String @shareable }".to_owned(),
    ];
    let mut operation = String::from("{ node { ");
    for depth in 0..size {
        operation.push_str(if depth % 2 == 0 {
            "name a { "
        } else {
            "name b { "
        });
    }
    operation.push_str("name ");
    operation.push_str(&"} ".repeat(size + 2));
    Pathology {
        supergraph: composed(subgraphs),
        operation,
    }
}

/// Seven subgraphs that share one recursive type but for one field each; every place asks for other fields. Size 6 is 24 KB.
pub(crate) fn everything_shared(size: usize) -> Pathology {
    let subgraph = |index: usize| {
        let next: String = (0..7)
            .map(|next| format!("n{next}: Node @shareable "))
            .collect();
        let fields: String = (0..7)
            .filter(|field| *field != index)
            .map(|field| format!("f{field}: String @shareable "))
            .collect();
        format!(
            "type Query {{ node: Node @shareable }} type Node @key(fields: \"id\") {{ id: ID! {next} {fields} }}"
        )
    };
    let mut counter = 0;
    let mut operation = String::from("{ node { ");
    for outer in 0..7 {
        let _ = write!(operation, "n{outer} {{ ");
        for inner in 0..size {
            let _ = write!(operation, "n{inner} {{ ");
            for leaf in 0..7 {
                counter += 1;
                let fields: String = (0..7)
                    .filter(|field| (counter + field) % 3 != 0)
                    .map(|field| format!("f{field} "))
                    .collect();
                let _ = write!(operation, "n{leaf} {{ n{leaf} {{ {fields} }} {fields} }} ");
            }
            operation.push_str("} ");
        }
        operation.push_str("} ");
    }
    operation.push_str("} }");
    Pathology {
        supergraph: composed((0..7).map(subgraph).collect()),
        operation,
    }
}

/// Seven subgraphs with one recursive type, each of whose fields four of them resolve; four fields of each object are asked for, `size`
/// levels deep, other ones everywhere.
pub(crate) fn partly_shared(size: usize) -> Pathology {
    let subgraph = |index: usize| {
        let own = (0..7).filter(|field| (3 * index + 5 * field) % 7 < 4);
        let fields: String = own
            .map(|field| format!("n{field}: Node @shareable f{field}: String @shareable "))
            .collect();
        format!(
            "type Query {{ node: Node @shareable }} type Node @key(fields: \"id\") {{ id: ID! {fields} }}"
        )
    };
    let mut operation = String::from("{ node { ");
    add_objects(&mut operation, size, &mut 0);
    operation.push_str("} }");
    Pathology {
        supergraph: composed((0..7).map(subgraph).collect()),
        operation,
    }
}

/// Four objects on each of so many levels, and four fields of those on the last.
fn add_objects(operation: &mut String, levels: usize, counter: &mut usize) {
    // All ways to take four of seven, one after the other in leaps.
    let mut fours = (0..1u32 << 7).filter(|fields| fields.count_ones() == 4);
    let asked = fours.nth(*counter * 11 % 35).unwrap_or_default();
    *counter += 1;
    for field in (0..7).filter(|field| asked & (1 << field) != 0) {
        if levels == 0 {
            let _ = write!(operation, "f{field} ");
            continue;
        }
        let _ = write!(operation, "n{field} {{ ");
        add_objects(operation, levels - 1, counter);
        operation.push_str("} ");
    }
}

/// An interface with `size` implementations, none like another: each is resolved in part by one of six other subgraphs.
pub(crate) fn implementations_apart(size: usize) -> Pathology {
    let mut first = "type Query { nodes: [Node] } interface Node { id: ID! } ".to_owned();
    let mut others = vec![String::new(); 6];
    let mut fields = String::new();
    for index in 0..size {
        let key = "@key(fields: \"id\") { id: ID!";
        let _ = write!(first, "type T{index} implements Node {key} next: Node }} ");
        let other = &mut others[index % 6];
        let _ = write!(other, "type T{index} {key} own{index}: Int }} ");
        let _ = write!(fields, "... on T{index} {{ own{index} }} ");
    }
    let next: String = (0..size)
        .map(|index| format!("... on T{index} {{ next {{ id {fields} }} }} "))
        .take(8)
        .collect();
    Pathology {
        supergraph: composed([vec![first], others].concat()),
        operation: format!("{{ nodes {{ id {fields} {next} }} }}"),
    }
}

/// A chain of requirements through `size` subgraphs; all of them know the entity.
pub(crate) fn required_chain(size: usize) -> Pathology {
    let mut subgraphs = vec![
        "type Query { item: Item } type Item @key(fields: \"id\") { id: ID! f0: Int }".to_owned(),
    ];
    for index in 1..=size {
        let before = index - 1;
        subgraphs.push(format!(
            "type Item @key(fields: \"id\") {{ id: ID! f{before}: Int @external f{index}: Int @requires(fields: \"f{before}\") }}"
        ));
    }
    Pathology {
        supergraph: composed(subgraphs),
        operation: format!("{{ item {{ f{size} }} }}"),
    }
}

/// A key that is nested `size` deep, each level of which another subgraph could give too.
pub(crate) fn nested_keys(size: usize) -> Pathology {
    let mut key = String::from("id");
    let mut types = String::new();
    for level in (1..=size).rev() {
        key = format!("id inner{level} {{ {key} }}");
        let next = match level < size {
            true => format!("inner{}: V{} @shareable", level + 1, level + 1),
            false => String::new(),
        };
        let _ = write!(types, "type V{level} {{ id: ID! @shareable {next} }} ");
    }
    let inner = "inner1: V1 @shareable";
    let subgraphs = vec![
        "type Query { item: Item } type Item @key(fields: \"id\") { id: ID! }".to_owned(),
        format!("type Item @key(fields: \"id\") {{ id: ID! {inner} }} {types}"),
        format!("type Item @key(fields: \"id\") {{ id: ID! {inner} }} {types}"),
        format!("type Item @key(fields: \"{key}\") {{ id: ID! {inner} price: Int }} {types}"),
    ];
    Pathology {
        supergraph: composed(subgraphs),
        operation: "{ item { price } }".to_owned(),
    }
}

/// A union of `size` members in four subgraphs, each of which has a field of its own on every member.
pub(crate) fn wide_unions(size: usize) -> Pathology {
    let subgraph = |number: usize| {
        let mut text = match number {
            0 => "type Query { found: [Found] } ".to_owned(),
            _ => String::new(),
        };
        let members: Vec<String> = (0..size).map(|index| format!("M{index}")).collect();
        let _ = write!(text, "union Found = {} ", members.join(" | "));
        for member in members {
            let _ = write!(
                text,
                "type {member} @key(fields: \"id\") {{ id: ID! own{number}: Int more{number}: [Found] }} "
            );
        }
        text
    };
    let fields = |below: &str| -> String {
        let member = |index: usize| {
            let own = format!("own{} own{}", index % 4, (index + 1) % 4);
            format!("... on M{index} {{ {own} {below} }} ")
        };
        (0..size).map(member).collect()
    };
    let below = format!("more1 {{ {} }}", fields(""));
    let mut operation = format!("{{ found {{ {} ", fields(""));
    for index in 0..size.min(6) {
        let _ = write!(operation, "... on M{index} {{ {below} }} ");
    }
    operation.push_str("} }");
    Pathology {
        supergraph: composed((0..4).map(subgraph).collect()),
        operation,
    }
}
