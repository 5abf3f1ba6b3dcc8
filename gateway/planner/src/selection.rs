//! Selections in the planner's form, interned: a node is the set of needs at a place, whoever needs them.

use crate::defer::{DeferId, Defers};
use crate::graph::NameId;
use crate::type_set::TypeSet;
use apollo_compiler::ast::Argument;
use apollo_compiler::{Name, Node};
use indexmap::IndexSet;
use std::rc::Rc;
use weft_query_plan::Conjunction;
use weft_supergraph::SubgraphId;

/// A position in [`Selections`]' table of nodes. Equal nodes have equal ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

/// A position in the table of fields with arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FieldId(pub(crate) u32);

/// A field with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FieldUse {
    /// Its name.
    pub(crate) name: Name,
    /// The number of its name.
    pub(crate) name_id: NameId,
    /// Its arguments, sorted by name.
    pub(crate) arguments: Vec<Node<Argument>>,
}

/// One field that is needed at a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Need {
    /// The client's response key; `None` for inputs of other fetches.
    pub(crate) response_key: Option<Name>,
    /// The field.
    pub(crate) field: FieldId,
    /// When it is needed, given that its parent is.
    pub(crate) conditions: Conjunction,
    /// For which runtime types.
    pub(crate) types: TypeSet,
    /// Whether it is asked for below a condition on an object type: where types are unknown, they must be learned.
    pub(crate) is_narrowed: bool,
    /// What is needed below it; `None` for a leaf.
    pub(crate) child: Option<NodeId>,
    /// The deferred fragment that asks for it; `None` where it is needed at once.
    pub(crate) defer: Option<DeferId>,
}

impl Need {
    /// Whether it may be fetched for all of the given types: it is asked for on each, or an input, which does no harm.
    pub(crate) fn covers(&self, types: &TypeSet) -> bool {
        self.response_key.is_none() || (!self.is_narrowed && types.is_subset(&self.types))
    }

    /// For which of the objects of some types it is asked.
    pub(crate) fn asked(&self, types: &TypeSet) -> Asked {
        match self.response_key {
            None => Asked::AsInput,
            Some(_) if self.covers(types) => Asked::ForAll,
            Some(_) => Asked::ForSome,
        }
    }
}

/// For which of the objects at a place a field is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// As an input, which does no harm on any of them.
    AsInput,
    /// For all of them.
    ForAll,
    /// For some types: whoever cannot tell types apart may fetch it for all, while the types are learned elsewhere.
    ForSome,
}

/// Names the objects of a node as those that fields below take values from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BindingId(pub(crate) u32);

/// A value that fields take from a place above them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BoundValue {
    /// The place.
    pub(crate) binding: BindingId,
    /// The field of its objects that is the value, or leads to it.
    pub(crate) field: FieldId,
}

/// A field that takes a value from a place above, where a subgraph resolves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Wait {
    /// The field.
    pub(crate) field: NameId,
    /// Where it is resolved.
    pub(crate) subgraph: SubgraphId,
    /// The value.
    pub(crate) value: BoundValue,
}

/// Everything that is needed at a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct SelectionNode {
    /// The needs, in the order of their texts.
    pub(crate) needs: Vec<Rc<Need>>,
    /// Where fields below take values from here: then the needs without a response key are those values.
    pub(crate) gives: Option<BindingId>,
    /// Which values from places above fields of this node take.
    pub(crate) waits_for: Vec<Wait>,
    /// The values of this place, and of those above it, that fields further below take in some subgraph: a call that is entered here
    /// can take those along.
    pub(crate) passes: Vec<(SubgraphId, BoundValue)>,
    /// The deferred fragments that stand here, by their numbers, each with one around it that stands here too.
    pub(crate) starts: Vec<(usize, Option<usize>)>,
}

impl SelectionNode {
    /// A node with those needs.
    pub(crate) fn of(needs: impl IntoIterator<Item = impl Into<Rc<Need>>>) -> Self {
        Self {
            needs: needs.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

/// The tables of nodes and fields.
#[derive(Debug, Default)]
pub(crate) struct Selections {
    nodes: IndexSet<SelectionNode>,
    fields: IndexSet<FieldUse>,
    /// The deferred fragments.
    pub(crate) defers: Defers,
}

impl Selections {
    /// The id of a node.
    pub(crate) fn intern(&mut self, node: SelectionNode) -> NodeId {
        NodeId(self.nodes.insert_full(node).0 as u32)
    }

    /// The id of a field with arguments.
    pub(crate) fn intern_field(
        &mut self,
        name: &Name,
        name_id: NameId,
        arguments: &[Node<Argument>],
    ) -> FieldId {
        let mut arguments = arguments.to_vec();
        arguments.sort_by(|a, b| a.name.cmp(&b.name));
        let field = FieldUse {
            name: name.clone(),
            name_id,
            arguments,
        };
        FieldId(self.fields.insert_full(field).0 as u32)
    }

    /// The node with that id.
    pub(crate) fn node(&self, id: NodeId) -> &SelectionNode {
        &self.nodes[id.0 as usize]
    }

    /// The number of a field's name.
    pub(crate) fn name_id(&self, id: FieldId) -> NameId {
        self.field(id).name_id
    }

    /// The field with that id.
    pub(crate) fn field(&self, id: FieldId) -> &FieldUse {
        &self.fields[id.0 as usize]
    }
}
