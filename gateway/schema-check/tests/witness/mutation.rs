//! One random change to a schema, which need not be valid afterwards. The list of kinds is below, one function for each.

use apollo_compiler::ast::{
    Directive, DirectiveLocation, FieldDefinition, InputValueDefinition, Type, Value,
};
use apollo_compiler::schema::{Component, EnumValueDefinition, ExtendedType};
use apollo_compiler::{Name, Node, Schema, name};

use super::random::Random;

type Mutation = fn(&mut Schema, &mut Random) -> Option<String>;

/// The kinds of changes, each with its share.
const MUTATIONS: &[(u64, Mutation)] = &[
    (2, remove_root),
    (3, remove_type),
    (3, rename_type),
    (4, change_kind),
    (6, change_interfaces),
    (12, remove_field),
    (3, add_field),
    (24, change_field_type),
    (12, change_argument),
    (6, add_or_remove_argument),
    (5, change_members),
    (7, change_values),
    (9, change_input_field),
    (5, add_or_remove_input_field),
    (4, toggle_one_of),
    (7, change_directive),
];

/// Changes the schema; what it did, for the message of a failing test.
pub(crate) fn mutate(schema: &mut Schema, random: &mut Random) -> String {
    let total = MUTATIONS.iter().map(|(share, _)| share).sum();
    let mut at = random.below(total);
    for (share, mutation) in MUTATIONS {
        if at < *share {
            return mutation(schema, random).unwrap_or_default();
        }
        at -= share;
    }
    String::new()
}

fn names(schema: &Schema, fits: fn(&ExtendedType) -> bool) -> Vec<Name> {
    schema
        .types
        .iter()
        .filter(|(_, one)| !one.is_built_in() && fits(one))
        .map(|(name, _)| name.clone())
        .collect()
}

fn pick<'a>(
    schema: &'a mut Schema,
    random: &mut Random,
    fits: fn(&ExtendedType) -> bool,
) -> Option<&'a mut ExtendedType> {
    let names = names(schema, fits);
    schema.types.get_mut(random.pick(&names)?)
}

type Fields = apollo_compiler::collections::IndexMap<Name, Component<FieldDefinition>>;

fn has_fields(definition: &ExtendedType) -> bool {
    definition.is_object() || definition.is_interface()
}

fn pick_fields<'a>(schema: &'a mut Schema, random: &mut Random) -> Option<(Name, &'a mut Fields)> {
    match pick(schema, random, has_fields)? {
        ExtendedType::Object(object) => Some((object.name.clone(), &mut object.make_mut().fields)),
        ExtendedType::Interface(interface) => {
            Some((interface.name.clone(), &mut interface.make_mut().fields))
        }
        _ => None,
    }
}

fn pick_field<'a>(
    schema: &'a mut Schema,
    random: &mut Random,
) -> Option<(String, &'a mut FieldDefinition)> {
    let (parent, fields) = pick_fields(schema, random)?;
    let keys: Vec<Name> = fields.keys().cloned().collect();
    let field = fields.get_mut(random.pick(&keys)?)?.make_mut();
    Some((format!("{parent}.{}", field.name), field))
}

fn remove_root(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let roots = schema.schema_definition.make_mut();
    if random.chance(50) {
        roots.mutation = None;
    } else {
        roots.subscription = None;
    }
    Some("a root type less".to_owned())
}

fn remove_type(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let names = names(schema, |_| true);
    let name = random.pick(&names)?;
    schema.types.shift_remove(name);
    Some(format!("removed {name}"))
}

fn rename_type(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let names = names(schema, |_| true);
    let name = random.pick(&names)?;
    let mut text = String::new();
    let mut word = String::new();
    for character in schema.to_string().chars().chain([' ']) {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        text.push_str(if word == name.as_str() {
            "Renamed"
        } else {
            &word
        });
        text.push(character);
        word.clear();
    }
    *schema = Schema::parse(text, "renamed.graphql").ok()?;
    Some(format!("renamed {name}"))
}

/// Objects become interfaces and back, enums and input objects scalars, scalars enums.
fn change_kind(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let names = names(schema, |_| true);
    let name = random.pick(&names)?.clone();
    let other = match schema.types.get(&name)? {
        ExtendedType::Object(object) => {
            let text = format!("type Query {{ a: Int }} interface {name} {{ a: Int }}");
            let mut other = Schema::parse(text, "kind.graphql").ok()?;
            let Some(ExtendedType::Interface(interface)) = other.types.get_mut(&name) else {
                return None;
            };
            interface.make_mut().fields = object.fields.clone();
            interface.make_mut().implements_interfaces = object.implements_interfaces.clone();
            other.types.get(&name)?.clone()
        }
        ExtendedType::Scalar(_) => parsed(&name, &format!("enum {name} {{ ONE }}"))?,
        ExtendedType::Enum(_) | ExtendedType::InputObject(_) => {
            parsed(&name, &format!("scalar {name}"))?
        }
        _ => return None,
    };
    schema.types.insert(name.clone(), other);
    Some(format!("{name} is of another kind"))
}

fn parsed(name: &str, text: &str) -> Option<ExtendedType> {
    let schema = Schema::parse(text, "kind.graphql");
    let schema = schema.unwrap_or_else(|with_errors| with_errors.partial);
    schema.types.get(name).cloned()
}

fn change_interfaces(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let interfaces = names(schema, ExtendedType::is_interface);
    let added = random.pick(&interfaces)?.clone();
    let ExtendedType::Object(object) = pick(schema, random, ExtendedType::is_object)? else {
        return None;
    };
    let object = object.make_mut();
    if random.chance(60) {
        let removed = object.implements_interfaces.pop()?;
        return Some(format!("{} without {removed}", object.name));
    }
    object.implements_interfaces.insert(added.clone().into());
    Some(format!("{} with {added}", object.name))
}

fn remove_field(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let (parent, fields) = pick_fields(schema, random)?;
    let keys: Vec<Name> = fields.keys().cloned().collect();
    let field = random.pick(&keys)?;
    fields.shift_remove(field);
    Some(format!("removed {parent}.{field}"))
}

fn add_field(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let (parent, fields) = pick_fields(schema, random)?;
    let mut field = fields.values().next()?.as_ref().clone();
    field.name = name!("added");
    fields.insert(name!("added"), Component::new(field));
    Some(format!("added {parent}.added"))
}

fn change_field_type(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let others = names(schema, ExtendedType::is_object);
    let other = random.pick(&others)?.clone();
    let (path, field) = pick_field(schema, random)?;
    let before = field.ty.clone();
    field.ty = if random.chance(8) {
        Type::Named(other)
    } else {
        changed(&field.ty, random)
    };
    Some(format!("{path} from {before} to {}", field.ty))
}

fn change_argument(schema: &mut Schema, random: &mut Random) -> Option<String> {
    for _ in 0..20 {
        let (path, field) = pick_field(schema, random)?;
        let count = field.arguments.len();
        if count > 0 {
            let argument = field
                .arguments
                .get_mut(random.below(count as u64) as usize)?;
            change_input_value(argument.make_mut(), random);
            return Some(format!("{path}: {argument}"));
        }
    }
    None
}

fn add_or_remove_argument(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let (path, field) = pick_field(schema, random)?;
    if random.chance(60) && field.arguments.pop().is_some() {
        return Some(format!("{path}: an argument less"));
    }
    let added = new_input(random);
    let what = format!("{path}: {added}");
    field.arguments.push(Node::new(added));
    Some(what)
}

fn change_members(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let objects = names(schema, ExtendedType::is_object);
    let added = random.pick(&objects)?.clone();
    let ExtendedType::Union(union) = pick(schema, random, ExtendedType::is_union)? else {
        return None;
    };
    let union = union.make_mut();
    if random.chance(50) {
        let removed = union.members.pop()?;
        return Some(format!("{} without {removed}", union.name));
    }
    union.members.insert(added.clone().into());
    Some(format!("{} with {added}", union.name))
}

fn change_values(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let ExtendedType::Enum(definition) = pick(schema, random, ExtendedType::is_enum)? else {
        return None;
    };
    let definition = definition.make_mut();
    if random.chance(60) {
        let count = definition.values.len() as u64;
        let (removed, _) = definition
            .values
            .shift_remove_index(random.below(count) as usize)?;
        return Some(format!("{} without {removed}", definition.name));
    }
    let value = EnumValueDefinition {
        description: None,
        value: name!("NEW"),
        directives: Default::default(),
    };
    definition
        .values
        .insert(name!("NEW"), Component::new(value));
    Some(format!("{} with NEW", definition.name))
}

fn change_input_field(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let definition = pick(schema, random, ExtendedType::is_input_object)?;
    let ExtendedType::InputObject(input) = definition else {
        return None;
    };
    let name = input.name.clone();
    let fields = &mut input.make_mut().fields;
    let count = fields.len() as u64;
    let (_, field) = fields.get_index_mut(random.below(count) as usize)?;
    change_input_value(field.make_mut(), random);
    Some(format!("{name}: {}", field.node))
}

fn add_or_remove_input_field(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let definition = pick(schema, random, ExtendedType::is_input_object)?;
    let ExtendedType::InputObject(input) = definition else {
        return None;
    };
    let name = input.name.clone();
    let fields = &mut input.make_mut().fields;
    if random.chance(50) {
        let (removed, _) = fields.shift_remove_index(random.below(fields.len() as u64) as usize)?;
        return Some(format!("{name} without {removed}"));
    }
    let added = new_input(random);
    let what = format!("{name}: {added}");
    fields.insert(added.name.clone(), Component::new(added));
    Some(what)
}

fn toggle_one_of(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let definition = pick(schema, random, ExtendedType::is_input_object)?;
    let ExtendedType::InputObject(input) = definition else {
        return None;
    };
    let input = input.make_mut();
    if input.directives.has("oneOf") {
        input
            .directives
            .retain(|directive| directive.name != "oneOf");
        return Some(format!("{} without @oneOf", input.name));
    }
    // Such a field can be null, and has no default.
    for field in input.fields.values_mut() {
        let field = field.make_mut();
        field.default_value = None;
        let ty = field.ty.as_ref().clone().nullable();
        field.ty = Node::new(ty);
    }
    let directive = Directive::new(name!("oneOf"));
    input.directives.push(Component::new(directive));
    Some(format!("{} with @oneOf", input.name))
}

fn change_directive(schema: &mut Schema, random: &mut Random) -> Option<String> {
    let run = schema.directive_definitions.get_mut("run")?.make_mut();
    match random.below(7) {
        0 => run.repeatable = false,
        1 => {
            let index = random.below(run.locations.len() as u64) as usize;
            run.locations.remove(index);
        }
        2 => run.locations.push(DirectiveLocation::Subscription),
        3 => run.arguments.push(Node::new(new_input(random))),
        4 => {
            run.arguments.pop();
        }
        5 => {
            let index = random.below(run.arguments.len() as u64) as usize;
            change_input_value(run.arguments.get_mut(index)?.make_mut(), random);
        }
        _ => {
            schema.directive_definitions.shift_remove("run");
            return Some("no directive @run".to_owned());
        }
    }
    Some(format!("{run}"))
}

fn change_input_value(value: &mut InputValueDefinition, random: &mut Random) {
    match random.below(4) {
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
        (1, Type::List(item)) | (1, Type::NonNullList(item)) => item.as_ref().clone(),
        (2 | 3, Type::List(item)) => Type::List(Box::new(changed(item, random))),
        (2 | 3, Type::NonNullList(item)) => Type::NonNullList(Box::new(changed(item, random))),
        (_, ty) if ty.is_non_null() => ty.clone().nullable(),
        (_, ty) => ty.clone().non_null(),
    }
}
