//! A field set against the types of its subgraph: what it selects, or every fault that it has.

use std::ops::Range;

use apollo_compiler::Node;
use apollo_compiler::ast::{DirectiveList, Field, InlineFragment, Selection};
use apollo_compiler::parser::SourceSpan;

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::field_set::FieldSetText;
use crate::ingest::subgraph::{Directives, FieldDefinition, Subgraph, TypeDefinition, TypeKind};
use crate::rules::field_sets::argument_value::is_valid_value;
use crate::rules::field_sets::{Fault, FaultKind, Selected};
use crate::suggestion::did_you_mean;

/// What a field set is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A key: its fields cannot be abstract.
    Key,
    /// Anything else with a field set's rules.
    Other,
    /// The selection of a `@fromContext`: aliases are judged elsewhere.
    Context,
}

/// What `text` selects from `target`.
pub(crate) fn resolve<'a>(
    subgraph: &'a Subgraph,
    target: &'a TypeDefinition,
    text: &FieldSetText,
    purpose: Purpose,
) -> Result<Vec<Selected<'a>>, Vec<Fault>> {
    let mut resolver = Resolver {
        subgraph,
        purpose,
        // Braces are put around a text that has none before it is parsed.
        shift: usize::from(!text.text.trim_start().starts_with('{')),
        selected: Vec::new(),
        faults: Vec::new(),
    };
    match &text.selections {
        Ok(selections) => resolver.selections(target, selections, false),
        Err(problem) => {
            let problem = problem.trim_start_matches("syntax error: ");
            resolver.fault(None, format!("it has no valid syntax: {problem}"), None);
        }
    }
    match resolver.faults.first().map(|fault| fault.kind) {
        None => Ok(resolver.selected),
        // What follows a fault of another kind may follow from it.
        Some(kind) => {
            resolver.faults.retain(|fault| fault.kind == kind);
            Err(resolver.faults)
        }
    }
}

struct Resolver<'a> {
    subgraph: &'a Subgraph,
    purpose: Purpose,
    shift: usize,
    selected: Vec<Selected<'a>>,
    faults: Vec<Fault>,
}

impl<'a> Resolver<'a> {
    fn selections(
        &mut self,
        parent: &'a TypeDefinition,
        selections: &[Selection],
        below_external: bool,
    ) {
        for selection in selections {
            self.check_directives(directives_of(selection), selection.location());
            match selection {
                Selection::Field(field) => self.field(parent, field, below_external),
                Selection::InlineFragment(fragment) => {
                    self.fragment(parent, fragment, below_external);
                }
                Selection::FragmentSpread(spread) => {
                    let message = format!("there is no fragment `{}`", spread.fragment_name);
                    let help = "write the selections in place, or use `... on Type { }`";
                    self.fault(spread.location(), message, Some(help.to_owned()));
                }
            }
        }
    }

    fn field(&mut self, parent: &'a TypeDefinition, selected: &Node<Field>, below_external: bool) {
        let range = self.range(selected.name.location());
        if let Some(alias) = &selected.alias
            && self.purpose != Purpose::Context
        {
            let message = format!("the alias `{alias}` is not allowed there");
            self.fault(selected.location(), message, None);
        }
        let field = parent.fields.get(&selected.name);
        self.selected.push(Selected {
            parent,
            field,
            is_leaf: selected.selection_set.is_empty(),
            below_external,
            directives: selected.directives.clone(),
            range,
        });
        match field {
            Some(field) => self.known_field(parent, field, selected, below_external),
            None if selected.name == "__typename" => {}
            None => self.unknown_field(parent, selected),
        }
    }

    fn known_field(
        &mut self,
        parent: &'a TypeDefinition,
        field: &'a FieldDefinition,
        selected: &Node<Field>,
        below_external: bool,
    ) {
        self.check_arguments(parent, field, selected);
        let type_name = field.ty.inner_named_type();
        let ty = self
            .subgraph
            .types
            .get(type_name)
            .filter(|ty| ty.kind.is_composite());
        let is_leaf = selected.selection_set.is_empty();
        match ty {
            Some(ty) if is_leaf && self.is_barred_from_key(ty) => {
                self.check_abstract(parent, field, ty, selected);
            }
            Some(ty) if is_leaf => self.missing_selection(parent, field, ty, selected),
            Some(ty) => {
                self.check_abstract(parent, field, ty, selected);
                let external = below_external || self.is_external_somewhere(parent, field);
                self.selections(ty, &selected.selection_set, external);
            }
            None if is_leaf => {}
            None => {
                let message = format!(
                    "`{}.{}` has type `{}`, which has no fields to select",
                    parent.name, field.name, field.ty
                );
                let help = format!("write `{}` alone", field.name);
                self.fault(selected.location(), message, Some(help));
            }
        }
    }

    fn missing_selection(
        &mut self,
        parent: &TypeDefinition,
        field: &FieldDefinition,
        ty: &TypeDefinition,
        selected: &Node<Field>,
    ) {
        let message = format!(
            "`{}.{}` has type `{}` and needs a selection of its fields",
            parent.name, field.name, field.ty
        );
        let help = ty
            .fields
            .keys()
            .next()
            .map(|first| format!("write for example `{} {{ {first} }}`", field.name));
        self.fault(selected.location(), message, help);
    }

    fn is_barred_from_key(&self, ty: &TypeDefinition) -> bool {
        self.purpose == Purpose::Key && matches!(ty.kind, TypeKind::Interface | TypeKind::Union)
    }

    fn check_abstract(
        &mut self,
        parent: &TypeDefinition,
        field: &FieldDefinition,
        ty: &TypeDefinition,
        selected: &Node<Field>,
    ) {
        if !self.is_barred_from_key(ty) {
            return;
        }
        self.faults.push(Fault {
            kind: FaultKind::AbstractInKey,
            message: format!(
                "`{}.{}` has type `{}`, which is {}",
                parent.name,
                field.name,
                field.ty,
                ty.kind.described()
            ),
            help: Some("use fields of scalar, enum or object types in the key".to_owned()),
            range: self.range(selected.name.location()),
        });
    }

    /// Whether the field, or for an interface that of an implementation, is external.
    fn is_external_somewhere(&self, parent: &TypeDefinition, field: &FieldDefinition) -> bool {
        let of_implementation = || {
            parent.kind == TypeKind::Interface
                && self.subgraph.implementations(&parent.name).any(|ty| {
                    ty.fields
                        .get(&field.name)
                        .is_some_and(FieldDefinition::is_external)
                })
        };
        field.is_external() || of_implementation()
    }

    fn unknown_field(&mut self, parent: &TypeDefinition, selected: &Node<Field>) {
        let name = &selected.name;
        if parent.kind == TypeKind::Union {
            let message = format!("`{}` is a union and has no field `{name}`", parent.name);
            let members: Vec<String> = parent
                .members
                .iter()
                .map(|member| format!("`... on {member} {{ {name} }}`"))
                .collect();
            let help = format!("select it from its members: {}", members.join(", "));
            return self.fault(selected.name.location(), message, Some(help));
        }
        let message = format!("`{}` has no field `{name}` here", parent.name);
        let near = did_you_mean(name, parent.fields.keys().map(|name| name.as_str()));
        let help = near.unwrap_or_else(|| self.fields_there_are(parent));
        self.fault(selected.name.location(), message, Some(help));
    }

    /// The fields that a selection could have meant, the first ones where there are many.
    fn fields_there_are(&self, parent: &TypeDefinition) -> String {
        const SHOWN: usize = 8;
        let external = self.subgraph.directive_name(Federation::External);
        let add = format!("if another subgraph resolves it, add it here with `@{external}`");
        let names: Vec<String> = parent
            .fields
            .keys()
            .filter(|name| !name.starts_with("__"))
            .map(|name| format!("`{name}`"))
            .collect();
        let more = match names.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        match names.get(..names.len().min(SHOWN)) {
            Some(shown @ [_, ..]) => format!(
                "`{}` has {}{more} here; {add}",
                parent.name,
                shown.join(", ")
            ),
            _ => add,
        }
    }

    fn fragment(
        &mut self,
        parent: &'a TypeDefinition,
        fragment: &Node<InlineFragment>,
        below_external: bool,
    ) {
        let Some(target) = self.fragment_type(parent, fragment) else {
            return;
        };
        self.selected.push(Selected {
            parent: target,
            field: None,
            is_leaf: false,
            below_external,
            directives: fragment.directives.clone(),
            range: self.range(fragment.location()),
        });
        self.selections(target, &fragment.selection_set, below_external);
    }

    /// The type that a fragment selects from; a fault when there is none.
    fn fragment_type(
        &mut self,
        parent: &'a TypeDefinition,
        fragment: &Node<InlineFragment>,
    ) -> Option<&'a TypeDefinition> {
        let Some(name) = &fragment.type_condition else {
            return Some(parent);
        };
        let (message, help) = match self.subgraph.types.get(name) {
            Some(ty) if ty.kind.is_composite() => return Some(ty),
            Some(ty) => {
                let kind = ty.kind.described();
                let message = format!("`{name}` is {kind} and cannot be the type of a fragment");
                (message, None)
            }
            None => {
                let known = self.subgraph.types.keys().map(|name| name.as_str());
                let message = format!("there is no type `{name}` here");
                (message, did_you_mean(name, known))
            }
        };
        self.fault(name.location(), message, help);
        None
    }

    fn check_arguments(
        &mut self,
        parent: &TypeDefinition,
        field: &FieldDefinition,
        selected: &Node<Field>,
    ) {
        let coordinate = format!("{}.{}", parent.name, field.name);
        for given in &selected.arguments {
            let message = match field.arguments.get(&given.name) {
                None => format!("`{coordinate}` has no argument `{}`", given.name),
                Some(argument) if is_valid_value(self.subgraph, &given.value, &argument.ty) => {
                    continue;
                }
                Some(argument) => format!(
                    "`{}` is no value for argument `{}` of type `{}`",
                    given.value, given.name, argument.ty
                ),
            };
            let names = field.arguments.keys().map(|name| name.as_str());
            let help = did_you_mean(&given.name, names);
            self.fault(given.location(), message, help);
        }
        for argument in field.arguments.values() {
            let given = selected
                .arguments
                .iter()
                .any(|given| given.name == argument.name);
            let needed = argument.ty.is_non_null() && argument.default_value.is_none();
            if needed && !given && !argument.has(Federation::FromContext) {
                let message = format!(
                    "argument `{}` of `{coordinate}` is required and not given",
                    argument.name
                );
                self.fault(selected.location(), message, None);
            }
        }
    }

    fn check_directives(&mut self, directives: &DirectiveList, place: Option<SourceSpan>) {
        for directive in directives.iter() {
            if !is_known_directive(self.subgraph, &directive.name) {
                let message = format!("there is no directive `@{}`", directive.name);
                self.fault(directive.location().or(place), message, None);
            }
        }
    }

    fn fault(&mut self, place: Option<SourceSpan>, message: String, help: Option<String>) {
        let range = self.range(place);
        self.faults.push(Fault {
            kind: FaultKind::Invalid,
            message,
            help,
            range,
        });
    }

    fn range(&self, place: Option<SourceSpan>) -> Option<Range<usize>> {
        let place = place?;
        let start = place.offset().checked_sub(self.shift)?;
        let end = place.end_offset().checked_sub(self.shift)?;
        Some(start..end)
    }
}

fn directives_of(selection: &Selection) -> &DirectiveList {
    match selection {
        Selection::Field(field) => &field.directives,
        Selection::InlineFragment(fragment) => &fragment.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
    }
}

fn is_known_directive(subgraph: &Subgraph, name: &str) -> bool {
    const BUILT_IN: [&str; 4] = ["skip", "include", "deprecated", "specifiedBy"];
    BUILT_IN.contains(&name)
        || subgraph.directive_definitions.contains_key(name)
        || Federation::ALL
            .into_iter()
            .any(|directive| subgraph.directive_name(directive) == name)
}
