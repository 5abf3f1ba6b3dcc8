//! What the `join` directives leave out: fields that a subgraph only names in its field sets, and external
//! fields that are resolvable because they are keys of an extension.

use apollo_compiler::Name;
use rustc_hash::FxHashSet;

use super::fields::{FieldReader, plain_field};
use crate::{FieldSet, FieldSetItem, Subgraph, SubgraphField};

/// Completes all subgraphs.
pub(super) fn complete(reader: &mut FieldReader<'_>, subgraphs: &mut [Subgraph]) {
    for (graph, name, fields) in std::mem::take(&mut reader.extension_keys) {
        let mut walk = Walk::new(reader, &mut subgraphs[graph]);
        walk.known = Some(false);
        walk.visit(&name, &fields);
    }
    for subgraph in subgraphs {
        for (name, fields, is_key) in field_sets(subgraph) {
            let mut walk = Walk::new(reader, subgraph);
            walk.added_external = !(is_key && walk.reader.federation_1);
            walk.visit(&name, &fields);
        }
    }
}

/// All field sets of a subgraph, with the type that each selects on and whether it is a key.
fn field_sets(subgraph: &Subgraph) -> Vec<(Name, FieldSet, bool)> {
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    let mut add = |name: &Name, set: &FieldSet, is_key: bool| {
        if seen.insert((name.clone(), set.clone(), is_key)) {
            found.push((name.clone(), set.clone(), is_key));
        }
    };
    for (name, known) in &subgraph.types {
        for key in &known.keys {
            add(name, &key.fields, true);
        }
        for field in known.fields.values() {
            if let Some(requires) = &field.requires {
                add(name, requires, false);
            }
            if let Some(provides) = &field.provides {
                add(field.ty.inner_named_type(), provides, false);
            }
        }
    }
    found
}

struct Walk<'w, 'r> {
    reader: &'w mut FieldReader<'r>,
    subgraph: &'w mut Subgraph,
    /// What a field that was missing becomes.
    added_external: bool,
    /// What a field that was there becomes, where that changes.
    known: Option<bool>,
}

impl<'w, 'r> Walk<'w, 'r> {
    fn new(reader: &'w mut FieldReader<'r>, subgraph: &'w mut Subgraph) -> Self {
        Self {
            reader,
            subgraph,
            added_external: false,
            known: None,
        }
    }

    fn visit(&mut self, type_name: &Name, fields: &FieldSet) {
        for item in &fields.items {
            match item {
                FieldSetItem::Fragment(fragment) => {
                    self.visit(&fragment.type_condition, &fragment.selection);
                }
                FieldSetItem::Field(field) => {
                    if let Some(ty) = self.ensure(type_name, &field.name) {
                        self.visit(&ty, &field.selection);
                    }
                }
            }
        }
    }

    /// Makes sure that the subgraph has the field, and gives its named type.
    fn ensure(&mut self, type_name: &Name, field: &Name) -> Option<Name> {
        let known = self.subgraph.types.get_mut(type_name)?;
        let schema = self.reader.schema;
        if let Some(there) = known.fields.get_mut(field) {
            there.external = self.known.unwrap_or(there.external);
            return Some(there.ty.inner_named_type().clone());
        }
        let definition = schema.type_field(type_name, field).ok()?;
        let added = SubgraphField {
            external: self.added_external,
            ..plain_field(definition)
        };
        let ty = added.ty.inner_named_type().clone();
        known.fields.insert(field.clone(), added);
        Some(ty)
    }
}
