//! A subgraph's text in, the schema that its service serves out: federation's definitions put in, so that it is valid
//! alone, and entities within reach, as the gateway reaches them.

use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, Directive, Document, FieldDefinition};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Node};
use weft_composition::ingest::link_reader::read_links;
use weft_composition::ingest::machinery::{
    ENDPOINT_FIELDS, ENDPOINT_TYPES, Machinery, defined_name,
};
use weft_composition::ingest::version::Version;
use weft_diagnostic::{Diagnostic, Source};

/// Directives that only subgraphs of Federation 1 use without defining them.
const FEDERATION_1: &[&str] = &["key", "external", "requires", "provides", "extends"];

/// The schema, and what federation put into it.
pub(super) struct SubgraphSchema {
    pub(super) schema: Valid<Schema>,
    /// The names of types, and of directives with their `@`, that are not the subgraph's own.
    pub(super) machinery: Vec<String>,
}

/// Whether a text is a subgraph's: it links federation, or uses federation's directives without defining them.
pub(super) fn is_subgraph(document: &Document, source: &Source) -> bool {
    let linked = read_links(document, source).map_or(true, |links| links.federation().is_some());
    let defined = |name: &str| {
        document.definitions.iter().any(|one| match one {
            Definition::DirectiveDefinition(directive) => directive.name == name,
            _ => false,
        })
    };
    let of_federation =
        |one: &Node<Directive>| FEDERATION_1.contains(&one.name.as_str()) && !defined(&one.name);
    linked
        || document.definitions.iter().any(|definition| {
            let on_fields = fields(definition)
                .iter()
                .flat_map(|field| &field.directives.0);
            let mut all = definition.directives().iter().chain(on_fields);
            all.any(of_federation)
        })
}

fn fields(definition: &Definition) -> &[Node<FieldDefinition>] {
    match definition {
        Definition::ObjectTypeDefinition(node) => &node.fields,
        Definition::ObjectTypeExtension(node) => &node.fields,
        Definition::InterfaceTypeDefinition(node) => &node.fields,
        Definition::InterfaceTypeExtension(node) => &node.fields,
        _ => &[],
    }
}

/// What can go wrong with a text.
pub(super) enum Problem {
    /// Its links.
    Links(Vec<Diagnostic>),
    /// It as GraphQL.
    Graphql(DiagnosticList),
}

/// Builds the schema of a subgraph.
pub(super) fn build(mut document: Document, source: &Source) -> Result<SubgraphSchema, Problem> {
    let links = read_links(&document, source).map_err(Problem::Links)?;
    let version = links
        .federation()
        .map_or(Version::new(1, 0), |feature| feature.version);
    let key = links.name_of(
        weft_composition::ingest::federation_directive::FederationDirective::Key,
        version.major < 2,
    );
    let entities = entities(&document, &key);
    let definitions = Machinery::default().definitions(&links, version);
    let machinery = machinery_names(&definitions);
    remove(&mut document, &machinery);
    let root = query_type(&document);
    let defines_one_of = document
        .definitions
        .iter()
        .any(|one| defined_name(one).is_some_and(|(name, directive)| directive && name == "oneOf"));
    let mut builder = Schema::builder()
        .adopt_orphan_extensions()
        .add_ast(&document)
        .add_ast(&definitions)
        .parse(endpoint(&root, &entities), "federation");
    if !defines_one_of {
        builder = builder.parse("directive @oneOf on INPUT_OBJECT", "federation");
    }
    let schema = builder
        .build()
        .map_err(|invalid| Problem::Graphql(invalid.errors))?;
    let schema = schema
        .validate()
        .map_err(|invalid| Problem::Graphql(invalid.errors))?;
    Ok(SubgraphSchema { schema, machinery })
}

/// Whether a change is of federation's machinery, and not of the subgraph's own schema.
pub(super) fn is_machinery(names: &[String], path: &str) -> bool {
    let start = path.split(['.', '(']).next().unwrap_or_default();
    let field = path.split(['.', '(']).nth(1).unwrap_or_default();
    names.iter().any(|name| name == start) || ENDPOINT_FIELDS.contains(&field)
}

fn machinery_names(definitions: &Document) -> Vec<String> {
    let name = |(name, directive): (&Name, bool)| match directive {
        true => format!("@{name}"),
        false => name.to_string(),
    };
    let own = definitions.definitions.iter().filter_map(defined_name);
    own.map(name)
        .chain(ENDPOINT_TYPES.map(ToOwned::to_owned))
        .collect()
}

fn entities(document: &Document, key: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for definition in &document.definitions {
        let object = matches!(
            definition,
            Definition::ObjectTypeDefinition(_) | Definition::ObjectTypeExtension(_)
        );
        if let Some(name) = definition.name()
            && object
            && definition.directives().has(key)
            && !names.iter().any(|known| name == known.as_str())
        {
            names.push(name.to_string());
        }
    }
    names
}

/// Takes out what federation defines, wherever the text repeats it.
fn remove(document: &mut Document, machinery: &[String]) {
    document.definitions.retain(|definition| {
        defined_name(definition).is_none_or(|(name, directive)| {
            let name = if directive {
                format!("@{name}")
            } else {
                name.to_string()
            };
            !machinery.contains(&name)
        })
    });
    let is_endpoint =
        |field: &Node<FieldDefinition>| ENDPOINT_FIELDS.contains(&field.name.as_str());
    for definition in &mut document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(node) if node.fields.iter().any(is_endpoint) => {
                node.make_mut().fields.retain(|field| !is_endpoint(field));
            }
            Definition::ObjectTypeExtension(node) if node.fields.iter().any(is_endpoint) => {
                node.make_mut().fields.retain(|field| !is_endpoint(field));
            }
            _ => {}
        }
    }
}

fn query_type(document: &Document) -> String {
    let roots = document.definitions.iter().flat_map(|one| match one {
        Definition::SchemaDefinition(schema) => schema.root_operations.as_slice(),
        Definition::SchemaExtension(extension) => extension.root_operations.as_slice(),
        _ => &[],
    });
    let mut queries = roots.filter(|root| root.0.is_query());
    queries
        .next()
        .map_or("Query".to_owned(), |root| root.1.to_string())
}

/// What the service's own endpoint adds: the way by which the gateway comes to entities.
fn endpoint(root: &str, entities: &[String]) -> String {
    let union = match entities {
        [] => String::new(),
        some => format!("union _Entity = {}", some.join(" | ")),
    };
    let field = match entities {
        [] => "_service: _Service!",
        _ => "_service: _Service! _entities(representations: [_Any!]!): [_Entity]!",
    };
    format!("scalar _Any type _Service {{ sdl: String }} {union} extend type {root} {{ {field} }}")
}
