//! `@context` and `contextArguments`: arguments that the gateway fills from an ancestor.

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::{Name, Node, Schema};
use indexmap::IndexMap;

use super::Features;
use crate::{ContextArgument, FieldSet, FieldSetItem};

/// The types that set each context.
pub(super) struct Contexts(IndexMap<String, Vec<Name>>);

impl Contexts {
    pub(super) fn read(schema: &Schema, features: &Features) -> Self {
        let mut contexts: IndexMap<String, Vec<Name>> = IndexMap::new();
        let Some(directive) = features.directive("context", "context") else {
            return Self(contexts);
        };
        for (name, definition) in &schema.types {
            for application in definition.directives().get_all(&directive) {
                let context = application.specified_argument_by_name("name");
                if let Some(context) = context.and_then(|context| context.as_str()) {
                    contexts
                        .entry(context.to_owned())
                        .or_default()
                        .push(name.clone());
                }
            }
        }
        Self(contexts)
    }

    /// Reads one `{name:, type:, context:, selection:}`; the error completes "a context argument of `T.f` …".
    pub(super) fn argument(
        &self,
        schema: &Schema,
        value: &Node<Value>,
    ) -> Result<ContextArgument, String> {
        let text = |key: &str| {
            let fields = value.as_object().unwrap_or_default();
            let found = fields.iter().find(|(name, _)| name == key);
            let text = found.and_then(|(_, value)| value.as_str());
            text.ok_or_else(|| format!("lacks its `{key}`"))
        };
        let argument = Name::new(text("name")?).map_err(|_| "has an invalid name".to_owned())?;
        let ty = Type::parse(text("type")?, "").map_err(|_| "has an invalid type".to_owned())?;
        let context = text("context")?.to_owned();
        let selection = FieldSet::parse(text("selection")?)
            .map_err(|error| format!("has an invalid selection: {}", error.message))?;
        let setters = self.0.get(&context).map(Vec::as_slice).unwrap_or_default();
        if setters.is_empty() {
            return Err(format!("uses the context `{context}`, which no type sets"));
        }
        let for_setter = |setter: &Name| {
            let selection = selection_for(schema, &selection, setter)?;
            Some((setter.clone(), selection))
        };
        Ok(ContextArgument {
            argument,
            ty,
            context,
            selections: setters.iter().filter_map(for_setter).collect(),
        })
    }
}

/// The part of a selection that applies to a type: a fragment for it, or everything.
fn selection_for(schema: &Schema, selection: &FieldSet, setter: &Name) -> Option<FieldSet> {
    let fragments = || {
        selection.items.iter().filter_map(|item| match item {
            FieldSetItem::Fragment(fragment) => Some(fragment),
            FieldSetItem::Field(_) => None,
        })
    };
    if fragments().next().is_none() {
        return Some(selection.clone());
    }
    let exact = fragments().find(|fragment| fragment.type_condition == *setter);
    let wider = || fragments().find(|one| schema.is_subtype(&one.type_condition, setter));
    let narrower = || fragments().any(|one| schema.is_subtype(setter, &one.type_condition));
    match exact.or_else(wider) {
        Some(fragment) => Some(fragment.selection.clone()),
        None => narrower().then(|| selection.clone()),
    }
}
