//! What one set of entries at a place costs: who answers each need, and what those entries need in turn.

use super::solve::{CALL, REQUEST, WAIT};
use super::{
    Available, Class, Frame, Handle, Level, Map, Origin, Resolving, Search, Set, Setting, Solution,
    Supplier, Way, knowing,
};
use crate::graph::{NameId, Resolution, TYPENAME};
use crate::selection::{Asked, NodeId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
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

/// A class with what is available for it.
struct Scene<'f> {
    index: usize,
    class: &'f Class,
    available: Vec<Available>,
}

impl Scene<'_> {
    fn setting<'s>(&'s self, frame: &'s Frame) -> Setting<'s> {
        Setting {
            frame,
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
    /// What a set of entries costs; `None` where it does not have everything by the deadline.
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
        let mut scenes: Vec<Scene<'_>> = Vec::new();
        for (index, class) in frame.classes.iter().enumerate() {
            let available = self.closure(frame, class, handles, &|subgraph| {
                entered.contains(&subgraph)
            });
            scenes.push(Scene {
                index,
                class,
                available,
            });
        }
        let mut children = Children::default();
        for scene in &scenes {
            self.answer_leaves(frame, scene, deadline, &mut usage, &mut children)?;
        }
        for ((child, below), users) in children {
            let solution = self.solve(child, &below, deadline)?;
            usage.price += solution.price;
            if usage.price > most_below {
                return None;
            }
            let waits = usage.waits_below.entry(child).or_default();
            waits.push(solution.waits);
            for (scene, origins) in users {
                for (index, (position, required)) in origins.into_iter().enumerate() {
                    if solution.used & (1 << index.min(63)) != 0 {
                        let scene = &scenes[scene];
                        self.use_available(frame, scene, position, required, &mut usage)?;
                    }
                }
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

    fn answer_leaves(
        &mut self,
        frame: &Frame,
        scene: &Scene<'_>,
        deadline: Level,
        usage: &mut Usage,
        children: &mut Children,
    ) -> Option<()> {
        let mut choices: Vec<Choice> = Vec::new();
        for &position in &scene.class.needs {
            let need = self.selections.node(frame.node).needs[position].clone();
            let name = self.selections.name_id(need.field);
            let asked = need.asked(&frame.types);
            let setting = scene.setting(frame);
            let resolving = match need.child {
                None => self.resolving(setting, name, asked, deadline),
                Some(_) => self.all_resolving(setting, name, asked, deadline),
            };
            if resolving.is_empty() {
                return None;
            }
            match need.child {
                None => choices.push((position, name, resolving)),
                Some(child) => {
                    let is_untold =
                        |(index, _): &(usize, Level)| scene.available[*index].is_untold();
                    if !matches!(asked, Asked::AsInput | Asked::ForAll)
                        && resolving.iter().all(is_untold)
                    {
                        self.learn_types(frame, scene, deadline, usage)?;
                    }
                    self.add_child(frame, scene, child, &resolving, name, children);
                }
            }
        }
        choices.sort_by_key(|(_, _, resolving)| resolving.len());
        for (position, name, resolving) in choices {
            let told = (name == TYPENAME).then(|| told_anyway(frame, scene, &resolving, usage));
            let (chosen, level) = match told.flatten() {
                Some(told) => told,
                None => prefer(&resolving, scene, usage)?,
            };
            let required = self.required(frame, scene, chosen, level, name);
            let supplier = match (&scene.available[chosen].origin, &required) {
                (_, Some((level, _))) => {
                    Supplier::Required(scene.available[chosen].handle.subgraph, *level)
                }
                (Origin::Given(given), None) => Supplier::Given(*given),
                (Origin::Entered(_), None) => {
                    Supplier::Entered(scene.available[chosen].handle.subgraph)
                }
            };
            usage.leaves.insert((scene.index, position), supplier);
            let need = &self.selections.node(frame.node).needs[position];
            if need.response_key.is_some() {
                let waits = usage.waits.entry(position).or_default();
                waits.push(u64::from(level) * WAIT);
            }
            if scene.available[chosen].is_untold() && !need.covers(&frame.types) {
                self.learn_types(frame, scene, deadline, usage)?;
            }
            self.use_available(frame, scene, chosen, required, usage)?;
        }
        Some(())
    }

    /// Marks what tells the types of objects as used.
    fn learn_types(
        &mut self,
        frame: &Frame,
        scene: &Scene<'_>,
        deadline: Level,
        usage: &mut Usage,
    ) -> Option<()> {
        let (position, level) = knowing(&scene.available)?;
        if level > deadline {
            return None;
        }
        self.use_available(frame, scene, position, None, usage)
    }

    /// The step and name of a field that has requirements where it is taken from.
    fn required(
        &self,
        frame: &Frame,
        scene: &Scene<'_>,
        chosen: usize,
        level: Level,
        name: NameId,
    ) -> Required {
        let (one, object) = (&scene.available[chosen], scene.class.representative);
        let is_local = name == TYPENAME || self.gives_at_once(frame.node, one, object, name);
        (!is_local).then_some((level, name))
    }

    fn add_child(
        &mut self,
        frame: &Frame,
        scene: &Scene<'_>,
        child: NodeId,
        resolving: &[(usize, Level)],
        name: NameId,
        children: &mut Children,
    ) {
        let mut below: SmallVec<[(Handle, Source); 4]> = SmallVec::new();
        for &(index, level) in resolving {
            let handle = self.in_step(frame, &scene.available[index].handle, level);
            let required = self.required(frame, scene, index, level, name);
            below.push((
                self.descend(&handle, level, &scene.class.types, name),
                (index, required),
            ));
        }
        below.sort_by(|a, b| a.0.cmp(&b.0));
        below.dedup_by(|a, b| a.0 == b.0);
        let (handles, origins): (Vec<Handle>, Vec<_>) = below.into_iter().unzip();
        children
            .entry((child, handles))
            .or_default()
            .push((scene.index, origins));
    }

    /// Marks what answers a need as used, and what its entry needs in turn.
    fn use_available(
        &mut self,
        frame: &Frame,
        scene: &Scene<'_>,
        position: usize,
        required: Required,
        usage: &mut Usage,
    ) -> Option<()> {
        let one = &scene.available[position];
        if let Some((level, name)) = required {
            let subgraph = one.handle.subgraph;
            let (_, way) = self.requirement(scene.setting(frame), subgraph, name)?;
            usage.requests.insert((subgraph, level));
            if let Some(fields) = self.required_fields(scene.class, subgraph, name) {
                self.supply(frame, scene, fields, level - 1, usage)?;
            }
            return self.supply_way(frame, scene, &way, level, usage);
        }
        match &one.origin {
            Origin::Given(given) => {
                usage.used |= 1 << (*given).min(63);
                Some(())
            }
            Origin::Entered(way) => {
                if !usage.entered.insert((scene.index, one.handle.subgraph)) {
                    return Some(());
                }
                usage
                    .requests
                    .insert((one.handle.subgraph, one.handle.level));
                self.supply_way(frame, scene, way, one.handle.level, usage)
            }
        }
    }

    fn supply_way(
        &mut self,
        frame: &Frame,
        scene: &Scene<'_>,
        way: &Way,
        level: Level,
        usage: &mut Usage,
    ) -> Option<()> {
        let Way::Key { fields, .. } = way else {
            let first = scene
                .available
                .iter()
                .position(|one| matches!(one.origin, Origin::Given(_)));
            return match first {
                Some(first) => self.use_available(frame, scene, first, None, usage),
                None => Some(()),
            };
        };
        self.supply(frame, scene, *fields, level - 1, usage)
    }

    pub(crate) fn required_fields(
        &mut self,
        class: &Class,
        subgraph: SubgraphId,
        name: NameId,
    ) -> Option<NodeId> {
        let resolution = self
            .graph
            .resolution(subgraph, class.representative, name)?;
        let Resolution::Requires(field) = resolution else {
            return None;
        };
        field
            .requires
            .as_ref()
            .map(|fields| self.field_set_node(fields, &class.types))
    }

    /// Marks what answers the inputs of an entry by the step before it.
    fn supply(
        &mut self,
        frame: &Frame,
        scene: &Scene<'_>,
        node: NodeId,
        limit: Level,
        usage: &mut Usage,
    ) -> Option<()> {
        for position in 0..self.selections.node(node).needs.len() {
            let need = self.selections.node(node).needs[position].clone();
            if !need.types.contains(scene.class.representative) {
                continue;
            }
            let name = self.selections.name_id(need.field);
            let (setting, asked) = (scene.setting(frame), Asked::AsInput);
            let resolving = match need.child {
                None => self.resolving(setting, name, asked, limit),
                Some(_) => self.all_resolving(setting, name, asked, limit),
            };
            match need.child {
                None => {
                    let (chosen, level) = prefer(&resolving, scene, usage)?;
                    let required = self.required(frame, scene, chosen, level, name);
                    self.use_available(frame, scene, chosen, required, usage)?;
                }
                Some(_) if resolving.is_empty() => return None,
                Some(child) => {
                    let mut children = Children::default();
                    self.add_child(frame, scene, child, &resolving, name, &mut children);
                    for ((child, below), users) in children {
                        let solution = self.solve(child, &below, limit)?;
                        usage.price += solution.price;
                        for (index, (position, required)) in users
                            .into_iter()
                            .flat_map(|(_, origins)| origins)
                            .enumerate()
                        {
                            if solution.used & (1 << index.min(63)) != 0 {
                                self.use_available(frame, scene, position, required, usage)?;
                            }
                        }
                    }
                }
            }
        }
        Some(())
    }
}

/// What tells the types of objects, where something is entered that waits for them. To ask later fetches for types as well is not
/// worth a thing, and some are sent under conditions.
fn told_anyway(
    frame: &Frame,
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
    if !frame.is_blind || !scene.available.iter().any(waits_for_types) {
        return None;
    }
    let (telling, _) = knowing(&scene.available)?;
    let mut resolving = resolving.iter().copied();
    resolving.find(|(index, _)| *index == telling)
}

/// The answerer to take: one that is used anyway, then a given one, then the soonest.
fn prefer(
    resolving: &[(usize, Level)],
    scene: &Scene<'_>,
    usage: &Usage,
) -> Option<(usize, Level)> {
    resolving.iter().copied().min_by_key(|&(index, level)| {
        let one = &scene.available[index];
        let rank = match &one.origin {
            Origin::Given(given) if usage.used & (1 << (*given).min(63)) != 0 => 0,
            Origin::Given(_) => 1,
            Origin::Entered(_) if usage.entered.contains(&(scene.index, one.handle.subgraph)) => 0,
            Origin::Entered(_) => 2,
        };
        (rank, level, one.handle.subgraph, index)
    })
}
