//! What random subgraphs have beyond keys: provided fields, requirements of every form, overrides.

use super::dice::Dice;
use super::graph::{Subgraph, World, add_field, ensure};

/// Lets some fields that return an entity provide a field that another subgraph resolves.
pub(crate) fn provide_somewhere(dice: &mut Dice, subgraphs: &mut [Subgraph]) {
    for home in 0..subgraphs.len() {
        for (ty, name, text) in returning_entities(&subgraphs[home]) {
            let mut entity = text.trim_matches(['[', ']']).to_owned();
            if !dice.percent(25) {
                continue;
            }
            // What is provided may be further down.
            let mut path = Vec::new();
            if let Some((below, returned)) = linked_entity(dice, &subgraphs[home], &entity)
                && dice.percent(40)
            {
                path.push(below);
                entity = returned;
            }
            let Some(field) = resolved_elsewhere(subgraphs, home, &entity) else {
                continue;
            };
            for other in subgraphs.iter_mut() {
                let elsewhere = other
                    .get_mut(&entity)
                    .and_then(|ty| ty.fields.get_mut(&field));
                if let Some(elsewhere) = elsewhere.filter(|elsewhere| *elsewhere == "Int") {
                    elsewhere.push_str(" @shareable");
                }
            }
            if let Some(of) = subgraphs[home].get_mut(&entity) {
                of.fields.insert(field.clone(), "Int @external".to_owned());
            }
            let provided = match path.pop() {
                Some(below) => format!("{below} {{ {field} }}"),
                None => field,
            };
            if let Some(of) = subgraphs[home].get_mut(&ty) {
                of.fields
                    .insert(name, format!("{text} @provides(fields: \"{provided}\")"));
            }
        }
    }
}

/// A field of an entity that returns an entity, with that.
pub(crate) fn linked_entity(
    dice: &mut Dice,
    home: &Subgraph,
    entity: &str,
) -> Option<(String, String)> {
    let fields = home.get(entity)?.fields.iter();
    let links = fields.filter_map(|(name, text)| {
        let returned = text.trim_matches(['[', ']']);
        let is_entity = returned.starts_with('E') && returned != "Either";
        (is_entity && !returned.contains('@')).then(|| (name.clone(), returned.to_owned()))
    });
    let links: Vec<(String, String)> = links.collect();
    (!links.is_empty()).then(|| links[dice.below(links.len())].clone())
}

/// Types, fields and what they return, where that is an entity and nothing else is said about the field.
fn returning_entities(subgraph: &Subgraph) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (ty, of) in subgraph {
        for (name, text) in &of.fields {
            let named = text.trim_matches(['[', ']']);
            if named.starts_with('E') && named != "Either" && !text.contains('@') {
                found.push((ty.clone(), name.clone(), text.clone()));
            }
        }
    }
    found
}

/// A number of an entity that some other subgraph resolves, and this one does not know.
pub(crate) fn resolved_elsewhere(
    subgraphs: &[Subgraph],
    home: usize,
    entity: &str,
) -> Option<String> {
    let here = subgraphs[home].get(entity)?;
    let others = subgraphs
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != home);
    let mut fields = others
        .filter_map(|(_, other)| other.get(entity))
        .flat_map(|ty| &ty.fields);
    let found = fields.find(|(name, text)| {
        let is_number = *text == "Int" || *text == "Int @shareable";
        is_number && !name.contains('(') && !here.fields.contains_key(*name)
    });
    found.map(|(name, _)| name.clone())
}

/// Requirements with arguments, with what is below a field, and with fragments.
pub(crate) fn require_more(
    dice: &mut Dice,
    world: &World,
    entity: &str,
    subgraphs: &mut [Subgraph],
) {
    for home in 0..subgraphs.len() {
        if !subgraphs[home].contains_key(entity) || !dice.percent(40) {
            continue;
        }
        let Some((name, returned)) = any_resolved_elsewhere(dice, subgraphs, home, entity) else {
            continue;
        };
        let plain = name.trim_end_matches("(a: Int)");
        let selected = match returned.trim_matches(['[', ']']) {
            "Int" | "String" if name != plain => format!("{plain}(a: {})", dice.below(2)),
            "Int" | "String" => plain.to_owned(),
            "Thing" => format!("{plain} {{ id }}"),
            "Either" => match world.things.first() {
                Some(thing) => format!("{plain} {{ ... on E{thing} {{ id }} }}"),
                None => continue,
            },
            value if value.starts_with('V') => format!("{plain} {{ shared }}"),
            other => {
                if let Some(field) = resolved_elsewhere(subgraphs, home, other)
                    && dice.percent(50)
                {
                    let (other, external) = (other.to_owned(), "Int @external");
                    add_field(&mut subgraphs[home], &other, &field, external);
                    format!("{plain} {{ {field} }}")
                } else {
                    format!("{plain} {{ id }}")
                }
            }
        };
        ensure(world, &returned, &mut subgraphs[home], home);
        let derived = format!("Int @requires(fields: \"{selected}\")");
        add_field(
            &mut subgraphs[home],
            entity,
            &format!("m{home}{plain}"),
            &derived,
        );
        let external = format!("{returned} @external");
        add_field(&mut subgraphs[home], entity, &name, &external);
    }
}

/// A field of an entity that some other subgraph resolves, and this one does not know; with its type.
fn any_resolved_elsewhere(
    dice: &mut Dice,
    subgraphs: &[Subgraph],
    home: usize,
    entity: &str,
) -> Option<(String, String)> {
    let here = subgraphs[home].get(entity)?;
    let mut found = Vec::new();
    for (index, other) in subgraphs.iter().enumerate() {
        let fields = other.get(entity).filter(|_| index != home);
        for (name, text) in fields.into_iter().flat_map(|ty| &ty.fields) {
            let returned = text.trim_end_matches(" @shareable");
            let is_key = name == "id" || name == "code";
            if !is_key && !returned.contains('@') && !here.fields.contains_key(name) {
                found.push((name.clone(), returned.to_owned()));
            }
        }
    }
    (!found.is_empty()).then(|| found[dice.below(found.len())].clone())
}

/// Moves some fields to another subgraph, for good or while a label is on.
pub(crate) fn override_somewhere(dice: &mut Dice, subgraphs: &mut [Subgraph]) {
    for home in 0..subgraphs.len() {
        let entities: Vec<String> = subgraphs[home]
            .keys()
            .filter(|name| name.starts_with('E') && *name != "Either")
            .cloned()
            .collect();
        for entity in entities {
            let owner = dice.below(subgraphs.len());
            if owner == home || !dice.percent(30) {
                continue;
            }
            let there = subgraphs[owner].get(&entity);
            let mut fields = there.into_iter().flat_map(|ty| &ty.fields);
            let is_free = |name: &str| {
                let known = |subgraph: &Subgraph| {
                    let ty = subgraph.get(&entity);
                    ty.is_some_and(|ty| ty.fields.contains_key(name))
                };
                subgraphs.iter().filter(|subgraph| known(subgraph)).count() == 1
            };
            let found = fields.find(|(name, text)| *text == "Int" && is_free(name));
            let Some(name) = found.map(|(name, _)| name.clone()) else {
                continue;
            };
            let label = match dice.below(3) {
                0 => String::new(),
                1 => ", label: \"percent(50)\"".to_owned(),
                _ => format!(", label: \"percent({home}0)\""),
            };
            let moved = format!("Int @override(from: \"s{owner}\"{label})");
            add_field(&mut subgraphs[home], &entity, &name, &moved);
        }
    }
}
