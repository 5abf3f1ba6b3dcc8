//! What federation itself adds to a subgraph's schema: the definitions that a text may leave out or repeat.
//!
//! In: the links and the version. Out: the definitions as a document, to validate with; and whether a name is one of
//! them. A repeated definition must agree with ours: see [`check_definitions`].

use std::sync::Arc;

use apollo_compiler::ast::{Definition, DirectiveDefinition, Document, InputValueDefinition, Type};
use apollo_compiler::parser::Parser;
use apollo_compiler::{Name, Node};
use rustc_hash::{FxHashMap, FxHashSet};
use weft_diagnostic::{Diagnostic, Label, Source};

use crate::codes::{DIRECTIVE_DEFINITION_INVALID, TYPE_DEFINITION_INVALID};
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::links::{Feature, Links, SPECIFICATIONS};
use crate::ingest::subgraph::TypeKind;
use crate::ingest::upgrade::UPGRADED;
use crate::ingest::version::Version;

/// The types that a subgraph's own endpoint adds for federation.
pub const ENDPOINT_TYPES: [&str; 3] = ["_Any", "_Service", "_Entity"];
/// The query fields that a subgraph's own endpoint adds for federation.
pub const ENDPOINT_FIELDS: [&str; 2] = ["_service", "_entities"];

/// The definitions of federation for all subgraphs of a graph: those that link alike share them.
#[derive(Default)]
pub struct Machinery {
    documents: FxHashMap<String, Arc<Document>>,
}

impl Machinery {
    /// The definitions that federation adds for these links.
    pub fn definitions(&mut self, links: &Links, version: Version) -> Arc<Document> {
        self.parsed(text(links, version))
    }

    /// The definitions that a Federation 1 subgraph gets when it is upgraded: names that it may define for itself, and
    /// then has to define alike.
    pub fn definitions_of_upgrade(&mut self) -> Arc<Document> {
        let definitions = [
            FederationDirective::Shareable,
            FederationDirective::Inaccessible,
            FederationDirective::Override,
            FederationDirective::ComposeDirective,
            FederationDirective::InterfaceObject,
        ]
        .map(|directive| {
            format!(
                "directive {directive}{}\n",
                directive.definition(UPGRADED, "")
            )
        });
        self.parsed(definitions.concat())
    }

    fn parsed(&mut self, text: String) -> Arc<Document> {
        let parse = |text: &String| {
            let parsed = Parser::new().parse_ast(text, "federation");
            Arc::new(parsed.unwrap_or_else(|errors| errors.partial))
        };
        self.documents.entry(text).or_insert_with_key(parse).clone()
    }
}

fn text(links: &Links, version: Version) -> String {
    let mut text = String::new();
    let mut scalars = FxHashSet::default();
    for (directive, name, scalar) in known_directives(links, version) {
        let definition = directive.definition(version, &scalar);
        text.push_str(&format!("directive @{name}{definition}\n"));
        if !scalar.is_empty() && scalars.insert(scalar.clone()) {
            text.push_str(&format!("scalar {scalar}\n"));
        }
    }
    if links.features.is_empty() {
        text.push_str(LOOSE_LINK);
    }
    for feature in &links.features {
        text.push_str(&link_definitions(feature));
    }
    text
}

/// `@link` where it links neither itself nor federation, and so has no effect.
const LOOSE_LINK: &str = "directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) \
    repeatable on SCHEMA\nenum link__Purpose { SECURITY EXECUTION }\nscalar link__Import\n";

/// The directives that the linked specifications define, with their names here and those of their scalars.
fn known_directives(links: &Links, version: Version) -> Vec<(FederationDirective, String, String)> {
    let mut known = Vec::new();
    for directive in FederationDirective::ALL {
        let own = directive
            .own_specification()
            .and_then(|name| links.specification(name));
        let federation = links.federation().filter(|_| directive.since() <= version);
        for feature in federation.into_iter().chain(own) {
            let scalar = directive.scalar().map(|scalar| feature.type_name(scalar));
            let name = feature.directive_name(directive.name());
            known.push((directive, name, scalar.unwrap_or_default()));
        }
        if version.major < 2 && own.is_none() && directive.since() <= version {
            let scalar = directive.scalar().map(|scalar| format!("_{scalar}"));
            known.push((
                directive,
                directive.name().to_owned(),
                scalar.unwrap_or_default(),
            ));
        }
    }
    known
}

fn link_definitions(feature: &Feature) -> String {
    let (name, argument) = match feature.identity.strip_prefix(SPECIFICATIONS) {
        Some("link") => (&feature.name_in_schema, "url: String"),
        Some("core") => (&feature.name_in_schema, "feature: String"),
        _ => return String::new(),
    };
    let (purpose, import) = (feature.type_name("Purpose"), feature.type_name("Import"));
    format!(
        "directive @{name}({argument}, as: String, for: {purpose}, import: [{import}]) repeatable on SCHEMA\n\
         enum {purpose} {{ SECURITY EXECUTION }}\nscalar {import}\n"
    )
}

/// The name of a definition; `None` for schema definitions and executable ones.
pub fn defined_name(definition: &Definition) -> Option<(&Name, bool)> {
    let is_directive = matches!(definition, Definition::DirectiveDefinition(_));
    let is_type = definition.as_scalar_type_definition().is_some()
        || definition.as_object_type_definition().is_some()
        || definition.as_interface_type_definition().is_some()
        || definition.as_union_type_definition().is_some()
        || definition.as_enum_type_definition().is_some()
        || definition.as_input_object_type_definition().is_some();
    (is_directive || is_type)
        .then(|| definition.name())
        .flatten()
        .map(|name| (name, is_directive))
}

/// What disagrees between the text's own definitions of federation's elements and `expected`.
pub fn check_definitions(
    document: &Document,
    expected: &Document,
    source: &Source,
) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for definition in &document.definitions {
        let Some((name, is_directive)) = defined_name(definition) else {
            continue;
        };
        let counterpart = expected
            .definitions
            .iter()
            .find(|other| defined_name(other) == Some((name, is_directive)));
        match (definition, counterpart) {
            (
                Definition::DirectiveDefinition(actual),
                Some(Definition::DirectiveDefinition(ours)),
            ) => {
                check_directive(actual, ours, document, source, &mut errors);
            }
            (_, Some(ours)) if kind(definition) != kind(ours) => {
                let message = format!(
                    "`{name}` is part of federation and must be {}, not {}",
                    kind(ours),
                    kind(definition)
                );
                errors.push(
                    Diagnostic::error(TYPE_DEFINITION_INVALID, message)
                        .with_label(label(source, name))
                        .with_help("remove the definition: federation adds its own"),
                );
            }
            _ => {}
        }
    }
    errors
}

fn kind(definition: &Definition) -> &'static str {
    match definition {
        Definition::ScalarTypeDefinition(_) => TypeKind::Scalar.described(),
        Definition::ObjectTypeDefinition(_) => TypeKind::Object.described(),
        Definition::InterfaceTypeDefinition(_) => TypeKind::Interface.described(),
        Definition::UnionTypeDefinition(_) => TypeKind::Union.described(),
        Definition::EnumTypeDefinition(_) => TypeKind::Enum.described(),
        Definition::InputObjectTypeDefinition(_) => TypeKind::InputObject.described(),
        _ => "a directive",
    }
}

fn check_directive(
    actual: &Node<DirectiveDefinition>,
    expected: &DirectiveDefinition,
    document: &Document,
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) {
    let mut problems = Vec::new();
    for ours in &expected.arguments {
        let theirs = actual
            .arguments
            .iter()
            .find(|argument| argument.name == ours.name);
        problems.extend(argument_problem(ours, theirs, document));
    }
    for theirs in &actual.arguments {
        if !expected
            .arguments
            .iter()
            .any(|ours| ours.name == theirs.name)
        {
            problems.push(format!("it has no argument `{}`", theirs.name));
        }
    }
    if actual.repeatable && !expected.repeatable {
        problems.push("it is not repeatable".to_owned());
    }
    for location in &actual.locations {
        if !expected.locations.contains(location) {
            problems.push(format!("it does not apply to `{location}`"));
        }
    }
    errors.extend(problems.into_iter().map(|problem| {
        let message = format!(
            "`@{}` is part of federation and defined differently there: {problem}",
            actual.name
        );
        Diagnostic::error(DIRECTIVE_DEFINITION_INVALID, message)
            .with_coordinate(format!("@{}", actual.name))
            .with_label(label(source, &actual.name))
            .with_help("remove the definition: federation adds its own")
    }));
}

fn argument_problem(
    ours: &InputValueDefinition,
    theirs: Option<&Node<InputValueDefinition>>,
    document: &Document,
) -> Option<String> {
    let Some(theirs) = theirs else {
        let required = ours.ty.is_non_null() && ours.default_value.is_none();
        return required.then(|| format!("its argument `{}` is required", ours.name));
    };
    let nullable = match (theirs.ty.is_non_null(), ours.ty.is_non_null()) {
        (true, false) => theirs.ty.as_ref().clone().nullable(),
        _ => theirs.ty.as_ref().clone(),
    };
    if nullable != *ours.ty && !is_loose_redefinition(&ours.ty, &nullable, document) {
        return Some(format!(
            "its argument `{}` has type `{}`, not `{}`",
            ours.name, ours.ty, theirs.ty
        ));
    }
    let default_differs = ours.default_value != theirs.default_value;
    (!theirs.ty.is_non_null() && default_differs).then(|| {
        let default = ours
            .default_value
            .as_ref()
            .map_or("no default".to_owned(), |value| {
                format!("default `{value}`")
            });
        format!("its argument `{}` has {default}", ours.name)
    })
}

/// Whether `theirs` differs from `ours` only in that it uses a type of its own for one of federation's scalars.
fn is_loose_redefinition(ours: &Type, theirs: &Type, document: &Document) -> bool {
    match (ours, theirs) {
        (Type::List(ours), Type::List(theirs))
        | (Type::NonNullList(ours), Type::NonNullList(theirs)) => {
            is_loose_redefinition(ours, theirs, document)
        }
        (Type::Named(ours), Type::Named(theirs))
        | (Type::NonNullNamed(ours), Type::NonNullNamed(theirs)) => {
            let built_in = ["Int", "Float", "String", "Boolean", "ID"];
            let custom = document.definitions.iter().any(|definition| {
                definition.as_scalar_type_definition().is_some()
                    && definition.name() == Some(theirs)
            });
            ours == theirs || (!built_in.contains(&ours.as_str()) && !custom)
        }
        _ => false,
    }
}

fn label(source: &Source, name: &Name) -> Label {
    let bytes = name
        .location()
        .map_or(0..0, |location| location.offset()..location.end_offset());
    Label::new(source.span(bytes), "defined here")
}
