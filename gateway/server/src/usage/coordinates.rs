//! The coordinates of the schema that an operation uses: types, fields, arguments, directives, and the types that it sends.

use std::collections::{BTreeSet, HashSet};

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::{DirectiveList, Type};
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// Everything that one operation of a document names or receives; fragments once each.
pub(super) fn of(supergraph: &Supergraph, operation: &Operation) -> BTreeSet<String> {
    let mut walk = Walk {
        schema: supergraph.api_schema(),
        document: operation.document(),
        fragments: HashSet::new(),
        used: BTreeSet::new(),
    };
    let operation = operation.operation();
    walk.directives(&operation.directives);
    for variable in &operation.variables {
        walk.sent(&variable.ty);
        walk.directives(&variable.directives);
    }
    walk.selections(&operation.selection_set);
    walk.used
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    fragments: HashSet<&'a Name>,
    used: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, set: &'a SelectionSet) {
        self.used.insert(set.ty.to_string());
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
            self.used
                .insert(format!("{coordinate}({}:)", argument.name));
            if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                self.sent(&definition.ty);
            }
        }
        self.used.insert(coordinate);
        self.used
            .insert(field.definition.ty.inner_named_type().to_string());
        self.directives(&field.directives);
        if !field.selection_set.selections.is_empty() {
            self.selections(&field.selection_set);
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            self.used.insert(format!("@{}", directive.name));
            for argument in &directive.arguments {
                self.used
                    .insert(format!("@{}({}:)", directive.name, argument.name));
            }
        }
    }

    /// A type that is sent, and all that can be inside.
    fn sent(&mut self, ty: &Type) {
        let mut waiting = vec![ty.inner_named_type()];
        while let Some(name) = waiting.pop() {
            if self.used.insert(name.to_string())
                && let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name)
            {
                let inside = input
                    .fields
                    .values()
                    .map(|field| field.ty.inner_named_type());
                waiting.extend(inside);
            }
        }
    }
}
