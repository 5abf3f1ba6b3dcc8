//! A random operation over a schema, and values for its variables. Most are valid; the caller leaves out those that are
//! not.

use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use serde_json::{Map, Value};

use super::random::Random;

/// An operation.
pub(crate) fn random(schema: &Schema, random: &mut Random) -> String {
    let composites = schema
        .types
        .iter()
        .filter(|(name, one)| {
            !one.is_built_in()
                && (one.is_object() || one.is_interface() || one.is_union())
                && !ROOTS.contains(&name.as_str())
        })
        .map(|(name, _)| name.to_string());
    let mut writer = Writer {
        schema,
        composites: composites.collect(),
        variables: Vec::new(),
        fragments: Vec::new(),
    };
    let (keyword, root) = match random.below(20) {
        0..3 => ("mutation", "Mutation"),
        3 => ("subscription", "Subscription"),
        _ => ("query", "Query"),
    };
    let directive = writer.directive(random);
    let selection = match root {
        "Subscription" => {
            let item = writer.field(root, 3, random).unwrap_or_default();
            format!("{{ {item} }}")
        }
        _ => writer.selection(root, 4, random),
    };
    let variables = match writer.variables.as_slice() {
        [] => String::new(),
        list => format!("({})", list.join(", ")),
    };
    let fragments = writer.fragments.join("\n");
    format!("{keyword} Q{variables}{directive} {selection}\n{fragments}")
}

const ROOTS: &[&str] = &["Query", "Mutation", "Subscription"];

struct Writer<'a> {
    schema: &'a Schema,
    composites: Vec<String>,
    variables: Vec<String>,
    fragments: Vec<String>,
}

impl Writer<'_> {
    fn selection(&mut self, parent: &str, depth: u32, random: &mut Random) -> String {
        let mut items = Vec::new();
        for _ in 0..1 + random.below(3) {
            let item = self.item(parent, depth, random);
            items.extend(item);
        }
        if items.is_empty() {
            items.push("__typename".to_owned());
        }
        format!("{{ {} }}", items.join(" "))
    }

    fn item(&mut self, parent: &str, depth: u32, random: &mut Random) -> Option<String> {
        if ROOTS.contains(&parent) || depth == 0 || !random.chance(45) {
            return self.field(parent, depth, random);
        }
        // A fragment on what has nothing to do with the parent is invalid: most are on what has.
        let on = if random.chance(50) {
            let near = |one: &&String| {
                self.schema.is_subtype(one, parent) || self.schema.is_subtype(parent, one)
            };
            let near: Vec<&String> = self.composites.iter().filter(near).collect();
            random
                .pick(&near)
                .map_or(parent.to_owned(), |one| (*one).clone())
        } else {
            random.pick(&self.composites)?.clone()
        };
        let directive = self.directive(random);
        let inside = self.selection(&on, depth - 1, random);
        if random.chance(25) {
            let name = format!("F{}", self.fragments.len());
            self.fragments
                .push(format!("fragment {name} on {on} {inside}"));
            return Some(format!("...{name}{directive}"));
        }
        Some(format!("... on {on}{directive} {inside}"))
    }

    fn field(&mut self, parent: &str, depth: u32, random: &mut Random) -> Option<String> {
        let fields = match self.schema.types.get(parent)? {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => return None,
        };
        let names: Vec<_> = fields.keys().collect();
        let field = &fields[*random.pick(&names)?];
        let alias = match random.below(6) {
            0 => "x: ",
            1 => "y: ",
            _ => "",
        };
        let arguments = self.arguments(&field.arguments, random);
        let directive = self.directive(random);
        let inner = field.ty.inner_named_type().as_str();
        let definition = self.schema.types.get(inner);
        let below = match definition.is_some_and(|one| one.is_leaf()) || definition.is_none() {
            true => String::new(),
            false if depth == 0 => " { __typename }".to_owned(),
            false => format!(" {}", self.selection(inner, depth - 1, random)),
        };
        Some(format!(
            "{alias}{}{arguments}{directive}{below}",
            field.name
        ))
    }

    fn directive(&mut self, random: &mut Random) -> &'static str {
        match random.below(50) {
            0 => " @run",
            1 => " @run(a: 2, e: B) @run",
            2 => " @run(e: A)",
            3 => " @run(by: {name: \"n\"})",
            _ => "",
        }
    }

    fn arguments(
        &mut self,
        definitions: &[Node<InputValueDefinition>],
        random: &mut Random,
    ) -> String {
        let mut written = Vec::new();
        for definition in definitions {
            if definition.is_required() || random.chance(50) {
                let value = self.value(definition, random);
                written.push(format!("{}: {value}", definition.name));
            }
        }
        match written.as_slice() {
            [] => String::new(),
            list => format!("({})", list.join(", ")),
        }
    }

    fn value(&mut self, definition: &InputValueDefinition, random: &mut Random) -> String {
        if random.chance(40) {
            let name = format!("v{}", self.variables.len());
            let own = definition.ty.as_ref().clone();
            let ty = match random.below(3) {
                0 if definition.default_value.is_some() => own.nullable(),
                1 => own.non_null(),
                _ => own,
            };
            let default = match random.chance(20) {
                true => format!(" = {}", self.literal(&ty, 2, random)),
                false => String::new(),
            };
            let directive = if random.chance(4) { " @run" } else { "" };
            self.variables
                .push(format!("${name}: {ty}{default}{directive}"));
            return format!("${name}");
        }
        self.literal(&definition.ty, 2, random)
    }

    /// JSON, written as GraphQL.
    fn literal(&mut self, ty: &Type, depth: u32, random: &mut Random) -> String {
        let value = json(self.schema, ty, depth, random);
        self.written(ty, &value)
    }

    fn written(&self, ty: &Type, value: &Value) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| self.written(ty.item_type(), item))
                    .collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(fields) => {
                let named = self.schema.types.get(ty.inner_named_type());
                let Some(ExtendedType::InputObject(input)) = named else {
                    return String::new();
                };
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| {
                        let ty = &input.fields[name.as_str()].ty;
                        format!("{name}: {}", self.written(ty, value))
                    })
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
            Value::String(text) => match self.schema.types.get(ty.inner_named_type()) {
                Some(ExtendedType::Enum(_)) => text.clone(),
                _ => value.to_string(),
            },
            _ => value.to_string(),
        }
    }
}

/// Values for the variables, as a client sends them.
pub(crate) fn values<'a>(
    schema: &Schema,
    variables: impl Iterator<Item = (&'a str, &'a Type)>,
    random: &mut Random,
) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, ty) in variables {
        if ty.is_non_null() || random.chance(80) {
            values.insert(name.to_owned(), json(schema, ty, 3, random));
        }
    }
    values
}

fn json(schema: &Schema, ty: &Type, depth: u32, random: &mut Random) -> Value {
    if !ty.is_non_null() && (depth == 0 || random.chance(10)) {
        return Value::Null;
    }
    match ty {
        Type::List(item) | Type::NonNullList(item) => {
            if random.chance(10) {
                return json(schema, item, depth, random);
            }
            let one = json(schema, item, depth.saturating_sub(1), random);
            Value::Array(vec![one])
        }
        Type::Named(name) | Type::NonNullNamed(name) => match schema.types.get(name) {
            Some(ExtendedType::Enum(definition)) => {
                let values: Vec<_> = definition.values.keys().collect();
                random
                    .pick(&values)
                    .map_or(Value::Null, |value| value.as_str().into())
            }
            Some(ExtendedType::InputObject(input)) => {
                let one = random.below(input.fields.len() as u64) as usize;
                let one_of = input.directives.has("oneOf");
                let mut object = Map::new();
                for (index, field) in input.fields.values().enumerate() {
                    let wanted = match one_of {
                        true => index == one,
                        false => field.is_required() || (depth > 0 && random.chance(40)),
                    };
                    if wanted {
                        let ty = match one_of {
                            true => field.ty.as_ref().clone().non_null(),
                            false => field.ty.as_ref().clone(),
                        };
                        let value = json(schema, &ty, depth.saturating_sub(1), random);
                        object.insert(field.name.to_string(), value);
                    }
                }
                Value::Object(object)
            }
            _ => match name.as_str() {
                "Boolean" => true.into(),
                "String" | "ID" => "t".into(),
                _ => 1.into(),
            },
        },
    }
}
