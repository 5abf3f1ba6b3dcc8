//! From what is open at a place to what can be entered from there: at which step, and by which key.

use super::{Class, Frame, Handle, Level, Search};
use crate::graph::{Entry, Resolution};
use crate::selection::{Asked, NodeId};
use apollo_compiler::Name;
use std::sync::Arc;
use weft_supergraph::{SubgraphField, SubgraphId};

/// A subgraph that is open for a class of types at a place, or can be.
#[derive(Debug, Clone)]
pub(crate) struct Available {
    /// What it offers.
    pub(crate) handle: Handle,
    /// How it comes to be open.
    pub(crate) origin: Origin,
}

impl Available {
    /// Whether it came with the field above, for objects whose types it does not know.
    pub(crate) fn is_untold(&self) -> bool {
        self.handle.is_interface_object && matches!(self.origin, Origin::Given(_))
    }
}

/// How a subgraph comes to be open at a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// The field above was fetched there: a position in the given handles.
    Given(usize),
    /// It is entered here.
    Entered(Way),
}

/// How a subgraph is entered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// By a root type.
    Root,
    /// By a key.
    Key {
        /// The key's fields.
        fields: NodeId,
        /// The type that has the key in the subgraph: the object type itself, or an interface.
        key_type: Name,
        /// Whether the key belongs to an interface object there.
        is_interface_object: bool,
        /// Whether an object's own type must be known first.
        needs_type: bool,
    },
}

impl<'a> Search<'a> {
    /// All that is open for a class, when the subgraphs that `allowed` names may be entered.
    pub(crate) fn closure(
        &mut self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        allowed: &dyn Fn(SubgraphId) -> bool,
    ) -> Vec<Available> {
        let mut available = given(class, handles);
        let closed_to: Vec<SubgraphId> = self
            .graph
            .subgraph_ids()
            .filter(|&subgraph| {
                allowed(subgraph) && self.is_worth_entering(frame, class, handles, subgraph)
            })
            .collect();
        let mut closed_to = closed_to;
        loop {
            let mut entered: Vec<Available> = Vec::new();
            for &subgraph in &closed_to {
                entered.extend(self.enter(frame, class, handles, &available, subgraph));
            }
            let Some(soonest) = entered.iter().map(|one| one.handle.level).min() else {
                break;
            };
            entered.retain(|one| one.handle.level == soonest);
            closed_to.retain(|&subgraph| entered.iter().all(|one| one.handle.subgraph != subgraph));
            available.append(&mut entered);
        }
        available
    }

    fn is_worth_entering(
        &self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        subgraph: SubgraphId,
    ) -> bool {
        let is_open = handles.iter().any(|handle| {
            handle.subgraph == subgraph
                && !handle.is_closed
                && handle.types.contains(class.representative)
                && !(handle.is_interface_object && frame.is_restricted)
        });
        let is_allowed = !handles.is_empty() || self.only_root.is_none_or(|only| only == subgraph);
        is_allowed && !is_open && self.graph.knows(subgraph, class.representative)
    }

    /// The soonest way into a subgraph from what is available.
    pub(crate) fn enter(
        &mut self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        available: &[Available],
        subgraph: SubgraphId,
    ) -> Option<Available> {
        let object = class.representative;
        if handles.is_empty() || self.graph.is_query_root(object) {
            let from = available
                .iter()
                .map(|one| one.handle.level)
                .min()
                .unwrap_or(0);
            let level = self.step_from(subgraph, from + 1)?;
            return Some(self.entered(class, subgraph, level, Way::Root));
        }
        let entries = self.entries(frame, class, handles, subgraph);
        self.soonest(frame, class, available, subgraph, entries)
    }

    /// The soonest of some ways into a subgraph, each with whether an object's own type must be known for it.
    fn soonest(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        subgraph: SubgraphId,
        entries: Vec<(Entry<'a>, bool)>,
    ) -> Option<Available> {
        let mut best: Option<(Level, Way)> = None;
        for (entry, needs_type) in entries {
            let fields = self.field_set_node(&entry.key.fields, &class.types);
            let Some(fetched) = self.fetched(frame, class, available, fields, needs_type) else {
                continue;
            };
            if best.as_ref().is_none_or(|(level, _)| fetched + 1 < *level) {
                let way = Way::Key {
                    fields,
                    key_type: entry.subgraph_type.name.clone(),
                    is_interface_object: entry.subgraph_type.is_interface_object,
                    needs_type,
                };
                best = Some((fetched + 1, way));
            }
        }
        let (level, way) = best?;
        let level = self.step_from(subgraph, level)?;
        Some(self.entered(class, subgraph, level, way))
    }

    fn entered(&self, class: &Class, subgraph: SubgraphId, level: Level, way: Way) -> Available {
        let is_interface_object = matches!(
            &way,
            Way::Key {
                is_interface_object: true,
                ..
            }
        );
        let handle = Handle {
            level,
            subgraph,
            types: Arc::new(class.types.clone()),
            provides: 0,
            is_interface_object,
            is_closed: false,
        };
        Available {
            handle,
            origin: Origin::Entered(way),
        }
    }

    /// The keys by which the class can be entered, and whether the object's own type must be known for it.
    fn entries(
        &self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        subgraph: SubgraphId,
    ) -> Vec<(Entry<'a>, bool)> {
        let own = self.graph.entries(subgraph, class.representative);
        let mut entries: Vec<(Entry<'a>, bool)> = own
            .map(|entry| {
                let stands_for = entry.subgraph_type.is_interface_object;
                (entry, !stands_for || frame.is_restricted)
            })
            .collect();
        if frame.is_blind {
            for handle in handles {
                for local in self
                    .graph
                    .local_types(handle.subgraph, class.representative)
                {
                    let by_interface = self.graph.interface_entries(subgraph, &local.name);
                    let by_interface =
                        by_interface.filter(|entry| !entry.subgraph_type.is_interface_object);
                    entries.extend(by_interface.map(|entry| (entry, false)));
                }
            }
        }
        entries
    }

    /// The step after which a key's fields are there, and the object's type where that is asked for.
    fn fetched(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        fields: NodeId,
        needs_type: bool,
    ) -> Option<Level> {
        let covered = self.covered(frame, class, available, fields)?;
        if !needs_type {
            return Some(covered);
        }
        let knowing = available
            .iter()
            .filter(|one| !one.handle.is_interface_object);
        let known = knowing.map(|one| one.handle.level).min();
        let known = known.or_else(|| (!frame.is_blind).then_some(0))?;
        Some(covered.max(known))
    }

    /// The step after which all of a node is there for objects of the class, from what is available.
    pub(crate) fn covered(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        node: NodeId,
    ) -> Option<Level> {
        let mut level = available.iter().map(|one| one.handle.level).min()?;
        for position in 0..self.selections.node(node).needs.len() {
            let need = &self.selections.node(node).needs[position];
            if !need.types.contains(class.representative) {
                continue;
            }
            let name = self.selections.field(need.field).name.clone();
            let asked = self.selections.asked(node, need, &frame.types);
            let child = need.child;
            let at = self.need_covered(frame, class, available, &name, asked, child)?;
            level = level.max(at);
        }
        Some(level)
    }

    /// The step after which one field is there, with everything below it.
    pub(crate) fn need_covered(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        name: &Name,
        asked: Asked,
        child: Option<NodeId>,
    ) -> Option<Level> {
        let below = self.resolving(frame, class, available, name, asked, Level::MAX);
        let learned = match asked {
            Asked::AsInput | Asked::ForAll => 0,
            _ if below.iter().any(|(index, _)| available[*index].is_untold()) => {
                knowing(available)?.1
            }
            _ => 0,
        };
        match child {
            None => {
                let level = below.iter().map(|(_, level)| *level).min()?;
                Some(level.max(learned))
            }
            Some(child) => {
                let mut below: Vec<Handle> = below
                    .into_iter()
                    .map(|(index, level)| {
                        let handle = available[index].handle.clone();
                        self.descend(&handle, level, &class.types, name)
                    })
                    .collect();
                below.sort();
                below.dedup();
                if below.is_empty() {
                    return None;
                }
                Some(self.earliest(child, &below)?.max(learned))
            }
        }
    }

    /// The positions in `available` that resolve a field of the class by `limit`, with the step of each.
    /// Those that need no more than the object come alone, where there are any.
    pub(crate) fn resolving(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        name: &Name,
        asked: Asked,
        limit: Level,
    ) -> Vec<(usize, Level)> {
        let mut found: Vec<(usize, Level)> = Vec::new();
        for (index, one) in available.iter().enumerate() {
            let usable = one.handle.level <= limit && is_usable(available, one, name, asked);
            let gives = !one.handle.is_closed || asked == Asked::AsInput;
            if usable
                && (name == "__typename"
                    || gives
                        && self
                            .local_field(&one.handle, class.representative, name)
                            .is_some())
            {
                found.push((index, one.handle.level));
            }
        }
        if found.is_empty() {
            found = self.resolving_with_requirements(frame, class, available, name, limit);
        }
        found
    }

    fn resolving_with_requirements(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        name: &Name,
        limit: Level,
    ) -> Vec<(usize, Level)> {
        let mut found: Vec<(usize, Level)> = Vec::new();
        for (index, one) in available.iter().enumerate() {
            let subgraph = one.handle.subgraph;
            if found
                .iter()
                .any(|(known, _)| available[*known].handle.subgraph == subgraph)
            {
                continue;
            }
            if let Some((level, _)) = self.requirement(frame, class, available, subgraph, name)
                && level <= limit
            {
                found.push((index, level));
            }
        }
        found
    }

    /// The step in which a field with requirements can be fetched, and the way in.
    pub(crate) fn requirement(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        subgraph: SubgraphId,
        name: &Name,
    ) -> Option<(Level, Way)> {
        let object = class.representative;
        let Some(Resolution::Requires(field)) = self.graph.resolution(subgraph, object, name)
        else {
            return None;
        };
        let key = (subgraph, object, name.clone());
        if self.requirements_in_progress.contains(&key) {
            return None;
        }
        self.requirements_in_progress.push(key);
        let result = self.requirement_level(frame, class, available, subgraph, field);
        self.requirements_in_progress.pop();
        result
    }

    fn requirement_level(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        subgraph: SubgraphId,
        field: &'a SubgraphField,
    ) -> Option<(Level, Way)> {
        let required = match &field.requires {
            Some(fields) => {
                let node = self.field_set_node(fields, &class.types);
                self.covered(frame, class, available, node)?
            }
            None => 0,
        };
        let required = match field.context_arguments.is_empty() {
            true => required,
            false => required.max(self.context_level(frame.node)),
        };
        let way = self.enter_again(frame, class, available, subgraph)?;
        let Origin::Entered(way_in) = way.origin else {
            return None;
        };
        let level = self.step_from(subgraph, way.handle.level.max(required + 1))?;
        Some((level, way_in))
    }

    /// The soonest entry into a subgraph with a representation, whether it is open already or not.
    fn enter_again(
        &mut self,
        frame: &Frame,
        class: &Class,
        available: &[Available],
        subgraph: SubgraphId,
    ) -> Option<Available> {
        if frame.is_blind {
            // What a type requires can only be copied from objects that are known to be of that type.
            let own = self.graph.entries(subgraph, class.representative);
            let typed = own.map(|entry| (entry, true)).collect();
            let entered = self.soonest(frame, class, available, subgraph, typed);
            if entered.is_some() {
                return entered;
            }
        }
        let entered = available.iter().find(|one| {
            one.handle.subgraph == subgraph && matches!(one.origin, Origin::Entered(_))
        });
        if let Some(entered) = entered {
            return Some(entered.clone());
        }
        let handles: Vec<Handle> = available
            .iter()
            .filter(|one| matches!(one.origin, Origin::Given(_)))
            .map(|one| one.handle.clone())
            .collect();
        self.enter(frame, class, &handles, available, subgraph)
    }
}

/// An interface object that came with the field above does not know types: it answers for all of them, and where only
/// some are asked for, something else must tell which those are.
fn is_usable(available: &[Available], one: &Available, name: &str, asked: Asked) -> bool {
    if name == "__typename" {
        return !one.handle.is_interface_object;
    }
    !one.is_untold()
        || match asked {
            Asked::AsInput | Asked::ForAll => true,
            Asked::Alone => knowing(available).is_some(),
            Asked::Apart => false,
        }
}

/// The soonest that tells the types of objects: its position and its step.
pub(crate) fn knowing(available: &[Available]) -> Option<(usize, Level)> {
    let knowing = available
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.handle.is_interface_object);
    knowing
        .map(|(index, one)| (index, one.handle.level))
        .min_by_key(|&(index, level)| (level, index))
}

fn given(class: &Class, handles: &[Handle]) -> Vec<Available> {
    handles
        .iter()
        .enumerate()
        .filter(|(_, handle)| handle.types.contains(class.representative))
        .map(|(index, handle)| Available {
            handle: handle.clone(),
            origin: Origin::Given(index),
        })
        .collect()
}
