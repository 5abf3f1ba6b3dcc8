//! Merges a field of an object type or an interface.

use std::rc::Rc;

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use indexmap::IndexMap;

use crate::merge::Merging;
use crate::merge::merged::MergedField;
use crate::merge::override_field::Overrides;
use crate::merge::sources::{FieldSource, FieldSources, TypeSource};
use crate::merge::type_reference::{Position, TypeUse};

impl<'a> Merging<'a> {
    /// The fields of a type with the subgraphs that have each, in order of first appearance.
    pub(super) fn field_sources(
        &self,
        name: &Name,
        sources: &[TypeSource<'a>],
    ) -> IndexMap<Name, FieldSources<'a>> {
        let related: Rc<[usize]> = self.related_subgraphs(name).into();
        let mut fields: IndexMap<Name, FieldSources<'a>> = IndexMap::new();
        for (subgraph, parent) in sources {
            for field in parent.fields.values() {
                let entry = fields.entry(field.name.clone());
                let known = entry.or_insert_with(|| FieldSources {
                    present: Vec::new(),
                    related: related.clone(),
                });
                known.present.push(FieldSource {
                    subgraph: *subgraph,
                    parent,
                    field,
                });
            }
        }
        fields
    }

    /// The subgraphs that know the type, or an interface object for an interface that it implements.
    fn related_subgraphs(&self, name: &Name) -> Vec<usize> {
        let mut related: Vec<usize> = self
            .index
            .get(name)
            .iter()
            .map(|(index, _)| *index)
            .collect();
        let interfaces = self.merged.types.get(name).map(|ty| &ty.interfaces);
        for interface in interfaces.into_iter().flatten() {
            let objects = self.index.get(interface).iter();
            related.extend(
                objects
                    .filter(|(_, source)| source.is_interface_object())
                    .map(|(index, _)| *index),
            );
        }
        related.sort_unstable();
        related.dedup();
        related
    }

    /// Merges one field; `None` when it is wrong beyond repair.
    pub(super) fn merge_field(
        &mut self,
        type_name: &Name,
        name: &Name,
        sources: &FieldSources<'a>,
        overrides: &Overrides,
    ) -> Option<MergedField> {
        let coordinate = format!("{type_name}.{name}");
        if self.is_external_everywhere(type_name, &coordinate, sources) {
            return None;
        }
        self.check_directives_on_external(&coordinate, sources);
        let resolving = sources.without_external();
        let mut merged = self.merge_field_parts(&coordinate, name, &resolving);
        let typed = if resolving.is_empty() {
            &sources.present
        } else {
            &resolving
        };
        let uses: Vec<TypeUse<'_>> = typed
            .iter()
            .map(|source| TypeUse {
                subgraph: source.subgraph,
                name: &source.field.name,
                ty: &source.field.ty,
            })
            .collect();
        let reference = self.merge_type_reference(&coordinate, &uses, Position::Field)?;
        merged.ty = reference.ty;
        if resolving.len() < sources.present.len() {
            self.check_external(&coordinate, sources, &merged, reference.all_equal);
        }
        let mut directives = self.join_fields(sources, type_name, reference.all_equal, overrides);
        directives.append(&mut merged.directives);
        let applied: Vec<_> = sources
            .present
            .iter()
            .map(|source| (source.subgraph, source.field.directives.as_slice()))
            .collect();
        directives.extend(self.join_directives(&applied));
        merged.directives = directives;
        Some(merged)
    }

    /// Description, directives and arguments, from the subgraphs that resolve the field.
    fn merge_field_parts(
        &mut self,
        coordinate: &str,
        name: &Name,
        resolving: &[FieldSource<'a>],
    ) -> MergedField {
        let descriptions: Vec<_> = resolving
            .iter()
            .map(|source| (source.subgraph, source.field.description.as_ref()))
            .collect();
        let applied: Vec<_> = resolving
            .iter()
            .map(|source| (source.subgraph, source.field.directives.as_slice()))
            .collect();
        let arguments: Vec<_> = resolving
            .iter()
            .map(|source| (source.subgraph, &source.field.name, &source.field.arguments))
            .collect();
        MergedField {
            name: Name::new_unchecked(name),
            description: self.merge_description(coordinate, &descriptions),
            ty: Type::Named(Name::new_static_unchecked("String")),
            arguments: self.merge_arguments(coordinate, &arguments),
            directives: if resolving.is_empty() {
                Vec::new()
            } else {
                self.merge_applications(coordinate, &applied)
            },
        }
    }
}
