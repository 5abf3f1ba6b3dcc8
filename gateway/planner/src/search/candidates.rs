//! Which subgraphs are worth entering at a place: those that help with a need, and those that they in turn need for keys and
//! requirements.

use super::{Available, Class, Frame, Handle, Level, Origin, Search, Way, knowing};
use crate::graph::Resolution;
use crate::selection::{Asked, NodeId};
use apollo_compiler::Name;
use indexmap::IndexSet;
use weft_supergraph::SubgraphId;

/// A class with all that could be available for it by a deadline.
#[derive(Clone, Copy)]
struct Scene<'s> {
    frame: &'s Frame,
    class: &'s Class,
    available: &'s [Available],
    deadline: Level,
}

/// Who could answer a need.
struct Options {
    /// The subgraphs whose entry helps.
    entered: Vec<SubgraphId>,
    /// Whether something that is open resolves it, whatever is then needed below.
    is_given: bool,
}

impl Search<'_> {
    /// The subgraphs that can contribute at the place by `deadline`: those without an alternative, and the others.
    pub(super) fn candidates(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        deadline: Level,
    ) -> (Vec<SubgraphId>, Vec<SubgraphId>) {
        let mut forced: IndexSet<SubgraphId> = IndexSet::new();
        let mut free: IndexSet<SubgraphId> = IndexSet::new();
        for class in &frame.classes {
            let available = self.closure(frame, class, handles, &|_| true);
            let scene = Scene {
                frame,
                class,
                available: &available,
                deadline,
            };
            let mut wanted: IndexSet<SubgraphId> = IndexSet::new();
            for &need in &class.needs {
                let options = self.options(&scene, frame.node, need);
                // What is open may answer it too, where something is entered below.
                if let [only] = options.entered[..]
                    && !options.is_given
                {
                    forced.insert(only);
                }
                wanted.extend(options.entered);
            }
            self.add_supporters(&scene, &mut wanted);
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

    /// The subgraphs whose entry helps with a need; none where what is open answers it alone, and in time.
    fn options(&mut self, scene: &Scene<'_>, node: NodeId, position: usize) -> Options {
        let Scene {
            frame,
            class,
            available,
            deadline,
        } = *scene;
        let need = self.selections.node(node).needs[position].clone();
        let name = self.selections.field(need.field).name.clone();
        let asked = need.asked(&frame.types);
        let resolving = self.all_resolving(frame, class, available, &name, asked, deadline);
        let soonest = resolving.iter().map(|&(_, level)| level).min();
        // An input may be needed before the last step.
        let in_time = match asked {
            Asked::AsInput => soonest.unwrap_or(deadline),
            _ => deadline,
        };
        let is_given = |index: usize| matches!(available[index].origin, Origin::Given(_));
        let is_answered = resolving.iter().any(|&(index, level)| {
            let handle = &available[index].handle;
            let gives = !handle.is_closed || asked == Asked::AsInput;
            let is_local = name == "__typename"
                || gives
                    && self
                        .local_field(handle, class.representative, &name)
                        .is_some();
            is_given(index)
                && level <= in_time
                && is_local
                && self.is_answered_below(handle, class, &name, need.child)
        });
        let mut entered: Vec<SubgraphId> = Vec::new();
        for &(index, _) in resolving.iter().filter(|_| !is_answered) {
            let subgraph = available[index].handle.subgraph;
            if !is_given(index) && !entered.contains(&subgraph) {
                entered.push(subgraph);
            }
        }
        Options {
            entered,
            is_given: resolving.iter().any(|&(index, _)| is_given(index)),
        }
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
    fn add_supporters(&mut self, scene: &Scene<'_>, wanted: &mut IndexSet<SubgraphId>) {
        let Scene {
            frame,
            class,
            available,
            ..
        } = *scene;
        let mut inputs: IndexSet<NodeId> = IndexSet::new();
        if frame.is_blind && frame.is_restricted {
            wanted.extend(knowing(available).map(|(index, _)| available[index].handle.subgraph));
        }
        for &need in &class.needs {
            self.add_requirements(scene, frame.node, need, &mut inputs);
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
                wanted.extend(self.options(scene, node, need).entered);
                self.add_requirements(scene, node, need, &mut inputs);
            }
        }
    }

    /// Adds what a field requires wherever it requires something, and the key that leads there once more.
    fn add_requirements(
        &mut self,
        scene: &Scene<'_>,
        node: NodeId,
        need: usize,
        inputs: &mut IndexSet<NodeId>,
    ) {
        let field = self.selections.node(node).needs[need].field;
        let name = self.selections.field(field).name.clone();
        let Scene {
            frame,
            class,
            available,
            ..
        } = *scene;
        for subgraph in self.graph.subgraph_ids() {
            let resolution = self.graph.resolution(subgraph, class.representative, &name);
            let Some(Resolution::Requires(field)) = resolution else {
                continue;
            };
            if let Some(fields) = &field.requires {
                inputs.insert(self.field_set_node(fields, &class.types));
            }
            let way_in = self.requirement(frame, class, available, subgraph, &name);
            if let Some((_, Way::Key { fields, .. })) = way_in {
                inputs.insert(fields);
            }
        }
    }
}
