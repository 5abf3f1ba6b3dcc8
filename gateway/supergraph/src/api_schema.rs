//! Supergraph schema to API schema: what clients see.

use apollo_compiler::ast::{
    DirectiveDefinition, DirectiveList as AstDirectives, InputValueDefinition, Type,
};
use apollo_compiler::schema::{DirectiveList, ExtendedType};
use apollo_compiler::validation::{Valid, WithErrors};
use apollo_compiler::{Name, Node, Schema};
use rustc_hash::FxHashSet;
use weft_diagnostic::Diagnostic;

use crate::read::{Features, graphql_diagnostics};

/// Directives of the GraphQL specification that stay on what they are applied to.
const KEPT: &[&str] = &["deprecated", "specifiedBy", "oneOf"];

/// The schema without inaccessible elements, without what belongs to linked features, and without custom
/// directives that a client cannot use in an operation.
///
/// # Errors
/// When what is left does not fit together.
pub(crate) fn api_schema(
    supergraph: &Valid<Schema>,
    features: &Features,
) -> Result<Valid<Schema>, Vec<Diagnostic>> {
    let mut schema = Schema::clone(supergraph);
    if let Some(inaccessible) = features.directive("inaccessible", "inaccessible") {
        remove_inaccessible(&mut schema, &inaccessible);
        let cascades = features
            .get("inaccessible")
            .is_some_and(|one| one.version <= (0, 1));
        if cascades {
            remove_dangling(&mut schema);
        }
    }
    schema.types.retain(|name, _| !features.owns_type(name));
    schema.directive_definitions.retain(|name, definition| {
        definition.is_built_in()
            || KEPT.contains(&name.as_str())
            || (!features.owns_directive(name) && is_executable(definition))
    });
    strip_directives(&mut schema);
    let invalid = |schema: WithErrors<Schema>| graphql_diagnostics(&schema.partial, &schema.errors);
    schema.validate().map_err(invalid)
}

fn is_executable(definition: &DirectiveDefinition) -> bool {
    use apollo_compiler::ast::DirectiveLocation as Location;
    definition.locations.iter().any(|location| {
        matches!(
            location,
            Location::Query
                | Location::Mutation
                | Location::Subscription
                | Location::Field
                | Location::FragmentDefinition
                | Location::FragmentSpread
                | Location::InlineFragment
                | Location::VariableDefinition
        )
    })
}

/// Removes the marked elements, and all mentions of removed types in unions and `implements`.
fn remove_inaccessible(schema: &mut Schema, inaccessible: &str) {
    let hidden: FxHashSet<Name> = (schema.types.iter())
        .filter(|(_, definition)| definition.directives().has(inaccessible))
        .map(|(name, _)| name.clone())
        .collect();
    schema.types.retain(|name, _| !hidden.contains(name));
    let roots = schema.schema_definition.make_mut();
    for root in [
        &mut roots.query,
        &mut roots.mutation,
        &mut roots.subscription,
    ] {
        if root
            .as_ref()
            .is_some_and(|root| hidden.contains(&root.name))
        {
            *root = None;
        }
    }
    for definition in schema.types.values_mut() {
        remove_from_type(definition, inaccessible, &hidden);
    }
    for definition in schema.directive_definitions.values_mut() {
        let is_hidden = |one: &Node<InputValueDefinition>| has(&one.directives, inaccessible);
        if definition.arguments.iter().any(is_hidden) {
            definition
                .make_mut()
                .arguments
                .retain(|one| !is_hidden(one));
        }
    }
}

fn has(directives: &AstDirectives, name: &str) -> bool {
    directives.iter().any(|directive| directive.name == name)
}

fn remove_from_type(definition: &mut ExtendedType, inaccessible: &str, hidden: &FxHashSet<Name>) {
    macro_rules! remove_fields {
        ($node:ident) => {{
            let here = $node.make_mut();
            here.implements_interfaces
                .retain(|interface| !hidden.contains(&interface.name));
            here.fields
                .retain(|_, field| !has(&field.directives, inaccessible));
            for field in here.fields.values_mut() {
                if field
                    .arguments
                    .iter()
                    .any(|one| has(&one.directives, inaccessible))
                {
                    let arguments = &mut field.make_mut().arguments;
                    arguments.retain(|one| !has(&one.directives, inaccessible));
                }
            }
        }};
    }
    match definition {
        ExtendedType::Object(object) => remove_fields!(object),
        ExtendedType::Interface(interface) => remove_fields!(interface),
        ExtendedType::Union(union_) => {
            union_
                .make_mut()
                .members
                .retain(|member| !hidden.contains(&member.name));
        }
        ExtendedType::Enum(enum_) => {
            enum_
                .make_mut()
                .values
                .retain(|_, value| !has(&value.directives, inaccessible));
        }
        ExtendedType::InputObject(input) => {
            input
                .make_mut()
                .fields
                .retain(|_, field| !has(&field.directives, inaccessible));
        }
        ExtendedType::Scalar(_) => {}
    }
}

/// Version 0.1 of the specification removes what refers to a removed type; later ones make it an error.
fn remove_dangling(schema: &mut Schema) {
    loop {
        let known: FxHashSet<Name> = schema.types.keys().cloned().collect();
        let is_known = |ty: &Type| known.contains(ty.inner_named_type());
        for definition in schema.types.values_mut() {
            match definition {
                ExtendedType::Object(one) => one.make_mut().fields.retain(|_, f| is_known(&f.ty)),
                ExtendedType::Interface(one) => {
                    one.make_mut().fields.retain(|_, f| is_known(&f.ty))
                }
                ExtendedType::InputObject(one) => {
                    one.make_mut().fields.retain(|_, f| is_known(&f.ty))
                }
                _ => {}
            }
        }
        let is_empty = |definition: &ExtendedType| match definition {
            ExtendedType::Object(object) => object.fields.is_empty(),
            ExtendedType::Interface(interface) => interface.fields.is_empty(),
            ExtendedType::Union(union_) => union_.members.is_empty(),
            ExtendedType::InputObject(input) => input.fields.is_empty(),
            _ => false,
        };
        let before = schema.types.len();
        schema.types.retain(|_, definition| !is_empty(definition));
        if schema.types.len() == before {
            return;
        }
    }
}

/// Keeps only the specification's own directives on elements.
fn strip_directives(schema: &mut Schema) {
    let definition = schema.schema_definition.make_mut();
    strip_components(&mut definition.directives);
    for definition in schema.types.values_mut() {
        if !definition.is_built_in() {
            strip_type(definition);
        }
    }
    for definition in schema.directive_definitions.values_mut() {
        if !definition.is_built_in() {
            for argument in &mut definition.make_mut().arguments {
                strip(&mut argument.make_mut().directives);
            }
        }
    }
}

fn strip_type(definition: &mut ExtendedType) {
    macro_rules! strip_fields {
        ($node:ident) => {{
            let here = $node.make_mut();
            strip_components(&mut here.directives);
            for field in here.fields.values_mut() {
                let field = field.make_mut();
                strip(&mut field.directives);
                for argument in &mut field.arguments {
                    if !argument.directives.is_empty() {
                        strip(&mut argument.make_mut().directives);
                    }
                }
            }
        }};
    }
    match definition {
        ExtendedType::Object(object) => strip_fields!(object),
        ExtendedType::Interface(interface) => strip_fields!(interface),
        ExtendedType::Union(union_) => strip_components(&mut union_.make_mut().directives),
        ExtendedType::Scalar(scalar) => strip_components(&mut scalar.make_mut().directives),
        ExtendedType::Enum(enum_) => {
            let enum_ = enum_.make_mut();
            strip_components(&mut enum_.directives);
            for value in enum_.values.values_mut() {
                strip(&mut value.make_mut().directives);
            }
        }
        ExtendedType::InputObject(input) => {
            let input = input.make_mut();
            strip_components(&mut input.directives);
            for field in input.fields.values_mut() {
                strip(&mut field.make_mut().directives);
            }
        }
    }
}

fn strip(directives: &mut AstDirectives) {
    directives
        .0
        .retain(|directive| KEPT.contains(&directive.name.as_str()));
}

fn strip_components(directives: &mut DirectiveList) {
    directives
        .0
        .retain(|directive| KEPT.contains(&directive.name.as_str()));
}
