//! The normal form of a subgraph: what ingest gives to the rules and to merging.
//!
//! Whatever the text looked like (Federation 1 or 2, `extend type`, renamed imports, a schema definition with other
//! root type names), a [`Subgraph`] reads the same: one [`TypeDefinition`] per type, roots under their default names,
//! every directive application resolved to what it means, federation's own definitions taken out.
//! Names and nodes keep their place in the text: [`Subgraph::label`] makes a label of one.

use std::ops::Range;

use apollo_compiler::ast::{self, OperationType, Type, Value};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::{Name, Node};
use indexmap::IndexMap;
use weft_diagnostic::{Label, Source, Span};

use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::field_set::FieldSetText;
use crate::ingest::links::Links;
use crate::ingest::version::Version;

/// One subgraph, brought to the form that all later stages read.
#[derive(Debug, Clone)]
pub struct Subgraph {
    /// The name its owners gave it.
    pub name: String,
    /// Where it is served.
    pub url: String,
    /// The text that spans point into.
    pub source: Source,
    /// The specifications that it links.
    pub links: Links,
    /// The version of Federation it was written in; `v1.0` when it links none. The normal form is that of
    /// Federation 2 in any case, once [`crate::ingest`] has upgraded it.
    pub federation: Version,
    /// The schema's description.
    pub description: Option<Node<str>>,
    /// Directives on the schema definition and its extensions, `@link` excluded.
    pub schema_directives: Vec<Application>,
    /// All types except built-in scalars and what federation itself defines.
    pub types: IndexMap<Name, TypeDefinition>,
    /// Directive definitions that the text contains, federation's own excluded.
    pub directive_definitions: IndexMap<Name, Node<ast::DirectiveDefinition>>,
    /// The arguments of those definitions.
    pub directive_arguments: IndexMap<Name, IndexMap<Name, InputValue>>,
}

/// A type with all its extensions.
#[derive(Debug, Clone)]
pub struct TypeDefinition {
    /// Its name; root types have their default names (`Query`, `Mutation`, `Subscription`).
    pub name: Name,
    /// Its name as the text has it, with its place.
    pub written: Name,
    /// Object, interface, …; an interface object is an object.
    pub kind: TypeKind,
    /// The operation it is the root of.
    pub root: Option<OperationType>,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its directives, those of extensions included.
    pub directives: Vec<Application>,
    /// Whether the text has a definition without `extend`; `false` means extensions only.
    pub has_definition: bool,
    /// Whether the text has an `extend`.
    pub has_extension: bool,
    /// The interfaces that it implements.
    pub interfaces: Vec<Name>,
    /// The fields of an object or interface.
    pub fields: IndexMap<Name, FieldDefinition>,
    /// The members of a union.
    pub members: Vec<Name>,
    /// The values of an enum.
    pub values: IndexMap<Name, EnumValue>,
    /// The fields of an input object.
    pub input_fields: IndexMap<Name, InputValue>,
}

/// The kinds of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TypeKind {
    /// A scalar.
    Scalar,
    /// An object type, or an interface object.
    Object,
    /// An interface.
    Interface,
    /// A union.
    Union,
    /// An enum.
    Enum,
    /// An input object.
    InputObject,
}

/// A field of an object or an interface.
#[derive(Debug, Clone)]
pub struct FieldDefinition {
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its type.
    pub ty: Type,
    /// Its arguments.
    pub arguments: IndexMap<Name, InputValue>,
    /// Its directives.
    pub directives: Vec<Application>,
    /// Which part of the type has it.
    pub part: Part,
    /// Whether the subgraph can resolve it, after keys of extensions and `@provides` were looked at.
    pub external: External,
    /// Whether other subgraphs may resolve it too: `@shareable`, in a key, or provided while external.
    pub shareable: bool,
    /// Whether a key, a requirement, a `@provides`, a context or an implemented interface uses it.
    pub used: bool,
}

/// Whether a field is external.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum External {
    /// The subgraph resolves it (also: an `@external` key field of an extension).
    No,
    /// Only on paths with a `@provides`.
    Partially,
    /// Nowhere.
    Fully,
}

/// The definition of a type (0) or one of its extensions (1, 2, …).
pub type Part = usize;

/// An argument, or a field of an input object.
#[derive(Debug, Clone)]
pub struct InputValue {
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its type.
    pub ty: Node<Type>,
    /// Its default.
    pub default_value: Option<Node<Value>>,
    /// Its directives.
    pub directives: Vec<Application>,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its directives.
    pub directives: Vec<Application>,
}

/// A directive as applied somewhere, resolved.
#[derive(Debug, Clone)]
pub struct Application {
    /// What it means when it is federation's (or one of the specifications that federation includes), whatever its
    /// name here; `None` for built-in and custom directives.
    pub meaning: Option<FederationDirective>,
    /// The application as written.
    pub node: Node<ast::Directive>,
    /// Which part of the type (or schema) has it.
    pub part: Part,
}

impl Application {
    /// The value of an argument as written; `None` when absent.
    pub fn argument(&self, name: &str) -> Option<&Node<Value>> {
        self.node
            .arguments
            .iter()
            .find(|argument| argument.name == name)
            .map(|argument| &argument.value)
    }

    /// The value of a string argument.
    pub fn string_argument(&self, name: &str) -> Option<&str> {
        self.argument(name).and_then(|value| value.as_str())
    }

    /// The value of a Boolean argument.
    pub fn bool_argument(&self, name: &str) -> Option<bool> {
        self.argument(name).and_then(|value| value.to_bool())
    }

    /// The field set in argument `fields`, parsed, mostly without places; `None` when the argument is missing or not a
    /// string.
    pub fn fields(&self) -> Option<FieldSetText> {
        self.string_argument("fields")
            .map(FieldSetText::parse_without_places)
    }
}

/// Anything that carries directives.
pub trait Directives {
    /// All applications.
    fn directives(&self) -> &[Application];

    /// Applications with this meaning.
    fn applications(&self, meaning: FederationDirective) -> impl Iterator<Item = &Application> {
        self.directives()
            .iter()
            .filter(move |application| application.meaning == Some(meaning))
    }

    /// The first application with this meaning.
    fn application(&self, meaning: FederationDirective) -> Option<&Application> {
        self.applications(meaning).next()
    }

    /// Whether there is an application with this meaning.
    fn has(&self, meaning: FederationDirective) -> bool {
        self.application(meaning).is_some()
    }
}

impl Directives for TypeDefinition {
    fn directives(&self) -> &[Application] {
        &self.directives
    }
}

impl Directives for FieldDefinition {
    fn directives(&self) -> &[Application] {
        &self.directives
    }
}

impl Directives for InputValue {
    fn directives(&self) -> &[Application] {
        &self.directives
    }
}

impl Directives for EnumValue {
    fn directives(&self) -> &[Application] {
        &self.directives
    }
}

impl Directives for Subgraph {
    fn directives(&self) -> &[Application] {
        &self.schema_directives
    }
}

impl TypeDefinition {
    /// Whether it is declared as an `@interfaceObject`.
    pub fn is_interface_object(&self) -> bool {
        self.kind == TypeKind::Object && self.has(FederationDirective::InterfaceObject)
    }

    /// Whether it is an object or an interface with a `@key`.
    pub fn is_entity(&self) -> bool {
        self.has(FederationDirective::Key)
    }

    /// Whether only `extend` (or `@extends`) declares it, and it is an object or interface.
    pub fn is_extension(&self) -> bool {
        let extends = self.has(FederationDirective::Extends);
        matches!(self.kind, TypeKind::Object | TypeKind::Interface)
            && (extends || (self.has_extension && !self.has_definition))
    }
}

impl TypeKind {
    /// Whether it has a selection set: object, interface or union.
    pub fn is_composite(self) -> bool {
        matches!(self, Self::Object | Self::Interface | Self::Union)
    }

    /// What it is called in messages, with its article.
    pub fn described(self) -> &'static str {
        match self {
            Self::Scalar => "a scalar",
            Self::Object => "an object type",
            Self::Interface => "an interface",
            Self::Union => "a union",
            Self::Enum => "an enum",
            Self::InputObject => "an input object",
        }
    }
}

impl FieldDefinition {
    /// Whether the subgraph cannot resolve it everywhere.
    pub fn is_external(&self) -> bool {
        self.external != External::No
    }
}

impl Subgraph {
    /// Whether the text was written for Federation 1.
    pub fn is_federation_1(&self) -> bool {
        self.federation.major < 2
    }

    /// The type and field with these names.
    pub fn field(&self, type_name: &str, field_name: &str) -> Option<&FieldDefinition> {
        self.types.get(type_name)?.fields.get(field_name)
    }

    /// The object types that a value of type `name` can have here.
    pub fn possible_types<'a>(&'a self, name: &'a str) -> Vec<&'a TypeDefinition> {
        let Some(definition) = self.types.get(name) else {
            return Vec::new();
        };
        match definition.kind {
            TypeKind::Object => vec![definition],
            TypeKind::Union => definition
                .members
                .iter()
                .filter_map(|member| self.types.get(member))
                .collect(),
            TypeKind::Interface => self.implementations(name).collect(),
            _ => Vec::new(),
        }
    }

    /// The object types that implement interface `name`.
    pub fn implementations<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = &'a TypeDefinition> {
        self.types.values().filter(move |definition| {
            definition.kind == TypeKind::Object
                && definition
                    .interfaces
                    .iter()
                    .any(|interface| interface == name)
        })
    }

    /// What federation's directive is called in this subgraph's text, without `@`.
    pub fn directive_name(&self, meaning: FederationDirective) -> String {
        self.links.name_of(meaning, self.is_federation_1())
    }

    /// A span for a place that the parser gave; the start of the text when there is none.
    pub fn span(&self, location: Option<SourceSpan>) -> Span {
        self.source.span(byte_range(location))
    }

    /// A label at a name.
    pub fn label(&self, name: &Name, message: impl Into<String>) -> Label {
        Label::new(self.span(name.location()), message)
    }

    /// A label at a node.
    pub fn node_label<T: ?Sized>(&self, node: &Node<T>, message: impl Into<String>) -> Label {
        Label::new(self.span(node.location()), message)
    }
}

fn byte_range(location: Option<SourceSpan>) -> Range<usize> {
    location.map_or(0..0, |location| location.offset()..location.end_offset())
}
