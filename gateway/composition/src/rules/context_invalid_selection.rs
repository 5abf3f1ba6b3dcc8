//! `CONTEXT_INVALID_SELECTION`: what `@fromContext` selects is one value of the argument's type, wherever the context is
//! set.

use apollo_compiler::ast::{InlineFragment, Selection, Type};
use apollo_compiler::{Name, Node};
use rustc_hash::FxHashSet;
use weft_diagnostic::{Code, Diagnostic, Severity};

use crate::ingest::context_value::ContextValue;
use crate::ingest::field_set::FieldSetText;
use crate::ingest::subgraph::{Subgraph, TypeDefinition, TypeKind};
use crate::rules::CheckedSubgraph;
use crate::rules::contextual_argument::{ContextualArgument, context_values};
use crate::rules::explanation::{Explanation, example};
use crate::rules::field_sets::{Purpose, resolve};

const CONTEXT_INVALID_SELECTION: Code = Code::new("CONTEXT_INVALID_SELECTION");

/// The selection of every contextual argument fits all types that set its context.
pub(super) fn context_invalid_selection(
    checked: &CheckedSubgraph<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for (argument, value) in context_values(checked.subgraph) {
        let selection = ContextSelection {
            subgraph: checked.subgraph,
            argument: &argument,
            value: &value,
        };
        for problem in selection.problems() {
            let message = format!(
                "what `{}` takes from context `{}` is wrong: {problem}",
                argument.coordinate(),
                value.context
            );
            let help = "select one field whose type is that of the argument, or one in a fragment for each type";
            let finding = Diagnostic::error(CONTEXT_INVALID_SELECTION, message).with_help(help);
            findings.push(argument.with_places(checked.subgraph, finding, "selected here"));
        }
    }
}

struct ContextSelection<'a> {
    subgraph: &'a Subgraph,
    argument: &'a ContextualArgument<'a>,
    value: &'a ContextValue,
}

/// The two forms that a selection may have.
enum Form<'a> {
    Field,
    Fragments(Vec<(&'a Name, &'a Node<InlineFragment>)>),
}

impl ContextSelection<'_> {
    fn problems(&self) -> Vec<String> {
        let text = FieldSetText::parse(&self.value.selection_text);
        let form = match &text.selections {
            Err(problem) => return vec![problem.trim_start_matches("syntax error: ").to_owned()],
            Ok(selections) => match form(selections) {
                Err(problem) => return vec![problem.to_owned()],
                Ok(form) => form,
            },
        };
        let setters: Vec<&TypeDefinition> = self.value.setters(self.subgraph).collect();
        let mut problems = Vec::new();
        for setter in &setters {
            self.check_setter(setter, &text, &form, &mut problems);
            if !problems.is_empty() {
                return problems;
            }
        }
        if let Form::Fragments(fragments) = &form {
            let reached: FxHashSet<&Name> = setters
                .iter()
                .flat_map(|setter| self.subgraph.possible_types(&setter.name))
                .map(|possible| &possible.name)
                .collect();
            let unused = fragments.iter().filter(|(name, _)| !reached.contains(name));
            problems.extend(
                unused
                    .filter(|_| !setters.is_empty())
                    .map(|(name, _)| format!("no type that sets the context can be a `{name}`")),
            );
        }
        problems
    }

    /// The selection on one of the types that set the context.
    fn check_setter(
        &self,
        setter: &TypeDefinition,
        text: &FieldSetText,
        form: &Form<'_>,
        problems: &mut Vec<String>,
    ) {
        match resolve(self.subgraph, setter, text, Purpose::Context) {
            Err(faults) => {
                problems.extend(faults.into_iter().map(|fault| fault.message));
                return;
            }
            Ok(selected) if selected.iter().any(|one| !one.directives.is_empty()) => {
                problems.push("directives are not allowed in it".to_owned());
            }
            Ok(_) => {}
        }
        if text.selections().iter().any(has_alias) {
            problems.push("aliases are not allowed in it".to_owned());
        }
        match form {
            Form::Field => {
                problems.extend(self.check_type(setter, text.selections()));
            }
            Form::Fragments(fragments) => self.check_fragments(setter, fragments, problems),
        }
    }

    fn check_fragments(
        &self,
        setter: &TypeDefinition,
        fragments: &[(&Name, &Node<InlineFragment>)],
        problems: &mut Vec<String>,
    ) {
        let possible = self.subgraph.possible_types(&setter.name);
        let mut matches = false;
        for (name, fragment) in fragments {
            let Some(definition) = self.subgraph.types.get(*name) else {
                continue;
            };
            if definition.kind != TypeKind::Object {
                problems.push(format!(
                    "`{name}` is {}, and its fragments are for object types",
                    definition.kind.described()
                ));
            } else if possible.iter().any(|possible| possible.name == **name) {
                matches = true;
                problems.extend(self.check_type(definition, &fragment.selection_set));
            }
        }
        if !matches {
            problems.push(format!("none of its fragments is for `{}`", setter.name));
        }
    }

    /// Whether the one value that is selected from `parent` has the argument's type.
    fn check_type(&self, parent: &TypeDefinition, selections: &[Selection]) -> Option<String> {
        let expected = &self.argument.argument.ty;
        let resolved = match self.resolved_type(parent, selections) {
            Err(problem) => return Some(problem),
            Ok(resolved) => resolved,
        };
        match resolved {
            None => Some(format!(
                "it does not select one value from `{}`",
                parent.name
            )),
            Some(resolved) if is_type_of_argument(&resolved, expected) => None,
            Some(resolved) if resolved == accepting_null(expected) => Some(format!(
                "a context may be without a value, so the argument needs the type `{resolved}`, not `{expected}`"
            )),
            Some(resolved) => Some(format!(
                "it selects `{resolved}` from `{}`, and the argument has type `{expected}`",
                parent.name
            )),
        }
    }

    /// The type of the selected value, without any `!`; `None` when several are selected that differ.
    fn resolved_type(
        &self,
        parent: &TypeDefinition,
        selections: &[Selection],
    ) -> Result<Option<Type>, String> {
        if parent.is_interface_object() {
            return Err(format!("`{}` is an interface object", parent.name));
        }
        let mut types = Vec::new();
        for selection in selections {
            let Selection::Field(selected) = selection else {
                return Ok(None);
            };
            let Some(field) = parent.fields.get(&selected.name) else {
                return Ok(None);
            };
            let nested = self
                .subgraph
                .types
                .get(field.ty.inner_named_type())
                .filter(|_| !selected.selection_set.is_empty());
            let inner = match nested {
                None => Some(Type::Named(field.ty.inner_named_type().clone())),
                Some(nested) => self.resolved_type(nested, &selected.selection_set)?,
            };
            types.push(inner.map(|inner| in_lists_of(&field.ty, inner)));
        }
        let first = types.first().cloned().flatten();
        let all_alike = types.iter().all(|ty| *ty == first);
        Ok(first.filter(|_| all_alike))
    }
}

fn form(selections: &[Selection]) -> Result<Form<'_>, &'static str> {
    let mut fragments: Vec<(&Name, &Node<InlineFragment>)> = Vec::new();
    for selection in selections {
        match selection {
            Selection::Field(_) if selections.len() == 1 => return Ok(Form::Field),
            Selection::Field(_) => return Err("it selects more than one field"),
            Selection::FragmentSpread(_) => return Err("there are no named fragments"),
            Selection::InlineFragment(fragment) => {
                let name = fragment
                    .type_condition
                    .as_ref()
                    .ok_or("a fragment in it has no type")?;
                if fragments.iter().any(|(known, _)| *known == name) {
                    return Err("two fragments in it are for the same type");
                }
                fragments.push((name, fragment));
            }
        }
    }
    Ok(Form::Fragments(fragments))
}

fn has_alias(selection: &Selection) -> bool {
    match selection {
        Selection::Field(field) => {
            field.alias.is_some() || field.selection_set.iter().any(has_alias)
        }
        Selection::InlineFragment(fragment) => fragment.selection_set.iter().any(has_alias),
        Selection::FragmentSpread(_) => false,
    }
}

/// `inner` in as many lists as `outer` has.
fn in_lists_of(outer: &Type, inner: Type) -> Type {
    match outer {
        Type::List(item) | Type::NonNullList(item) => {
            Type::List(Box::new(in_lists_of(item, inner)))
        }
        _ => inner,
    }
}

/// The type without any `!`.
fn accepting_null(ty: &Type) -> Type {
    in_lists_of(ty, Type::Named(ty.inner_named_type().clone()))
}

/// A context may be without a value, so the argument has to accept null at every level.
fn is_type_of_argument(resolved: &Type, expected: &Type) -> bool {
    match (resolved, expected) {
        (Type::List(resolved), Type::List(expected)) => is_type_of_argument(resolved, expected),
        (Type::Named(resolved), Type::Named(expected)) => resolved == expected,
        _ => false,
    }
}

pub(super) const PAGE: Explanation = Explanation {
    code: CONTEXT_INVALID_SELECTION,
    severity: Severity::Error,
    summary: "what a `@fromContext` selects is not one value of the argument's type",
    why: "The selection is made on every type that sets the context. It has to yield exactly one value: a field (which may \
          lead through objects to another), or one fragment per object type. The argument has the type of that value, \
          nullable, because a context may be without one. Aliases and directives are not allowed.",
    wrong: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: Int @fromContext(field: "$user { locale }")): String }"#,
    )],
    right: &[example(
        "users",
        r#"
type Query { me: User }
type User @key(fields: "id") @context(name: "user") { id: ID! locale: String post: Post! }
type Post @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "$user { locale }")): String }"#,
    )],
};
