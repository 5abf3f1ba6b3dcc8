//! What a document uses: a valid document in, schema coordinates out.

use apollo_compiler::ast::{DirectiveList, Type};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::parser::SourceMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Schema};
use rustc_hash::FxHashMap;

use super::TextPlace;

/// Coordinates, with the place where a field is first selected; without one for others.
pub type Used = FxHashMap<String, Option<TextPlace>>;

/// The coordinates of all fields, arguments, directives and types that the document names or receives, and of the input
/// types that it sends.
pub fn coordinates_of(schema: &Schema, document: &ExecutableDocument) -> Used {
    let mut walk = Walk {
        schema,
        used: FxHashMap::default(),
        sources: &document.sources,
    };
    for operation in document.operations.iter() {
        walk.operation(operation);
    }
    for fragment in document.fragments.values() {
        walk.add(fragment.type_condition().to_string());
        walk.directives(&fragment.directives);
        walk.selections(&fragment.selection_set);
    }
    walk.used
}

struct Walk<'a> {
    schema: &'a Schema,
    used: Used,
    sources: &'a SourceMap,
}

impl Walk<'_> {
    fn operation(&mut self, operation: &Operation) {
        self.add(operation.selection_set.ty.to_string());
        self.directives(&operation.directives);
        for variable in &operation.variables {
            self.input(&variable.ty);
            self.directives(&variable.directives);
        }
        self.selections(&operation.selection_set);
    }

    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.field(&set.ty, field),
                Selection::FragmentSpread(spread) => self.directives(&spread.directives),
                Selection::InlineFragment(fragment) => {
                    if let Some(condition) = &fragment.type_condition {
                        self.add(condition.to_string());
                    }
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
            }
        }
    }

    fn field(&mut self, parent: &str, field: &Field) {
        let path = format!("{parent}.{}", field.name);
        for argument in &field.arguments {
            self.add(format!("{path}({}:)", argument.name));
            if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                self.input(&definition.ty);
            }
        }
        let place = TextPlace::of(field.name.location(), self.sources);
        self.used.entry(path).or_insert(place);
        self.add(field.definition.ty.inner_named_type().to_string());
        self.directives(&field.directives);
        self.selections(&field.selection_set);
    }

    fn add(&mut self, coordinate: String) {
        self.used.entry(coordinate).or_insert(None);
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            self.add(format!("@{}", directive.name));
            for argument in &directive.arguments {
                self.add(format!("@{}({}:)", directive.name, argument.name));
            }
        }
    }

    /// A type that is sent, and all that can be inside.
    fn input(&mut self, ty: &Type) {
        let mut waiting = vec![ty.inner_named_type()];
        while let Some(name) = waiting.pop() {
            if self.used.insert(name.to_string(), None).is_none()
                && let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name)
            {
                waiting.extend(
                    input
                        .fields
                        .values()
                        .map(|field| field.ty.inner_named_type()),
                );
            }
        }
    }
}
