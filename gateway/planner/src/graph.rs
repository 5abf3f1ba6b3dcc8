//! The supergraph as the planner asks about it: object types as small numbers, possible types as bit sets, and for each
//! (subgraph, object type, field) whether and how the subgraph resolves it.

use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;
use indexmap::IndexSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use weft_supergraph::{Key, Subgraph, SubgraphField, SubgraphId, SubgraphType, Supergraph};

/// A supergraph with a set of override labels that are on.
pub(crate) struct Graph<'a> {
    supergraph: &'a Supergraph,
    labels: &'a BTreeSet<String>,
    objects: IndexSet<Name>,
    possible: FxHashMap<Name, TypeSet>,
    /// For each subgraph and interface object there: the interface's name.
    interface_objects: Vec<Vec<Name>>,
    query_root: Option<usize>,
    /// What was asked before about an object type in a subgraph.
    known: RefCell<FxHashMap<(SubgraphId, usize), Rc<Known<'a>>>>,
}

/// An object type in one subgraph.
struct Known<'a> {
    /// The type itself, or interface objects that stand for it.
    types: Vec<&'a SubgraphType>,
    fields: FxHashMap<&'a str, KnownField<'a>>,
}

/// A field of an object type in one subgraph.
struct KnownField<'a> {
    field: &'a SubgraphField,
    returned: OnceCell<(Rc<TypeSet>, bool)>,
}

/// How a subgraph resolves a field of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Resolution<'a> {
    /// With nothing but the object itself.
    Local(&'a SubgraphField),
    /// With a representation that carries more than a key.
    Requires(&'a SubgraphField),
}

/// A way into a subgraph: by a key of a type there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The type in the subgraph that has the key.
    pub(crate) subgraph_type: &'a SubgraphType,
    /// The key.
    pub(crate) key: &'a Key,
}

impl<'a> Graph<'a> {
    /// Prepares the tables that all operations share.
    pub(crate) fn new(supergraph: &'a Supergraph, labels: &'a BTreeSet<String>) -> Self {
        let schema = supergraph.schema();
        let mut objects: IndexSet<Name> = schema
            .types
            .iter()
            .filter(|(_, definition)| matches!(definition, ExtendedType::Object(_)))
            .map(|(name, _)| name.clone())
            .collect();
        objects.extend(interfaces_without_objects(supergraph));
        let mut graph = Self {
            supergraph,
            labels,
            possible: possible_types(supergraph, &objects),
            objects,
            interface_objects: Vec::new(),
            query_root: None,
            known: RefCell::default(),
        };
        let root = supergraph.schema().schema_definition.query.as_ref();
        graph.query_root = root.and_then(|root| graph.objects.get_index_of(&root.name));
        graph.interface_objects = supergraph
            .subgraphs()
            .iter()
            .map(interface_objects)
            .collect();
        graph
    }

    /// The supergraph.
    pub(crate) fn supergraph(&self) -> &'a Supergraph {
        self.supergraph
    }

    /// The subgraph with that id.
    pub(crate) fn subgraph(&self, id: SubgraphId) -> &'a Subgraph {
        self.supergraph.subgraph(id)
    }

    /// All subgraphs.
    pub(crate) fn subgraph_ids(&self) -> impl Iterator<Item = SubgraphId> + use<> {
        (0..self.supergraph.subgraphs().len()).map(|index| SubgraphId(index as u16))
    }

    /// How many object types there are.
    pub(crate) fn object_count(&self) -> usize {
        self.objects.len()
    }

    /// The interfaces and unions of the supergraph that an object can be of, sorted.
    pub(crate) fn abstract_types_of(&self, object: usize) -> Vec<&Name> {
        let all = self
            .possible
            .iter()
            .filter(|(name, types)| types.contains(object) && **name != self.objects[object]);
        let mut names: Vec<&Name> = all.map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// The name of an object type.
    pub(crate) fn object_name(&self, id: usize) -> &Name {
        &self.objects[id]
    }

    /// The object types that a value of the type can have in the supergraph.
    pub(crate) fn possible(&self, name: &str) -> TypeSet {
        self.possible.get(name).cloned().unwrap_or_default()
    }

    /// Whether the type is an interface or a union in the supergraph.
    pub(crate) fn is_abstract(&self, name: &str) -> bool {
        matches!(
            self.supergraph.schema().types.get(name),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_))
        )
    }

    /// Whether objects of the type are a root of operations.
    pub(crate) fn is_query_root(&self, id: usize) -> bool {
        self.query_root == Some(id)
    }

    /// The type that a field of an object type returns in the supergraph, without lists and non-null.
    pub(crate) fn return_type(&self, object: usize, field: &str) -> Option<&'a Name> {
        let definition = self
            .supergraph
            .schema()
            .type_field(&self.objects[object], field)
            .ok()?;
        Some(definition.ty.inner_named_type())
    }

    /// The object types that a value of the type can have in a subgraph, where an interface object counts for
    /// all implementations of its interface. The flag tells whether only an interface object is known.
    pub(crate) fn local_possible(&self, subgraph: SubgraphId, name: &Name) -> (TypeSet, bool) {
        let Some(local) = self.subgraph(subgraph).types.get(name) else {
            return (TypeSet::default(), false);
        };
        if local.is_interface_object {
            return (self.possible(name), true);
        }
        let mut types = TypeSet::default();
        let mut blind = !local.possible_types.is_empty();
        if let Some(own) = self.objects.get_index_of(name) {
            return (TypeSet::single(own), false);
        }
        for possible in &local.possible_types {
            if let Some(id) = self.objects.get_index_of(possible) {
                types.insert(id);
                blind = false;
            } else {
                types.extend(&self.possible(possible));
            }
        }
        (types, blind)
    }

    /// What the subgraph knows an object type as: the type itself, or interface objects that stand for it.
    pub(crate) fn local_types(
        &self,
        subgraph: SubgraphId,
        object: usize,
    ) -> impl Iterator<Item = &'a SubgraphType> + use<'a> {
        let known = self.known(subgraph, object);
        (0..known.types.len()).map(move |index| known.types[index])
    }

    fn known(&self, subgraph: SubgraphId, object: usize) -> Rc<Known<'a>> {
        if let Some(known) = self.known.borrow().get(&(subgraph, object)) {
            return known.clone();
        }
        let known = Rc::new(self.look_up(subgraph, object));
        self.known
            .borrow_mut()
            .insert((subgraph, object), known.clone());
        known
    }

    fn look_up(&self, subgraph: SubgraphId, object: usize) -> Known<'a> {
        let types = &self.subgraph(subgraph).types;
        let own = types.get(&self.objects[object]);
        let stands = |interface: &&Name| {
            own.is_none()
                && self
                    .possible
                    .get(*interface)
                    .is_some_and(|set| set.contains(object))
        };
        let standing = self.interface_objects[subgraph.index()]
            .iter()
            .filter(stands);
        let types: Vec<&SubgraphType> = own
            .into_iter()
            .chain(standing.filter_map(|interface| types.get(interface)))
            .collect();
        let mut fields = FxHashMap::default();
        for field in types.iter().flat_map(|local| local.fields.values()) {
            let known = KnownField {
                field,
                returned: OnceCell::new(),
            };
            fields.entry(field.name.as_str()).or_insert(known);
        }
        Known { types, fields }
    }

    /// Whether the subgraph knows the object type at all.
    pub(crate) fn knows(&self, subgraph: SubgraphId, object: usize) -> bool {
        !self.known(subgraph, object).types.is_empty()
    }

    /// The field of an object type in a subgraph, whether it is resolvable there or not.
    pub(crate) fn field(
        &self,
        subgraph: SubgraphId,
        object: usize,
        field: &str,
    ) -> Option<&'a SubgraphField> {
        self.known(subgraph, object)
            .fields
            .get(field)
            .map(|known| known.field)
    }

    /// The object types that a field's objects can have in a subgraph, as [`Self::local_possible`] has it.
    pub(crate) fn returned(
        &self,
        subgraph: SubgraphId,
        object: usize,
        field: &str,
    ) -> Option<(Rc<TypeSet>, bool)> {
        let known = self.known(subgraph, object);
        let field = known.fields.get(field)?;
        let returned = field.returned.get_or_init(|| {
            let (types, blind) = self.local_possible(subgraph, field.field.ty.inner_named_type());
            (Rc::new(types), blind)
        });
        Some(returned.clone())
    }

    /// How the subgraph resolves the field, leaving aside what paths provide.
    pub(crate) fn resolution(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: &str,
    ) -> Option<Resolution<'a>> {
        let field = self.field(subgraph, object, name)?;
        if field.external || !self.is_active(field) {
            return None;
        }
        let needs_more = field.requires.is_some() || !field.context_arguments.is_empty();
        Some(if needs_more {
            Resolution::Requires(field)
        } else {
            Resolution::Local(field)
        })
    }

    fn is_active(&self, field: &SubgraphField) -> bool {
        match &field.override_label {
            Some(label) => self.labels.contains(&label.label) == label.when,
            None => !field.overridden,
        }
    }

    /// The resolvable keys by which objects of the type are entered in the subgraph.
    pub(crate) fn entries(
        &self,
        subgraph: SubgraphId,
        object: usize,
    ) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        self.local_types(subgraph, object)
            .flat_map(|subgraph_type| {
                let resolvable = subgraph_type.keys.iter().filter(|key| key.resolvable);
                resolvable.map(move |key| Entry { subgraph_type, key })
            })
    }

    /// The resolvable keys of interfaces that the object type implements in the subgraph: for objects whose type is unknown.
    pub(crate) fn interface_entries(
        &self,
        subgraph: SubgraphId,
        interface: &str,
    ) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let local = self.subgraph(subgraph).types.get(interface);
        local.into_iter().flat_map(|subgraph_type| {
            let resolvable = subgraph_type.keys.iter().filter(|key| key.resolvable);
            resolvable.map(move |key| Entry { subgraph_type, key })
        })
    }
}

/// Interfaces that no object type implements. Each counts as an object type of its own, so that what is asked for on it is
/// planned, or found to be out of reach, like on any other.
fn interfaces_without_objects(supergraph: &Supergraph) -> Vec<Name> {
    let types = &supergraph.schema().types;
    let objects = types
        .values()
        .filter_map(|definition| definition.as_object());
    let implemented: FxHashSet<&Name> = objects
        .flat_map(|object| {
            object
                .implements_interfaces
                .iter()
                .map(|interface| &interface.name)
        })
        .collect();
    let interfaces = types
        .iter()
        .filter(|(_, definition)| definition.is_interface());
    let names = interfaces.map(|(name, _)| name);
    names
        .filter(|name| !implemented.contains(name))
        .cloned()
        .collect()
}

fn interface_objects(subgraph: &Subgraph) -> Vec<Name> {
    let standing = subgraph
        .types
        .values()
        .filter(|local| local.is_interface_object);
    standing.map(|local| local.name.clone()).collect()
}

fn possible_types(supergraph: &Supergraph, objects: &IndexSet<Name>) -> FxHashMap<Name, TypeSet> {
    let mut possible: FxHashMap<Name, TypeSet> = FxHashMap::default();
    let id_of = |name: &Name| objects.get_index_of(name);
    for (name, definition) in &supergraph.schema().types {
        match definition {
            ExtendedType::Object(object) => {
                let Some(id) = id_of(name) else { continue };
                possible.entry(name.clone()).or_default().insert(id);
                for interface in &object.implements_interfaces {
                    possible
                        .entry(interface.name.clone())
                        .or_default()
                        .insert(id);
                }
            }
            ExtendedType::Interface(_) => {
                if let Some(id) = id_of(name) {
                    possible.insert(name.clone(), TypeSet::single(id));
                }
            }
            ExtendedType::Union(union_type) => {
                let members = union_type
                    .members
                    .iter()
                    .filter_map(|member| id_of(&member.name));
                possible.insert(name.clone(), members.collect());
            }
            _ => {}
        }
    }
    possible
}
