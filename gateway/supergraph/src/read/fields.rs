//! Fields: which subgraphs have each, and what the `@join__field`s say of it.

use apollo_compiler::ast::{Directive, FieldDefinition, Type};
use apollo_compiler::schema::Component;
use apollo_compiler::{Name, Node, Schema};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use weft_diagnostic::Diagnostic;

use super::context::Contexts;
use super::types::{JoinedType, flag};
use super::{Features, INVALID_SUPERGRAPH, span_of};
use crate::{FieldSet, Override, SubgraphArgument, SubgraphField};

/// The names of the `join` directives, as this supergraph has them.
pub(super) struct JoinNames {
    pub(super) type_: String,
    pub(super) field: String,
    pub(super) owner: String,
    pub(super) implements: String,
    pub(super) union_member: String,
    pub(super) enum_value: String,
}

/// What reading needs everywhere.
pub(super) struct FieldReader<'a> {
    pub(super) schema: &'a Schema,
    pub(super) features: &'a Features,
    pub(super) names: JoinNames,
    /// The position of each subgraph by its enum value.
    pub(super) graphs: FxHashMap<Name, usize>,
    /// Keys on extensions: their fields are resolvable although external.
    pub(super) extension_keys: Vec<(usize, Name, FieldSet)>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// Whether this is a supergraph of Federation 1.
    pub(super) federation_1: bool,
    contexts: Contexts,
    field_sets: FxHashMap<String, Option<FieldSet>>,
}

impl<'a> FieldReader<'a> {
    pub(super) fn new(
        schema: &'a Schema,
        features: &'a Features,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let join = |directive: &str| features.directive("join", directive).unwrap_or_default();
        Self {
            schema,
            features,
            names: JoinNames {
                type_: join("type"),
                field: join("field"),
                owner: join("owner"),
                implements: join("implements"),
                union_member: join("unionMember"),
                enum_value: join("enumValue"),
            },
            graphs: FxHashMap::default(),
            extension_keys: Vec::new(),
            diagnostics,
            federation_1: features
                .get("join")
                .is_some_and(|join| join.version == (0, 1)),
            contexts: Contexts::read(schema, features),
            field_sets: FxHashMap::default(),
        }
    }

    /// The fields of a type, by subgraph.
    pub(super) fn fields(
        &mut self,
        type_name: &Name,
        fields: &IndexMap<Name, Component<FieldDefinition>, impl std::hash::BuildHasher>,
        joined: &JoinedType,
    ) -> FxHashMap<usize, IndexMap<Name, SubgraphField>> {
        let mut by_graph: FxHashMap<usize, IndexMap<Name, SubgraphField>> = FxHashMap::default();
        for (name, definition) in fields {
            for (graph, field) in self.field(type_name, definition, joined) {
                by_graph
                    .entry(graph)
                    .or_default()
                    .insert(name.clone(), field);
            }
        }
        by_graph
    }

    fn field(
        &mut self,
        type_name: &Name,
        definition: &Component<FieldDefinition>,
        joined: &JoinedType,
    ) -> Vec<(usize, SubgraphField)> {
        let directive = self.names.field.clone();
        let applications: Vec<_> = definition.directives.get_all(&directive).collect();
        if applications.is_empty() {
            let everywhere = || joined.members.keys().copied().collect();
            let graphs: Vec<usize> = joined.owner.map_or_else(everywhere, |owner| vec![owner]);
            return graphs
                .into_iter()
                .map(|graph| (graph, plain_field(definition)))
                .collect();
        }
        let mut found = Vec::new();
        for application in applications {
            if application.specified_argument_by_name("graph").is_none() {
                continue;
            }
            let Some(graph) = self.graph_of(application) else {
                continue;
            };
            if !joined.members.contains_key(&graph) {
                self.report(
                    application,
                    format!(
                        "`{type_name}.{}` is in a subgraph that does not have `{type_name}`",
                        definition.name
                    ),
                );
                continue;
            }
            found.push((graph, self.joined_field(type_name, definition, application)));
        }
        found
    }

    /// A field as one `@join__field(graph: …)` describes it.
    fn joined_field(
        &mut self,
        type_name: &Name,
        definition: &Component<FieldDefinition>,
        application: &Node<Directive>,
    ) -> SubgraphField {
        let mut field = plain_field(definition);
        if let Some(ty) = self.stated_type(application) {
            field.ty = ty;
        }
        field.requires = self.field_set(application, "requires");
        field.provides = self.field_set(application, "provides");
        field.external = flag(application, "external", false);
        field.overridden = flag(application, "usedOverridden", false);
        let text = |argument: &str| {
            let value = application.specified_argument_by_name(argument);
            value.and_then(|value| value.as_str()).map(str::to_owned)
        };
        if let Some(label) = text("overrideLabel") {
            let when = text("override").is_some();
            field.override_label = Some(Override { label, when });
            field.overridden = false;
        }
        self.read_context_arguments(type_name, application, &mut field);
        field
    }

    fn read_context_arguments(
        &mut self,
        type_name: &Name,
        application: &Node<Directive>,
        field: &mut SubgraphField,
    ) {
        let Some(list) = application.specified_argument_by_name("contextArguments") else {
            return;
        };
        for value in list.as_list().unwrap_or_default() {
            match self.contexts.argument(self.schema, value) {
                Ok(argument) => {
                    let here = SubgraphArgument {
                        ty: argument.ty.clone(),
                        default_value: None,
                    };
                    field.arguments.insert(argument.argument.clone(), here);
                    field.context_arguments.push(argument);
                }
                Err(reason) => self.report(
                    application,
                    format!(
                        "a context argument of `{type_name}.{}` {reason}",
                        field.name
                    ),
                ),
            }
        }
    }

    /// The subgraph that a `join` directive names.
    pub(super) fn graph_of(&self, directive: &Directive) -> Option<usize> {
        let graph = directive.specified_argument_by_name("graph")?.as_enum()?;
        self.graphs.get(graph).copied()
    }

    /// The `type:` of a `@join__field`, where it differs from the supergraph's.
    pub(super) fn stated_type(&self, application: &Directive) -> Option<Type> {
        let text = application.specified_argument_by_name("type")?.as_str()?;
        Type::parse(text, "").ok()
    }

    /// A field set in an argument; a broken one is reported.
    pub(super) fn field_set(
        &mut self,
        directive: &Node<Directive>,
        argument: &str,
    ) -> Option<FieldSet> {
        let text = directive.specified_argument_by_name(argument)?.as_str()?;
        if let Some(known) = self.field_sets.get(text) {
            return known.clone();
        }
        let parsed = match FieldSet::parse(text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let message = format!("`{argument}: \"{text}\"` is wrong: {}", error.message);
                self.report(directive, message);
                None
            }
        };
        self.field_sets.insert(text.to_owned(), parsed.clone());
        parsed
    }

    /// Adds a diagnostic at a directive.
    pub(super) fn report(&mut self, directive: &Node<Directive>, message: String) {
        let diagnostic = Diagnostic::error(INVALID_SUPERGRAPH, message);
        let label = span_of(self.schema, directive.location(), "in this directive");
        let diagnostic = label.into_iter().fold(diagnostic, Diagnostic::with_label);
        self.diagnostics.push(diagnostic);
    }
}

/// A field as the supergraph has it.
pub(super) fn plain_field(definition: &Component<FieldDefinition>) -> SubgraphField {
    let argument = |argument: &Node<apollo_compiler::ast::InputValueDefinition>| {
        let here = SubgraphArgument {
            ty: argument.ty.as_ref().clone(),
            default_value: argument.default_value.clone(),
        };
        (argument.name.clone(), here)
    };
    SubgraphField {
        name: definition.name.clone(),
        ty: definition.ty.clone(),
        arguments: definition.arguments.iter().map(argument).collect(),
        external: false,
        overridden: false,
        requires: None,
        provides: None,
        override_label: None,
        context_arguments: Vec::new(),
        definition: definition.node.clone(),
    }
}
