//! Which types operations can meet, and in which position: a schema in, two sets of type names out.

use apollo_compiler::Schema;
use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation};
use apollo_compiler::schema::ExtendedType;
use rustc_hash::{FxHashMap, FxHashSet};

/// The types of a schema that an operation can name or select from.
pub(crate) struct Reach<'a> {
    outputs: FxHashSet<&'a str>,
    inputs: FxHashSet<&'a str>,
}

impl<'a> Reach<'a> {
    /// Walks from the root types and the directives that operations can use.
    pub(crate) fn of(schema: &'a Schema) -> Self {
        let mut walk = Walk {
            schema,
            related: related(schema),
            reach: Self {
                outputs: FxHashSet::default(),
                inputs: FxHashSet::default(),
            },
        };
        for (_, root) in schema.schema_definition.iter_root_operations() {
            walk.output(root.as_str());
        }
        let executable =
            |definition: &&apollo_compiler::Node<DirectiveDefinition>| is_executable(definition);
        for directive in schema.directive_definitions.values().filter(executable) {
            for argument in &directive.arguments {
                walk.input(argument.ty.inner_named_type().as_str());
            }
        }
        walk.reach
    }

    /// Whether an operation can select from it, spread a fragment on it or get it as a leaf.
    pub(crate) fn output(&self, name: &str) -> bool {
        self.outputs.contains(name)
    }

    /// Whether an operation can send it.
    pub(crate) fn input(&self, name: &str) -> bool {
        self.inputs.contains(name)
    }

    /// Whether an operation can meet it at all.
    pub(crate) fn any(&self, name: &str) -> bool {
        self.output(name) || self.input(name)
    }
}

/// Whether operations can use the directive.
pub(crate) fn is_executable(definition: &DirectiveDefinition) -> bool {
    definition
        .locations
        .iter()
        .any(|at| is_executable_location(*at))
}

/// Whether the location is one in an operation.
pub(crate) fn is_executable_location(location: DirectiveLocation) -> bool {
    use DirectiveLocation as At;
    matches!(
        location,
        At::Query
            | At::Mutation
            | At::Subscription
            | At::Field
            | At::FragmentDefinition
            | At::FragmentSpread
            | At::InlineFragment
            | At::VariableDefinition
    )
}

/// For each composite type, those that a fragment in it can lead to: interfaces and implementations, unions and members.
pub(crate) fn related(schema: &Schema) -> FxHashMap<&str, Vec<&str>> {
    let mut related: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    let mut relate = |one, other| {
        related.entry(one).or_default().push(other);
        related.entry(other).or_default().push(one);
    };
    for (name, definition) in &schema.types {
        let others = match definition {
            ExtendedType::Object(object) => &object.implements_interfaces,
            ExtendedType::Interface(interface) => &interface.implements_interfaces,
            ExtendedType::Union(union) => &union.members,
            _ => continue,
        };
        for other in others {
            relate(name.as_str(), other.name.as_str());
        }
    }
    related
}

struct Walk<'a> {
    schema: &'a Schema,
    related: FxHashMap<&'a str, Vec<&'a str>>,
    reach: Reach<'a>,
}

impl<'a> Walk<'a> {
    fn output(&mut self, start: &'a str) {
        let mut waiting = vec![start];
        while let Some(name) = waiting.pop() {
            if !self.reach.outputs.insert(name) {
                continue;
            }
            waiting.extend(self.related.get(name).into_iter().flatten());
            let schema = self.schema;
            let fields = match schema.types.get(name) {
                Some(ExtendedType::Object(object)) => &object.fields,
                Some(ExtendedType::Interface(interface)) => &interface.fields,
                _ => continue,
            };
            for field in fields.values() {
                waiting.push(field.ty.inner_named_type().as_str());
                for argument in &field.arguments {
                    self.input(argument.ty.inner_named_type().as_str());
                }
            }
        }
    }

    fn input(&mut self, start: &'a str) {
        let mut waiting = vec![start];
        while let Some(name) = waiting.pop() {
            let schema = self.schema;
            if self.reach.inputs.insert(name)
                && let Some(ExtendedType::InputObject(input)) = schema.types.get(name)
            {
                let types = input.fields.values();
                waiting.extend(types.map(|field| field.ty.inner_named_type().as_str()));
            }
        }
    }
}
