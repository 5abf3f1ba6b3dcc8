//! What one set of entries at a place costs: who answers each need, and what those entries need in turn.

mod supply;

use super::solve::{CALL, REQUEST, WAIT};
use super::{
    Available, Class, Frame, Handle, Level, Map, Origin, Resolving, Search, Set, Setting, Solution,
    Supplier, Way, knowing,
};
use crate::graph::{NameId, TYPENAME};
use crate::selection::{Asked, NodeId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use supply::prefer;
use weft_supergraph::SubgraphId;

/// What one evaluation has used so far.
#[derive(Default)]
struct Usage {
    used: u64,
    entered: Set<(usize, SubgraphId)>,
    requests: Set<(SubgraphId, Level)>,
    leaves: FxHashMap<(usize, usize), Supplier>,
    price: u64,
    /// The steps of each leaf that a client asks for, by the need's position: one for each class.
    waits: FxHashMap<usize, Vec<u64>>,
    /// What is added up below each node: once for each set of classes that is apart.
    waits_below: FxHashMap<NodeId, Vec<u64>>,
}

impl Usage {
    /// The averages over classes, added up.
    fn all_waits(&self) -> u64 {
        let average = |waits: &Vec<u64>| {
            let sum = waits.iter().copied().fold(0, u64::saturating_add);
            sum / waits.len().max(1) as u64
        };
        let here = self.waits.values().map(average);
        let all = here.chain(self.waits_below.values().map(average));
        all.fold(0, u64::saturating_add)
    }
}

/// A class of a place, by its position there, with what is available for it.
struct Scene<'f> {
    frame: &'f Frame,
    index: usize,
    class: &'f Class,
    available: Vec<Available>,
}

impl Scene<'_> {
    fn setting(&self) -> Setting<'_> {
        Setting {
            frame: self.frame,
            class: self.class,
            available: &self.available,
        }
    }
}

/// The step and name of a field that has requirements where it is taken from.
type Required = Option<(Level, NameId)>;

/// Where a handle of a child comes from: a position in what is available.
type Source = (usize, Required);

/// Needs with a child that share a node and what is open for it: for each scene, where the handles come from.
type Children = Map<(NodeId, Vec<Handle>), Vec<(usize, Vec<Source>)>>;

/// A leaf: the need's position, its name, and what resolves it in which step.
type Choice = (usize, NameId, Resolving);

impl Search<'_> {
    /// What a set of entries costs; `None` where it does not have everything by the deadline, or costs more than `most_below` below the
    /// place.
    pub(super) fn evaluate(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        entered: &[SubgraphId],
        deadline: Level,
        most_below: u64,
    ) -> Option<Solution> {
        self.evaluations += 1;
        let mut usage = Usage::default();
        let scenes = self.scenes(frame, handles, entered);
        let mut children = Children::default();
        for scene in &scenes {
            self.answer(scene, deadline, &mut usage, &mut children)?;
        }
        for ((child, below), users) in children {
            let solution = self.solve(child, &below, deadline)?;
            usage.price += solution.price;
            if usage.price > most_below {
                return None;
            }
            let waits = usage.waits_below.entry(child).or_default();
            waits.push(solution.waits);
            for (scene, sources) in users {
                self.use_sources(&scenes[scene], sources, solution.used, &mut usage)?;
            }
        }
        for request in &usage.requests {
            usage.price +=
                self.prices.get(request).copied().unwrap_or(REQUEST) + CALL + u64::from(request.1);
        }
        Some(Solution {
            entered: entered.to_vec(),
            price: usage.price,
            waits: usage.all_waits(),
            leaves: usage.leaves,
            used: usage.used,
        })
    }

    fn scenes<'f>(
        &mut self,
        frame: &'f Frame,
        handles: &[Handle],
        entered: &[SubgraphId],
    ) -> Vec<Scene<'f>> {
        let is_entered = |subgraph| entered.contains(&subgraph);
        let classes = frame.classes.iter().enumerate();
        let scenes = classes.map(|(index, class)| Scene {
            frame,
            index,
            class,
            available: self.closure(frame, class, handles, &is_entered),
        });
        scenes.collect()
    }

    /// Answers the leaves of a class, and adds what is needed below it to `children`.
    fn answer(
        &mut self,
        scene: &Scene<'_>,
        deadline: Level,
        usage: &mut Usage,
        children: &mut Children,
    ) -> Option<()> {
        let mut choices: Vec<Choice> = Vec::new();
        for &position in &scene.class.needs {
            let need = self.selections.node(scene.frame.node).needs[position].clone();
            let name = self.selections.name_id(need.field);
            let asked = need.asked(&scene.frame.types);
            let setting = scene.setting();
            let Some(child) = need.child else {
                choices.push((
                    position,
                    name,
                    self.resolving(setting, name, asked, deadline),
                ));
                continue;
            };
            let resolving = self.all_resolving(setting, name, asked, deadline);
            let is_untold = |(index, _): &(usize, Level)| scene.available[*index].is_untold();
            if asked == Asked::ForSome && resolving.iter().all(is_untold) {
                self.learn_types(scene, deadline, usage)?;
            }
            let (handles, sources) = self.below(scene, &resolving, name)?;
            let users = children.entry((child, handles)).or_default();
            users.push((scene.index, sources));
        }
        choices.sort_by_key(|(_, _, resolving)| resolving.len());
        for choice in choices {
            self.answer_leaf(scene, choice, deadline, usage)?;
        }
        Some(())
    }

    fn answer_leaf(
        &mut self,
        scene: &Scene<'_>,
        (position, name, resolving): Choice,
        deadline: Level,
        usage: &mut Usage,
    ) -> Option<()> {
        let told = (name == TYPENAME).then(|| told_anyway(scene, &resolving, usage));
        let (chosen, level) = match told.flatten() {
            Some(told) => told,
            None => prefer(&resolving, scene, usage)?,
        };
        let one = &scene.available[chosen];
        let required = self.required(scene, chosen, level, name);
        let supplier = match (&one.origin, &required) {
            (_, Some((level, _))) => Supplier::Required(one.handle.subgraph, *level),
            (Origin::Given(given), None) => Supplier::Given(*given),
            (Origin::Entered(_), None) => Supplier::Entered(one.handle.subgraph),
        };
        usage.leaves.insert((scene.index, position), supplier);
        let need = &self.selections.node(scene.frame.node).needs[position];
        if need.response_key.is_some() {
            let waits = usage.waits.entry(position).or_default();
            waits.push(u64::from(level) * WAIT);
        }
        if one.is_untold() && !need.covers(&scene.frame.types) {
            self.learn_types(scene, deadline, usage)?;
        }
        self.use_available(scene, chosen, required, usage)
    }

    /// Marks what tells the types of objects as used.
    fn learn_types(&mut self, scene: &Scene<'_>, deadline: Level, usage: &mut Usage) -> Option<()> {
        let (position, level) = knowing(&scene.available)?;
        if level > deadline {
            return None;
        }
        self.use_available(scene, position, None, usage)
    }

    /// The step and name of a field that has requirements where it is taken from.
    fn required(&self, scene: &Scene<'_>, chosen: usize, level: Level, name: NameId) -> Required {
        let (one, object) = (&scene.available[chosen], scene.class.representative);
        let is_local = name == TYPENAME || self.gives_at_once(scene.frame.node, one, object, name);
        (!is_local).then_some((level, name))
    }

    /// What is open below a field, and where each comes from; `None` where nothing is.
    fn below(
        &mut self,
        scene: &Scene<'_>,
        resolving: &[(usize, Level)],
        name: NameId,
    ) -> Option<(Vec<Handle>, Vec<Source>)> {
        let mut below: SmallVec<[(Handle, Source); 4]> = SmallVec::new();
        for &(index, level) in resolving {
            let handle = self.in_step(scene.frame, &scene.available[index].handle, level);
            let required = self.required(scene, index, level, name);
            below.push((
                self.descend(&handle, level, &scene.class.types, name),
                (index, required),
            ));
        }
        below.sort_by(|a, b| a.0.cmp(&b.0));
        below.dedup_by(|a, b| a.0 == b.0);
        (!below.is_empty()).then(|| below.into_iter().unzip())
    }
}

/// What tells the types of objects, where something is entered that waits for them. To ask later fetches for types as well is not
/// worth a thing, and some are sent under conditions.
fn told_anyway(
    scene: &Scene<'_>,
    resolving: &[(usize, Level)],
    usage: &Usage,
) -> Option<(usize, Level)> {
    let waits_for_types = |one: &Available| {
        let waits = |origin: &Origin| match origin {
            Origin::Entered(Way::Key { needs_type, .. }) => *needs_type,
            _ => false,
        };
        usage.entered.contains(&(scene.index, one.handle.subgraph)) && waits(&one.origin)
    };
    if !scene.frame.is_blind || !scene.available.iter().any(waits_for_types) {
        return None;
    }
    let (telling, _) = knowing(&scene.available)?;
    let mut resolving = resolving.iter().copied();
    resolving.find(|(index, _)| *index == telling)
}
