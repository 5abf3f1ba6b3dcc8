//! The arguments with `@fromContext`, for the rules about them.

use apollo_compiler::Name;
use weft_diagnostic::Diagnostic;

use crate::ingest::context_value::ContextValue;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{
    Application, Directives, FieldDefinition, InputValue, Subgraph, TypeDefinition, TypeKind,
};

/// One argument that takes its value from a context.
pub(super) struct ContextualArgument<'a> {
    pub(super) parent: &'a TypeDefinition,
    pub(super) field: &'a FieldDefinition,
    pub(super) argument: &'a InputValue,
    pub(super) application: &'a Application,
}

/// Every contextual argument of a subgraph.
pub(super) fn contextual_arguments(subgraph: &Subgraph) -> Vec<ContextualArgument<'_>> {
    let mut found = Vec::new();
    for parent in subgraph.types.values() {
        for field in parent.fields.values() {
            for argument in field.arguments.values() {
                let applications = argument.applications(Federation::FromContext);
                found.extend(applications.map(|application| ContextualArgument {
                    parent,
                    field,
                    argument,
                    application,
                }));
            }
        }
    }
    found
}

/// The contextual arguments whose values refer to a context, and what they say.
pub(super) fn context_values(
    subgraph: &Subgraph,
) -> impl Iterator<Item = (ContextualArgument<'_>, ContextValue)> {
    contextual_arguments(subgraph)
        .into_iter()
        .filter(|argument| argument.parent.kind == TypeKind::Object)
        .filter_map(|argument| {
            let value = ContextValue::parse(argument.text())?;
            Some((argument, value))
        })
}

impl ContextualArgument<'_> {
    /// `Type.field(argument:)`.
    pub(super) fn coordinate(&self) -> String {
        format!(
            "{}.{}({}:)",
            self.parent.name, self.field.name, self.argument.name
        )
    }

    /// The value of `field:`.
    pub(super) fn text(&self) -> &str {
        self.application
            .string_argument("field")
            .unwrap_or_default()
    }

    /// Adds the places of the directive and of its argument.
    pub(super) fn with_places(
        &self,
        subgraph: &Subgraph,
        finding: Diagnostic,
        message: &str,
    ) -> Diagnostic {
        finding
            .with_label(subgraph.node_label(&self.application.node, message))
            .with_coordinate(self.coordinate())
    }
}

/// All contexts that a subgraph sets: their names, the types that set them, the applications.
pub(super) fn contexts(subgraph: &Subgraph) -> impl Iterator<Item = (&str, &Name, &Application)> {
    subgraph.types.values().flat_map(|definition| {
        definition
            .applications(Federation::Context)
            .filter_map(|application| {
                let name = application.string_argument("name")?;
                Some((name, &definition.name, application))
            })
    })
}
