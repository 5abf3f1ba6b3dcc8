//! Which subgraphs are worth entering at a place: those that help with a need, and those that they in turn need for keys and
//! requirements.

use super::{Class, Frame, Handle, Level, Origin, Search, Set, Setting, Way, knowing};
use crate::graph::{NameId, Resolution, TYPENAME};
use crate::selection::{Asked, NodeId};
use weft_supergraph::SubgraphId;

/// Who could answer a need.
struct Options {
    /// The subgraphs whose entry helps.
    entered: Vec<SubgraphId>,
    /// Whether something that is open resolves it, whatever is then needed below.
    is_given: bool,
}

/// The subgraphs that can contribute at a place.
pub(super) struct Candidates {
    /// Those without an alternative.
    pub(super) forced: Vec<SubgraphId>,
    /// The others.
    pub(super) free: Vec<SubgraphId>,
    /// Needs that nothing open answers: of each of these sets one must be entered.
    alternatives: Set<Vec<SubgraphId>>,
}

impl Candidates {
    /// Whether entering some of the free ones, beside those that are forced, could answer every need.
    pub(super) fn can_do_with(&self, chosen: &[SubgraphId]) -> bool {
        let mut all = self.alternatives.iter();
        all.all(|any| any.iter().any(|one| chosen.contains(one)))
    }
}

impl Search<'_> {
    /// The subgraphs that can contribute at the place by `deadline`.
    pub(super) fn candidates(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        deadline: Level,
    ) -> Candidates {
        let mut forced: Set<SubgraphId> = Set::default();
        let mut free: Set<SubgraphId> = Set::default();
        let mut alternatives: Set<Vec<SubgraphId>> = Set::default();
        for class in &frame.classes {
            let available = self.closure(frame, class, handles, &|_| true);
            let setting = Setting {
                frame,
                class,
                available: &available,
            };
            let mut wanted: Set<SubgraphId> = Set::default();
            for &need in &class.needs {
                let options = self.options(setting, frame.node, need, deadline);
                wanted.extend(options.entered.iter().copied());
                // What is open may answer it too, where something is entered below.
                match options.entered[..] {
                    _ if options.is_given => {}
                    [] => {}
                    [only] => {
                        forced.insert(only);
                    }
                    _ => {
                        alternatives.insert(options.entered);
                    }
                }
            }
            self.add_supporters(setting, deadline, &mut wanted);
            free.extend(wanted);
        }
        let mut forced: Vec<SubgraphId> = forced.into_iter().collect();
        let mut free: Vec<SubgraphId> = free
            .into_iter()
            .filter(|subgraph| !forced.contains(subgraph))
            .collect();
        forced.sort();
        free.sort();
        alternatives.retain(|any| !any.iter().any(|one| forced.contains(one)));
        Candidates {
            forced,
            free,
            alternatives,
        }
    }

    /// The subgraphs whose entry helps with a need; none where what is open answers it alone, and in time.
    fn options(
        &mut self,
        setting: Setting<'_>,
        node: NodeId,
        position: usize,
        deadline: Level,
    ) -> Options {
        let Setting {
            frame,
            class,
            available,
        } = setting;
        let need = self.selections.node(node).needs[position].clone();
        let name = self.selections.name_id(need.field);
        let asked = need.asked(&frame.types);
        let resolving = self.all_resolving(setting, name, asked, deadline);
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
            let at_once = |object| self.gives_at_once(frame.node, &available[index], object, name);
            let is_local = name == TYPENAME || gives && at_once(class.representative);
            is_given(index)
                && level <= in_time
                && is_local
                && self.is_answered_below(handle, class, name, need.child)
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
        name: NameId,
        child: Option<NodeId>,
    ) -> bool {
        let Some(child) = child else { return true };
        let below = self.descend(handle, handle.level, &class.types, name);
        self.is_closed(child, &below)
    }

    /// Adds the subgraphs that the wanted ones need for their keys and requirements.
    fn add_supporters(
        &mut self,
        setting: Setting<'_>,
        deadline: Level,
        wanted: &mut Set<SubgraphId>,
    ) {
        let Setting {
            frame,
            class,
            available,
        } = setting;
        let mut inputs: Set<NodeId> = Set::default();
        if frame.is_blind && frame.is_restricted {
            wanted.extend(knowing(available).map(|(index, _)| available[index].handle.subgraph));
        }
        for &need in &class.needs {
            self.add_requirements(setting, frame.node, need, &mut inputs);
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
                wanted.extend(self.options(setting, node, need, deadline).entered);
                self.add_requirements(setting, node, need, &mut inputs);
            }
        }
    }

    /// Adds what a field requires wherever it requires something, and the key that leads there once more.
    fn add_requirements(
        &mut self,
        setting: Setting<'_>,
        node: NodeId,
        need: usize,
        inputs: &mut Set<NodeId>,
    ) {
        let field = self.selections.node(node).needs[need].field;
        let name = self.selections.name_id(field);
        let class = setting.class;
        for subgraph in self.graph.subgraph_ids() {
            let resolution = self.graph.resolution(subgraph, class.representative, name);
            let Some(Resolution::Requires(field)) = resolution else {
                continue;
            };
            if let Some(fields) = &field.requires {
                inputs.insert(self.field_set_node(fields, &class.types));
            }
            let way_in = self.requirement(setting, subgraph, name);
            if let Some((_, Way::Key { fields, .. })) = way_in {
                inputs.insert(fields);
            }
        }
    }
}
