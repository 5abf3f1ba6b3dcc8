//! A random operation over a schema. Most are valid; the caller leaves out those that are not.

use apollo_compiler::Schema;
use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;

use super::random::Random;

/// An operation.
pub(crate) fn random(schema: &Schema, random: &mut Random) -> String {
    let mut writer = Writer {
        schema,
        variables: Vec::new(),
    };
    let (keyword, root) = if random.chance(15) {
        ("mutation", "Mutation")
    } else {
        ("query", "Query")
    };
    let selection = writer.selection(root, 4, random);
    let variables = match writer.variables.as_slice() {
        [] => String::new(),
        list => format!("({})", list.join(", ")),
    };
    format!("{keyword} Q{variables} {selection}")
}

struct Writer<'a> {
    schema: &'a Schema,
    variables: Vec<String>,
}

const COMPOSITES: &[&str] = &["Node", "Named", "Pet", "Cat", "Dog", "User"];

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
        let narrows = COMPOSITES.contains(&parent);
        if narrows && depth > 0 && random.chance(45) {
            let on = random.pick(COMPOSITES)?;
            let directive = self.directive(random);
            let inside = self.selection(on, depth - 1, random);
            return Some(format!("... on {on}{directive} {inside}"));
        }
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
        match random.below(40) {
            0 => " @run",
            1 => " @run(a: 2, e: B) @run",
            2 => " @run(e: A)",
            _ => "",
        }
    }

    fn arguments(
        &mut self,
        definitions: &[apollo_compiler::Node<InputValueDefinition>],
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
        if random.chance(35) {
            let name = format!("v{}", self.variables.len());
            let ty = match random.below(3) {
                0 if definition.default_value.is_some() => {
                    definition.ty.as_ref().clone().nullable()
                }
                1 => definition.ty.as_ref().clone().non_null(),
                _ => definition.ty.as_ref().clone(),
            };
            self.variables.push(format!("${name}: {ty}"));
            return format!("${name}");
        }
        self.literal(&definition.ty, 2, random)
    }

    fn literal(&mut self, ty: &Type, depth: u32, random: &mut Random) -> String {
        if !ty.is_non_null() && (depth == 0 || random.chance(15)) {
            return "null".to_owned();
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                format!("[{}]", self.literal(item, depth.saturating_sub(1), random))
            }
            Type::Named(name) | Type::NonNullNamed(name) => match self.schema.types.get(name) {
                Some(ExtendedType::Enum(definition)) => {
                    let values: Vec<_> = definition.values.keys().collect();
                    random
                        .pick(&values)
                        .map_or(String::new(), ToString::to_string)
                }
                Some(ExtendedType::InputObject(input)) => {
                    let mut parts = Vec::new();
                    for field in input.fields.values() {
                        if field.is_required() || (depth > 0 && random.chance(40)) {
                            let value = self.literal(&field.ty, depth.saturating_sub(1), random);
                            parts.push(format!("{}: {value}", field.name));
                        }
                    }
                    format!("{{{}}}", parts.join(", "))
                }
                _ => match name.as_str() {
                    "Boolean" => "true".to_owned(),
                    "String" | "ID" => "\"t\"".to_owned(),
                    _ => "1".to_owned(),
                },
            },
        }
    }
}
