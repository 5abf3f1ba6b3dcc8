//! One node at one place: who answers each need, and the places below.

use super::{Builder, Gate, GroupId, LinkId, PlaceId, Scene, SceneId, Source};
use crate::error::PlanError;
use crate::search::{Available, Class, Frame, Handle, Level, Origin, Setting, Solution, knowing};
use crate::selection::{Need, NodeId};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use std::collections::BTreeSet;
use std::rc::Rc;
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
        let solution = self.solution(node, place, &handles, deadline)?;
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

    /// The entries that answer a node best, or why none do.
    fn solution(
        &mut self,
        node: NodeId,
        place: PlaceId,
        handles: &[Handle],
        deadline: Level,
    ) -> Result<Rc<Solution>, PlanError> {
        if let Some(field) = self.search.split_field(node, handles) {
            let path = path_text(&self.path(place));
            return Err(PlanError::Split { path, field });
        }
        let found = self.search.solve(node, handles, deadline);
        found.ok_or_else(|| self.unreachable(node, place, handles))
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
                    only_for: None,
                    contexts: Rc::default(),
                };
                self.link(one.handle.clone(), source)
            }
        }
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
            let partial = class.needs.iter().map(|&position| &needs[position]);
            let partial = partial.filter(|need| !need.covers(&frame.types));
            let partial: Vec<Conjunction> = partial.map(|need| need.conditions.clone()).collect();
            let told = |index: &&usize| !available[**index].handle.is_interface_object;
            let known = open.iter().find(told).copied();
            let knowing = known.or_else(|| knowing(&available).map(|(index, _)| index));
            let Some(index) = knowing.filter(|_| untold) else {
                continue;
            };
            for conditions in partial {
                let gate = self.gate(self.scenes[scene].place, &conditions);
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

    pub(super) fn stored_as(&mut self, place: PlaceId, need: &Need, name: &Name) -> Name {
        match &need.response_key {
            Some(key) => key.clone(),
            None => self
                .spots
                .input_key(self.places[place].spot, need.field, name),
        }
    }

    /// Whether a need is stored under a key for each type: some subgraph cannot tell types apart, and other types have something else
    /// under the client's key.
    pub(super) fn is_apart(&mut self, need: &Need, scene: SceneId) -> bool {
        let spot = self.places[self.scenes[scene].place].spot;
        let Some(key) = &need.response_key else {
            return false;
        };
        self.search.graph.has_stand_ins(&need.types)
            && self.spots.is_contested(&self.search.selections, spot, key)
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
                let name_id = self.search.selections.name_id(need.field);
                let asked = need.asked(&frame.types);
                let setting = Setting {
                    frame: &frame,
                    class,
                    available: &available,
                };
                let step = self
                    .search
                    .need_covered(setting, name_id, asked, need.child);
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
