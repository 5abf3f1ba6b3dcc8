//! From what is open at a place to what can be entered from there: at which step, and by which key.

use super::{Class, Frame, Handle, Level, Search, Setting, knowing};
use crate::graph::{Entry, NameId};
use crate::selection::{Asked, NodeId};
use apollo_compiler::Name;
use std::sync::Arc;
use weft_supergraph::SubgraphId;

/// Inputs that are nested in each other are followed up to this step: some require themselves, ever deeper.
const LAST_INPUT: Level = 64;

/// A subgraph that is open for a class of types at a place, or can be.
#[derive(Debug, Clone)]
pub(crate) struct Available {
    /// What it offers.
    pub(crate) handle: Handle,
    /// How it comes to be open.
    pub(crate) origin: Origin,
}

impl Available {
    /// Whether it has objects of all types, and does not know them.
    pub(crate) fn is_for_all(&self) -> bool {
        let is_typed = matches!(
            self.origin,
            Origin::Entered(Way::Key {
                needs_type: true,
                ..
            })
        );
        self.handle.is_interface_object && !is_typed
    }

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
        let mut closed_to: Vec<(SubgraphId, Level)> = self
            .graph
            .subgraph_ids()
            .filter(|&subgraph| allowed(subgraph))
            .filter_map(|subgraph| {
                let open = self.open_from(frame, class, handles, subgraph)?;
                Some((subgraph, open))
            })
            .collect();
        loop {
            let mut entered: Vec<Available> = Vec::new();
            for &(subgraph, open) in &closed_to {
                let setting = Setting {
                    frame,
                    class,
                    available: &available,
                };
                let found = self.enter(setting, handles, subgraph);
                entered.extend(found.filter(|one| one.handle.level < open));
            }
            let Some(soonest) = entered.iter().map(|one| one.handle.level).min() else {
                break;
            };
            entered.retain(|one| one.handle.level == soonest);
            closed_to.retain(|(known, _)| entered.iter().all(|one| one.handle.subgraph != *known));
            available.append(&mut entered);
        }
        available
    }

    /// The step from which on entering a subgraph would be of no use, because it is open; `None` where it is of none at all.
    fn open_from(
        &self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        subgraph: SubgraphId,
    ) -> Option<Level> {
        let is_open = |handle: &&Handle| {
            handle.subgraph == subgraph
                && !handle.is_closed
                && handle.types.contains(class.representative)
                && !(handle.is_interface_object && frame.is_restricted)
        };
        let is_allowed = !handles.is_empty() || self.only_root.is_none_or(|only| only == subgraph);
        if !is_allowed || !self.graph.knows(subgraph, class.representative) {
            return None;
        }
        let soonest = 1 + handles.iter().map(|handle| handle.level).min().unwrap_or(0);
        let open = handles.iter().filter(is_open).map(|handle| handle.level);
        let open = open.min().unwrap_or(Level::MAX);
        (soonest < open).then_some(open)
    }

    /// The soonest way into a subgraph from what is available.
    pub(crate) fn enter(
        &mut self,
        setting: Setting<'_>,
        handles: &[Handle],
        subgraph: SubgraphId,
    ) -> Option<Available> {
        let Setting {
            frame,
            class,
            available,
        } = setting;
        let object = class.representative;
        if handles.is_empty() || self.graph.root_below(object).is_some() {
            let from = available
                .iter()
                .map(|one| one.handle.level)
                .min()
                .unwrap_or(0);
            let level = self.step_from(subgraph, from + 1)?;
            // The operation's own root waits for nothing; in a later step it would be a request of its own all the same.
            if handles.is_empty() && level > 1 {
                return None;
            }
            return Some(self.entered(class, subgraph, level, Way::Root, 0));
        }
        let entries = self.entries(frame, class, handles, subgraph);
        self.soonest(setting, subgraph, entries)
    }

    /// The soonest of some ways into a subgraph, each with whether an object's own type must be known for it.
    pub(super) fn soonest(
        &mut self,
        setting: Setting<'_>,
        subgraph: SubgraphId,
        entries: Vec<(Entry<'a>, bool)>,
    ) -> Option<Available> {
        let class = setting.class;
        let mut best: Option<(Level, Way)> = None;
        for (entry, needs_type) in entries {
            let fields = self.field_set_node(&entry.key.fields, &class.types);
            let Some(fetched) = self.fetched(setting, fields, needs_type) else {
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
        let level = self.level_with_values(setting.frame, subgraph, level);
        let level = self.step_from(subgraph, level)?;
        let values = self.values_taken(setting.frame, subgraph, level);
        Some(self.entered(class, subgraph, level, way, values))
    }

    fn entered(
        &self,
        class: &Class,
        subgraph: SubgraphId,
        level: Level,
        way: Way,
        values: u32,
    ) -> Available {
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
            values: if is_interface_object { 0 } else { values },
        };
        Available {
            handle,
            origin: Origin::Entered(way),
        }
    }

    /// Whether the subgraph could answer what is asked for some types only. One that could not is entered with objects of all types,
    /// before those are known.
    pub(super) fn serves_some(&self, frame: &Frame, subgraph: SubgraphId) -> bool {
        let needs = &self.selections.node(frame.node).needs;
        let mut some = needs
            .iter()
            .filter(|need| need.asked(&frame.types) == Asked::ForSome);
        some.any(|need| {
            let name = self.selections.name_id(need.field);
            let mut types = need.types.iter();
            types.any(|object| self.graph.needs_more(subgraph, object, name).is_some())
        })
    }

    /// The keys by which the class can be entered, and whether the object's own type must be known for it.
    fn entries(
        &self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        subgraph: SubgraphId,
    ) -> Vec<(Entry<'a>, bool)> {
        let needs_type =
            frame.is_restricted && (!frame.is_blind || self.serves_some(frame, subgraph));
        let own = self.graph.entries(subgraph, class.representative);
        let mut entries: Vec<(Entry<'a>, bool)> = own
            .map(|entry| {
                let stands_for = entry.subgraph_type.is_interface_object;
                (entry, !stands_for || needs_type)
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
    fn fetched(&mut self, setting: Setting<'_>, fields: NodeId, needs_type: bool) -> Option<Level> {
        let covered = self.covered(setting, fields)?;
        if !needs_type {
            return Some(covered);
        }
        let available = setting.available.iter();
        let knowing = available.filter(|one| !one.handle.is_interface_object);
        let known = knowing.map(|one| one.handle.level).min();
        let known = known.or_else(|| (!setting.frame.is_blind).then_some(0))?;
        Some(covered.max(known))
    }

    /// The step after which all of a node is there for objects of the class, from what is available.
    pub(crate) fn covered(&mut self, setting: Setting<'_>, node: NodeId) -> Option<Level> {
        let available = setting.available.iter();
        let mut level = available.map(|one| one.handle.level).min()?;
        for position in 0..self.selections.node(node).needs.len() {
            let need = &self.selections.node(node).needs[position];
            if !need.types.contains(setting.class.representative) {
                continue;
            }
            let name = self.selections.name_id(need.field);
            let asked = need.asked(&setting.frame.types);
            let child = need.child;
            let at = self.need_covered(setting, name, asked, child)?;
            self.note_value(node, position, at);
            level = level.max(at);
        }
        Some(level)
    }

    /// The step after which one field is there, with everything below it.
    pub(crate) fn need_covered(
        &mut self,
        setting: Setting<'_>,
        name: NameId,
        asked: Asked,
        child: Option<NodeId>,
    ) -> Option<Level> {
        let available = setting.available;
        let below = self.all_resolving(setting, name, asked, Level::MAX);
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
                        let one = &setting.available[index];
                        let handle = self.in_step(setting.frame, &one.handle, level);
                        self.descend(&handle, level, &setting.class.types, name)
                    })
                    .collect();
                below.sort();
                below.dedup();
                let soonest = below.iter().map(|handle| handle.level).min()?;
                if asked == Asked::AsInput && soonest > LAST_INPUT {
                    return None;
                }
                Some(self.earliest(child, &below)?.max(learned))
            }
        }
    }
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
