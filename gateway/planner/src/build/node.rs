//! One node at one place: who answers each need, and the places below.

use super::answer::Answer;
use super::{
    Builder, Gate, GroupId, LinkId, Offer, Place, PlaceId, Scene, SceneId, Source, TreeItem,
};
use crate::error::PlanError;
use crate::search::{Available, Class, Frame, Handle, Level, Origin, Solution, Supplier, knowing};
use crate::selection::{Asked, Need, NodeId};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use weft_query_plan::{Conjunction, PathSegment};

impl Builder<'_, '_> {
    /// Builds all that a node needs; the groups that bring it.
    pub(super) fn build_node(
        &mut self,
        whole: NodeId,
        place: PlaceId,
        links: &[LinkId],
        deadline: Level,
    ) -> Result<BTreeSet<GroupId>, PlanError> {
        let node = self.search.selections.without_deferred(whole);
        let children = self.search.selections.children(whole);
        let handles: Vec<Handle> = links
            .iter()
            .map(|&link| self.links[link].handle.clone())
            .collect();
        let Some(solution) = self.search.solve(node, &handles, deadline) else {
            return Err(self.unreachable(node, place, &handles));
        };
        let frame = Rc::new(self.search.frame(node, &handles));
        self.places[place].types = frame.types.clone();
        let scenes = self.scenes(&frame, place, links, &handles, &solution);
        let binding = self.search.selections.node(node).gives;
        let mut used = BTreeSet::new();
        for (position, &child) in children.iter().enumerate() {
            let need = self.search.selections.node(node).needs[position].clone();
            let mut groups = BTreeSet::new();
            match need.child {
                None => self.build_leaf(&need, position, &scenes, &solution, &mut groups)?,
                Some(_) => {
                    let answers = self.answers(&need, position, &scenes, deadline)?;
                    // What is deferred below is planned there, apart.
                    let need = Need {
                        child,
                        ..Need::clone(&need)
                    };
                    for answer in answers {
                        groups
                            .append(&mut self.build_child(&need, place, &frame, answer, deadline)?);
                    }
                }
            }
            if binding.is_some() && need.response_key.is_none() {
                self.offer(place, binding, need.field, &groups);
            }
            used.append(&mut groups);
        }
        self.learn_types(node, &scenes, &mut used)?;
        if whole != node {
            self.build_deferred(whole, place, links)?;
        }
        if used.is_empty()
            && let Some(&link) = links.first()
        {
            let gate = self.gate(place, &Conjunction::default());
            used.insert(self.select_typename(link, gate.as_ref())?);
        }
        Ok(used)
    }

    fn scenes(
        &mut self,
        frame: &Rc<Frame>,
        place: PlaceId,
        links: &[LinkId],
        handles: &[Handle],
        solution: &Solution,
    ) -> Vec<SceneId> {
        let mut scenes = Vec::new();
        for index in 0..frame.classes.len() {
            let class = &frame.classes[index];
            let allowed = |subgraph| solution.entered.contains(&subgraph);
            let available = Rc::new(self.search.closure(frame, class, handles, &allowed));
            self.memory.take::<Scene>(1);
            self.memory.take::<Available>(available.len());
            let scene = self.scenes.len();
            let mut scene_links = Vec::new();
            for one in available.iter() {
                scene_links.push(self.link_for(scene, one, links));
            }
            self.scenes.push(Scene {
                place,
                frame: frame.clone(),
                class: index,
                available,
                links: scene_links,
            });
            scenes.push(scene);
        }
        scenes
    }

    fn link_for(&mut self, scene: SceneId, one: &Available, links: &[LinkId]) -> LinkId {
        match &one.origin {
            Origin::Given(given) => links[*given],
            Origin::Entered(way) => {
                let source = Source::Entry {
                    scene,
                    way: way.clone(),
                    required: None,
                    contexts: Rc::default(),
                };
                self.link(one.handle.clone(), source)
            }
        }
    }

    fn build_leaf(
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

    /// Where an interface object answers what is asked for some types only, another fetch tells which objects those are.
    fn learn_types(
        &mut self,
        node: NodeId,
        scenes: &[SceneId],
        used: &mut BTreeSet<GroupId>,
    ) -> Result<(), PlanError> {
        for &scene in scenes {
            let (frame, class) = self.class(scene);
            let available = self.scenes[scene].available.clone();
            let links = self.scenes[scene].links.clone();
            let is_open = |index: &usize| self.links[links[*index]].open.is_some();
            let open: Vec<usize> = (0..links.len()).filter(is_open).collect();
            let untold = open.iter().any(|&index| available[index].is_untold());
            let needs = &self.search.selections.node(node).needs;
            let mut partial = class.needs.iter().map(|&position| &needs[position]);
            let Some(need) = partial.find(|need| !need.covers(&frame.types)).cloned() else {
                continue;
            };
            let told = |index: &&usize| !available[**index].handle.is_interface_object;
            let known = open.iter().find(told).copied();
            let knowing = known.or_else(|| knowing(&available).map(|(index, _)| index));
            if let (true, Some(index)) = (untold, knowing) {
                let gate = self.gate(self.scenes[scene].place, &need.conditions);
                used.insert(self.select_typename(links[index], gate.as_ref())?);
            }
        }
        Ok(())
    }

    pub(super) fn class(&self, scene: SceneId) -> (Rc<Frame>, Rc<Class>) {
        let scene = &self.scenes[scene];
        (
            scene.frame.clone(),
            scene.frame.classes[scene.class].clone(),
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
                let name = self.field_name(need.field);
                self.required_link(scene, position, &name)?
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
        name: &Name,
    ) -> Result<Option<LinkId>, PlanError> {
        let (frame, class) = self.class(scene);
        let available = self.scenes[scene].available.clone();
        let subgraph = available[position].handle.subgraph;
        let found = self
            .search
            .requirement(&frame, &class, &available, subgraph, name);
        let Some((level, way)) = found else {
            return Ok(None);
        };
        let contexts = Rc::new(self.entry_contexts(scene, subgraph, name)?);
        let required = self.search.required_fields(&class, subgraph, name);
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
            contexts,
        };
        Ok(Some(self.link(handle, source)))
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
        let stored_as = self.stored_as(place, need, &name);
        let item = TreeItem {
            stored_as,
            field: need.field,
            conditions: need.conditions.clone(),
            types: types.clone(),
            place: None,
            child: None,
        };
        self.trees.add(tree, &item, types);
        Ok(group)
    }

    fn stored_as(&mut self, place: PlaceId, need: &Need, name: &Name) -> Name {
        match &need.response_key {
            Some(key) => key.clone(),
            None => self
                .spots
                .input_key(self.places[place].spot, need.field, name),
        }
    }

    pub(super) fn asked(&self, need: &Need, frame: &Frame) -> Asked {
        self.search.selections.asked(frame.node, need, &frame.types)
    }

    /// Builds the place below a need.
    pub(super) fn build_child(
        &mut self,
        need: &Need,
        place: PlaceId,
        frame: &Frame,
        answer: Answer,
        deadline: Level,
    ) -> Result<BTreeSet<GroupId>, PlanError> {
        let Some(child) = need.child else {
            return Ok(BTreeSet::new());
        };
        let name = self.field_name(need.field);
        let stored_as = self.stored_as(place, need, &name);
        let is_restricted = answer.types != frame.types;
        let below = self.place_below(place, need, &stored_as, is_restricted, &answer)?;
        let item = Rc::new(TreeItem {
            stored_as,
            field: need.field,
            conditions: need.conditions.clone(),
            types: answer.types.clone(),
            place: Some(below),
            child: None,
        });
        let returns_abstract = self
            .search
            .graph
            .return_type(answer.representative, &name)
            .is_some_and(|returned| self.search.graph.is_abstract(returned));
        self.memory.take::<TreeItem>(answer.below.len());
        let mut links = Vec::new();
        for (handle, parents) in answer.below {
            let source = Source::Field {
                parents,
                item: item.clone(),
                is_restricted,
                returns_abstract,
            };
            links.push(self.link(handle, source));
        }
        let mut used = self.build_node(child, below, &links, deadline)?;
        if need.response_key.is_some() || used.is_empty() {
            let first_open = links.iter().find(|&&link| self.links[link].open.is_some());
            if let Some(&link) = first_open.or(links.first()) {
                let gate = self.gate(below, &Conjunction::default());
                used.insert(self.open(link, gate.as_ref())?.0);
            }
        }
        Ok(used)
    }

    fn place_below(
        &mut self,
        place: PlaceId,
        need: &Need,
        stored_as: &Name,
        is_restricted: bool,
        answer: &Answer,
    ) -> Result<PlaceId, PlanError> {
        let mut segments = Vec::new();
        if is_restricted {
            segments.push(PathSegment::Types(self.type_names(&answer.types)));
        }
        segments.push(PathSegment::Key(stored_as.clone()));
        let name = self.field_name(need.field);
        let parent = self.search.graph.object_name(answer.representative);
        if let Ok(definition) = self
            .search
            .graph
            .supergraph()
            .schema()
            .type_field(parent, &name)
        {
            segments.extend(std::iter::repeat_n(
                PathSegment::List,
                list_depth(&definition.ty),
            ));
        }
        let spot = self.spots.below(self.places[place].spot, stored_as);
        let conditions = both(&self.places[place].conditions, &need.conditions);
        let is_input = need.response_key.is_none();
        self.place(Place {
            spot,
            depth: self.places[place].depth + segments.len(),
            segments,
            conditions,
            is_root: false,
            is_input,
            parent: Some(place),
            types: TypeSet::default(),
            offer: Offer::default(),
            part: self.places[place].part,
        })
    }

    pub(super) fn type_names(&self, types: &TypeSet) -> Vec<Name> {
        let mut names: Vec<Name> = types
            .iter()
            .map(|object| self.search.graph.object_name(object).clone())
            .collect();
        names.sort();
        names
    }

    /// The condition under which a client needs something at a place; none for inputs, which take their conditions
    /// from the fetches that read them.
    pub(super) fn gate(&self, place: PlaceId, conditions: &Conjunction) -> Option<Gate> {
        let place = &self.places[place];
        (!place.is_input).then(|| Gate {
            conditions: both(&place.conditions, conditions),
            part: place.part,
        })
    }

    pub(super) fn unreachable_need(&self, scene: SceneId, need: &Need) -> PlanError {
        let place = self.scenes[scene].place;
        PlanError::Unreachable {
            path: path_text(&self.path(place)),
            fields: vec![self.field_name(need.field).to_string()],
        }
    }

    fn unreachable(&mut self, node: NodeId, place: PlaceId, handles: &[Handle]) -> PlanError {
        let frame = self.search.frame(node, handles);
        let mut fields: Vec<String> = Vec::new();
        for class in &frame.classes {
            let available = self.search.closure(&frame, class, handles, &|_| true);
            for &position in &class.needs {
                let need = self.search.selections.node(node).needs[position].clone();
                let name = self.field_name(need.field);
                let asked = self.asked(&need, &frame);
                let step = self
                    .search
                    .need_covered(&frame, class, &available, &name, asked, need.child);
                let parent = self.search.graph.object_name(class.representative);
                let text = format!("{parent}.{name}");
                if step.is_none() && !fields.contains(&text) {
                    fields.push(text);
                }
            }
        }
        PlanError::Unreachable {
            path: path_text(&self.path(place)),
            fields,
        }
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

fn list_depth(ty: &Type) -> usize {
    match ty {
        Type::Named(_) | Type::NonNullNamed(_) => 0,
        Type::List(item) | Type::NonNullList(item) => 1 + list_depth(item),
    }
}

fn path_text(path: &[PathSegment]) -> String {
    let keys = path.iter().filter_map(|segment| match segment {
        PathSegment::Key(key) => Some(key.as_str()),
        _ => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// The conditions of both.
pub(super) fn both(first: &Conjunction, second: &Conjunction) -> Conjunction {
    let mut all = first.clone();
    for condition in &second.0 {
        if let Err(position) = all.0.binary_search(condition) {
            all.0.insert(position, condition.clone());
        }
    }
    all
}
