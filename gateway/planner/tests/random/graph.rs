//! Random subgraph schemas that have a good chance to compose.
//!
//! A world of entities, value types, an interface and a union is drawn first; then each field goes to one subgraph, or to
//! several as shareable; then keys, requirements and what paths provide.

use super::beyond_keys::{override_somewhere, provide_somewhere, require_more};
use super::contexts::deal_contexts;
use super::dice::Dice;
use super::key_forms::{deal_mutations, is_first_version, vary_keys};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@override", "@interfaceObject", "@context", "@fromContext"])"#;

/// What is drawn before it is dealt to subgraphs.
pub(crate) struct World {
    subgraphs: usize,
    pub(crate) entities: usize,
    values: usize,
    /// Which entities implement the interface `Thing`; members of the union `Any` too.
    pub(crate) things: BTreeSet<usize>,
}

/// A type of one subgraph.
#[derive(Default)]
pub(crate) struct Type {
    pub(crate) directives: BTreeSet<String>,
    pub(crate) implements: Vec<String>,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) is_interface: bool,
}

/// The types of one subgraph.
pub(crate) type Subgraph = BTreeMap<String, Type>;

/// The schemas of all subgraphs.
pub(crate) fn subgraphs(dice: &mut Dice) -> Vec<String> {
    let world = World {
        subgraphs: 2 + dice.below(3) + if dice.percent(20) { 2 } else { 0 },
        entities: 2 + dice.below(3) + if dice.percent(20) { 2 } else { 0 },
        values: dice.below(3),
        things: BTreeSet::new(),
    };
    let things = (0..world.entities).filter(|_| dice.percent(60)).collect();
    let world = World { things, ..world };
    let mut subgraphs: Vec<Subgraph> = (0..world.subgraphs).map(|_| Subgraph::new()).collect();
    for entity in 0..world.entities {
        deal_entity(dice, &world, entity, &mut subgraphs);
    }
    deal_roots(dice, &world, &mut subgraphs);
    for entity in 0..world.entities {
        require_more(dice, &world, &format!("E{entity}"), &mut subgraphs);
    }
    provide_somewhere(dice, &mut subgraphs);
    override_somewhere(dice, &mut subgraphs);
    deal_mutations(dice, &world, &mut subgraphs);
    vary_keys(dice, &world, &mut subgraphs);
    add_abstract_types(dice, &world, &mut subgraphs);
    add_interface_object(dice, &mut subgraphs);
    deal_contexts(dice, &mut subgraphs);
    subgraphs
        .iter()
        .enumerate()
        .map(|(index, types)| match is_first_version(dice, types) {
            true => text(index, "# Federation 1", types).replace(" @shareable", ""),
            false => text(index, LINK, types),
        })
        .collect()
}

fn deal_entity(dice: &mut Dice, world: &World, entity: usize, subgraphs: &mut [Subgraph]) {
    let name = format!("E{entity}");
    let mut homes: Vec<usize> = (0..world.subgraphs).filter(|_| dice.percent(70)).collect();
    if homes.is_empty() {
        homes.push(dice.below(world.subgraphs));
    }
    let has_second_key = dice.percent(40);
    for (position, &home) in homes.iter().enumerate() {
        let ty = subgraphs[home].entry(name.clone()).or_default();
        ty.fields.insert("id".to_owned(), "ID!".to_owned());
        let both = has_second_key && position == 0;
        if !has_second_key || both || dice.percent(50) {
            ty.directives.insert("@key(fields: \"id\")".to_owned());
        }
        if has_second_key
            && (both || !ty.directives.contains("@key(fields: \"id\")") || dice.percent(30))
        {
            ty.fields.insert("code".to_owned(), "ID!".to_owned());
            ty.directives.insert("@key(fields: \"code\")".to_owned());
        }
        if !ty.directives.contains("@key(fields: \"id\")") {
            ty.fields
                .insert("id".to_owned(), "ID! @shareable".to_owned());
        }
    }
    for field in 0..2 + dice.below(4) {
        deal_field(dice, world, &name, field, &homes, subgraphs);
    }
}

fn deal_field(
    dice: &mut Dice,
    world: &World,
    entity: &str,
    field: usize,
    homes: &[usize],
    subgraphs: &mut [Subgraph],
) {
    let returned = return_type(dice, world);
    let name = format!("f{field}");
    let owner = homes[dice.below(homes.len())];
    let shared: Vec<usize> = homes
        .iter()
        .copied()
        .filter(|&home| home == owner || dice.percent(25))
        .collect();
    let is_shareable = shared.len() > 1;
    for &home in &shared {
        ensure(world, &returned, &mut subgraphs[home], home);
        let mark = if is_shareable { " @shareable" } else { "" };
        let arguments = if returned == "Int" && field == 0 {
            "(a: Int)"
        } else {
            ""
        };
        let Some(ty) = subgraphs[home].get_mut(entity) else {
            continue;
        };
        ty.fields
            .insert(format!("{name}{arguments}"), format!("{returned}{mark}"));
    }
    if returned == "Int" && field != 0 && homes.len() > 1 && dice.percent(50) {
        add_requirement(dice, entity, &name, &shared, homes, subgraphs);
    }
}

/// A field of another subgraph that requires this one.
fn add_requirement(
    dice: &mut Dice,
    entity: &str,
    name: &str,
    owners: &[usize],
    homes: &[usize],
    subgraphs: &mut [Subgraph],
) {
    let others: Vec<usize> = homes
        .iter()
        .copied()
        .filter(|home| !owners.contains(home))
        .collect();
    if others.is_empty() {
        return;
    }
    let home = others[dice.below(others.len())];
    let Some(ty) = subgraphs[home].get_mut(entity) else {
        return;
    };
    ty.fields
        .insert(name.to_owned(), "Int @external".to_owned());
    ty.fields.insert(
        format!("r{name}"),
        format!("Int @requires(fields: \"{name}\")"),
    );
    let third: Vec<usize> = homes
        .iter()
        .copied()
        .filter(|&other| other != home)
        .collect();
    if dice.percent(50) {
        // A chain: what was computed is required again, often back where it started.
        let back = third[dice.below(third.len())];
        let Some(ty) = subgraphs[back].get_mut(entity) else {
            return;
        };
        ty.fields
            .insert(format!("r{name}"), "Int @external".to_owned());
        ty.fields.insert(
            format!("rr{name}"),
            format!("Int @requires(fields: \"r{name}\")"),
        );
    }
}

fn return_type(dice: &mut Dice, world: &World) -> String {
    let named = match dice.below(10) {
        0..=3 => return "Int".to_owned(),
        4..=6 => format!("E{}", dice.below(world.entities)),
        7 if world.values > 0 => format!("V{}", dice.below(world.values)),
        8 if world.things.len() > 1 => "Thing".to_owned(),
        9 if world.things.len() > 1 => "Either".to_owned(),
        _ => return "String".to_owned(),
    };
    if dice.percent(30) {
        format!("[{named}]")
    } else {
        named
    }
}

/// Makes sure that a subgraph has the type that a field returns, and something in it.
pub(crate) fn ensure(world: &World, returned: &str, subgraph: &mut Subgraph, home: usize) {
    let named = returned.trim_matches(['[', ']']);
    if let Some(number) = named.strip_prefix('V') {
        let ty = subgraph.entry(named.to_owned()).or_default();
        ty.fields
            .insert("shared".to_owned(), "Int @shareable".to_owned());
        ty.fields
            .insert(format!("own{home}"), "Int @shareable".to_owned());
        if number == "0" {
            ty.fields
                .insert("entity".to_owned(), "E0 @shareable".to_owned());
            ensure(world, "E0", subgraph, home);
        }
    } else if named.starts_with('E') && named != "Either" {
        reference(subgraph, named);
    } else if named == "Thing" || named == "Either" {
        for thing in &world.things {
            reference(subgraph, &format!("E{thing}"));
        }
        subgraph.entry(named.to_owned()).or_default();
    }
}

/// A subgraph that only refers to an entity has its key.
fn reference(subgraph: &mut Subgraph, entity: &str) {
    let ty = subgraph.entry(entity.to_owned()).or_default();
    if ty.fields.is_empty() {
        ty.fields.insert("id".to_owned(), "ID!".to_owned());
        ty.directives.insert("@key(fields: \"id\")".to_owned());
    }
}

fn deal_roots(dice: &mut Dice, world: &World, subgraphs: &mut [Subgraph]) {
    for root in 0..2 + dice.below(4) {
        let returned = loop {
            let returned = return_type(dice, world);
            if returned != "Int" && returned != "String" {
                break returned;
            }
        };
        let owner = dice.below(world.subgraphs);
        let homes: Vec<usize> = (0..world.subgraphs)
            .filter(|&home| home == owner || dice.percent(20))
            .collect();
        let mark = if homes.len() > 1 { " @shareable" } else { "" };
        for home in homes {
            ensure(world, &returned, &mut subgraphs[home], home);
            let query = subgraphs[home].entry("Query".to_owned()).or_default();
            query
                .fields
                .insert(format!("q{root}"), format!("{returned}{mark}"));
        }
    }
}

/// Gives abstract types their members: what the subgraph knows of them.
fn add_abstract_types(dice: &mut Dice, world: &World, subgraphs: &mut [Subgraph]) {
    let is_labelled = dice.percent(40);
    for subgraph in subgraphs {
        let is_labelled = is_labelled && dice.percent(70);
        let members: Vec<String> = world
            .things
            .iter()
            .map(|thing| format!("E{thing}"))
            .filter(|name| subgraph.contains_key(name))
            .collect();
        if subgraph.contains_key("Thing") {
            for member in &members {
                if let Some(ty) = subgraph.get_mut(member) {
                    ty.implements.push("Thing".to_owned());
                    ty.fields
                        .entry("id".to_owned())
                        .or_insert_with(|| "ID! @shareable".to_owned());
                    if is_labelled {
                        add_field(subgraph, member, "label", "String @shareable");
                    }
                }
            }
            let thing = subgraph.entry("Thing".to_owned()).or_default();
            thing.is_interface = true;
            thing.fields.insert("id".to_owned(), "ID!".to_owned());
            if is_labelled {
                thing.fields.insert("label".to_owned(), "String".to_owned());
            }
        }
        if let Some(either) = subgraph.get_mut("Either") {
            either.implements = members;
        }
    }
}

/// Sometimes one more subgraph adds a field to the interface from outside. All that know the interface enter by its key.
fn add_interface_object(dice: &mut Dice, subgraphs: &mut Vec<Subgraph>) {
    let knows_interface = |subgraph: &Subgraph| subgraph.contains_key("Thing");
    if subgraphs
        .iter()
        .filter(|subgraph| knows_interface(subgraph))
        .count()
        != 1
        || !dice.percent(60)
    {
        return;
    }
    for thing in subgraphs
        .iter_mut()
        .filter_map(|subgraph| subgraph.get_mut("Thing"))
    {
        thing.directives.insert("@key(fields: \"id\")".to_owned());
    }
    let mut outside = interface_object(dice.percent(30));
    add_field(&mut outside, "Thing", "outside", "Int");
    add_field(&mut outside, "Thing", "beyond", "Int");
    add_field(&mut outside, "Thing", "near", "Thing");
    add_field(&mut outside, "Thing", "far", "Thing");
    add_field(&mut outside, "Query", "outsideThings", "[Thing]");
    subgraphs.push(outside);
    if dice.percent(50) {
        let mut further = interface_object(false);
        add_field(&mut further, "Thing", "outside", "Int @external");
        let derived = "Int @requires(fields: \"outside\")";
        add_field(&mut further, "Thing", "derived", derived);
        add_field(&mut further, "Query", "furtherThings", "[Thing]");
        subgraphs.push(further);
    }
}

fn interface_object(is_left_only: bool) -> Subgraph {
    let mut subgraph = Subgraph::new();
    let thing = subgraph.entry("Thing".to_owned()).or_default();
    let resolvable = if is_left_only {
        ", resolvable: false"
    } else {
        ""
    };
    thing
        .directives
        .insert(format!("@key(fields: \"id\"{resolvable})"));
    thing.directives.insert("@interfaceObject".to_owned());
    add_field(&mut subgraph, "Thing", "id", "ID!");
    subgraph
}

pub(crate) fn add_field(subgraph: &mut Subgraph, on: &str, name: &str, ty: &str) {
    let on = subgraph.entry(on.to_owned()).or_default();
    on.fields.insert(name.to_owned(), ty.to_owned());
}

fn text(index: usize, head: &str, types: &Subgraph) -> String {
    let mut text = format!("{head}\n");
    for (name, ty) in types {
        let directives: Vec<&str> = ty.directives.iter().map(String::as_str).collect();
        let directives = directives.join(" ");
        if name == "Either" {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "union Either {directives} = {}",
                ty.implements.join(" | ")
            );
            continue;
        }
        let keyword = if ty.is_interface { "interface" } else { "type" };
        let implements = if ty.implements.is_empty() {
            String::new()
        } else {
            format!(" implements {}", ty.implements.join(" & "))
        };
        let fields: Vec<String> = ty
            .fields
            .iter()
            .map(|(name, ty)| format!("  {name}: {ty}"))
            .collect();
        let _ = writeln!(
            text,
            "{keyword} {name}{implements} {directives} {{\n{}\n}}",
            fields.join("\n")
        );
    }
    if !types.contains_key("Query") && index == 0 {
        text.push_str("type Query { ping: Int }\n");
    }
    text
}
