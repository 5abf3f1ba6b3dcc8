//! Random valid operations of a graph.

use super::dice::Dice;
use apollo_compiler::schema::ExtendedType;
use std::fmt::Write;
use weft_supergraph::Supergraph;

/// How deep selections nest.
const DEPTH: usize = 4;

/// An operation that is valid for the graph's API schema.
pub(crate) fn operation(dice: &mut Dice, supergraph: &Supergraph) -> String {
    let has_mutations = supergraph.api_schema().types.contains_key("Mutation");
    let (keyword, root) = match has_mutations && dice.percent(25) {
        true => ("mutation", "Mutation"),
        false => ("query", "Query"),
    };
    let mut text = format!("{keyword}($yes: Boolean!, $no: Boolean!, $number: Int) {{ ");
    let uses = "used: __typename @include(if: $yes) @skip(if: $no)";
    let _ = write!(text, "{uses} ");
    selections(dice, supergraph, root, DEPTH, &mut text);
    text.push('}');
    if !text.contains("$number)") {
        text = text.replacen(", $number: Int", "", 1);
    }
    text
}

fn selections(dice: &mut Dice, supergraph: &Supergraph, ty: &str, depth: usize, text: &mut String) {
    let before = text.len();
    let schema = supergraph.api_schema();
    let fields: Vec<(String, String, bool)> = match schema.types.get(ty) {
        Some(ExtendedType::Object(object)) => object
            .fields
            .values()
            .map(|field| described(field))
            .collect(),
        Some(ExtendedType::Interface(interface)) => interface
            .fields
            .values()
            .map(|field| described(field))
            .collect(),
        _ => Vec::new(),
    };
    for (name, returned, has_argument) in &fields {
        if dice.percent(55) {
            field(
                dice,
                supergraph,
                (name, returned, *has_argument),
                depth,
                text,
            );
        }
    }
    if dice.percent(20) && !supergraph.is_abstract(ty) {
        one_key_for_many(dice, supergraph, (ty, &fields), text);
    }
    for object in possible(supergraph, ty) {
        if dice.percent(50) && depth > 0 {
            let _ = write!(text, "... on {object}{} {{ ", condition(dice));
            selections(dice, supergraph, &object, depth - 1, text);
            text.push_str("} ");
        }
    }
    if dice.defers && depth > 0 && dice.percent(40) {
        text.push_str("... @defer { ");
        selections(dice, supergraph, ty, depth - 1, text);
        text.push_str("} ");
    }
    if text.len() == before {
        text.push_str("__typename ");
    }
}

/// One key for a field of another name on each type.
fn one_key_for_many(
    dice: &Dice,
    supergraph: &Supergraph,
    (ty, fields): (&str, &[(String, String, bool)]),
    text: &mut String,
) {
    let plain = fields.iter().filter(|(.., has_argument)| !has_argument);
    let numbers: Vec<&String> = plain
        .clone()
        .filter_map(|(name, returned, _)| (returned == "Int").then_some(name))
        .collect();
    if let Some(name) = numbers.get(dice.choice(ty, numbers.len())) {
        let _ = write!(text, "same: {name} ");
    }
    let has_id = |of: &str| supergraph.api_schema().type_field(of, "id").is_ok();
    let objects: Vec<&String> = plain
        .filter_map(|(name, returned, _)| has_id(returned).then_some(name))
        .collect();
    if let Some(name) = objects.get(dice.choice(ty, objects.len())) {
        let _ = write!(text, "kin: {name} {{ id }} ");
    }
}

fn described(field: &apollo_compiler::ast::FieldDefinition) -> (String, String, bool) {
    (
        field.name.to_string(),
        field.ty.to_string(),
        !field.arguments.is_empty(),
    )
}

fn field(
    dice: &mut Dice,
    supergraph: &Supergraph,
    (name, ty, has_argument): (&str, &str, bool),
    depth: usize,
    text: &mut String,
) {
    let returned = ty.trim_matches(['[', ']', '!']);
    // Types may give fields of one name different types: keys tell them apart.
    let shape = ty.replace('[', "L").replace('!', "N").replace(']', "");
    let is_composite = supergraph
        .kind(returned)
        .is_some_and(|kind| kind.is_composite());
    if is_composite && depth == 0 {
        return;
    }
    if !is_composite && dice.percent(30) && is_one_thing(supergraph, name, ty) {
        let arguments = if has_argument { "(a: 1)" } else { "" };
        let _ = write!(text, "{name}{arguments} ");
        return;
    }
    if has_argument {
        let arguments = ["", "(a: 1)", "(a: $number)"];
        let choice = dice.below(arguments.len());
        let _ = write!(
            text,
            "with{choice}_{shape}_{name}: {name}{}{} ",
            arguments[choice],
            condition(dice)
        );
        return;
    }
    let _ = write!(text, "{shape}_{name}: {name}{} ", condition(dice));
    if is_composite {
        text.push_str("{ ");
        selections(dice, supergraph, returned, depth - 1, text);
        text.push_str("} ");
    }
}

fn condition(dice: &mut Dice) -> &'static str {
    match dice.below(12) {
        0 => " @include(if: $yes)",
        1 => " @skip(if: $no)",
        _ => "",
    }
}

fn possible(supergraph: &Supergraph, ty: &str) -> Vec<String> {
    if !supergraph.is_abstract(ty) {
        return Vec::new();
    }
    supergraph
        .possible_types(ty)
        .map(ToString::to_string)
        .collect()
}

/// Whether a field of that name has that type wherever there is one, so that its name can be its key.
fn is_one_thing(supergraph: &Supergraph, name: &str, ty: &str) -> bool {
    let schema = supergraph.api_schema();
    let mut types = schema.types.keys();
    types.all(|of| {
        let field = schema.type_field(of, name);
        field.map_or(true, |field| field.ty.to_string() == ty)
    })
}
