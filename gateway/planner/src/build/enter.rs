//! Opening links: fields are selected in the group above, entries become groups with their inputs.

use super::{
    Builder, EntryContexts, Group, GroupId, GroupKind, Input, LinkId, SceneId, Source, TreeId,
    TreeItem,
};
use super::{Gate, own_contexts, same_contexts};
use crate::error::PlanError;
use crate::search::{Available, Class, Level, Origin, Setting, Way};
use crate::selection::{Asked, Need, NodeId};
use crate::type_set::TypeSet;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use weft_query_plan::{PathSegment, RepresentationField, RepresentationItem};

/// An entry about to be opened.
struct Entry<'e> {
    link: LinkId,
    scene: SceneId,
    way: &'e Way,
    required: Option<NodeId>,
    only_for: Option<&'e TypeSet>,
    contexts: &'e EntryContexts,
}

impl Builder<'_, '_> {
    /// Makes sure that a link is open, for a client under `gate` or as an input.
    pub(super) fn open(
        &mut self,
        link: LinkId,
        gate: Option<&Gate>,
    ) -> Result<(GroupId, TreeId), PlanError> {
        let open = match self.links[link].open {
            Some(open) => open,
            None => {
                let open = match self.links[link].source.clone() {
                    Source::Field {
                        parents,
                        item,
                        is_restricted,
                        returns_abstract,
                    } => self.open_field(link, &parents, &item, is_restricted, returns_abstract)?,
                    Source::Entry {
                        scene,
                        way,
                        required,
                        only_for,
                        contexts,
                    } => self.open_entry(&Entry {
                        link,
                        scene,
                        way: &way,
                        required,
                        only_for: only_for.as_ref(),
                        contexts: &contexts,
                    })?,
                };
                self.links[link].open = Some(open);
                open
            }
        };
        if let Some(gate) = gate {
            self.groups[open.0.0].add_condition(&gate.conditions);
            self.groups[open.0.0].parts.insert(gate.part);
        }
        Ok(open)
    }

    /// Selects `__typename` where it is true; an interface object's would not be. The group that was opened.
    pub(super) fn select_typename(
        &mut self,
        link: LinkId,
        gate: Option<&Gate>,
    ) -> Result<GroupId, PlanError> {
        let (group, tree) = self.open(link, gate)?;
        if !self.links[link].handle.is_interface_object {
            self.trees.add_typename(tree);
        }
        Ok(group)
    }

    fn open_field(
        &mut self,
        link: LinkId,
        parents: &[(LinkId, TypeSet)],
        item: &Rc<TreeItem>,
        is_restricted: bool,
        returns_abstract: bool,
    ) -> Result<(GroupId, TreeId), PlanError> {
        let mut result = None;
        for (parent, types) in parents {
            let (group, tree) = self.open(*parent, None)?;
            if is_restricted && !self.links[*parent].handle.is_interface_object {
                self.trees.add_typename(tree);
            }
            let name = self.search.selections.name_id(item.field);
            let below = item.place.map(|place| &self.places[place]);
            let asked = below.filter(|below| !below.is_input);
            let conditions = asked.map(|below| below.conditions.clone());
            self.take_along(*parent, types, name, conditions.as_ref())?;
            if let Some(child) = self.trees.add(tree, item, types) {
                result.get_or_insert((group, child));
            }
        }
        let Some((group, tree)) = result else {
            return Err(PlanError::Unsupported {
                what: "a selection without a parent".to_owned(),
            });
        };
        if returns_abstract && !self.links[link].handle.is_interface_object {
            self.trees.add_typename(tree);
        }
        Ok((group, tree))
    }

    fn open_entry(&mut self, entry: &Entry<'_>) -> Result<(GroupId, TreeId), PlanError> {
        match entry.way {
            Way::Root => self.open_root(entry),
            Way::Key { .. } => self.open_entities(entry),
        }
    }

    fn open_root(&mut self, entry: &Entry<'_>) -> Result<(GroupId, TreeId), PlanError> {
        let is_root = self.places[self.scenes[entry.scene].place].is_root;
        let mut depends_on = BTreeSet::new();
        if !is_root {
            let given = self.scenes[entry.scene]
                .available
                .iter()
                .position(|one| matches!(one.origin, Origin::Given(_)));
            if let Some(position) = given {
                let link = self.scenes[entry.scene].links[position];
                depends_on.insert(self.select_typename(link, None)?);
            }
        }
        let (_, class) = self.class(entry.scene);
        let below = self.search.graph.root_below(class.representative);
        let operation_type = match (is_root, below) {
            (false, Some(below)) => below,
            _ => self.operation_type,
        };
        let id = self.group(entry, GroupKind::Root(operation_type), &[]);
        self.groups[id.0].depends_on.append(&mut depends_on);
        Ok((id, self.groups[id.0].tree))
    }

    fn open_entities(&mut self, entry: &Entry<'_>) -> Result<(GroupId, TreeId), PlanError> {
        let Way::Key {
            fields,
            key_type,
            is_interface_object,
            needs_type,
        } = entry.way
        else {
            return self.open_root(entry);
        };
        let (frame, class) = self.class(entry.scene);
        let limit = self.links[entry.link].handle.level - 1;
        // What is sent for all types is taken from where it is there for all of them.
        let for_all = frame.is_blind && frame.is_restricted && !needs_type;
        let mut suppliers = self.supply(entry.scene, *fields, limit, for_all)?;
        let mut depends_on = self.supply_types(entry.scene, &mut suppliers, *needs_type, limit)?;
        depends_on.extend(
            suppliers
                .iter()
                .flat_map(|(_, groups)| groups.iter().copied()),
        );
        let mut items = self.representation(entry.scene, *fields);
        if let Some(required) = entry.required {
            let required_from = self.supply(entry.scene, required, limit, for_all)?;
            depends_on.extend(required_from.into_iter().flat_map(|(_, groups)| groups));
            merge_items(&mut items, self.representation(entry.scene, required));
        }
        let is_blind = frame.is_blind && !needs_type;
        let types = if is_blind {
            frame.types.clone()
        } else {
            class.types.clone()
        };
        let input = Input {
            types,
            key_type: key_type.clone(),
            is_renamed: *is_interface_object || is_blind,
            is_blind,
            items,
        };
        let id = self.group(entry, GroupKind::Entities, std::slice::from_ref(&input));
        let group = &mut self.groups[id.0];
        if is_blind && !is_interface_object {
            self.trees.add_typename(group.tree);
        }
        add_input(&mut group.inputs, input);
        depends_on.extend(&entry.contexts.depends_on);
        group.types.extend(&frame.types);
        group.depends_on.append(&mut depends_on);
        Ok((id, group.tree))
    }

    /// The group for an entry: one that is there for the same subgraph, step and place, where inputs agree.
    fn group(&mut self, entry: &Entry<'_>, kind: GroupKind, inputs: &[Input]) -> GroupId {
        let handle = &self.links[entry.link].handle;
        let (subgraph, level) = (handle.subgraph, handle.level);
        let contexts = &entry.contexts.contexts;
        let place = self.scenes[entry.scene].place;
        let here = self.groups_at.get(&place).into_iter().flatten().copied();
        let known = here.into_iter().find(|id| {
            let group = &self.groups[id.0];
            group.subgraph == subgraph
                && group.level == level
                && group.kind == kind
                && group.only_for.as_ref() == entry.only_for
                && same_contexts(own_contexts(&group.contexts), contexts)
                && inputs.iter().all(|input| agrees(&group.inputs, input))
        });
        if let Some(known) = known {
            return known;
        }
        self.memory.take::<Group>(1);
        self.memory
            .take::<PathSegment>(3 * self.places[place].depth);
        let tree = self.trees.create();
        self.groups.push(Group {
            subgraph,
            kind,
            level,
            path: self.path(place),
            types: TypeSet::default(),
            inputs: Vec::new(),
            only_for: entry.only_for.cloned(),
            contexts: contexts.clone(),
            tree,
            depends_on: BTreeSet::new(),
            values_from: BTreeMap::new(),
            conditions: Vec::new(),
            parts: BTreeSet::new(),
        });
        let id = GroupId(self.groups.len() - 1);
        self.groups_at.entry(place).or_default().push(id);
        id
    }

    /// Selects the inputs of an entry, all of which must be there after step `limit`: which links bring them, and
    /// from which groups.
    fn supply(
        &mut self,
        scene: SceneId,
        node: NodeId,
        limit: Level,
        for_all: bool,
    ) -> Result<Vec<(LinkId, BTreeSet<GroupId>)>, PlanError> {
        let (frame, class) = self.class(scene);
        let mut suppliers = Vec::new();
        for position in 0..self.search.selections.node(node).needs.len() {
            let need = self.search.selections.node(node).needs[position].clone();
            if !need.types.contains(class.representative) {
                continue;
            }
            if need.child.is_some() {
                let answer = self.answer(&need, scene, limit)?;
                let links = answer.links();
                let place = self.scenes[scene].place;
                let groups = self.build_child(&need, place, &frame, answer, limit)?;
                let open = links.iter().find(|&&link| self.links[link].open.is_some());
                suppliers.extend(open.map(|&link| (link, groups)));
            } else {
                let link = self.input_link(scene, &need, limit, for_all)?;
                let types = self.leaf_types(link, &need, &frame, &class);
                let group = self.select_leaf(link, scene, &need, &types)?;
                suppliers.push((link, BTreeSet::from([group])));
            }
        }
        Ok(suppliers)
    }

    /// The link that gives an input: one that is open, then one that came with the field above, then the soonest.
    fn input_link(
        &mut self,
        scene: SceneId,
        need: &Need,
        limit: Level,
        for_all: bool,
    ) -> Result<LinkId, PlanError> {
        let (frame, class) = self.class(scene);
        let available = self.scenes[scene].available.clone();
        let name = self.search.selections.name_id(need.field);
        let setting = Setting {
            frame: &frame,
            class: &class,
            available: &available,
        };
        let resolving = self.search.resolving(setting, name, Asked::AsInput, limit);
        let fits = |&(index, _): &(usize, Level)| !for_all || available[index].is_for_all();
        let best = resolving
            .into_iter()
            .filter(fits)
            .min_by_key(|&(index, level)| {
                let link = self.scenes[scene].links[index];
                let is_open = self.links[link].open.is_some();
                let is_given = matches!(available[index].origin, Origin::Given(_));
                (
                    !is_open,
                    !is_given,
                    level,
                    available[index].handle.subgraph,
                    index,
                )
            });
        let Some((index, _)) = best else {
            return Err(self.unreachable_need(scene, need));
        };
        let (one, object) = (&available[index], class.representative);
        if self.search.gives_at_once(frame.node, one, object, name) {
            return Ok(self.scenes[scene].links[index]);
        }
        self.required_link(scene, index, name)?
            .ok_or_else(|| self.unreachable_need(scene, need))
    }

    /// Selects `__typename` for representations, from what brings the key where that knows types.
    fn supply_types(
        &mut self,
        scene: SceneId,
        suppliers: &mut [(LinkId, BTreeSet<GroupId>)],
        needs_type: bool,
        limit: Level,
    ) -> Result<BTreeSet<GroupId>, PlanError> {
        let knowing = suppliers
            .iter()
            .map(|(link, _)| *link)
            .find(|&link| !self.links[link].handle.is_interface_object);
        if let Some(link) = knowing {
            // An object that was entered by its own key had to have its type before.
            let was_entered = matches!(self.links[link].source, Source::Entry { .. });
            if was_entered && !self.class(scene).0.is_blind {
                return Ok(BTreeSet::new());
            }
            return Ok(BTreeSet::from([self.select_typename(link, None)?]));
        }
        let available = self.scenes[scene].available.clone();
        let fits = |one: &Available| {
            one.handle.level <= limit && (!needs_type || !one.handle.is_interface_object)
        };
        let soonest = available
            .iter()
            .enumerate()
            .filter(|(_, one)| fits(one))
            .min_by_key(|(index, one)| (one.handle.is_interface_object, one.handle.level, *index))
            .map(|(index, _)| self.scenes[scene].links[index]);
        let (frame, _) = self.class(scene);
        let link = match suppliers.first() {
            Some((link, _)) if frame.is_blind && !needs_type => Some(*link),
            _ => soonest,
        };
        let Some(link) = link else {
            return Ok(BTreeSet::new());
        };
        let (group, tree) = self.open(link, None)?;
        self.trees.add_typename(tree);
        Ok(BTreeSet::from([group]))
    }

    /// How the fields of a node are copied from the merged response.
    fn representation(&mut self, scene: SceneId, node: NodeId) -> Vec<RepresentationItem> {
        let (_, class) = self.class(scene);
        let spot = self.places[self.scenes[scene].place].spot;
        self.representation_items(spot, node, &class)
    }

    pub(super) fn representation_items(
        &mut self,
        spot: super::SpotId,
        node: NodeId,
        class: &Class,
    ) -> Vec<RepresentationItem> {
        let mut items = Vec::new();
        for position in 0..self.search.selections.node(node).needs.len() {
            let need = self.search.selections.node(node).needs[position].clone();
            if !need.types.intersects(&class.types) {
                continue;
            }
            let field = self.representation_field(spot, &need, class);
            if class.types.is_subset(&need.types) {
                merge_items(&mut items, vec![RepresentationItem::Field(field)]);
                continue;
            }
            for type_condition in self.type_names(&need.types.intersection(&class.types)) {
                let items_below = vec![RepresentationItem::Field(field.clone())];
                let fragment = RepresentationItem::Fragment {
                    type_condition,
                    items: items_below,
                };
                merge_items(&mut items, vec![fragment]);
            }
        }
        items
    }

    fn representation_field(
        &mut self,
        spot: super::SpotId,
        need: &Need,
        class: &Class,
    ) -> RepresentationField {
        let name = self.field_name(need.field);
        let stored_as = self.spots.input_key(spot, need.field, &name);
        let mut items = Vec::new();
        if let Some(child) = need.child {
            let mut possible = TypeSet::default();
            for object in class.types.intersection(&need.types).iter() {
                if let Some(returned) = self.search.graph.return_type(object, &name) {
                    possible.extend(&self.search.graph.possible(returned));
                }
            }
            let below = self.spots.below(spot, &stored_as);
            let representative = possible.first().unwrap_or_default();
            let class = Class {
                types: possible,
                representative,
                needs: Vec::new(),
            };
            items = self.representation_items(below, child, &class);
        }
        RepresentationField {
            name,
            stored_as,
            items,
        }
    }
}

/// Whether a group's inputs can carry another one too: no name stands for two things.
fn agrees(inputs: &[Input], added: &Input) -> bool {
    inputs
        .iter()
        .filter(|input| input.types.intersects(&added.types))
        .all(|input| input.key_type == added.key_type && items_agree(&input.items, &added.items))
}

fn items_agree(known: &[RepresentationItem], added: &[RepresentationItem]) -> bool {
    added.iter().all(|item| match item {
        RepresentationItem::Field(field) => known.iter().all(|other| match other {
            RepresentationItem::Field(other) => {
                other.name != field.name
                    || (other.stored_as == field.stored_as
                        && items_agree(&other.items, &field.items))
            }
            RepresentationItem::Fragment { items, .. } => {
                items_agree(items, std::slice::from_ref(item))
            }
        }),
        RepresentationItem::Fragment { items, .. } => items_agree(known, items),
    })
}

fn add_input(inputs: &mut Vec<Input>, added: Input) {
    let same = inputs
        .iter_mut()
        .find(|input| input.types == added.types && input.key_type == added.key_type);
    match same {
        Some(input) => merge_items(&mut input.items, added.items),
        None => inputs.push(added),
    }
}

/// Adds items, merging those of one name.
pub(super) fn merge_items(items: &mut Vec<RepresentationItem>, added: Vec<RepresentationItem>) {
    for item in added {
        let same = items.iter_mut().find_map(|known| match (known, &item) {
            (RepresentationItem::Field(known), RepresentationItem::Field(field)) => {
                (known.name == field.name).then_some(&mut known.items)
            }
            (
                RepresentationItem::Fragment {
                    type_condition: known,
                    items,
                },
                RepresentationItem::Fragment { type_condition, .. },
            ) => (known == type_condition).then_some(items),
            _ => None,
        });
        let below = match &item {
            RepresentationItem::Field(field) => field.items.clone(),
            RepresentationItem::Fragment { items, .. } => items.clone(),
        };
        match same {
            Some(known) => merge_items(known, below),
            None => items.push(item),
        }
    }
}
