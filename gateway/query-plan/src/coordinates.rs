//! The schema coordinates that an operation uses: types, fields, arguments, directives, and the input types that it sends.

use std::collections::HashSet;

use apollo_compiler::ast::{DirectiveList, Type};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Schema};

/// Tells `visit` every coordinate that an operation of a valid document names or receives, and with a field's coordinate
/// where it is selected. Coordinates come as often as they are used, but fragments and input types are gone through once.
pub fn visit_coordinates<'a>(
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    visit: &mut dyn FnMut(String, Option<&'a Field>),
) {
    let mut walk = Walk {
        schema,
        document,
        fragments: HashSet::new(),
        sent: HashSet::new(),
        visit,
    };
    walk.directives(&operation.directives);
    for variable in &operation.variables {
        walk.sent(&variable.ty);
        walk.directives(&variable.directives);
    }
    walk.selections(&operation.selection_set);
}

struct Walk<'a, 'v> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    fragments: HashSet<&'a Name>,
    sent: HashSet<&'a Name>,
    visit: &'v mut dyn FnMut(String, Option<&'a Field>),
}

impl<'a> Walk<'a, '_> {
    fn selections(&mut self, set: &'a SelectionSet) {
        self.add(set.ty.to_string());
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.field(&set.ty, field),
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|it| self.fragments.insert(&it.name)) {
                        self.directives(&fragment.directives);
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, parent: &Name, field: &'a Field) {
        let coordinate = format!("{parent}.{}", field.name);
        for argument in &field.arguments {
            self.add(format!("{coordinate}({}:)", argument.name));
            if let Some(argument) = field.definition.argument_by_name(&argument.name) {
                self.sent(&argument.ty);
            }
        }
        (self.visit)(coordinate, Some(field));
        self.add(field.definition.ty.inner_named_type().to_string());
        self.directives(&field.directives);
        if !field.selection_set.selections.is_empty() {
            self.selections(&field.selection_set);
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            self.add(format!("@{}", directive.name));
            for argument in &directive.arguments {
                self.add(format!("@{}({}:)", directive.name, argument.name));
            }
        }
    }

    /// A type that is sent, and all that can be inside.
    fn sent(&mut self, ty: &'a Type) {
        let mut waiting = vec![ty.inner_named_type()];
        while let Some(name) = waiting.pop() {
            if !self.sent.insert(name) {
                continue;
            }
            self.add(name.to_string());
            if let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name) {
                let fields = input.fields.values();
                waiting.extend(fields.map(|field| field.ty.inner_named_type()));
            }
        }
    }

    fn add(&mut self, coordinate: String) {
        (self.visit)(coordinate, None);
    }
}
