//! The search: from each root, every field and every type condition, until no state is left that could do less than
//! those which were visited.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use weft_supergraph::Supergraph;
use weft_supergraph::query_graph::{
    ContextId, Environment, FieldId, LabelId, NodeId, QueryGraph, Reach, SelectionId, TypeId,
};

use super::runtime_types::{Agreement, agreement};

/// More decided labels than this are not carried along: the oldest is forgotten, which can only find more.
const LABEL_LIMIT: usize = 6;

/// A search for shortest operations is given up after so many states: those of other operations do.
const STATE_LIMIT: usize = 100_000;

/// Which state is visited next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The one with the fewest nodes: what it passes, states with more nodes pass too, so few are visited.
    SmallestFirst,
    /// The one with the shortest operation.
    ShortestFirst,
}

/// An object of a type, on one path from a root.
pub(super) struct State {
    pub(super) type_id: TypeId,
    /// Every node that can be reached for the object, ascending.
    pub(super) reached: Vec<NodeId>,
    pub(super) environment: Environment,
    /// The state before, the field taken from there, and the type condition where the field's type is abstract.
    pub(super) came_by: Option<(usize, FieldId, Option<TypeId>)>,
}

/// What cannot be answered.
pub(super) enum Problem {
    /// No node resolves the field.
    Unresolvable,
    /// The field leads to interface objects only, from where no key leads to the actual types.
    TypeUnknown {
        /// The interface.
        interface: TypeId,
        /// The interface objects.
        nodes: Vec<NodeId>,
    },
    /// The subgraphs that resolve the field have no object type in common.
    NoCommonType(Agreement),
}

/// A field that cannot be answered at a state.
pub(super) struct Failure {
    pub(super) state: usize,
    pub(super) field: FieldId,
    pub(super) environment: Environment,
    pub(super) problem: Problem,
}

/// A field that no node which resolves it can resolve, as what it requires cannot be brought back there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stranded {
    pub(super) state: usize,
    pub(super) field: FieldId,
    pub(super) nodes: Vec<NodeId>,
}

/// The search, and afterwards its outcome.
pub(super) struct Walk<'g> {
    pub(super) graph: &'g QueryGraph,
    pub(super) reach: Reach<'g>,
    pub(super) states: Vec<State>,
    pub(super) failures: Vec<Failure>,
    /// Shared fields whose subgraphs know different types, each once.
    pub(super) disagreements: Vec<(TypeId, FieldId, Agreement)>,
    /// Fields whose requirement can be had, but not be brought back to the subgraph that needs it.
    pub(super) stranded: Vec<Stranded>,
    order: Order,
    /// Rank and state: lower ranks go first.
    queue: BTreeSet<(usize, usize)>,
    visited: FxHashMap<(TypeId, Environment), Vec<usize>>,
    /// Fields that need not be followed again, and all that were reported.
    unanswered: FxHashSet<(TypeId, FieldId)>,
    reported: FxHashSet<(TypeId, FieldId)>,
    disagreed: FxHashSet<(TypeId, FieldId)>,
    /// Sets of nodes whose types were compared.
    compared: FxHashMap<TypeId, Vec<Vec<NodeId>>>,
}

impl<'g> Walk<'g> {
    pub(super) fn new(supergraph: &'g Supergraph, order: Order) -> Self {
        let graph = supergraph.query_graph();
        Self {
            graph,
            reach: Reach::new(graph),
            states: Vec::new(),
            failures: Vec::new(),
            disagreements: Vec::new(),
            stranded: Vec::new(),
            order,
            queue: BTreeSet::new(),
            visited: FxHashMap::default(),
            unanswered: FxHashSet::default(),
            reported: FxHashSet::default(),
            disagreed: FxHashSet::default(),
            compared: FxHashMap::default(),
        }
    }

    /// Visits everything that a client can reach; `false` when that took too many states to end.
    pub(super) fn run(&mut self) -> bool {
        for (index, info) in (0..).zip(self.graph.types()) {
            if info.root.is_some() && info.in_api {
                let environment = Environment::default();
                self.arrive(TypeId(index), &info.nodes, &environment, None);
            }
        }
        self.run_queue()
    }

    /// Visits everything below a root field that one subgraph answers alone.
    pub(super) fn run_field(&mut self, root: TypeId, node: NodeId, field: FieldId) -> bool {
        let environment = Environment::default();
        let state = self.states.len();
        self.states.push(State {
            type_id: root,
            reached: vec![node],
            environment: environment.clone(),
            came_by: None,
        });
        self.follow(state, field, &[node], &environment);
        self.run_queue()
    }

    /// Whether everything below a root field can be answered beginning with one subgraph alone. Must not be asked of a
    /// search that found failures: it takes what was visited for answerable.
    pub(super) fn answers_below(&mut self, root: TypeId, node: NodeId, field: FieldId) -> bool {
        let findings = (self.disagreements.len(), self.stranded.len());
        self.run_field(root, node, field);
        self.disagreements.truncate(findings.0);
        self.stranded.truncate(findings.1);
        let is_answered = self.failures.is_empty();
        if !is_answered {
            self.failures.clear();
            self.unanswered.clear();
            self.reported.clear();
            self.visited.clear();
            self.compared.clear();
        }
        is_answered
    }

    fn run_queue(&mut self) -> bool {
        while let Some((_, state)) = self.queue.pop_first() {
            if self.order == Order::ShortestFirst && self.states.len() > STATE_LIMIT {
                return false;
            }
            match self.is_superseded(state) {
                true => self.compare_types(state),
                false => self.visit(state),
            }
        }
        true
    }

    /// The environments in which an undecided label is off and on.
    pub(super) fn decide(environment: &Environment, label: LabelId) -> [Environment; 2] {
        [false, true].map(|on| {
            let mut decided = environment.clone();
            if decided.labels.len() >= LABEL_LIMIT {
                decided.labels.remove(0);
            }
            decided.labels.push((label, on));
            decided.labels.sort_unstable();
            decided
        })
    }

    fn visit(&mut self, state: usize) {
        let info = self.graph.type_info(self.states[state].type_id);
        let environment = self.states[state].environment.clone();
        let resolving = self.resolving_nodes(state);
        for (field, _) in info.fields.iter().filter(|(_, info)| info.in_api) {
            let element = (self.states[state].type_id, *field);
            if !self.unanswered.contains(&element) {
                let nodes = resolving.get(field).map_or(&[][..], Vec::as_slice);
                self.follow(state, *field, nodes, &environment);
            }
        }
    }

    /// For each field, the nodes of a state that resolve it: a root type has thousands of fields in hundreds of
    /// subgraphs, most of them in one.
    fn resolving_nodes(&self, state: usize) -> FxHashMap<FieldId, Vec<NodeId>> {
        let mut resolving: FxHashMap<FieldId, Vec<NodeId>> = FxHashMap::default();
        for &node in &self.states[state].reached {
            for edge in self.graph.node(node).edges() {
                resolving.entry(edge.field).or_default().push(node);
            }
        }
        resolving
    }

    /// Takes a field from a state, where `resolving` nodes have it; with a label that the answer depends on, once for
    /// each value of it.
    fn follow(
        &mut self,
        state: usize,
        field: FieldId,
        resolving: &[NodeId],
        environment: &Environment,
    ) {
        self.reach.set_environment(environment);
        let type_id = self.states[state].type_id;
        let nodes = self.reach.step(type_id, resolving, field);
        let target = self
            .graph
            .type_info(type_id)
            .fields
            .get(&field)
            .and_then(|info| info.target);
        let spread = match target {
            Some(target) if !nodes.is_empty() => self.spread(target, &nodes),
            _ => Some(Vec::new()),
        };
        if let Some(label) = self.reach.undecided() {
            for decided in Self::decide(environment, label) {
                self.follow(state, field, resolving, &decided);
            }
            return;
        }
        self.check_way_back(type_id, state, field, resolving);
        let problem = match (target, spread) {
            _ if nodes.is_empty() => Some(Problem::Unresolvable),
            (Some(interface), None) => Some(Problem::TypeUnknown { interface, nodes }),
            (Some(target), Some(objects)) => {
                let problem = self.check_agreement(type_id, field, target, &nodes);
                if problem.is_none() {
                    let came_by = |object| (state, field, (object != target).then_some(object));
                    for (object, nodes) in objects {
                        self.arrive(object, &nodes, environment, Some(came_by(object)));
                    }
                }
                problem
            }
            _ => None,
        };
        if let Some(problem) = problem {
            self.fail(state, field, environment, problem);
        }
    }

    /// Notes a field that every subgraph which resolves it can only resolve after coming back by a key, and none can.
    fn check_way_back(
        &mut self,
        type_id: TypeId,
        state: usize,
        field: FieldId,
        resolving: &[NodeId],
    ) {
        let graph = self.graph;
        let mut nodes = Vec::new();
        for &node in resolving {
            let Some(edge) = graph.node(node).edge(field) else {
                continue;
            };
            if edge.requires == SelectionId::EMPTY || self.reach.returns(type_id, node, edge) {
                return;
            }
            nodes.push(node);
        }
        let mut known = self.stranded.iter();
        if !nodes.is_empty() && !known.any(|known| known.field == field && known.nodes == nodes) {
            self.stranded.push(Stranded {
                state,
                field,
                nodes,
            });
        }
    }

    /// The object types behind a field's type that clients can ask for, each with its nodes.
    fn spread(&mut self, target: TypeId, nodes: &[NodeId]) -> Option<Vec<(TypeId, Vec<NodeId>)>> {
        let info = self.graph.type_info(target);
        if !info.is_abstract() {
            return Some(vec![(target, nodes.to_vec())]);
        }
        if !info
            .possible_ids()
            .any(|object| self.graph.type_info(object).in_api)
        {
            return Some(Vec::new());
        }
        let mut objects = self.reach.spread(target, nodes)?;
        objects.retain(|(object, _)| self.graph.type_info(*object).in_api);
        Some(objects)
    }

    fn check_agreement(
        &mut self,
        type_id: TypeId,
        field: FieldId,
        target: TypeId,
        nodes: &[NodeId],
    ) -> Option<Problem> {
        let found = agreement(self.graph, target, nodes)?;
        if found.common.is_empty() {
            return Some(Problem::NoCommonType(found));
        }
        if self.disagreed.insert((type_id, field)) {
            self.disagreements.push((type_id, field, found));
        }
        None
    }

    fn fail(&mut self, state: usize, field: FieldId, environment: &Environment, problem: Problem) {
        let element = (self.states[state].type_id, field);
        if !matches!(problem, Problem::NoCommonType(_)) {
            self.unanswered.insert(element);
        }
        if self.reported.insert(element) {
            self.failures.push(Failure {
                state,
                field,
                environment: environment.clone(),
                problem,
            });
        }
    }

    /// Enters a state, unless one that can do no more was entered before.
    fn arrive(
        &mut self,
        type_id: TypeId,
        nodes: &[NodeId],
        environment: &Environment,
        came_by: Option<(usize, FieldId, Option<TypeId>)>,
    ) {
        if let [only] = nodes
            && self.graph.is_closed(*only)
        {
            return;
        }
        self.reach.set_environment(environment);
        let reached = self.reached_from(type_id, nodes);
        let contexts = self.contexts(type_id, &reached, environment);
        if let Some(label) = self.reach.undecided() {
            for decided in Self::decide(environment, label) {
                self.arrive(type_id, nodes, &decided, came_by);
            }
            return;
        }
        let mut environment = environment.clone();
        environment.contexts = contexts;
        self.enter(State {
            type_id,
            reached,
            environment,
            came_by,
        });
    }

    /// Every node that can be reached from `nodes`; at once where they are all there are.
    fn reached_from(&mut self, type_id: TypeId, nodes: &[NodeId]) -> Vec<NodeId> {
        let info = self.graph.type_info(type_id);
        if info.root.is_some() && info.nodes == nodes {
            return nodes.to_vec();
        }
        let closure = self.reach.closure(type_id, nodes);
        closure.iter().map(|reached| reached.node).collect()
    }

    /// The contextual arguments that are at hand below an object.
    fn contexts(
        &mut self,
        type_id: TypeId,
        reached: &[NodeId],
        environment: &Environment,
    ) -> Vec<ContextId> {
        let mut contexts = environment.contexts.clone();
        for (id, context) in (0..).map(ContextId).zip(self.graph.contexts()) {
            let setter = context
                .setters
                .iter()
                .find(|(setter, _)| *setter == type_id);
            let is_set = setter
                .is_some_and(|(_, selection)| self.reach.selects(type_id, reached, *selection));
            if is_set && !contexts.contains(&id) {
                contexts.push(id);
            }
        }
        contexts.sort_unstable();
        contexts
    }

    fn enter(&mut self, state: State) {
        let key = (state.type_id, state.environment.clone());
        let index = self.states.len();
        let known = self.visited.entry(key).or_default();
        let states = &self.states;
        let is_dominated = known
            .iter()
            .any(|one| is_subset(&states[*one].reached, &state.reached));
        if !is_dominated {
            known.retain(|known| !is_subset(&state.reached, &states[*known].reached));
            known.push(index);
            let rank = match self.order {
                Order::SmallestFirst => state.reached.len(),
                Order::ShortestFirst => 0,
            };
            self.queue.insert((rank, index));
        }
        self.states.push(state);
        if is_dominated {
            self.compare_types(index);
        }
    }

    /// A state that can do more than another needs no visit, but more subgraphs have more to disagree about.
    fn compare_types(&mut self, state: usize) {
        let (type_id, environment) = (
            self.states[state].type_id,
            self.states[state].environment.clone(),
        );
        let graph = self.graph;
        let is_abstract = |target: &TypeId| graph.type_info(*target).is_abstract();
        let fields = graph
            .type_info(type_id)
            .fields
            .iter()
            .filter(|(_, info)| info.in_api);
        let fields: Vec<(FieldId, TypeId)> = fields
            .filter_map(|(field, info)| Some((*field, info.target.filter(is_abstract)?)))
            .collect();
        let reached = &self.states[state].reached;
        let compared = self.compared.entry(type_id).or_default();
        if fields.is_empty() || compared.iter().any(|known| is_subset(reached, known)) {
            return;
        }
        compared.push(reached.clone());
        self.reach.set_environment(&environment);
        for (field, target) in fields {
            let nodes = self.reach.step(type_id, &self.states[state].reached, field);
            if let Some(problem) = self.check_agreement(type_id, field, target, &nodes) {
                self.fail(state, field, &environment, problem);
            }
        }
    }

    /// Whether a state that can do no more came after this one.
    fn is_superseded(&self, state: usize) -> bool {
        let here = &self.states[state];
        let key = (here.type_id, here.environment.clone());
        self.visited
            .get(&key)
            .is_none_or(|known| !known.contains(&state))
    }
}

/// Whether all of `small` are in `large`; both ascending.
fn is_subset(small: &[NodeId], large: &[NodeId]) -> bool {
    let mut large = large.iter();
    small
        .iter()
        .all(|node| large.by_ref().any(|other| other == node))
}
