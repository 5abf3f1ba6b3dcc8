//! The merged graph as a GraphQL document: the supergraph's SDL, the same for every order of the subgraphs.

use apollo_compiler::ast::{
    Definition, Directive, DirectiveDefinition, DirectiveList, DirectiveLocation, Document,
    EnumTypeDefinition, EnumValueDefinition, FieldDefinition, InputObjectTypeDefinition,
    InterfaceTypeDefinition, ObjectTypeDefinition, OperationType, ScalarTypeDefinition,
    SchemaDefinition, UnionTypeDefinition, Value,
};
use apollo_compiler::parser::Parser;
use apollo_compiler::{Name, Node, name};

use crate::ingest::links::SPECIFICATIONS;
use crate::ingest::normalise::OPERATIONS;
use crate::ingest::subgraph::TypeKind;
use crate::ingest::version::Version;
use crate::merge::directive_definition::definition_of;
use crate::merge::join::{argument, directive};
use crate::merge::merged::{Merged, MergedField, MergedType, MergedValue, SupergraphLink};

/// The document: the schema, then directives, then types, each by name.
pub fn document(merged: Merged) -> Document {
    let mut document = Document::new();
    let schema = Definition::SchemaDefinition(Node::new(schema(&merged)));
    let machinery = machinery(&merged);
    let (mut directives, mut types): (Vec<_>, Vec<_>) = machinery
        .definitions
        .into_iter()
        .partition(|definition| matches!(definition, Definition::DirectiveDefinition(_)));
    types.push(graph_enum(&merged));
    let composed = merged.directive_definitions.into_iter();
    directives
        .extend(composed.map(|definition| Definition::DirectiveDefinition(Node::new(definition))));
    types.extend(merged.types.into_values().map(type_definition));
    if types.iter().any(is_one_of) {
        directives.push(one_of());
    }
    directives.sort_by_cached_key(name_of);
    types.sort_by_cached_key(name_of);
    document.definitions.push(schema);
    document.definitions.extend(directives);
    document.definitions.extend(types);
    document
}

fn is_one_of(definition: &Definition) -> bool {
    matches!(definition, Definition::InputObjectTypeDefinition(input) if input.directives.has("oneOf"))
}

/// GraphQL's own directive, which readers of supergraphs know only where it is defined.
fn one_of() -> Definition {
    Definition::DirectiveDefinition(Node::new(DirectiveDefinition {
        description: None,
        name: name!("oneOf"),
        arguments: Vec::new(),
        repeatable: false,
        locations: vec![DirectiveLocation::InputObject],
    }))
}

fn name_of(definition: &Definition) -> String {
    definition
        .name()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn schema(merged: &Merged) -> SchemaDefinition {
    let mut directives = vec![
        link(&format!("{SPECIFICATIONS}link/v1.0"), None, None, &[]),
        link(
            &format!("{SPECIFICATIONS}join/{}", merged.join),
            None,
            Some("EXECUTION"),
            &[],
        ),
    ];
    directives.extend(merged.links.iter().map(|added: &SupergraphLink| {
        link(
            &added.url,
            added.alias.as_deref(),
            added.purpose,
            &added.imports,
        )
    }));
    directives.extend(merged.schema_directives.iter().cloned());
    let root_operations = OPERATIONS
        .into_iter()
        .filter(|operation| {
            merged
                .types
                .contains_key(operation.default_type_name().as_str())
        })
        .map(|operation: OperationType| Node::new((operation, operation.default_type_name())))
        .collect();
    SchemaDefinition {
        description: merged.description.clone(),
        directives: DirectiveList(directives),
        root_operations,
    }
}

fn link(
    url: &str,
    alias: Option<&str>,
    purpose: Option<&'static str>,
    imports: &[(String, String)],
) -> Node<Directive> {
    let string = |value: &str| Value::String(value.to_owned());
    let mut arguments = vec![argument("url", string(url))];
    arguments.extend(alias.map(|alias| argument("as", string(alias))));
    arguments.extend(
        purpose.map(|purpose| argument("for", Value::Enum(Name::new_static_unchecked(purpose)))),
    );
    let imports: Vec<Node<Value>> = imports
        .iter()
        .map(|(name, alias)| {
            let entry = |key: &'static str, value: &str| {
                (Name::new_static_unchecked(key), Node::new(string(value)))
            };
            Node::new(match name == alias {
                true => string(name),
                false => Value::Object(vec![entry("name", name), entry("as", alias)]),
            })
        })
        .collect();
    if !imports.is_empty() {
        arguments.push(argument("import", Value::List(imports)));
    }
    directive("link", arguments)
}

/// The definitions of `link`, `join` and the other specifications.
fn machinery(merged: &Merged) -> Document {
    let mut text = LINK.to_owned();
    text.push_str(&join_definitions(merged.join));
    for link in &merged.links {
        text.push_str(&link.definitions);
    }
    let parsed = Parser::new().parse_ast(text, "supergraph");
    parsed.unwrap_or_else(|errors| errors.partial)
}

const LINK: &str = r#"
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar link__Import
enum link__Purpose {
  "Needed to resolve fields securely: a router that does not know it must not serve the graph"
  SECURITY
  "Needed to execute operations"
  EXECUTION
}
"#;

fn join_definitions(version: Version) -> String {
    let mut text = String::from(
        "directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE\n\
         directive @join__graph(name: String!, url: String!) on ENUM_VALUE\n\
         directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE\n\
         directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, \
         resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on \
         OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR\n\
         directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION\n\
         scalar join__FieldSet\n",
    );
    let mut field =
        "graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, \
                     external: Boolean, override: String, usedOverridden: Boolean"
            .to_owned();
    if version >= Version::new(0, 4) {
        field.push_str(", overrideLabel: String");
        text.push_str(
            "directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) \
             repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION\n\
             scalar join__DirectiveArguments\n",
        );
    }
    if version >= Version::new(0, 5) {
        field.push_str(", contextArguments: [join__ContextArgument!]");
        text.push_str(
            "input join__ContextArgument { name: String! type: String! context: String! selection: join__FieldValue! }\n\
             scalar join__FieldValue\n",
        );
    }
    text.push_str(&format!(
        "directive @join__field({field}) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION\n"
    ));
    text
}

fn graph_enum(merged: &Merged) -> Definition {
    let values = merged
        .graphs
        .iter()
        .map(|graph| {
            let arguments = vec![
                argument("name", Value::String(graph.name.clone())),
                argument("url", Value::String(graph.url.clone())),
            ];
            Node::new(EnumValueDefinition {
                description: None,
                value: graph.value.clone(),
                directives: DirectiveList(vec![directive("join__graph", arguments)]),
            })
        })
        .collect();
    Definition::EnumTypeDefinition(Node::new(EnumTypeDefinition {
        description: None,
        name: Name::new_static_unchecked("join__Graph"),
        directives: DirectiveList::default(),
        values,
    }))
}

fn type_definition(ty: MergedType) -> Definition {
    let directives = DirectiveList(ty.directives);
    let (name, description) = (ty.name, ty.description);
    let fields = ty.fields.into_values().map(field).collect();
    let implements_interfaces = ty.interfaces.into_iter().collect();
    match ty.kind {
        TypeKind::Scalar => Definition::ScalarTypeDefinition(Node::new(ScalarTypeDefinition {
            description,
            name,
            directives,
        })),
        TypeKind::Object => Definition::ObjectTypeDefinition(Node::new(ObjectTypeDefinition {
            description,
            name,
            implements_interfaces,
            directives,
            fields,
        })),
        TypeKind::Interface => {
            Definition::InterfaceTypeDefinition(Node::new(InterfaceTypeDefinition {
                description,
                name,
                implements_interfaces,
                directives,
                fields,
            }))
        }
        TypeKind::Union => Definition::UnionTypeDefinition(Node::new(UnionTypeDefinition {
            description,
            name,
            directives,
            members: ty.members.into_iter().collect(),
        })),
        TypeKind::Enum => Definition::EnumTypeDefinition(Node::new(EnumTypeDefinition {
            description,
            name,
            directives,
            values: ty.values.into_values().map(enum_value).collect(),
        })),
        TypeKind::InputObject => {
            let inputs = ty.input_fields.into_values();
            Definition::InputObjectTypeDefinition(Node::new(InputObjectTypeDefinition {
                description,
                name,
                directives,
                fields: inputs
                    .map(|input| Node::new(definition_of(input)))
                    .collect(),
            }))
        }
    }
}

fn field(field: MergedField) -> Node<FieldDefinition> {
    let arguments = field.arguments.into_values();
    Node::new(FieldDefinition {
        description: field.description,
        name: field.name,
        arguments: arguments
            .map(|input| Node::new(definition_of(input)))
            .collect(),
        ty: field.ty,
        directives: DirectiveList(field.directives),
    })
}

fn enum_value(value: MergedValue) -> Node<EnumValueDefinition> {
    Node::new(EnumValueDefinition {
        description: value.description,
        value: value.name,
        directives: DirectiveList(value.directives),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use weft_diagnostic::Source;

    use crate::{SubgraphSource, compose};

    #[test]
    fn one_of_inputs_stay_so_for_clients() {
        let sdl = "type Query { a(by: By!): Int } input By @oneOf { id: ID name: String } directive @oneOf on INPUT_OBJECT";
        let composed = compose(vec![SubgraphSource {
            name: "a".to_owned(),
            url: String::new(),
            sdl: Source::new("a", "a.graphql", sdl),
        }]);
        let api_schema = composed.unwrap().supergraph.api_schema().to_string();
        assert!(api_schema.contains("input By @oneOf {"), "{api_schema}");
        assert!(
            api_schema.contains("directive @oneOf on INPUT_OBJECT"),
            "{api_schema}"
        );
    }
}
