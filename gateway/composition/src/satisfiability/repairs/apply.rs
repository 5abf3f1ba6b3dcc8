//! A repair in the texts of the subgraphs.

use apollo_compiler::ast::{
    Argument, Definition, Directive, DirectiveList, Document, FieldDefinition, Value,
};
use apollo_compiler::{Name, Node};
use weft_diagnostic::Source;
use weft_supergraph::FieldSet;

use super::super::Origin;
use super::{Change, Edit, Repair};
use crate::SubgraphSource;
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::subgraph::Subgraph;

/// The texts with the repair in them; `None` where it cannot be written.
pub(super) fn apply(repair: &Repair, origin: Origin<'_>) -> Option<Vec<SubgraphSource>> {
    let mut changed = origin.sources.to_vec();
    for edit in &repair.edits {
        let source = changed
            .iter_mut()
            .find(|source| source.name == edit.subgraph)?;
        let subgraph = origin
            .subgraphs
            .iter()
            .find(|one| one.name == edit.subgraph)?;
        let text = apply_edit(edit, subgraph, source.sdl.text())?;
        source.sdl = Source::new(source.sdl.name(), source.sdl.path(), text);
    }
    Some(changed)
}

fn apply_edit(edit: &Edit, subgraph: &Subgraph, text: &str) -> Option<String> {
    let mut document = Document::parse(text, "").ok()?;
    let parts = document.definitions.iter_mut();
    let mut parts = parts.filter(|part| part.name() == Some(&edit.type_name));
    parts.find_map(|part| match part {
        Definition::ObjectTypeDefinition(part) => {
            let part = part.make_mut();
            change(edit, subgraph, &mut part.directives, &mut part.fields)
        }
        Definition::ObjectTypeExtension(part) => {
            let part = part.make_mut();
            change(edit, subgraph, &mut part.directives, &mut part.fields)
        }
        Definition::InterfaceTypeDefinition(part) => {
            let part = part.make_mut();
            change(edit, subgraph, &mut part.directives, &mut part.fields)
        }
        Definition::InterfaceTypeExtension(part) => {
            let part = part.make_mut();
            change(edit, subgraph, &mut part.directives, &mut part.fields)
        }
        _ => None,
    })?;
    Some(document.to_string())
}

/// Changes one part of a type; `None` when the part does not have what is to be changed.
fn change(
    edit: &Edit,
    subgraph: &Subgraph,
    directives: &mut DirectiveList,
    fields: &mut Vec<Node<FieldDefinition>>,
) -> Option<()> {
    match &edit.change {
        Change::AddKey(key_fields) => {
            let key = subgraph.directive_name(FederationDirective::Key);
            let fields = ("fields", Value::String(key_fields.clone()));
            directives.push(directive(&key, &[fields])?);
        }
        Change::MakeResolvable(key_fields) => {
            let wanted = FieldSet::parse(key_fields).ok()?;
            let key = subgraph.directive_name(FederationDirective::Key);
            let mut keys = directives
                .0
                .iter_mut()
                .filter(|one| one.name == key.as_str());
            let found = keys.find(|one| key_of(one).as_ref() == Some(&wanted))?;
            found
                .make_mut()
                .arguments
                .retain(|argument| argument.name != "resolvable");
        }
        Change::AddField(field) => fields.push(Node::new(field.as_ref().clone())),
        Change::RemoveExternal(name) => {
            remove(
                fields,
                name,
                &subgraph.directive_name(FederationDirective::External),
            )?;
        }
        Change::RemoveOverride(name) => {
            remove(
                fields,
                name,
                &subgraph.directive_name(FederationDirective::Override),
            )?;
        }
        Change::Share(_) if subgraph.is_federation_1() => {}
        Change::Share(name) => {
            let shareable = subgraph.directive_name(FederationDirective::Shareable);
            let field = fields.iter_mut().find(|field| field.name == *name)?;
            if !field.directives.has(&shareable) {
                field
                    .make_mut()
                    .directives
                    .push(directive(&shareable, &[])?);
            }
        }
    }
    Some(())
}

/// Takes a directive off a field.
fn remove(fields: &mut [Node<FieldDefinition>], field: &Name, directive: &str) -> Option<()> {
    let field = fields.iter_mut().find(|one| one.name == *field)?;
    field.directives.has(directive).then(|| {
        field
            .make_mut()
            .directives
            .0
            .retain(|one| one.name != directive);
    })
}

fn key_of(directive: &Directive) -> Option<FieldSet> {
    let fields = directive.specified_argument_by_name("fields")?;
    FieldSet::parse(fields.as_str()?).ok()
}

fn directive(name: &str, arguments: &[(&str, Value)]) -> Option<Directive> {
    let argument = |(name, value): &(&str, Value)| {
        Some(Node::new(Argument {
            name: Name::new(name).ok()?,
            value: Node::new(value.clone()),
        }))
    };
    Some(Directive {
        name: Name::new(name).ok()?,
        arguments: arguments.iter().map(argument).collect::<Option<_>>()?,
    })
}
