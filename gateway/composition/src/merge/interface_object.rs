//! Gives the implementations of an interface the fields that interface objects add to it.

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::Directive;
use rustc_hash::FxHashMap;

use crate::ingest::subgraph::TypeKind;
use crate::merge::Merging;
use crate::merge::carried::ACCESS;
use crate::merge::join::directive;
use crate::merge::merged::MergedField;
use crate::merge::override_field::Overrides;
use crate::merge::sources::FieldSources;

impl Merging<'_> {
    /// Whether an interface object of some subgraph resolves the field.
    pub(super) fn is_provided_by_interface_object(&self, field: &str, interface: &str) -> bool {
        self.index.get(interface).iter().any(|(_, source)| {
            let field = source.fields.get(field);
            source.is_interface_object() && field.is_some_and(|field| !field.is_external())
        })
    }

    /// Adds the fields to all implementations.
    pub(super) fn add_interface_object_fields(&mut self) {
        let provided = self.provided_fields();
        if provided.is_empty() {
            return;
        }
        let objects: Vec<(Name, Vec<Name>)> = self
            .merged
            .types
            .values()
            .filter(|ty| ty.kind == TypeKind::Object && !ty.interfaces.is_empty())
            .map(|ty| (ty.name.clone(), ty.interfaces.iter().cloned().collect()))
            .collect();
        for (name, interfaces) in objects {
            let fields = interfaces.iter().filter_map(|name| provided.get(name));
            for field in fields.flatten() {
                self.add_provided_field(&name, field.clone());
            }
        }
    }

    /// For each interface that interface objects resolve fields of: those fields, as the interface has them.
    fn provided_fields(&self) -> FxHashMap<Name, Vec<MergedField>> {
        let interfaces = self.merged.types.values();
        interfaces
            .filter(|ty| ty.kind == TypeKind::Interface)
            .filter_map(|interface| {
                let provided = |field: &&MergedField| {
                    self.is_provided_by_interface_object(&field.name, &interface.name)
                };
                let fields: Vec<MergedField> = interface
                    .fields
                    .values()
                    .filter(provided)
                    .cloned()
                    .collect();
                (!fields.is_empty()).then(|| (interface.name.clone(), fields))
            })
            .collect()
    }

    fn add_provided_field(&mut self, name: &Name, field: MergedField) {
        let coordinate = format!("{name}.{}", field.name);
        let carried = self.copied_directives(&coordinate, &field.directives);
        let Some(ty) = self.merged.types.get_mut(name) else {
            return;
        };
        if let Some(existing) = ty.fields.get_mut(&field.name) {
            if is_only_external(&existing.directives) {
                existing.directives.extend(carried);
            }
            return;
        }
        let field_name = field.name.clone();
        let mut directives = vec![directive("join__field", Vec::new())];
        directives.extend(carried);
        ty.fields.insert(
            field_name.clone(),
            MergedField {
                directives,
                ..field
            },
        );
        let sources = FieldSources {
            present: Vec::new(),
            related: (0..self.subgraphs.len()).collect(),
        };
        self.check_sharing(name, &field_name, &sources, &Overrides::default());
    }

    /// The directives of the interface's field that hold for the implementation's, with its own access requirements.
    fn copied_directives(
        &mut self,
        coordinate: &str,
        directives: &[Node<Directive>],
    ) -> Vec<Node<Directive>> {
        let mut copied = self.merge_applications(coordinate, &[]);
        let access: Vec<Name> = ACCESS
            .iter()
            .filter_map(|directive| self.carried.name(*directive).cloned())
            .collect();
        let others = directives
            .iter()
            .filter(|directive| !directive.name.starts_with("join__"))
            .filter(|directive| !access.contains(&directive.name));
        copied.extend(others.cloned());
        copied
    }
}

fn is_only_external(directives: &[Node<Directive>]) -> bool {
    let mut joined = directives
        .iter()
        .filter(|directive| directive.name == "join__field")
        .peekable();
    joined.peek().is_some()
        && joined.all(|directive| {
            let external = directive.specified_argument_by_name("external");
            external.and_then(|value| value.to_bool()) == Some(true)
        })
}
