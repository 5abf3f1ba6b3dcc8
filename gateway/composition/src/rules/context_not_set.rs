//! `CONTEXT_NOT_SET`: a context is set where it is asked for, and asked for where it can be given.

use apollo_compiler::ast::DirectiveDefinition;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Subgraph, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::contextual_argument::{
    ContextualArgument, context_values, contexts, contextual_arguments,
};
use crate::rules::explanation::{Explanation, example};
use crate::suggestion::did_you_mean;

const CONTEXT_NOT_SET: Code = Code::new("CONTEXT_NOT_SET");

/// A contextual argument is on a field of an object that no interface demands, has no default, and names a context that
/// some type sets.
pub(super) fn context_not_set(checked: &CheckedSubgraph<'_>, findings: &mut Vec<Diagnostic>) {
    let subgraph = checked.subgraph;
    for definition in subgraph.directive_definitions.values() {
        findings.extend(on_directive(subgraph, definition));
    }
    for argument in contextual_arguments(subgraph) {
        check_place(subgraph, &argument, findings);
    }
    for (argument, value) in context_values(subgraph) {
        if value.setters(subgraph).next().is_some() {
            continue;
        }
        let message = format!(
            "`{}` asks for context `{}`, which no type sets",
            argument.coordinate(),
            value.context
        );
        let known = contexts(subgraph).map(|(name, _, _)| name);
        let help = did_you_mean(&value.context, known).unwrap_or_else(|| {
            format!(
                "add `@context(name: \"{}\")` to a type above the field",
                value.context
            )
        });
        let finding = Diagnostic::error(CONTEXT_NOT_SET, message).with_help(help);
        findings.push(argument.with_places(subgraph, finding, "never set"));
    }
}

fn on_directive(subgraph: &Subgraph, definition: &DirectiveDefinition) -> Vec<Diagnostic> {
    let name = subgraph.directive_name(Federation::FromContext);
    let applied = definition
        .arguments
        .iter()
        .flat_map(|argument| argument.directives.iter())
        .filter(|directive| directive.name == name.as_str());
    applied
        .map(|directive| {
            let message = format!(
                "`@{}` is a directive, and its arguments cannot have `@{name}`",
                definition.name
            );
            Diagnostic::error(CONTEXT_NOT_SET, message)
                .with_label(subgraph.node_label(directive, "not allowed here"))
                .with_coordinate(format!("@{}", definition.name))
                .with_help("use it on arguments of fields of object types")
        })
        .collect()
}

fn check_place(
    subgraph: &Subgraph,
    argument: &ContextualArgument<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let coordinate = argument.coordinate();
    let mut fail = |message: String, help: &str| {
        let finding = Diagnostic::error(CONTEXT_NOT_SET, message).with_help(help);
        findings.push(argument.with_places(subgraph, finding, "not allowed here"));
    };
    if argument.parent.kind != TypeKind::Object {
        let message =
            format!("`{coordinate}` is on a field of an interface and cannot come from a context");
        return fail(message, "use it on the fields of the implementations");
    }
    for interface in &argument.parent.interfaces {
        if subgraph.field(interface, &argument.field.name).is_some() {
            let message = format!(
                "`{coordinate}` is on a field that implements `{interface}.{}`, and cannot come from a context",
                argument.field.name
            );
            fail(
                message,
                "use it on a field that no interface of the type has",
            );
        }
    }
    if argument.argument.default_value.is_some() {
        let message =
            format!("`{coordinate}` comes from a context and cannot have a default value");
        fail(message, "remove the default value");
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: CONTEXT_NOT_SET,
    severity: Severity::Error,
    summary: "a `@fromContext` names a context that no type sets, or is where it cannot be",
    why: "The gateway fills the argument from the closest type above the field that has `@context` with that name. There has \
          to be such a type in the subgraph. The argument itself is hidden from clients, so it cannot be on a field of an \
          interface or one that an interface demands, on a directive, nor have a default value.",
    wrong: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "$usr { locale }")): String }"#,
    )],
    right: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "$user { locale }")): String }"#,
    )],
};
