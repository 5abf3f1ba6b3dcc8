//! Attaches directives to a schema coordinate: a type, a field or an argument.

use anyhow::{anyhow, bail};
use apollo_compiler::{
    Node,
    ast::{Definition, Directive, DirectiveList, Document, FieldDefinition, InputValueDefinition},
};

use super::SdlAddition;

pub(super) fn attach(document: &mut Document, addition: &SdlAddition) -> anyhow::Result<()> {
    let coordinate = addition.coordinate;
    let unknown = || {
        anyhow!(
            "the schema has no `{coordinate}` to put `{}` on",
            addition.directives
        )
    };
    let place = find(document, coordinate).ok_or_else(unknown)?;
    place.0.extend(parse_directives(addition.directives)?);
    Ok(())
}

fn parse_directives(text: &str) -> anyhow::Result<Vec<Node<Directive>>> {
    let document = Document::parse(format!("scalar Carrier {text}"), "addition.graphql")
        .map_err(|error| anyhow!("`{text}` does not parse: {}", error.errors))?;
    match document.definitions.first() {
        Some(Definition::ScalarTypeDefinition(carrier)) => Ok(carrier.directives.0.clone()),
        _ => bail!("`{text}` is no list of directives"),
    }
}

fn find<'a>(document: &'a mut Document, coordinate: &str) -> Option<&'a mut DirectiveList> {
    let (type_name, member) = match coordinate.split_once('.') {
        Some((type_name, member)) => (type_name, Some(member)),
        None => (coordinate, None),
    };
    let definition = document.definitions.iter_mut().find(|definition| {
        is_type(definition) && definition.name().is_some_and(|name| name == type_name)
    })?;
    match member {
        None => type_directives(definition),
        Some(member) => member_directives(definition, member),
    }
}

fn is_type(definition: &Definition) -> bool {
    !matches!(definition, Definition::DirectiveDefinition(_))
}

fn type_directives(definition: &mut Definition) -> Option<&mut DirectiveList> {
    match definition {
        Definition::ScalarTypeDefinition(scalar) => Some(&mut scalar.make_mut().directives),
        Definition::ObjectTypeDefinition(object) => Some(&mut object.make_mut().directives),
        Definition::ObjectTypeExtension(object) => Some(&mut object.make_mut().directives),
        Definition::InterfaceTypeDefinition(interface) => {
            Some(&mut interface.make_mut().directives)
        }
        Definition::UnionTypeDefinition(union) => Some(&mut union.make_mut().directives),
        Definition::EnumTypeDefinition(enumeration) => Some(&mut enumeration.make_mut().directives),
        Definition::InputObjectTypeDefinition(input) => Some(&mut input.make_mut().directives),
        _ => None,
    }
}

fn member_directives<'a>(
    definition: &'a mut Definition,
    member: &str,
) -> Option<&'a mut DirectiveList> {
    match definition {
        Definition::ObjectTypeDefinition(object) => {
            field_directives(&mut object.make_mut().fields, member)
        }
        Definition::ObjectTypeExtension(object) => {
            field_directives(&mut object.make_mut().fields, member)
        }
        Definition::InterfaceTypeDefinition(interface) => {
            field_directives(&mut interface.make_mut().fields, member)
        }
        Definition::InputObjectTypeDefinition(input) => {
            input_value_directives(&mut input.make_mut().fields, member)
        }
        Definition::EnumTypeDefinition(enumeration) => {
            let values = &mut enumeration.make_mut().values;
            values
                .iter_mut()
                .find(|value| value.value == member)
                .map(|value| &mut value.make_mut().directives)
        }
        _ => None,
    }
}

fn field_directives<'a>(
    fields: &'a mut [Node<FieldDefinition>],
    member: &str,
) -> Option<&'a mut DirectiveList> {
    let (name, argument) = match member.split_once('(') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(":)")?)),
        None => (member, None),
    };
    let field = fields
        .iter_mut()
        .find(|field| field.name == name)?
        .make_mut();
    match argument {
        None => Some(&mut field.directives),
        Some(argument) => input_value_directives(&mut field.arguments, argument),
    }
}

fn input_value_directives<'a>(
    values: &'a mut [Node<InputValueDefinition>],
    name: &str,
) -> Option<&'a mut DirectiveList> {
    values
        .iter_mut()
        .find(|value| value.name == name)
        .map(|value| &mut value.make_mut().directives)
}
