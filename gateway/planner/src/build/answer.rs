//! Who answers a need with a child: what is open below, through which links, for which types.

use super::leaf::selected_types;
use super::{Builder, Link, LinkId, SceneId, Source};
use crate::error::PlanError;
use crate::graph::NameId;
use crate::search::{Available, Handle, Level, Origin, Setting, Way};
use crate::selection::{Need, NodeId};
use crate::type_set::TypeSet;

/// Who answers a need with a child, for some types.
#[derive(Clone)]
pub(super) struct Answer {
    /// What is open below, and which links of the place lead there.
    pub(super) below: Vec<(Handle, Vec<(LinkId, TypeSet)>)>,
    /// Tells whether another class has the same answer.
    pub(super) key: Vec<(Handle, Option<Origin>)>,
    pub(super) types: TypeSet,
    pub(super) representative: usize,
    /// The types for each of which it is stored under a key of its own.
    pub(super) apart: TypeSet,
}

/// One that answers.
struct Answering {
    below: Handle,
    origin: Option<Origin>,
    link: LinkId,
}

impl Builder<'_, '_> {
    /// Who answers a need with a child. Classes with the same answer are put together.
    pub(super) fn answers(
        &mut self,
        need: &Need,
        position: usize,
        scenes: &[SceneId],
        limit: Level,
    ) -> Result<Vec<Answer>, PlanError> {
        let mut answers: Vec<Answer> = Vec::new();
        for &scene in scenes {
            let (_, class) = self.class(scene);
            if !class.needs.contains(&position) {
                continue;
            }
            let answer = self.answer(need, scene, limit)?;
            let alike = |known: &&mut Answer| {
                known.key == answer.key && answer.key.iter().all(|(_, origin)| origin.is_some())
            };
            match answers.iter_mut().find(alike) {
                Some(known) => known.absorb(answer),
                None => answers.push(answer),
            }
        }
        Ok(answers)
    }

    pub(super) fn answer(
        &mut self,
        need: &Need,
        scene: SceneId,
        limit: Level,
    ) -> Result<Answer, PlanError> {
        let (frame, class) = self.class(scene);
        let available = self.scenes[scene].available.clone();
        let name = self.search.selections.name_id(need.field);
        let asked = need.asked(&frame.types);
        let setting = Setting {
            frame: &frame,
            class: &class,
            available: &available,
        };
        let resolving = self.search.all_resolving(setting, name, asked, limit);
        let all = || resolving.iter().map(|&(index, _)| &available[index]);
        let is_blind = all().any(|one| one.handle.is_interface_object);
        let is_untold = all().any(Available::is_untold);
        let mut found = Vec::new();
        for &one in &resolving {
            found.extend(self.answering(scene, one, name, resolving.len() > 1)?);
        }
        found.sort_by(|a, b| a.below.cmp(&b.below));
        found.dedup_by(|a, b| a.below == b.below);
        let is_for_all = found.iter().any(|one| self.is_for_all_types(one.link));
        let types = selected_types(need, &frame, &class, is_blind, is_untold || is_for_all);
        let mut answer = Answer {
            below: Vec::new(),
            key: Vec::new(),
            types,
            representative: class.representative,
            apart: match self.is_apart(need, scene) {
                true => class.types.clone(),
                false => TypeSet::default(),
            },
        };
        for one in found {
            let types = match self.links[one.link].handle.is_interface_object {
                true => answer.types.clone(),
                false => class.types.clone(),
            };
            answer.key.push((one.below.clone(), one.origin));
            answer.below.push((one.below, vec![(one.link, types)]));
        }
        Ok(answer)
    }

    /// What one that resolves a field there opens below, from a step on; nothing, where it cannot be asked and others can.
    fn answering(
        &mut self,
        scene: SceneId,
        (index, level): (usize, Level),
        name: NameId,
        has_others: bool,
    ) -> Result<Option<Answering>, PlanError> {
        let (frame, class) = self.class(scene);
        let available = self.scenes[scene].available.clone();
        let one = &available[index];
        let handle = self.search.in_step(&frame, &one.handle, level);
        let is_local = self
            .search
            .gives_at_once(frame.node, one, class.representative, name);
        let below = self.search.descend(&handle, level, &class.types, name);
        if is_local {
            let link = self.scenes[scene].links[index];
            let origin = Some(self.for_all_types(link, one.origin.clone()));
            return Ok(Some(Answering {
                below,
                origin,
                link,
            }));
        }
        let link = match self.required_link(scene, index, name) {
            // What is from a context is not needed where something else answers.
            Err(_) if has_others => None,
            link => link?,
        };
        Ok(link.map(|link| {
            let for_all = self.is_for_all_types(link);
            Answering {
                below,
                origin: for_all.then_some(Origin::Given(usize::MAX)),
                link,
            }
        }))
    }

    /// Whether a link enters an interface object with objects whose types are unknown: then it does so for all of them.
    fn is_for_all_types(&self, link: LinkId) -> bool {
        let Link { handle, source, .. } = &self.links[link];
        match source {
            Source::Entry {
                scene,
                way: Way::Key { needs_type, .. },
                ..
            } => handle.is_interface_object && !needs_type && self.class(*scene).0.is_blind,
            _ => false,
        }
    }

    /// Where a link comes from, without what differs between the classes that it stands for.
    fn for_all_types(&self, link: LinkId, origin: Origin) -> Origin {
        match origin {
            Origin::Entered(Way::Key {
                key_type,
                is_interface_object,
                needs_type,
                ..
            }) if self.is_for_all_types(link) => Origin::Entered(Way::Key {
                fields: NodeId(u32::MAX),
                key_type,
                is_interface_object,
                needs_type,
            }),
            origin => origin,
        }
    }
}

impl Answer {
    /// The links of the place that lead below.
    pub(super) fn links(&self) -> Vec<LinkId> {
        self.below
            .iter()
            .flat_map(|(_, parents)| parents.iter().map(|(link, _)| *link))
            .collect()
    }

    fn absorb(&mut self, other: Self) {
        self.types.extend(&other.types);
        self.apart.extend(&other.apart);
        for ((_, parents), (_, added)) in self.below.iter_mut().zip(other.below) {
            parents.extend(added);
        }
    }
}
