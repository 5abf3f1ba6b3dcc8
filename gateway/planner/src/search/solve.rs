//! The cheapest set of subgraphs to enter at a place, under a deadline.

use super::{Available, Class, Frame, Handle, Level, Origin, Search, Way, knowing};
use crate::selection::{Asked, NodeId};
use apollo_compiler::Name;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use weft_supergraph::SubgraphId;

/// What a request costs that no price was set for.
const REQUEST: u64 = 1000;
/// What an entity call costs on top, so that fewer are better at equal requests.
const CALL: u64 = 20;

/// What to do at a node where some handles are given.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    /// The subgraphs that may be entered.
    pub(crate) entered: Vec<SubgraphId>,
    /// Who answers each leaf, by class and position of the need.
    pub(crate) leaves: FxHashMap<(usize, usize), Supplier>,
    /// What all entries at the place and below cost.
    pub(crate) price: u64,
    /// Which of the given handles are used, as bits.
    pub(crate) used: u64,
}

/// Who answers a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supplier {
    /// A given handle.
    Given(usize),
    /// An entry into that subgraph.
    Entered(SubgraphId),
    /// An entry that carries what the field requires, in that step.
    Required(SubgraphId, Level),
}

/// What one evaluation has used so far.
#[derive(Default)]
struct Usage {
    used: u64,
    entered: IndexSet<(usize, SubgraphId)>,
    requests: IndexSet<(SubgraphId, Level)>,
    leaves: FxHashMap<(usize, usize), Supplier>,
    price: u64,
}

/// A class with what is available for it.
struct Scene<'f> {
    index: usize,
    class: &'f Class,
    available: Vec<Available>,
}

/// The step and name of a field that has requirements where it is taken from.
type Required = Option<(Level, Name)>;

/// Where a handle of a child comes from: a position in what is available.
type Source = (usize, Required);

/// Needs with a child that share a node and what is open for it: for each scene, where the handles come from.
type Children = IndexMap<(NodeId, Vec<Handle>), Vec<(usize, Vec<Source>)>>;

/// A leaf: the need's position, its name, and what resolves it in which step.
type Choice = (usize, Name, Vec<(usize, Level)>);

impl Search<'_> {
    /// The best choice that has everything by `deadline`.
    pub(crate) fn solve(
        &mut self,
        node: NodeId,
        handles: &[Handle],
        deadline: Level,
    ) -> Option<Rc<Solution>> {
        let key = (node, handles.to_vec(), deadline);
        if let Some(known) = self.solved.get(&key) {
            return known.clone();
        }
        if !self.memory.take::<Solution>(1) || !self.memory.take::<Handle>(handles.len()) {
            return None;
        }
        self.solved.insert(key.clone(), None);
        let solution = self
            .closed_by_one(node, handles)
            .or_else(|| self.choose(node, handles, deadline));
        let solution = solution.map(Rc::new);
        self.solved.insert(key, solution.clone());
        solution
    }

    /// A node that one handle answers alone needs no search.
    fn closed_by_one(&mut self, node: NodeId, handles: &[Handle]) -> Option<Solution> {
        let index = handles
            .iter()
            .position(|handle| self.is_closed(node, handle))?;
        let frame = self.frame(node, handles);
        let mut leaves = FxHashMap::default();
        for (class_index, class) in frame.classes.iter().enumerate() {
            for &need in &class.needs {
                leaves.insert((class_index, need), Supplier::Given(index));
            }
        }
        Some(Solution {
            entered: Vec::new(),
            leaves,
            price: 0,
            used: 1 << index.min(63),
        })
    }

    fn choose(&mut self, node: NodeId, handles: &[Handle], deadline: Level) -> Option<Solution> {
        let frame = self.frame(node, handles);
        let (forced, free) = self.candidates(&frame, handles);
        self.has_chosen |= !free.is_empty();
        if self.evaluations >= self.effort.evaluations && !free.is_empty() {
            self.exhaustive = false;
            return self.evaluate(&frame, handles, &union(&forced, &free), deadline);
        }
        if free.len() <= self.effort.exhaustive {
            self.choose_among_all(&frame, handles, &forced, &free, deadline)
        } else {
            self.exhaustive = false;
            self.choose_by_removal(&frame, handles, &forced, free, deadline)
        }
    }

    fn choose_among_all(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        forced: &[SubgraphId],
        free: &[SubgraphId],
        deadline: Level,
    ) -> Option<Solution> {
        let mut sets: Vec<u32> = (0..1 << free.len()).collect();
        sets.sort_by_key(|set| set.count_ones());
        let soonest = 1 + handles.iter().map(|handle| handle.level).min().unwrap_or(0);
        let mut best: Option<Solution> = None;
        for set in sets {
            let chosen: Vec<SubgraphId> = free
                .iter()
                .enumerate()
                .filter(|(index, _)| set & (1 << index) != 0)
                .map(|(_, &subgraph)| subgraph)
                .collect();
            let entered = union(forced, &chosen);
            let least: u64 = entered
                .iter()
                .map(|&subgraph| self.least_price(subgraph) + u64::from(soonest))
                .sum();
            if best.as_ref().is_some_and(|best| best.price <= least) {
                continue;
            }
            let solution = self.evaluate(frame, handles, &entered, deadline);
            best = better(best, solution);
        }
        best
    }

    /// What an entry into the subgraph costs at least. A set in which all are used costs no less than their sum; one in
    /// which not all are used is no better than a smaller one.
    fn least_price(&self, subgraph: SubgraphId) -> u64 {
        self.least_prices.get(&subgraph).copied().unwrap_or(REQUEST) + CALL
    }

    fn choose_by_removal(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        forced: &[SubgraphId],
        mut free: Vec<SubgraphId>,
        deadline: Level,
    ) -> Option<Solution> {
        let mut best = self.evaluate(frame, handles, &union(forced, &free), deadline);
        let mut position = free.len();
        while position > 0 {
            position -= 1;
            let mut fewer = free.clone();
            fewer.remove(position);
            let solution = self.evaluate(frame, handles, &union(forced, &fewer), deadline);
            if let Some(solution) = solution
                && best
                    .as_ref()
                    .is_none_or(|best| solution.price <= best.price)
            {
                best = Some(solution);
                free = fewer;
            }
        }
        best
    }

    /// The subgraphs that can contribute at the place: those without an alternative, and the others.
    fn candidates(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
    ) -> (Vec<SubgraphId>, Vec<SubgraphId>) {
        let mut forced: IndexSet<SubgraphId> = IndexSet::new();
        let mut free: IndexSet<SubgraphId> = IndexSet::new();
        for class in &frame.classes {
            let available = self.closure(frame, class, handles, &|_| true);
            let mut wanted: IndexSet<SubgraphId> = IndexSet::new();
            for &need in &class.needs {
                let options = self.options(frame, class, handles, &available, frame.node, need);
                if let [only] = options[..] {
                    forced.insert(only);
                }
                wanted.extend(options);
            }
            self.add_supporters(frame, class, handles, &available, &mut wanted);
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

    /// The subgraphs whose entry helps with a need; none where a given handle answers it alone.
    fn options(
        &mut self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        available: &[Available],
        node: NodeId,
        position: usize,
    ) -> Vec<SubgraphId> {
        let need = self.selections.node(node).needs[position].clone();
        let name = self.selections.field(need.field).name.clone();
        let asked = self.selections.asked(node, &need, &frame.types);
        let resolving = self.resolving(frame, class, available, &name, asked, Level::MAX);
        let answered = resolving.iter().any(|&(index, _)| {
            let Origin::Given(given) = available[index].origin else {
                return false;
            };
            let gives = !handles[given].is_closed || asked == Asked::AsInput;
            let is_local = name == "__typename"
                || gives
                    && self
                        .local_field(&handles[given], class.representative, &name)
                        .is_some();
            is_local && self.is_answered_below(&available[index].handle, class, &name, need.child)
        });
        if answered {
            return Vec::new();
        }
        let mut options: Vec<SubgraphId> = Vec::new();
        for (index, _) in resolving {
            let one = &available[index];
            let is_entered = !matches!(one.origin, Origin::Given(_));
            if is_entered && !options.contains(&one.handle.subgraph) {
                options.push(one.handle.subgraph);
            }
        }
        options
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
    fn add_supporters(
        &mut self,
        frame: &Frame,
        class: &Class,
        handles: &[Handle],
        available: &[Available],
        wanted: &mut IndexSet<SubgraphId>,
    ) {
        let mut inputs: IndexSet<NodeId> = IndexSet::new();
        if frame.is_blind && frame.is_restricted {
            wanted.extend(knowing(available).map(|(index, _)| available[index].handle.subgraph));
        }
        for &need in &class.needs {
            self.add_requirements(class, frame.node, need, &mut inputs);
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
                let options = self.options(frame, class, handles, available, node, need);
                wanted.extend(options);
                self.add_requirements(class, node, need, &mut inputs);
            }
        }
    }

    fn add_requirements(
        &mut self,
        class: &Class,
        node: NodeId,
        need: usize,
        inputs: &mut IndexSet<NodeId>,
    ) {
        let field = self.selections.node(node).needs[need].field;
        let name = self.selections.field(field).name.clone();
        for subgraph in self.graph.subgraph_ids() {
            let resolution = self.graph.resolution(subgraph, class.representative, &name);
            if let Some(crate::graph::Resolution::Requires(field)) = resolution
                && let Some(fields) = &field.requires
            {
                inputs.insert(self.field_set_node(fields, &class.types));
            }
        }
    }

    /// What a set of entries costs; `None` where it does not have everything by the deadline.
    fn evaluate(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        entered: &[SubgraphId],
        deadline: Level,
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
        let mut children = Children::new();
        for scene in &scenes {
            self.answer_leaves(frame, scene, deadline, &mut usage, &mut children)?;
        }
        for ((child, below), users) in children {
            let solution = self.solve(child, &below, deadline)?;
            usage.price += solution.price;
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
            leaves: usage.leaves,
            price: usage.price,
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
            let name = self.selections.field(need.field).name.clone();
            let asked = self.selections.asked(frame.node, &need, &frame.types);
            let resolving =
                self.resolving(frame, scene.class, &scene.available, &name, asked, deadline);
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
                    self.add_child(scene, child, &resolving, &name, children);
                }
            }
        }
        choices.sort_by_key(|(_, _, resolving)| resolving.len());
        for (position, name, resolving) in choices {
            let (chosen, level) = prefer(&resolving, scene, usage)?;
            let required = self.required(scene, chosen, level, &name);
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
    fn required(&self, scene: &Scene<'_>, chosen: usize, level: Level, name: &Name) -> Required {
        let handle = &scene.available[chosen].handle;
        let is_local = name == "__typename"
            || self
                .local_field(handle, scene.class.representative, name)
                .is_some();
        (!is_local).then(|| (level, name.clone()))
    }

    fn add_child(
        &mut self,
        scene: &Scene<'_>,
        child: NodeId,
        resolving: &[(usize, Level)],
        name: &Name,
        children: &mut Children,
    ) {
        let mut below: Vec<(Handle, Source)> = Vec::new();
        for &(index, level) in resolving {
            let handle = scene.available[index].handle.clone();
            let required = self.required(scene, index, level, name);
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
            let (_, way) =
                self.requirement(frame, scene.class, &scene.available, subgraph, &name)?;
            usage.requests.insert((subgraph, level));
            if let Some(fields) = self.required_fields(scene.class, subgraph, &name) {
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
        name: &str,
    ) -> Option<NodeId> {
        let resolution = self
            .graph
            .resolution(subgraph, class.representative, name)?;
        let crate::graph::Resolution::Requires(field) = resolution else {
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
            let name = self.selections.field(need.field).name.clone();
            let resolving = self.resolving(
                frame,
                scene.class,
                &scene.available,
                &name,
                Asked::AsInput,
                limit,
            );
            match need.child {
                None => {
                    let (chosen, level) = prefer(&resolving, scene, usage)?;
                    let required = self.required(scene, chosen, level, &name);
                    self.use_available(frame, scene, chosen, required, usage)?;
                }
                Some(_) if resolving.is_empty() => return None,
                Some(child) => {
                    let mut children = Children::new();
                    self.add_child(scene, child, &resolving, &name, &mut children);
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

fn better(best: Option<Solution>, other: Option<Solution>) -> Option<Solution> {
    match (best, other) {
        (Some(best), Some(other)) if other.price < best.price => Some(other),
        (Some(best), _) => Some(best),
        (None, other) => other,
    }
}

fn union(forced: &[SubgraphId], chosen: &[SubgraphId]) -> Vec<SubgraphId> {
    let mut all = [forced, chosen].concat();
    all.sort();
    all
}
