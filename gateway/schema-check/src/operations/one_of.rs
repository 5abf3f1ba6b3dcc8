//! Input objects of which exactly one field is sent, in a document
//! (<https://spec.graphql.org/September2025/#sec-Input-Object-Field-Uniqueness>).

use apollo_compiler::ast::{Argument, DirectiveList, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{Operation, Selection, SelectionSet, VariableDefinition};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use super::TextPlace;
use super::validity::Error;

/// What a valid document writes into such inputs against their rule.
pub(super) fn check(schema: &Schema, document: &ExecutableDocument) -> Vec<Error> {
    let is_one_of = |one: &ExtendedType| one.is_input_object() && one.directives().has("oneOf");
    if !schema.types.values().any(is_one_of) {
        return Vec::new();
    }
    let mut walk = Walk {
        schema,
        document,
        variables: &[],
        errors: Vec::new(),
    };
    for operation in document.operations.iter() {
        walk.operation(operation);
    }
    walk.errors
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    /// Those of the operation under way.
    variables: &'a [Node<VariableDefinition>],
    errors: Vec<Error>,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, operation: &'a Operation) {
        self.variables = &operation.variables;
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                self.value(&variable.ty, default);
            }
            self.directives(&variable.directives);
        }
        self.directives(&operation.directives);
        let mut seen = Vec::new();
        self.selections(&operation.selection_set, &mut seen);
    }

    fn selections(&mut self, set: &'a SelectionSet, seen: &mut Vec<&'a Name>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.directives(&field.directives);
                    self.selections(&field.selection_set, seen);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set, seen);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let name = &spread.fragment_name;
                    let fragment = self.document.fragments.get(name);
                    if let Some(fragment) = fragment.filter(|_| !seen.contains(&name)) {
                        seen.push(name);
                        self.directives(&fragment.directives);
                        self.selections(&fragment.selection_set, seen);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&definition.arguments, &directive.arguments);
            }
        }
    }

    fn arguments(&mut self, definitions: &[Node<InputValueDefinition>], given: &[Node<Argument>]) {
        for argument in given {
            let definition = definitions.iter().find(|one| one.name == argument.name);
            if let Some(definition) = definition {
                self.value(&definition.ty, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        match &**value {
            Value::List(items) => {
                for item in items {
                    self.value(ty.item_type(), item);
                }
            }
            Value::Object(fields) => {
                let name = ty.inner_named_type();
                let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name) else {
                    return;
                };
                if input.directives.has("oneOf") && !self.is_one(fields) {
                    let message = format!(
                        "`{name}` takes exactly one of its fields, and not null (`@oneOf`)"
                    );
                    let place = TextPlace::of(value.location(), &self.document.sources);
                    self.errors.push(Error { message, place });
                }
                for (field, value) in fields {
                    if let Some(definition) = input.fields.get(field) {
                        self.value(&definition.ty, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn is_one(&self, fields: &[(Name, Node<Value>)]) -> bool {
        let [(_, value)] = fields else {
            return false;
        };
        match &**value {
            Value::Null => false,
            Value::Variable(name) => {
                let variable = self.variables.iter().find(|one| one.name == *name);
                variable.is_none_or(|variable| variable.ty.is_non_null())
            }
            _ => true,
        }
    }
}
