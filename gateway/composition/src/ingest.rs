//! From a subgraph's text to its normal form: parse, resolve `@link`s, check what the form cannot express, normalise.

pub mod context_value;
mod default_values;
pub mod facts;
pub mod federation_directive;
pub mod field_set;
mod graphql_advice;
mod input_directives;
pub mod link_names;
pub mod link_reader;
pub mod links;
pub mod machinery;
pub mod normalise;
pub mod selection_walk;
pub mod subgraph;
mod supergraph_names;
mod syntax_error;
pub mod upgrade;
mod validity;
pub mod version;

use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::parser::Parser;
use weft_diagnostic::{Code, Diagnostic, Label};

use crate::SubgraphSource;
use crate::codes::{
    INVALID_GRAPHQL, INVALID_SUBGRAPH_NAME, ROOT_MUTATION_USED, ROOT_QUERY_USED,
    ROOT_SUBSCRIPTION_USED,
};
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::machinery::Machinery;
use crate::ingest::normalise::{Identity, normalise, root_types};
use crate::ingest::subgraph::Subgraph;
use crate::ingest::version::Version;

/// The normal form of one subgraph, and what is wrong with it that does not keep its rules from being checked.
///
/// # Errors
/// What is wrong with its text as GraphQL, or with its links.
pub fn ingest(
    source: &SubgraphSource,
    machinery: &mut Machinery,
) -> Result<(Subgraph, Vec<Diagnostic>), Vec<Diagnostic>> {
    check_name(source)?;
    let mut document = parse(source)?;
    let links = link_reader::read_links(&document, &source.sdl)?;
    let federation = links
        .federation()
        .map_or(Version::new(1, 0), |feature| feature.version);
    if federation.major < 2 {
        remove_loose_definitions(&mut document);
    }
    remove_endpoint_fields(&mut document);
    let expected = machinery.definitions(&links, federation);
    let tag = links.name_of(FederationDirective::Tag, federation.major < 2);
    let mut definitions = machinery::check_definitions(&document, &expected, &source.sdl);
    if federation.major < 2 {
        let upgraded = machinery.definitions_of_upgrade();
        definitions.extend(machinery::check_definitions(
            &document,
            &upgraded,
            &source.sdl,
        ));
    }
    let (of_tag, mut errors): (Vec<_>, Vec<_>) = definitions
        .into_iter()
        .partition(|error| error.coordinate.as_deref() == Some(&format!("@{tag}")));
    let mut invalid = validity::check_graphql(&document, &expected, &links, &source.sdl);
    if !errors.is_empty() {
        invalid.retain(validity::is_about_unknown_name);
    }
    errors.extend(invalid);
    fail_with(errors)?;
    let mut errors = of_tag;
    errors.extend(check_roots(&document, source));
    remove_misnamed_roots(&mut document);
    let identity = Identity {
        name: source.name.clone(),
        url: source.url.clone(),
        source: source.sdl.clone(),
    };
    let mut subgraph = normalise(&document, identity, links, federation);
    let mut wrong_inputs = default_values::coerce_default_values(&mut subgraph);
    wrong_inputs.extend(input_directives::check_input_directives(&subgraph));
    wrong_inputs.extend(supergraph_names::take_out_supergraph_types(&mut subgraph));
    fail_with(wrong_inputs)?;
    facts::establish(&mut subgraph);
    Ok((subgraph, errors))
}

fn fail_with(errors: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn check_name(source: &SubgraphSource) -> Result<(), Vec<Diagnostic>> {
    if source.name != "_" && !source.name.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` cannot be the name of a subgraph", source.name);
    Err(vec![
        Diagnostic::error(INVALID_SUBGRAPH_NAME, message)
            .with_subgraph(&source.name)
            .with_help("give it a name with at least one letter or digit"),
    ])
}

fn parse(source: &SubgraphSource) -> Result<Document, Vec<Diagnostic>> {
    let text = source.sdl.text();
    let document = Parser::new()
        .parse_ast(text, source.sdl.path())
        .map_err(|errors| syntax_error::syntax_error(&errors.errors, &source.sdl))?;
    let executable = document
        .definitions
        .iter()
        .find(|definition| definition.is_executable_definition());
    match executable {
        None => Ok(document),
        Some(definition) => {
            let bytes = definition
                .location()
                .map_or(0..0, |location| location.offset()..location.end_offset());
            Err(vec![
                Diagnostic::error(
                    INVALID_GRAPHQL,
                    "a schema cannot contain operations or fragments",
                )
                .with_label(Label::new(source.sdl.span(bytes), "this is no definition"))
                .with_help("move it to an operation document"),
            ])
        }
    }
}

/// Federation 1 texts often define `@key` and its like loosely; federation's own definitions stand in for those.
fn remove_loose_definitions(document: &mut Document) {
    document.definitions.retain(|definition| {
        let Definition::DirectiveDefinition(directive) = definition else {
            return true;
        };
        if !["key", "requires", "provides"].contains(&directive.name.as_str()) {
            return true;
        }
        match directive.arguments.as_slice() {
            [] => false,
            [only] if only.name == "fields" => {
                let ty = only.ty.to_string();
                !["String", "_FieldSet", "FieldSet"].contains(&ty.as_str())
            }
            _ => true,
        }
    });
}

/// Takes out the query fields `_service` and `_entities`: the endpoint's, not the subgraph's.
fn remove_endpoint_fields(document: &mut Document) {
    let query = root_types(document)
        .into_iter()
        .find(|(operation, _)| operation.is_query())
        .map(|(_, name)| name);
    let is_endpoint = |name: &str| machinery::ENDPOINT_FIELDS.contains(&name);
    for definition in &mut document.definitions {
        if definition.name() != query.as_ref() {
            continue;
        }
        match definition {
            Definition::ObjectTypeDefinition(node)
                if node.fields.iter().any(|field| is_endpoint(&field.name)) =>
            {
                node.make_mut()
                    .fields
                    .retain(|field| !is_endpoint(&field.name));
            }
            Definition::ObjectTypeExtension(node)
                if node.fields.iter().any(|field| is_endpoint(&field.name)) =>
            {
                node.make_mut()
                    .fields
                    .retain(|field| !is_endpoint(&field.name));
            }
            _ => {}
        }
    }
}

/// The root types take their default names, and the places of other types that have them.
fn remove_misnamed_roots(document: &mut Document) {
    let roots = root_types(document);
    let renamed = roots
        .into_iter()
        .map(|(operation, root)| (operation.default_type_name(), root));
    for (default, _) in renamed.filter(|(default, root)| default != root) {
        document
            .definitions
            .retain(|definition| !is_type(definition, &default));
    }
}

fn is_type(definition: &Definition, name: &str) -> bool {
    definition.name().is_some_and(|own| own == name)
        && !matches!(definition, Definition::DirectiveDefinition(_))
}

/// A root type with another name than the default must leave the default name unused: it will be renamed to it.
fn check_roots(document: &Document, source: &SubgraphSource) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for (operation, root) in root_types(document) {
        let default = operation.default_type_name();
        if root == default {
            continue;
        }
        let mut definitions = document.definitions.iter();
        let taken = definitions.find(|definition| is_type(definition, &default));
        if let Some(definition) = taken {
            let bytes = definition
                .name()
                .and_then(|name| name.location())
                .map_or(0..0, |location| location.offset()..location.end_offset());
            let message = format!(
                "`{default}` is not the root type for {} here (`{root}` is), and no other type may have that name",
                operation.name()
            );
            errors.push(
                Diagnostic::error(root_code(operation.name()), message)
                    .with_label(Label::new(source.sdl.span(bytes), "rename this type"))
                    .with_coordinate(default.as_str())
                    .with_help(format!("rename `{default}`, or make it the root type")),
            );
        }
    }
    errors
}

fn root_code(operation: &str) -> Code {
    match operation {
        "mutation" => ROOT_MUTATION_USED,
        "subscription" => ROOT_SUBSCRIPTION_USED,
        _ => ROOT_QUERY_USED,
    }
}
