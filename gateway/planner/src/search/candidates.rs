//! Which subgraphs are worth entering at a place: those that help with a need, and those that they in turn need for keys and
//! requirements.

use super::{Available, Class, Frame, Handle, Level, Origin, Search, Way, knowing};
use crate::graph::Resolution;
use crate::selection::{Asked, NodeId};
use apollo_compiler::Name;
use indexmap::IndexSet;
use weft_supergraph::SubgraphId;

impl Search<'_> {
    /// The subgraphs that can contribute at the place: those without an alternative, and the others.
    pub(super) fn candidates(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
    ) -> (Vec<SubgraphId>, Vec<SubgraphId>) {
        let mut forced: IndexSet<SubgraphId> = IndexSet::new();
        let mut free: IndexSet<SubgraphId> = IndexSet::new();
        for class in &frame.classes {
            let available = self.closure(frame, class, handles, &|_| true);
            let mut wanted: IndexSet<SubgraphId> = IndexSet::new();
            for &need in &class.needs {
                let options = self.options(frame, class, handles, &available, frame.node, need);
                // What is open may answer it too, where something is entered below.
                if let [only] = options[..]
                    && !self.is_given(frame, class, &available, need)
                {
                    forced.insert(only);
                }
                wanted.extend(options);
            }
            self.add_supporters(frame, class, handles, &available, &mut wanted);
            free.extend(wanted);
        }
        let mut forced: Vec<SubgraphId> = forced.into_iter().collect();
        let mut free: Vec<SubgraphId> = free
            .into_iter()
            .filter(|subgraph| !forced.contains(subgraph))
            .collect();
        forced.sort();
        free.sort();
        (forced, free)
    }

    /// Whether a given handle resolves a need, whatever is then needed below.
    fn is_given(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        position: usize,
    ) -> bool {
        let need = self.selections.node(frame.node).needs[position].clone();
        let name = self.selections.field(need.field).name.clone();
        let asked = self.selections.asked(frame.node, &need, &frame.types);
        let resolving = self.resolving(frame, class, available, &name, asked, Level::MAX);
        resolving
            .iter()
            .any(|&(index, _)| matches!(available[index].origin, Origin::Given(_)))
    }

    /// The subgraphs whose entry helps with a need; none where a given handle answers it alone.
    fn options(
        &mut self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        available: &[Available],
        node: NodeId,
        position: usize,
    ) -> Vec<SubgraphId> {
        let need = self.selections.node(node).needs[position].clone();
        let name = self.selections.field(need.field).name.clone();
        let asked = self.selections.asked(node, &need, &frame.types);
        let resolving = self.resolving(frame, class, available, &name, asked, Level::MAX);
        let answered = resolving.iter().any(|&(index, _)| {
            let Origin::Given(given) = available[index].origin else {
                return false;
            };
            let gives = !handles[given].is_closed || asked == Asked::AsInput;
            let is_local = name == "__typename"
                || gives
                    && self
                        .local_field(&handles[given], class.representative, &name)
                        .is_some();
            is_local && self.is_answered_below(&available[index].handle, class, &name, need.child)
        });
        if answered {
            return Vec::new();
        }
        let mut options: Vec<SubgraphId> = Vec::new();
        for (index, _) in resolving {
            let one = &available[index];
            let is_entered = !matches!(one.origin, Origin::Given(_));
            if is_entered && !options.contains(&one.handle.subgraph) {
                options.push(one.handle.subgraph);
            }
        }
        options
    }

    fn is_answered_below(
        &mut self,
        handle: &Handle,
        class: &Class,
        name: &Name,
        child: Option<NodeId>,
    ) -> bool {
        let Some(child) = child else { return true };
        let below = self.descend(handle, handle.level, &class.types, name);
        self.is_closed(child, &below)
    }

    /// Adds the subgraphs that the wanted ones need for their keys and requirements.
    fn add_supporters(
        &mut self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        available: &[Available],
        wanted: &mut IndexSet<SubgraphId>,
    ) {
        let mut inputs: IndexSet<NodeId> = IndexSet::new();
        if frame.is_blind && frame.is_restricted {
            wanted.extend(knowing(available).map(|(index, _)| available[index].handle.subgraph));
        }
        for &need in &class.needs {
            self.add_requirements(class, frame.node, need, &mut inputs);
        }
        let mut position = 0;
        let mut looked_at = 0;
        while position < wanted.len() || looked_at < inputs.len() {
            if let Some(&subgraph) = wanted.get_index(position) {
                position += 1;
                for one in available
                    .iter()
                    .filter(|one| one.handle.subgraph == subgraph)
                {
                    if let Origin::Entered(Way::Key {
                        fields, needs_type, ..
                    }) = &one.origin
                    {
                        inputs.insert(*fields);
                        if *needs_type && frame.is_blind {
                            let knowing =
                                available.iter().find(|one| !one.handle.is_interface_object);
                            wanted.extend(knowing.map(|one| one.handle.subgraph));
                        }
                    }
                }
                continue;
            }
            let Some(&node) = inputs.get_index(looked_at) else {
                break;
            };
            looked_at += 1;
            for need in 0..self.selections.node(node).needs.len() {
                if !self.selections.node(node).needs[need]
                    .types
                    .contains(class.representative)
                {
                    continue;
                }
                let options = self.options(frame, class, handles, available, node, need);
                wanted.extend(options);
                self.add_requirements(class, node, need, &mut inputs);
            }
        }
    }

    fn add_requirements(
        &mut self,
        class: &Class,
        node: NodeId,
        need: usize,
        inputs: &mut IndexSet<NodeId>,
    ) {
        let field = self.selections.node(node).needs[need].field;
        let name = self.selections.field(field).name.clone();
        for subgraph in self.graph.subgraph_ids() {
            let resolution = self.graph.resolution(subgraph, class.representative, &name);
            if let Some(Resolution::Requires(field)) = resolution
                && let Some(fields) = &field.requires
            {
                inputs.insert(self.field_set_node(fields, &class.types));
            }
        }
    }
}
