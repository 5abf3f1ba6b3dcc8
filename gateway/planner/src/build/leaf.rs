//! Leaves: through which link each is selected, for which types, under which key.

use super::{Builder, GroupId, LinkId, SceneId, Source, TreeItem};
use crate::error::PlanError;
use crate::graph::NameId;
use crate::search::{Class, Frame, Handle, Origin, Setting, Solution, Supplier, Way};
use crate::selection::Need;
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use weft_query_plan::key_on_type;

impl Builder<'_, '_> {
    pub(super) fn build_leaf(
        &mut self,
        need: &Need,
        position: usize,
        scenes: &[SceneId],
        solution: &Solution,
        used: &mut BTreeSet<GroupId>,
    ) -> Result<(), PlanError> {
        for &scene in scenes {
            let (frame, class) = self.class(scene);
            if !class.needs.contains(&position) {
                continue;
            }
            let Some(&supplier) = solution.leaves.get(&(self.scenes[scene].class, position)) else {
                return Err(self.unreachable_need(scene, need));
            };
            let link = self.supplier_link(scene, supplier, need)?;
            let types = self.leaf_types(link, need, &frame, &class);
            used.insert(self.select_leaf(link, scene, need, &types)?);
        }
        Ok(())
    }

    /// The types for which a leaf is selected through a link.
    pub(super) fn leaf_types(
        &self,
        link: LinkId,
        need: &Need,
        frame: &Frame,
        class: &Class,
    ) -> TypeSet {
        let link = &self.links[link];
        let is_given = matches!(link.source, Source::Field { .. });
        selected_types(
            need,
            frame,
            class,
            link.handle.is_interface_object,
            is_given,
        )
    }

    fn supplier_link(
        &mut self,
        scene: SceneId,
        supplier: Supplier,
        need: &Need,
    ) -> Result<LinkId, PlanError> {
        let found = match supplier {
            Supplier::Given(given) => {
                self.position_of(scene, |origin, _| *origin == Origin::Given(given))
            }
            Supplier::Entered(subgraph) => self.position_of(scene, |origin, handle| {
                matches!(origin, Origin::Entered(_)) && handle.subgraph == subgraph
            }),
            Supplier::Required(subgraph, _) => {
                self.position_of(scene, |_, handle| handle.subgraph == subgraph)
            }
        };
        let Some(position) = found else {
            return Err(self.unreachable_need(scene, need));
        };
        match supplier {
            Supplier::Required(..) => {
                let name = self.search.selections.name_id(need.field);
                self.required_link(scene, position, name)?
                    .ok_or_else(|| self.unreachable_need(scene, need))
            }
            _ => Ok(self.scenes[scene].links[position]),
        }
    }

    fn position_of(
        &self,
        scene: SceneId,
        fits: impl Fn(&Origin, &Handle) -> bool,
    ) -> Option<usize> {
        self.scenes[scene]
            .available
            .iter()
            .position(|one| fits(&one.origin, &one.handle))
    }

    /// A link of its own for a field that requires more than a key.
    pub(super) fn required_link(
        &mut self,
        scene: SceneId,
        position: usize,
        name: NameId,
    ) -> Result<Option<LinkId>, PlanError> {
        let (frame, class) = self.class(scene);
        let available = self.scenes[scene].available.clone();
        let subgraph = available[position].handle.subgraph;
        let setting = Setting {
            frame: &frame,
            class: &class,
            available: &available,
        };
        let found = self.search.requirement(setting, subgraph, name);
        let Some((level, way)) = found else {
            return Ok(None);
        };
        let contexts = Rc::new(self.entry_contexts(scene, subgraph, name)?);
        let required = self.search.required_fields(&class, subgraph, name);
        let only_for = required.and_then(|_| self.only_for(&frame, &class, &way, name));
        let handle = Handle {
            level,
            is_closed: false,
            types: Arc::new(class.types.clone()),
            ..available[position].handle.clone()
        };
        let source = Source::Entry {
            scene,
            way,
            required,
            only_for,
            contexts,
        };
        Ok(Some(self.link(handle, source)))
    }

    /// The types for which a field of an interface object is asked, where that is not all. Its subgraph cannot tell types apart: whoever
    /// goes along in the call is asked for the field too, and so must bring what it requires.
    fn only_for(&self, frame: &Frame, class: &Class, way: &Way, name: NameId) -> Option<TypeSet> {
        let Way::Key {
            is_interface_object: true,
            needs_type,
            ..
        } = way
        else {
            return None;
        };
        if frame.is_blind && !needs_type {
            return None;
        }
        let needs = &self.search.selections.node(frame.node).needs;
        let name_of = |position: usize| self.search.selections.name_id(needs[position].field);
        let asks = |position: &usize| name_of(*position) == name;
        let mut types = class.types.clone();
        for other in frame
            .classes
            .iter()
            .filter(|one| one.needs.iter().any(asks))
        {
            types.extend(&other.types);
        }
        (types != frame.types).then_some(types)
    }

    /// Selects a leaf through a link; the group that brings it.
    pub(super) fn select_leaf(
        &mut self,
        link: LinkId,
        scene: SceneId,
        need: &Need,
        types: &TypeSet,
    ) -> Result<GroupId, PlanError> {
        let place = self.scenes[scene].place;
        let is_input = need.response_key.is_none();
        let gate = if is_input {
            None
        } else {
            self.gate(place, &need.conditions)
        };
        let gate = gate.as_ref();
        let name = self.field_name(need.field);
        if name == "__typename" {
            let group = self.select_typename(link, gate)?;
            if need
                .response_key
                .as_ref()
                .is_none_or(|key| key == "__typename")
            {
                return Ok(group);
            }
        }
        let (group, tree) = self.open(link, gate)?;
        let conditions = gate.map(|gate| &gate.conditions);
        let name_id = self.search.selections.name_id(need.field);
        self.take_along(link, types, name_id, conditions)?;
        for stored_as in self.leaf_keys(scene, need, &name) {
            let item = TreeItem {
                stored_as,
                field: need.field,
                conditions: need.conditions.clone(),
                types: types.clone(),
                place: None,
                child: None,
            };
            self.trees.add(tree, &item, types);
        }
        Ok(group)
    }

    /// The keys under which a leaf is stored: one, but where other types have other fields under it.
    fn leaf_keys(&mut self, scene: SceneId, need: &Need, name: &Name) -> Vec<Name> {
        match &need.response_key {
            Some(key) if self.is_apart(need, scene) => {
                let (_, class) = self.class(scene);
                self.keys_on_types(key, &class.types)
            }
            _ => vec![self.stored_as(self.scenes[scene].place, need, name)],
        }
    }

    /// A key for each type.
    pub(super) fn keys_on_types(&self, key: &Name, types: &TypeSet) -> Vec<Name> {
        let names = types
            .iter()
            .map(|object| self.search.graph.object_name(object));
        names.map(|name| key_on_type(key, name)).collect()
    }
}

/// The types for which a need is selected. An interface object that came with the field above cannot tell types apart, so it
/// is asked for all; an input may be taken from all wherever types are unknown.
pub(super) fn selected_types(
    need: &Need,
    frame: &Frame,
    class: &Class,
    is_blind: bool,
    is_given: bool,
) -> TypeSet {
    let is_input = need.response_key.is_none();
    if is_blind && (is_given || is_input) && (frame.is_blind || !is_input) {
        frame.types.clone()
    } else {
        class.types.clone()
    }
}
