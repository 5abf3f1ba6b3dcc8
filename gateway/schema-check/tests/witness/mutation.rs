//! One random change to a schema, which need not be valid afterwards.

use apollo_compiler::ast::{DirectiveLocation, InputValueDefinition, Type, Value};
use apollo_compiler::schema::{Component, EnumValueDefinition, ExtendedType};
use apollo_compiler::{Name, Node, Schema, name};

use super::random::Random;

/// Changes the schema; what it did, for the message of a failing test.
pub(crate) fn mutate(schema: &mut Schema, random: &mut Random) -> String {
    if random.chance(8) {
        return directive(schema, random);
    }
    if random.chance(2) {
        schema.schema_definition.make_mut().mutation = None;
        return "no mutations".to_owned();
    }
    let names: Vec<Name> = schema
        .types
        .iter()
        .filter(|(_, one)| !one.is_built_in())
        .map(|(name, _)| name.clone())
        .collect();
    let Some(name) = random.pick(&names).cloned() else {
        return String::new();
    };
    if random.chance(4) {
        schema.types.shift_remove(&name);
        return format!("removed {name}");
    }
    let Some(definition) = schema.types.get_mut(&name) else {
        return String::new();
    };
    let what = match definition {
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            if random.chance(10) {
                object.implements_interfaces.pop();
                "implements less".to_owned()
            } else {
                field(&mut object.fields, random)
            }
        }
        ExtendedType::Interface(interface) => field(&mut interface.make_mut().fields, random),
        ExtendedType::Union(union) => {
            let union = union.make_mut();
            if random.chance(50) {
                union.members.pop();
            } else {
                union.members.insert(name!("User").into());
            }
            "members".to_owned()
        }
        ExtendedType::Enum(definition) => {
            let definition = definition.make_mut();
            if random.chance(60) {
                definition.values.pop();
            } else {
                let value = EnumValueDefinition {
                    description: None,
                    value: name!("NEW"),
                    directives: Default::default(),
                };
                definition
                    .values
                    .insert(name!("NEW"), Component::new(value));
            }
            "values".to_owned()
        }
        ExtendedType::InputObject(input) => {
            let fields = &mut input.make_mut().fields;
            let keys: Vec<Name> = fields.keys().cloned().collect();
            let Some(key) = random.pick(&keys) else {
                return String::new();
            };
            match random.below(4) {
                0 => {
                    fields.shift_remove(key);
                    format!("removed {key}")
                }
                1 => {
                    let added = new_input(random);
                    fields.insert(added.name.clone(), Component::new(added));
                    "added an input field".to_owned()
                }
                _ => {
                    input_value(fields[key].make_mut(), random);
                    format!("changed {key}")
                }
            }
        }
        ExtendedType::Scalar(_) => String::new(),
    };
    format!("{name}: {what}")
}

type Fields =
    apollo_compiler::collections::IndexMap<Name, Component<apollo_compiler::ast::FieldDefinition>>;

fn field(fields: &mut Fields, random: &mut Random) -> String {
    let keys: Vec<Name> = fields.keys().cloned().collect();
    let Some(key) = random.pick(&keys) else {
        return String::new();
    };
    match random.below(10) {
        0 | 1 => {
            fields.shift_remove(key);
            return format!("removed {key}");
        }
        2 => {
            let added = new_input(random);
            fields[key].make_mut().arguments.push(Node::new(added));
        }
        3..=5 => {
            let field = fields[key].make_mut();
            if let Some(argument) = field.arguments.first_mut() {
                if random.chance(20) {
                    field.arguments.remove(0);
                } else {
                    input_value(argument.make_mut(), random);
                }
            }
        }
        _ => {
            let field = fields[key].make_mut();
            field.ty = changed(&field.ty, random);
        }
    }
    format!("changed {key}")
}

fn input_value(value: &mut InputValueDefinition, random: &mut Random) {
    match random.below(3) {
        0 => value.default_value = None,
        1 => value.default_value = Some(Node::new(Value::Int(7.into()))),
        _ => *value.ty.make_mut() = changed(&value.ty, random),
    }
}

fn new_input(random: &mut Random) -> InputValueDefinition {
    InputValueDefinition {
        description: None,
        name: name!("added"),
        ty: Node::new(if random.chance(50) {
            Type::NonNullNamed(name!("Int"))
        } else {
            Type::Named(name!("Int"))
        }),
        default_value: random.chance(30).then(|| Node::new(Value::Int(1.into()))),
        directives: Default::default(),
    }
}

fn changed(ty: &Type, random: &mut Random) -> Type {
    match (random.below(8), ty) {
        (0, ty) => ty.clone().list(),
        (1, Type::Named(_)) => Type::Named(name!("Int")),
        (1, Type::NonNullNamed(_)) => Type::NonNullNamed(name!("String")),
        (2 | 3, Type::List(item)) => Type::List(Box::new(changed(item, random))),
        (2 | 3, Type::NonNullList(item)) => Type::NonNullList(Box::new(changed(item, random))),
        (_, ty) if ty.is_non_null() => ty.clone().nullable(),
        (_, ty) => ty.clone().non_null(),
    }
}

fn directive(schema: &mut Schema, random: &mut Random) -> String {
    let Some(run) = schema.directive_definitions.get_mut("run") else {
        return String::new();
    };
    let run = run.make_mut();
    match random.below(5) {
        0 => run.repeatable = false,
        1 => run.locations.retain(|at| *at != DirectiveLocation::Field),
        2 => run.arguments.push(Node::new(new_input(random))),
        3 => {
            run.arguments.pop();
        }
        _ => {
            schema.directive_definitions.shift_remove("run");
        }
    }
    "directive @run".to_owned()
}
