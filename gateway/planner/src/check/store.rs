//! What fetches write, for every runtime type that an object can have.

use super::model::Model;
use super::waste::Read;
use crate::type_set::TypeSet;
use apollo_compiler::ast::{Argument, OperationType};
use apollo_compiler::{Name, Node, name};
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::StrandId;

/// The merged response, for all runtime types at once.
pub(super) struct Store {
    /// The response itself.
    pub(super) root: Object,
    /// The type of the response.
    pub(super) root_type: usize,
}

/// An object: what is written for each runtime type.
#[derive(Default)]
pub(super) struct Object {
    pub(super) cells: BTreeMap<(usize, Name), Cell>,
}

/// A key of an object of one type.
pub(super) struct Cell {
    /// The field.
    pub(super) name: Name,
    /// Its arguments, sorted.
    pub(super) arguments: Vec<Node<Argument>>,
    /// Who writes it.
    pub(super) writers: BTreeSet<StrandId>,
    /// The fields of fetches that write it, by identity.
    pub(super) fields: BTreeSet<usize>,
    /// How it is read.
    pub(super) read: std::cell::Cell<Read>,
    /// The types that its objects can have, as far as writers know.
    pub(super) types: TypeSet,
    /// Its objects.
    pub(super) below: Object,
}

impl Store {
    /// An empty response.
    pub(super) fn new(model: &Model<'_>, operation_type: OperationType) -> Self {
        Self {
            root: Object::default(),
            root_type: model.root(operation_type).unwrap_or_default(),
        }
    }
}

impl Cell {
    /// Leaves the types that another writer knows as well; all of both, where they have none in common.
    pub(super) fn narrow(&mut self, types: &TypeSet) {
        let common = self.types.intersection(types);
        match common.is_empty() {
            true => self.types.extend(types),
            false => self.types = common,
        }
    }

    /// Notes that it is read.
    pub(super) fn mark(&self, read: Read) {
        self.read.set(read.max(self.read.get()));
    }
}

impl Object {
    /// The cell of a key for a type.
    pub(super) fn cell(&self, object: usize, key: &Name) -> Option<&Cell> {
        self.cells.get(&(object, key.clone()))
    }

    /// Whether `__typename` is written for a type.
    pub(super) fn has_type(&self, object: usize) -> bool {
        self.cell(object, &name!("__typename")).is_some()
    }

    /// Whether `__typename` is written for a type, by one of the given strands.
    pub(super) fn knows_type(&self, object: usize, writers: &BTreeSet<StrandId>) -> bool {
        let cell = self.cell(object, &name!("__typename"));
        cell.is_some_and(|cell| !cell.writers.is_disjoint(writers))
    }
}

/// Arguments in the order in which they are compared.
pub(super) fn sorted(arguments: &[Node<Argument>]) -> Vec<Node<Argument>> {
    let mut arguments = arguments.to_vec();
    arguments.sort_by(|a, b| a.name.cmp(&b.name));
    arguments
}
