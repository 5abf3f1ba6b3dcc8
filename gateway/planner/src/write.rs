//! A group's tree in, the selection that its subgraph is sent out: fields on interfaces where the subgraph has them
//! there, inline fragments where it has not.

mod conflict;
mod own_variables;

use crate::build::{GroupContext, Input, TreeId, Trees};
use crate::graph::Graph;
use crate::selection::{FieldId, FieldUse, Selections};
use crate::type_set::TypeSet;
use apollo_compiler::ast::{Argument, OperationType, Type, Value};
use apollo_compiler::{Name, Node, name};
use indexmap::IndexMap;
use weft_query_plan::{
    Condition, Conjunction, FetchField, FetchFragment, FetchSelection, FetchSelectionSet,
};
use weft_supergraph::{SubgraphField, SubgraphId, SubgraphType};

pub(crate) use conflict::rename_conflicts;
pub(crate) use own_variables::OwnVariables;

/// Writes the selections of one subgraph's requests.
pub(crate) struct Writer<'w, 'a> {
    pub(crate) graph: &'w Graph<'a>,
    pub(crate) selections: &'w Selections,
    pub(crate) trees: &'w Trees,
    pub(crate) subgraph: SubgraphId,
    /// What the group's fields take from above, by position of their variables.
    pub(crate) contexts: &'w [GroupContext],
    pub(crate) own_variables: &'w OwnVariables,
}

/// What objects can be where a selection is written.
#[derive(Clone)]
struct Scope<'a> {
    types: TypeSet,
    /// Whether it is below the entities that a call is about.
    is_below: bool,
    /// The type in the subgraph; `None` for `_Entity`.
    local: Option<&'a SubgraphType>,
}

/// Fields that become one field of the request.
#[derive(Clone, PartialEq, Eq, Hash)]
struct FieldKey {
    stored_as: Name,
    field: FieldId,
    conditions: Conjunction,
}

/// A field, the types that it is selected for, and what is selected below.
struct Part {
    key: FieldKey,
    types: TypeSet,
    children: Vec<TreeId>,
}

impl<'a> Writer<'_, 'a> {
    /// The selection on a root type.
    pub(crate) fn root(&self, operation_type: OperationType, tree: TreeId) -> FetchSelectionSet {
        let local = self.root_type(operation_type);
        let types = local
            .map(|local| self.graph.possible(&local.name))
            .unwrap_or_default();
        let is_below = false;
        let scope = Scope {
            types,
            is_below,
            local,
        };
        self.selection(&[tree], &scope)
    }

    /// The selection on entities that come in by those inputs.
    pub(crate) fn entities(&self, trees: &[TreeId], inputs: &[Input]) -> FetchSelectionSet {
        let mut types = TypeSet::default();
        inputs.iter().for_each(|input| types.extend(&input.types));
        let scope = Scope {
            types,
            is_below: false,
            local: None,
        };
        self.selection(trees, &scope)
    }

    fn root_type(&self, operation_type: OperationType) -> Option<&'a SubgraphType> {
        let name = self.graph.supergraph().root_type(operation_type)?;
        self.graph.subgraph(self.subgraph).types.get(name)
    }

    fn selection(&self, trees: &[TreeId], scope: &Scope<'a>) -> FetchSelectionSet {
        let mut items = Vec::new();
        if trees.iter().any(|&tree| self.trees.get(tree).has_typename) {
            items.push(FetchSelection::Field(typename_field()));
        }
        let (direct, rest) = self.split(self.parts(trees, scope), scope);
        self.write_direct(direct, scope, &mut items);
        for (type_condition, scope, parts) in self.fragments(rest, scope) {
            let mut below = Vec::new();
            self.write_direct(parts, &scope, &mut below);
            items.push(FetchSelection::Fragment(FetchFragment {
                type_condition: Some(type_condition),
                conditions: Conjunction::default(),
                selection: FetchSelectionSet { items: below },
            }));
        }
        if items.is_empty() {
            items.push(FetchSelection::Field(typename_field()));
        }
        FetchSelectionSet { items }
    }

    fn parts(&self, trees: &[TreeId], scope: &Scope<'a>) -> Vec<Part> {
        let mut parts = Vec::new();
        for &tree in trees {
            for item in &self.trees.get(tree).items {
                let types = item.types.intersection(&scope.types);
                if types.is_empty() {
                    continue;
                }
                let key = FieldKey {
                    stored_as: item.stored_as.clone(),
                    field: item.field,
                    conditions: item.conditions.clone(),
                };
                parts.push(Part {
                    key,
                    types,
                    children: item.child.into_iter().collect(),
                });
            }
        }
        parts
    }

    /// The parts that the type at hand has itself and that all objects need, and the others.
    fn split(&self, parts: Vec<Part>, scope: &Scope<'a>) -> (Vec<Part>, Vec<Part>) {
        parts.into_iter().partition(|part| {
            let name = &self.selections.field(part.key.field).name;
            let has_field =
                |local: &SubgraphType| name == "__typename" || local.fields.contains_key(name);
            scope.local.is_some_and(has_field) && scope.types.is_subset(&part.types)
        })
    }

    fn write_direct(&self, parts: Vec<Part>, scope: &Scope<'a>, items: &mut Vec<FetchSelection>) {
        let mut merged: IndexMap<FieldKey, Vec<TreeId>> = IndexMap::new();
        for part in parts {
            merged.entry(part.key).or_default().extend(part.children);
        }
        for (key, children) in merged {
            items.push(conditional(self.field(key, &children, scope)));
        }
    }

    fn field(&self, key: FieldKey, children: &[TreeId], scope: &Scope<'a>) -> FetchField {
        let used = self.selections.field(key.field);
        let definition = scope.local.and_then(|local| local.fields.get(&used.name));
        let ty = definition.map_or_else(|| Type::Named(name!("String")), |field| field.ty.clone());
        let selection = if children.is_empty() {
            FetchSelectionSet::default()
        } else {
            let named = ty.inner_named_type();
            let (types, _) = self.graph.local_possible(self.subgraph, named);
            let local = self.graph.subgraph(self.subgraph).types.get(named);
            let types = TypeSet::clone(&types);
            let is_below = true;
            let scope = Scope {
                types,
                is_below,
                local,
            };
            self.selection(children, &scope)
        };
        FetchField {
            response_key: key.stored_as.clone(),
            name: used.name.clone(),
            stored_as: key.stored_as,
            arguments: self.arguments(used, definition, scope.is_below),
            conditions: key.conditions,
            ty,
            selection,
        }
    }

    /// The client's arguments, and those that take variables from contexts.
    fn arguments(
        &self,
        used: &FieldUse,
        definition: Option<&SubgraphField>,
        is_below: bool,
    ) -> Vec<Node<Argument>> {
        let mut arguments = used.arguments.clone();
        for wanted in definition.iter().flat_map(|field| &field.context_arguments) {
            let position = self
                .contexts
                .iter()
                .position(|one| one.is_below == is_below && one.argument == *wanted);
            arguments.extend(position.map(|position| {
                Node::new(Argument {
                    name: wanted.argument.clone(),
                    value: Node::new(Value::Variable(self.own_variables.context(position))),
                })
            }));
        }
        arguments
    }

    /// The fragments for parts that are not on the type at hand: on an abstract type where one fits, else on each object type.
    fn fragments(&self, parts: Vec<Part>, scope: &Scope<'a>) -> Vec<(Name, Scope<'a>, Vec<Part>)> {
        let mut by_types: IndexMap<TypeSet, Vec<Part>> = IndexMap::new();
        for part in parts {
            by_types.entry(part.types.clone()).or_default().push(part);
        }
        let mut fragments: IndexMap<Name, (Scope<'a>, Vec<Part>)> = IndexMap::new();
        for (types, parts) in by_types {
            if types.len() > 1
                && let Some(local) = self.abstract_type(&types, &parts, scope)
            {
                let scope = Scope {
                    types,
                    is_below: scope.is_below,
                    local: Some(local),
                };
                let entry = fragments
                    .entry(local.name.clone())
                    .or_insert_with(|| (scope, Vec::new()));
                entry.1.extend(parts);
                continue;
            }
            for object in types.iter() {
                self.add_for_object(object, &parts, scope.is_below, &mut fragments);
            }
        }
        fragments
            .into_iter()
            .map(|(name, (scope, parts))| (name, scope, parts))
            .collect()
    }

    fn add_for_object(
        &self,
        object: usize,
        parts: &[Part],
        is_below: bool,
        fragments: &mut IndexMap<Name, (Scope<'a>, Vec<Part>)>,
    ) {
        for local in self.graph.local_types(self.subgraph, object) {
            let has_field = |part: &&Part| {
                let name = &self.selections.field(part.key.field).name;
                name == "__typename" || local.fields.contains_key(name)
            };
            for part in parts.iter().filter(has_field) {
                let (scope, known) = fragments.entry(local.name.clone()).or_insert_with(|| {
                    (
                        Scope {
                            types: TypeSet::default(),
                            is_below,
                            local: Some(local),
                        },
                        Vec::new(),
                    )
                });
                scope.types.insert(object);
                let (key, children) = (part.key.clone(), part.children.clone());
                known.push(Part {
                    key,
                    types: TypeSet::single(object),
                    children,
                });
            }
        }
    }

    /// An interface of the subgraph that stands for exactly these types here and has all the fields.
    fn abstract_type(
        &self,
        types: &TypeSet,
        parts: &[Part],
        scope: &Scope<'a>,
    ) -> Option<&'a SubgraphType> {
        let fits = |local: &&SubgraphType| {
            let has_fields = parts.iter().all(|part| {
                local
                    .fields
                    .contains_key(&self.selections.field(part.key.field).name)
            });
            has_fields && local.kind.is_abstract() && {
                let (possible, _) = self.graph.local_possible(self.subgraph, &local.name);
                match scope.local {
                    Some(_) => possible.intersection(&scope.types) == *types,
                    None => *possible == *types,
                }
            }
        };
        self.graph.subgraph(self.subgraph).types.values().find(fits)
    }
}

/// A field carries at most one `@skip` and one `@include`; more conditions need fragments around it.
fn conditional(mut field: FetchField) -> FetchSelection {
    let mut kept: Vec<Condition> = Vec::new();
    let mut around: Vec<Condition> = Vec::new();
    for condition in std::mem::take(&mut field.conditions.0) {
        let is_first = kept.iter().all(|known| known.value != condition.value);
        if is_first {
            kept.push(condition)
        } else {
            around.push(condition)
        }
    }
    field.conditions = Conjunction(kept);
    around
        .into_iter()
        .fold(FetchSelection::Field(field), |inner, condition| {
            FetchSelection::Fragment(FetchFragment {
                type_condition: None,
                conditions: Conjunction(vec![condition]),
                selection: FetchSelectionSet { items: vec![inner] },
            })
        })
}

fn typename_field() -> FetchField {
    FetchField {
        response_key: name!("__typename"),
        name: name!("__typename"),
        stored_as: name!("__typename"),
        arguments: Vec::new(),
        conditions: Conjunction::default(),
        ty: Type::NonNullNamed(name!("String")),
        selection: FetchSelectionSet::default(),
    }
}
