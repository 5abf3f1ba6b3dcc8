//! From a parsed and valid document to the normal form: definitions and extensions joined, root types under their
//! default names, directives resolved, federation's own definitions left out.

use apollo_compiler::ast::{self, Definition, DirectiveList, Document, OperationType, Type};
use apollo_compiler::{Name, Node};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use weft_diagnostic::Source;

use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::links::Links;
use crate::ingest::machinery::{ENDPOINT_FIELDS, ENDPOINT_TYPES};
use crate::ingest::subgraph::{
    Application, EnumValue, External, FieldDefinition, InputValue, Part, Subgraph, TypeDefinition,
    TypeKind,
};
use crate::ingest::version::Version;

/// What a subgraph is called, served at, and written as.
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its URL.
    pub url: String,
    /// Its text.
    pub source: Source,
}

/// The normal form of `document`.
pub fn normalise(
    document: &Document,
    identity: Identity,
    links: Links,
    federation: Version,
) -> Subgraph {
    let mut normaliser = Normaliser {
        roots: root_types(document),
        subgraph: Subgraph {
            name: identity.name,
            url: identity.url,
            source: identity.source,
            links,
            federation,
            description: None,
            schema_directives: Vec::new(),
            types: IndexMap::new(),
            directive_definitions: IndexMap::new(),
            directive_arguments: IndexMap::new(),
        },
        parts: FxHashMap::default(),
    };
    for definition in &document.definitions {
        normaliser.add(definition);
    }
    normaliser.finish()
}

/// The root types of a document and the operations that they are for.
pub fn root_types(document: &Document) -> Vec<(OperationType, Name)> {
    let declared: Vec<_> = document
        .definitions
        .iter()
        .flat_map(|definition| match definition {
            Definition::SchemaDefinition(schema) => schema.root_operations.as_slice(),
            Definition::SchemaExtension(extension) => extension.root_operations.as_slice(),
            _ => &[],
        })
        .map(|node| (node.0, node.1.clone()))
        .collect();
    let explicit = document
        .definitions
        .iter()
        .any(|definition| matches!(definition, Definition::SchemaDefinition(_)));
    let mut roots = declared;
    if !explicit {
        for operation in OPERATIONS {
            if !roots.iter().any(|(known, _)| *known == operation) {
                roots.push((operation, operation.default_type_name()));
            }
        }
    }
    roots
}

/// All operations.
pub const OPERATIONS: [OperationType; 3] = [
    OperationType::Query,
    OperationType::Mutation,
    OperationType::Subscription,
];

struct Normaliser {
    roots: Vec<(OperationType, Name)>,
    subgraph: Subgraph,
    parts: FxHashMap<Name, Part>,
}

impl Normaliser {
    fn add(&mut self, definition: &Definition) {
        match definition {
            Definition::SchemaDefinition(schema) => {
                self.subgraph.description = schema.description.clone();
                self.add_schema_directives(&schema.directives, 0);
            }
            Definition::SchemaExtension(extension) => {
                self.add_schema_directives(&extension.directives, 1);
            }
            Definition::DirectiveDefinition(directive) => self.add_directive(directive),
            _ => self.add_type(definition),
        }
    }

    fn add_schema_directives(&mut self, directives: &DirectiveList, part: Part) {
        let link = self
            .subgraph
            .links
            .specification("link")
            .or_else(|| self.subgraph.links.specification("core"))
            .map(|feature| feature.name_in_schema.clone());
        let resolved = self.applications(directives, part);
        self.subgraph.schema_directives.extend(
            resolved
                .into_iter()
                .filter(|application| link.as_deref() != Some(application.node.name.as_str())),
        );
    }

    fn add_directive(&mut self, definition: &Node<ast::DirectiveDefinition>) {
        const BUILT_IN: [&str; 7] = [
            "skip",
            "include",
            "deprecated",
            "specifiedBy",
            "oneOf",
            "defer",
            "stream",
        ];
        let name = definition.name.as_str();
        let is_machinery = self.meaning(name).is_some() || self.is_link(name);
        if !is_machinery && !BUILT_IN.contains(&name) {
            let arguments = self.inputs(&definition.arguments, 0);
            self.subgraph
                .directive_arguments
                .insert(definition.name.clone(), arguments);
            self.subgraph
                .directive_definitions
                .insert(definition.name.clone(), definition.clone());
        }
    }

    fn is_link(&self, directive: &str) -> bool {
        self.subgraph
            .links
            .directive_source(directive)
            .is_some_and(|(feature, _)| {
                feature.is_specification("link") || feature.is_specification("core")
            })
    }

    fn add_type(&mut self, definition: &Definition) {
        let Some(written) = definition.name().cloned() else {
            return;
        };
        if self.is_machinery_type(&written) {
            return;
        }
        let name = self.renamed(&written);
        let is_extension = definition.is_extension_definition();
        let part = if is_extension {
            let count = self.parts.entry(name.clone()).or_insert(0);
            *count += 1;
            *count
        } else {
            0
        };
        let Some(mut parsed) = self.read_type(definition, part, &name) else {
            return;
        };
        parsed.written = written;
        match self.subgraph.types.entry(name) {
            indexmap::map::Entry::Occupied(entry) => join(entry.into_mut(), parsed),
            indexmap::map::Entry::Vacant(entry) => {
                entry.insert(parsed);
            }
        }
    }

    fn is_machinery_type(&self, name: &str) -> bool {
        const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];
        let from_feature =
            self.subgraph
                .links
                .type_source(name)
                .is_some_and(|(feature, element)| {
                    let imported = feature.imports.iter().any(|import| import.name == element);
                    let machinery = ["federation", "link", "core", "connect"];
                    (imported || name.contains("__"))
                        && machinery
                            .iter()
                            .any(|machinery| feature.is_specification(machinery))
                });
        from_feature
            || ENDPOINT_TYPES.contains(&name)
            || BUILT_IN.contains(&name)
            || name.starts_with("__")
            || (self.subgraph.is_federation_1() && name == "_FieldSet")
    }

    fn renamed(&self, name: &Name) -> Name {
        let root = self.roots.iter().find(|(_, root)| root == name);
        match root {
            Some((operation, _)) if *name != operation.default_type_name() => {
                operation.default_type_name()
            }
            _ => name.clone(),
        }
    }

    fn renamed_type(&self, ty: &Type) -> Type {
        match ty {
            Type::Named(name) => Type::Named(self.renamed(name)),
            Type::NonNullNamed(name) => Type::NonNullNamed(self.renamed(name)),
            Type::List(inner) => Type::List(Box::new(self.renamed_type(inner))),
            Type::NonNullList(inner) => Type::NonNullList(Box::new(self.renamed_type(inner))),
        }
    }

    fn read_type(
        &self,
        definition: &Definition,
        part: Part,
        name: &Name,
    ) -> Option<TypeDefinition> {
        use Definition as D;
        let is_query = self.root_of(name) == Some(OperationType::Query);
        let fields = |fields: &[Node<ast::FieldDefinition>]| self.fields(fields, part, is_query);
        let mut parsed = self.empty_type(name, definition.is_extension_definition());
        parsed.kind = kind_of(definition)?;
        parsed.directives = self.applications(definition.directives(), part);
        match definition {
            D::ObjectTypeDefinition(node) => {
                parsed.interfaces = node.implements_interfaces.clone();
                parsed.fields = fields(&node.fields);
            }
            D::ObjectTypeExtension(node) => {
                parsed.interfaces = node.implements_interfaces.clone();
                parsed.fields = fields(&node.fields);
            }
            D::InterfaceTypeDefinition(node) => {
                parsed.interfaces = node.implements_interfaces.clone();
                parsed.fields = fields(&node.fields);
            }
            D::InterfaceTypeExtension(node) => {
                parsed.interfaces = node.implements_interfaces.clone();
                parsed.fields = fields(&node.fields);
            }
            D::UnionTypeDefinition(node) => parsed.members = self.renamed_all(&node.members),
            D::UnionTypeExtension(node) => parsed.members = self.renamed_all(&node.members),
            D::EnumTypeDefinition(node) => parsed.values = self.values(&node.values, part),
            D::EnumTypeExtension(node) => parsed.values = self.values(&node.values, part),
            D::InputObjectTypeDefinition(node) => {
                parsed.input_fields = self.inputs(&node.fields, part);
            }
            D::InputObjectTypeExtension(node) => {
                parsed.input_fields = self.inputs(&node.fields, part);
            }
            _ => {}
        }
        parsed.description = description(definition);
        Some(parsed)
    }

    fn empty_type(&self, name: &Name, is_extension: bool) -> TypeDefinition {
        TypeDefinition {
            name: name.clone(),
            written: name.clone(),
            kind: TypeKind::Scalar,
            root: self.root_of(name),
            description: None,
            directives: Vec::new(),
            has_definition: !is_extension,
            has_extension: is_extension,
            interfaces: Vec::new(),
            fields: IndexMap::new(),
            members: Vec::new(),
            values: IndexMap::new(),
            input_fields: IndexMap::new(),
        }
    }

    fn root_of(&self, renamed: &Name) -> Option<OperationType> {
        self.roots
            .iter()
            .map(|(operation, _)| *operation)
            .find(|operation| *renamed == operation.default_type_name())
    }

    fn renamed_all(&self, names: &[Name]) -> Vec<Name> {
        names.iter().map(|name| self.renamed(name)).collect()
    }

    fn fields(
        &self,
        fields: &[Node<ast::FieldDefinition>],
        part: Part,
        is_query: bool,
    ) -> IndexMap<Name, FieldDefinition> {
        fields
            .iter()
            .filter(|field| !(is_query && ENDPOINT_FIELDS.contains(&field.name.as_str())))
            .map(|field| {
                let definition = FieldDefinition {
                    name: field.name.clone(),
                    description: field.description.clone(),
                    ty: self.renamed_type(&field.ty),
                    arguments: self.inputs(&field.arguments, part),
                    directives: self.applications(&field.directives, part),
                    part,
                    external: External::No,
                    shareable: false,
                    used: false,
                };
                (field.name.clone(), definition)
            })
            .collect()
    }

    fn inputs(
        &self,
        inputs: &[Node<ast::InputValueDefinition>],
        part: Part,
    ) -> IndexMap<Name, InputValue> {
        inputs
            .iter()
            .map(|input| {
                let value = InputValue {
                    name: input.name.clone(),
                    description: input.description.clone(),
                    ty: input.ty.clone(),
                    default_value: input.default_value.clone(),
                    directives: self.applications(&input.directives, part),
                };
                (input.name.clone(), value)
            })
            .collect()
    }

    fn values(
        &self,
        values: &[Node<ast::EnumValueDefinition>],
        part: Part,
    ) -> IndexMap<Name, EnumValue> {
        values
            .iter()
            .map(|value| {
                let definition = EnumValue {
                    name: value.value.clone(),
                    description: value.description.clone(),
                    directives: self.applications(&value.directives, part),
                };
                (value.value.clone(), definition)
            })
            .collect()
    }

    fn applications(&self, directives: &DirectiveList, part: Part) -> Vec<Application> {
        directives
            .iter()
            .map(|node| Application {
                meaning: self.meaning(&node.name),
                node: node.clone(),
                part,
            })
            .collect()
    }

    fn meaning(&self, name: &str) -> Option<FederationDirective> {
        if let Some((feature, element)) = self.subgraph.links.directive_source(name) {
            let directive = FederationDirective::from_name(&element)?;
            return directive.belongs_to(feature).then_some(directive);
        }
        FederationDirective::from_name(name).filter(|directive| {
            self.subgraph.is_federation_1() && directive.since() <= Version::new(2, 4)
        })
    }

    /// Every subgraph has a query type: its endpoint adds the fields for federation.
    fn finish(mut self) -> Subgraph {
        self.subgraph
            .types
            .retain(|_, definition| definition.root.is_none() || !definition.fields.is_empty());
        let query = OperationType::Query.default_type_name();
        if !self.subgraph.types.contains_key(&query) {
            let mut definition = self.empty_type(&query, false);
            definition.kind = TypeKind::Object;
            self.subgraph.types.insert(query, definition);
        }
        self.subgraph
    }
}

/// Adds an extension (or the definition that comes after it) to what is known of a type.
fn join(known: &mut TypeDefinition, other: TypeDefinition) {
    if other.has_definition && !known.has_definition {
        known.name = other.name;
    }
    known.has_definition |= other.has_definition;
    known.has_extension |= other.has_extension;
    known.description = known.description.take().or(other.description);
    known.directives.extend(other.directives);
    known.interfaces.extend(other.interfaces);
    known.fields.extend(other.fields);
    known.members.extend(other.members);
    known.values.extend(other.values);
    known.input_fields.extend(other.input_fields);
}

fn kind_of(definition: &Definition) -> Option<TypeKind> {
    use Definition as D;
    Some(match definition {
        D::ScalarTypeDefinition(_) | D::ScalarTypeExtension(_) => TypeKind::Scalar,
        D::ObjectTypeDefinition(_) | D::ObjectTypeExtension(_) => TypeKind::Object,
        D::InterfaceTypeDefinition(_) | D::InterfaceTypeExtension(_) => TypeKind::Interface,
        D::UnionTypeDefinition(_) | D::UnionTypeExtension(_) => TypeKind::Union,
        D::EnumTypeDefinition(_) | D::EnumTypeExtension(_) => TypeKind::Enum,
        D::InputObjectTypeDefinition(_) | D::InputObjectTypeExtension(_) => TypeKind::InputObject,
        _ => return None,
    })
}

fn description(definition: &Definition) -> Option<Node<str>> {
    use Definition as D;
    match definition {
        D::ScalarTypeDefinition(node) => node.description.clone(),
        D::ObjectTypeDefinition(node) => node.description.clone(),
        D::InterfaceTypeDefinition(node) => node.description.clone(),
        D::UnionTypeDefinition(node) => node.description.clone(),
        D::EnumTypeDefinition(node) => node.description.clone(),
        D::InputObjectTypeDefinition(node) => node.description.clone(),
        _ => None,
    }
}
