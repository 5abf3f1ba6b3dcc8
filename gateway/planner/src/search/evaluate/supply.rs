//! What answers is used: the requests that this takes, and what those need in turn.

use super::{Required, Scene, Source, Usage};
use crate::graph::{NameId, Resolution};
use crate::search::{Class, Level, Origin, Search, Way};
use crate::selection::{Asked, NodeId};
use weft_supergraph::SubgraphId;

impl Search<'_> {
    /// Marks what answers a need as used, and what its entry needs in turn.
    pub(super) fn use_available(
        &mut self,
        scene: &Scene<'_>,
        position: usize,
        required: Required,
        usage: &mut Usage,
    ) -> Option<()> {
        let one = &scene.available[position];
        if let Some((level, name)) = required {
            let subgraph = one.handle.subgraph;
            let (_, way) = self.requirement(scene.setting(), subgraph, name)?;
            usage.requests.insert((subgraph, level));
            if let Some(fields) = self.required_fields(scene.class, subgraph, name) {
                self.supply(scene, fields, level - 1, usage)?;
            }
            return self.supply_way(scene, &way, level, usage);
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
                self.supply_way(scene, way, one.handle.level, usage)
            }
        }
    }

    fn supply_way(
        &mut self,
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
                Some(first) => self.use_available(scene, first, None, usage),
                None => Some(()),
            };
        };
        self.supply(scene, *fields, level - 1, usage)
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

    /// Marks those of the sources as used that a solution below takes, by their bits.
    pub(super) fn use_sources(
        &mut self,
        scene: &Scene<'_>,
        sources: Vec<Source>,
        used: u64,
        usage: &mut Usage,
    ) -> Option<()> {
        for (index, (position, required)) in sources.into_iter().enumerate() {
            if used & (1 << index.min(63)) != 0 {
                self.use_available(scene, position, required, usage)?;
            }
        }
        Some(())
    }

    /// Marks what answers the inputs of an entry by the step before it.
    fn supply(
        &mut self,
        scene: &Scene<'_>,
        node: NodeId,
        limit: Level,
        usage: &mut Usage,
    ) -> Option<()> {
        let asked = Asked::AsInput;
        for position in 0..self.selections.node(node).needs.len() {
            let need = self.selections.node(node).needs[position].clone();
            if !need.types.contains(scene.class.representative) {
                continue;
            }
            let name = self.selections.name_id(need.field);
            let Some(child) = need.child else {
                let resolving = self.resolving(scene.setting(), name, asked, limit);
                let (chosen, level) = prefer(&resolving, scene, usage)?;
                let required = self.required(scene, chosen, level, name);
                self.use_available(scene, chosen, required, usage)?;
                continue;
            };
            let resolving = self.all_resolving(scene.setting(), name, asked, limit);
            let (handles, sources) = self.below(scene, &resolving, name)?;
            let solution = self.solve(child, &handles, limit)?;
            usage.price += solution.price;
            self.use_sources(scene, sources, solution.used, usage)?;
        }
        Some(())
    }
}

/// The answerer to take: one that is used anyway, then a given one, then the soonest.
pub(super) fn prefer(
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
