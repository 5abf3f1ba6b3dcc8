//! Spots of the merged response: which key holds which field there, so that inputs never meet what a client asked for.

use crate::memory::Memory;
use crate::selection::{FieldId, Need, NodeId, Selections};
use apollo_compiler::{Name, name};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

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
    /// What clients ask for under each key.
    uses: FxHashMap<Name, Vec<Rc<Need>>>,
    /// Whether a key stands for different things, where that was looked at.
    contested: FxHashMap<Name, bool>,
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
            let uses = self.spots[spot.0].uses.entry(key.clone()).or_default();
            memory.take::<Rc<Need>>(1);
            uses.push(need.clone());
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

    /// Whether clients have different things under one key for objects of different types.
    pub(crate) fn is_contested(
        &mut self,
        selections: &Selections,
        spot: SpotId,
        key: &Name,
    ) -> bool {
        let spot = &mut self.spots[spot.0];
        let uses = spot.uses.get(key).map_or(&[][..], Vec::as_slice);
        if uses.len() < 2 {
            return false;
        }
        if let Some(&known) = spot.contested.get(key) {
            return known;
        }
        let mut seen = FxHashSet::default();
        let mut pairs = (0..uses.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        let is_contested = pairs.any(|(one, other)| {
            let (one, other) = (&uses[one], &uses[other]);
            !one.types.intersects(&other.types) && !agree(selections, one, other, &mut seen)
        });
        spot.contested.insert(key.clone(), is_contested);
        is_contested
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

/// Whether two needs under one key, for objects of different types, can share it: what they have is one thing, at every depth. Below
/// them, it is objects' own types that tell things apart.
fn agree(
    selections: &Selections,
    one: &Need,
    other: &Need,
    seen: &mut FxHashSet<(NodeId, NodeId)>,
) -> bool {
    if one.field != other.field {
        return false;
    }
    let (Some(below), Some(other_below)) = (one.child, other.child) else {
        return true;
    };
    if below == other_below || !seen.insert((below, other_below)) {
        return true;
    }
    let others = &selections.node(other_below).needs;
    let mut needs = selections.node(below).needs.iter();
    needs.all(|need| {
        others.iter().all(|other| {
            need.response_key.is_none()
                || need.response_key != other.response_key
                || !need.types.intersects(&other.types)
                || agree(selections, need, other, seen)
        })
    })
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
