//! Groups of one request in, groups that ask about the same objects put together out: each entity goes along once.

use crate::build::{Group, Input, TreeId, same_contexts};
use rustc_hash::FxHashMap;
use weft_query_plan::PathSegment;

/// Groups that become one call at one place.
pub(crate) struct UnitedGroup<'g> {
    /// The first of them: all agree in subgraph, place, types and conditions.
    pub(crate) group: &'g Group,
    /// What objects are sent as: the inputs of whichever needs most.
    pub(crate) inputs: &'g [Input],
    /// What is selected.
    pub(crate) trees: Vec<TreeId>,
    /// All of them, by position in the list that was given.
    pub(crate) members: Vec<usize>,
}

/// Puts groups together where the representations of one hold those of the other.
pub(crate) fn unite<'g>(groups: &[&'g Group]) -> Vec<UnitedGroup<'g>> {
    let mut united: Vec<UnitedGroup<'g>> = Vec::with_capacity(groups.len());
    let mut by_path: FxHashMap<&[PathSegment], Vec<usize>> = FxHashMap::default();
    for (position, group) in groups.iter().enumerate() {
        let known = by_path.entry(&group.path).or_default();
        let inputs = known.iter().find_map(|&index| {
            let inputs = wider_inputs(&united[index], group)?;
            Some((index, inputs))
        });
        match inputs {
            Some((index, inputs)) => {
                united[index].inputs = inputs;
                united[index].trees.push(group.tree);
                united[index].members.push(position);
            }
            None => {
                known.push(united.len());
                united.push(UnitedGroup {
                    group,
                    inputs: &group.inputs,
                    trees: vec![group.tree],
                    members: vec![position],
                });
            }
        }
    }
    united
}

/// The inputs that serve both; `None` where neither one's do.
fn wider_inputs<'g>(united: &UnitedGroup<'g>, group: &'g Group) -> Option<&'g [Input]> {
    let takes_the_same = same_contexts(&united.group.contexts, &group.contexts);
    if united.group.types != group.types
        || united.group.conditions != group.conditions
        || !takes_the_same
    {
        return None;
    }
    if holds(united.inputs, &group.inputs) {
        return Some(united.inputs);
    }
    holds(&group.inputs, united.inputs).then_some(&group.inputs)
}

/// Whether objects are sent the same way, with at least those items.
fn holds(wide: &[Input], narrow: &[Input]) -> bool {
    wide.len() == narrow.len()
        && wide.iter().zip(narrow).all(|(wide, narrow)| {
            wide.types == narrow.types
                && wide.key_type == narrow.key_type
                && wide.is_renamed == narrow.is_renamed
                && wide.is_blind == narrow.is_blind
                && narrow.items.iter().all(|item| wide.items.contains(item))
        })
}
