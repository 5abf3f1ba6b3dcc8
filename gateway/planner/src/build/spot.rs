//! Spots of the merged response: which key holds which field there, so that inputs never meet what a client asked for.

use crate::memory::Memory;
use crate::selection::{FieldId, NodeId, Selections};
use apollo_compiler::{Name, name};
use rustc_hash::{FxHashMap, FxHashSet};

/// A position in [`Spots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SpotId(usize);

impl SpotId {
    /// The response itself.
    pub(crate) const ROOT: Self = Self(0);
}

/// A key with the fields under it, and with the spot below.
type AskedKey = (Name, Vec<FieldId>, FieldId, Name, SpotId);

/// An object of the merged response, lists and runtime types left aside.
#[derive(Debug, Default)]
struct Spot {
    /// The fields that clients ask for under each key.
    asked: FxHashMap<Name, Vec<FieldId>>,
    /// The keys of inputs.
    inputs: FxHashMap<FieldId, Name>,
    below: FxHashMap<Name, SpotId>,
}

/// All spots of one operation.
#[derive(Debug)]
pub(crate) struct Spots {
    spots: Vec<Spot>,
}

impl Spots {
    /// The spots of a client's selection.
    pub(crate) fn of(selections: &Selections, root: NodeId, memory: &mut Memory) -> Self {
        let mut spots = Self {
            spots: vec![Spot::default()],
        };
        let mut seen = FxHashSet::default();
        spots.register(selections, root, SpotId::ROOT, &mut seen, memory);
        spots
    }

    fn register(
        &mut self,
        selections: &Selections,
        node: NodeId,
        spot: SpotId,
        seen: &mut FxHashSet<(NodeId, SpotId)>,
        memory: &mut Memory,
    ) {
        // Places of a text that asks for more than fits are refused later; this only must not run away.
        if !seen.insert((node, spot)) || !memory.take::<(NodeId, SpotId)>(1) {
            return;
        }
        for need in &selections.node(node).needs {
            let Some(key) = &need.response_key else {
                continue;
            };
            let asked = self.spots[spot.0].asked.entry(key.clone()).or_default();
            if !asked.contains(&need.field) {
                memory.take::<AskedKey>(1);
                asked.push(need.field);
            }
            if let Some(child) = need.child {
                let below = self.below(spot, key);
                memory.take::<Spot>(1);
                self.register(selections, child, below, seen, memory);
            }
        }
    }

    /// The spot below a key.
    pub(crate) fn below(&mut self, spot: SpotId, key: &Name) -> SpotId {
        if let Some(&below) = self.spots[spot.0].below.get(key) {
            return below;
        }
        let below = SpotId(self.spots.len());
        self.spots.push(Spot::default());
        self.spots[spot.0].below.insert(key.clone(), below);
        below
    }

    /// Whether clients have more than one field under a key, or under some key below it: on other types, or for other conditions.
    pub(crate) fn is_contested(&self, spot: SpotId, key: &Name) -> bool {
        let spot = &self.spots[spot.0];
        spot.asked.get(key).is_some_and(|fields| fields.len() > 1)
            || spot.below.get(key).is_some_and(|&below| {
                let mut keys = self.spots[below.0].asked.keys();
                keys.any(|key| self.is_contested(below, key))
            })
    }

    /// The key under which an input is stored: its own name, unless that may hold something else.
    pub(crate) fn input_key(&mut self, spot: SpotId, field: FieldId, plain: &Name) -> Name {
        if let Some(key) = self.spots[spot.0].inputs.get(&field) {
            return key.clone();
        }
        let spot = &mut self.spots[spot.0];
        let is_free = spot
            .asked
            .get(plain)
            .is_none_or(|asked| asked.iter().all(|&one| one == field))
            && spot.inputs.values().all(|taken| taken != plain);
        let key = if is_free {
            plain.clone()
        } else {
            spot.unused_key(plain)
        };
        spot.inputs.insert(field, key.clone());
        key
    }
}

impl Spot {
    fn unused_key(&self, plain: &Name) -> Name {
        let taken = |key: &str| {
            self.asked.keys().any(|asked| asked == key)
                || self.inputs.values().any(|input| input == key)
        };
        (0..)
            .map(|number| format!("__weft_{plain}_{number}"))
            .find(|key| !taken(key))
            .and_then(|key| Name::new(&key).ok())
            .unwrap_or_else(|| name!("__weft"))
    }
}
