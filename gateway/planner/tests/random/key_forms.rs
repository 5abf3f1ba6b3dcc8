//! Keys of more than one field, keys with a selection, mutations, and which subgraphs are of Federation 1.

use super::dice::Dice;
use super::graph::{Subgraph, World, add_field, ensure};

/// Makes some keys composite, and gives some entities a key below a value of their own.
pub(crate) fn vary_keys(dice: &mut Dice, world: &World, subgraphs: &mut [Subgraph]) {
    for entity in 0..world.entities {
        let name = format!("E{entity}");
        if dice.percent(25) {
            compose_keys(dice, &name, subgraphs);
        }
        if dice.percent(25) {
            nest_keys(dice, &name, subgraphs);
        }
        if dice.percent(20) {
            split_keys(dice, &name, subgraphs);
        }
    }
}

/// Where a subgraph has both fields that keys are made of, one key of both; sometimes in place of the others.
fn compose_keys(dice: &mut Dice, entity: &str, subgraphs: &mut [Subgraph]) {
    for subgraph in subgraphs {
        let Some(ty) = subgraph.get_mut(entity) else {
            continue;
        };
        if !ty.fields.contains_key("code") || dice.percent(20) {
            continue;
        }
        ty.directives.insert("@key(fields: \"id code\")".to_owned());
        if dice.percent(50) {
            ty.directives.remove("@key(fields: \"code\")");
        }
    }
}

/// Where three subgraphs or more know an entity, the last is entered by a key of two fields, each of another one of them.
fn split_keys(dice: &mut Dice, entity: &str, subgraphs: &mut [Subgraph]) {
    let by_id = "@key(fields: \"id\")";
    let is_home = |index: &usize| {
        let ty = subgraphs[*index].get(entity);
        ty.is_some_and(|ty| ty.directives.contains(by_id))
    };
    let homes: Vec<usize> = (0..subgraphs.len()).filter(is_home).collect();
    let [first, second, .., last] = homes[..] else {
        return;
    };
    for (home, field) in [
        (first, "left"),
        (second, "right"),
        (last, "left"),
        (last, "right"),
    ] {
        add_field(&mut subgraphs[home], entity, field, "ID! @shareable");
    }
    let Some(ty) = subgraphs[last].get_mut(entity) else {
        return;
    };
    ty.directives
        .insert("@key(fields: \"left right\")".to_owned());
    if dice.percent(60) {
        ty.directives.remove(by_id);
        let is_key = ty.directives.iter().any(|text| text.contains("id "));
        if !is_key {
            let shared = "ID! @shareable".to_owned();
            ty.fields.insert("id".to_owned(), shared);
        }
    }
}

/// The first subgraph of an entity has its nested key besides the others, some of the rest have it too, or nothing else.
fn nest_keys(dice: &mut Dice, entity: &str, subgraphs: &mut [Subgraph]) {
    let homes = subgraphs
        .iter_mut()
        .filter(|subgraph| subgraph.contains_key(entity));
    for (position, subgraph) in homes.enumerate() {
        if position > 0 && dice.percent(40) {
            continue;
        }
        let nest = format!("N{entity}");
        add_field(subgraph, &nest, "part", "ID! @shareable");
        add_field(subgraph, entity, "nest", &format!("{nest}! @shareable"));
        let Some(ty) = subgraph.get_mut(entity) else {
            continue;
        };
        if position > 0 && dice.percent(50) {
            ty.directives.clear();
            for key in ["id", "code"] {
                if let Some(field) = ty.fields.get_mut(key) {
                    *field = "ID! @shareable".to_owned();
                }
            }
        }
        let both = if dice.percent(30) { "id " } else { "" };
        ty.directives
            .insert(format!("@key(fields: \"{both}nest {{ part }}\")"));
    }
}

/// Mutations that give entities, each of one subgraph.
pub(crate) fn deal_mutations(dice: &mut Dice, world: &World, subgraphs: &mut [Subgraph]) {
    if dice.percent(50) {
        return;
    }
    for number in 0..2 + dice.below(4) {
        let home = dice.below(subgraphs.len());
        let returned = format!("E{}", dice.below(world.entities));
        ensure(world, &returned, &mut subgraphs[home], home);
        let name = format!("m{number}");
        add_field(&mut subgraphs[home], "Mutation", &name, &returned);
    }
}

/// Whether a subgraph can be one of Federation 1: it uses nothing that is newer.
pub(crate) fn is_first_version(dice: &mut Dice, subgraph: &Subgraph) -> bool {
    let newer = ["@override", "@interfaceObject", "@context", "@fromContext"];
    let is_newer = |text: &str| newer.iter().any(|name| text.contains(name));
    let mut types = subgraph.values();
    let uses_newer = types.any(|ty| {
        let mut directives = ty.directives.iter();
        let keyed_interface = ty.is_interface && !ty.directives.is_empty();
        keyed_interface
            || directives.any(|text| is_newer(text))
            || ty
                .fields
                .iter()
                .any(|(name, text)| is_newer(name) || is_newer(text))
    });
    dice.percent(20) && !uses_newer
}
