//! What resolves a field, out of all that is open at a place: with nothing but the object, or with what the field requires.

use super::{Available, Handle, Level, Origin, Search, Setting, Way};
use crate::graph::{NameId, Resolution, TYPENAME};
use crate::selection::{Asked, SelectionNode};
use smallvec::SmallVec;
use weft_supergraph::{SubgraphField, SubgraphId};

/// What resolves a field: positions of what is available, each with the step in which it does.
pub(crate) type Resolving = SmallVec<[(usize, Level); 4]>;

impl<'a> Search<'a> {
    /// Those that resolve a field by `limit`, as positions in `available`, with the step of each. Those that need no more than the
    /// object come alone, where there are any.
    pub(crate) fn resolving(
        &mut self,
        setting: Setting<'_>,
        name: NameId,
        asked: Asked,
        limit: Level,
    ) -> Resolving {
        let found = self.resolving_at_once(setting, name, asked, limit);
        match found.is_empty() {
            true => self.resolving_with_requirements(setting, name, limit),
            false => found,
        }
    }

    /// The same, with those that require more than the object beside the others: they may be sooner, or know more of what is below.
    pub(crate) fn all_resolving(
        &mut self,
        setting: Setting<'_>,
        name: NameId,
        asked: Asked,
        limit: Level,
    ) -> Resolving {
        let mut found = self.resolving_at_once(setting, name, asked, limit);
        if !self.graph.may_require(name) {
            return found;
        }
        let subgraph = |&(index, _): &(usize, Level)| setting.available[index].handle.subgraph;
        let known: SmallVec<[SubgraphId; 4]> = found.iter().map(subgraph).collect();
        let mut others = self.resolving_with_requirements(setting, name, limit);
        others.retain(|one| !known.contains(&subgraph(one)));
        found.extend(others);
        found
    }

    fn resolving_at_once(
        &mut self,
        setting: Setting<'_>,
        name: NameId,
        asked: Asked,
        limit: Level,
    ) -> Resolving {
        let resolves = |(index, one): (usize, &Available)| {
            let gives = !one.handle.is_closed || asked == Asked::AsInput;
            let (node, object) = (setting.frame.node, setting.class.representative);
            let is_local = || self.gives_at_once(node, one, object, name);
            let usable =
                one.handle.level <= limit && is_usable(setting.available, one, name, asked);
            (usable && (name == TYPENAME || gives && is_local()))
                .then_some((index, one.handle.level))
        };
        let available = setting.available.iter().enumerate();
        available.filter_map(resolves).collect()
    }

    fn resolving_with_requirements(
        &mut self,
        setting: Setting<'_>,
        name: NameId,
        limit: Level,
    ) -> Resolving {
        let mut found = Resolving::new();
        if !self.graph.may_require(name) {
            return found;
        }
        for (index, one) in setting.available.iter().enumerate() {
            let subgraph = one.handle.subgraph;
            if found
                .iter()
                .any(|(known, _)| setting.available[*known].handle.subgraph == subgraph)
            {
                continue;
            }
            if let Some((level, _)) = self.requirement(setting, subgraph, name)
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
        setting: Setting<'_>,
        subgraph: SubgraphId,
        name: NameId,
    ) -> Option<(Level, Way)> {
        let object = setting.class.representative;
        let Some(Resolution::Requires(field)) = self.graph.resolution(subgraph, object, name)
        else {
            return None;
        };
        // At another place the same field may have what it requires.
        let key = (self.earliest.depth, subgraph, object, name);
        if self.requirements_in_progress.contains(&key) {
            return None;
        }
        self.requirements_in_progress.push(key);
        let result = self.requirement_level(setting, subgraph, field);
        self.requirements_in_progress.pop();
        result
    }

    fn requirement_level(
        &mut self,
        setting: Setting<'_>,
        subgraph: SubgraphId,
        field: &'a SubgraphField,
    ) -> Option<(Level, Way)> {
        let for_all = self.requirement_for_all(setting, subgraph, field);
        let required = self.required_by(setting, subgraph, field);
        let typed = required.and_then(|required| {
            let way = self.enter_again(setting, subgraph)?;
            self.after(way, subgraph, required)
        });
        match (for_all, typed) {
            (Some(for_all), Some(typed)) if typed.0 < for_all.0 => Some(typed),
            (Some(for_all), _) => Some(for_all),
            (None, typed) => typed,
        }
    }

    /// The same for objects of all types, before types are known: where all that is required is there for all of them, and nothing
    /// nested.
    fn requirement_for_all(
        &mut self,
        setting: Setting<'_>,
        subgraph: SubgraphId,
        field: &'a SubgraphField,
    ) -> Option<(Level, Way)> {
        let Setting { frame, class, .. } = setting;
        if !frame.is_blind || !frame.is_restricted || self.serves_some(frame, subgraph) {
            return None;
        }
        let for_all = setting.available.iter().filter(|one| one.is_for_all());
        let for_all: Vec<Available> = for_all.cloned().collect();
        let is_flat = |node: &SelectionNode| node.needs.iter().all(|need| need.child.is_none());
        let fields = field.requires.as_ref()?;
        let node = self.field_set_node(fields, &class.types);
        if !is_flat(self.selections.node(node)) {
            return None;
        }
        let setting = Setting {
            available: &for_all,
            ..setting
        };
        let required = self.required_by(setting, subgraph, field)?;
        let own = self.graph.entries(subgraph, class.representative);
        let own = own.filter(|entry| entry.subgraph_type.is_interface_object);
        let own = own.map(|entry| (entry, false)).collect();
        let way = self.soonest(setting, subgraph, own)?;
        let Origin::Entered(Way::Key { fields, .. }) = &way.origin else {
            return None;
        };
        if !is_flat(self.selections.node(*fields)) {
            return None;
        }
        self.after(way, subgraph, required)
    }

    /// The step after which all that a field requires is there.
    fn required_by(
        &mut self,
        setting: Setting<'_>,
        subgraph: SubgraphId,
        field: &'a SubgraphField,
    ) -> Option<Level> {
        let required = match &field.requires {
            Some(fields) => {
                let node = self.field_set_node(fields, &setting.class.types);
                self.covered(setting, node)?
            }
            None => 0,
        };
        let name = self.graph.name_id(&field.name);
        Some(match field.context_arguments.is_empty() {
            true => required,
            false => required.max(self.context_level(setting.frame.node, subgraph, name)),
        })
    }

    fn after(&self, way: Available, subgraph: SubgraphId, required: Level) -> Option<(Level, Way)> {
        let Origin::Entered(way_in) = way.origin else {
            return None;
        };
        let level = self.step_from(subgraph, way.handle.level.max(required + 1))?;
        Some((level, way_in))
    }

    /// The soonest entry into a subgraph with a representation, whether it is open already or not.
    fn enter_again(&mut self, setting: Setting<'_>, subgraph: SubgraphId) -> Option<Available> {
        let Setting {
            frame,
            class,
            available,
        } = setting;
        if frame.is_blind {
            // What a type requires can only be copied from objects that are known to be of that type.
            let own = self.graph.entries(subgraph, class.representative);
            let typed = own.map(|entry| (entry, true)).collect();
            let entered = self.soonest(setting, subgraph, typed);
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
        self.enter(setting, &handles, subgraph)
    }
}

/// An interface object that came with the field above does not know types: it answers for all of them, and where only
/// some are asked for, something else must tell which those are.
fn is_usable(available: &[Available], one: &Available, name: NameId, asked: Asked) -> bool {
    if name == TYPENAME {
        return !one.handle.is_interface_object;
    }
    !one.is_untold()
        || match asked {
            Asked::AsInput | Asked::ForAll => true,
            Asked::ForSome => knowing(available).is_some(),
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
