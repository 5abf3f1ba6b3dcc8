//! The place below a need: what is open there, and where it is in the merged response.

use super::answer::Answer;
use super::node::both;
use super::{Builder, GroupId, Offer, Place, PlaceId, Source, TreeItem};
use crate::error::PlanError;
use crate::search::{Frame, Level};
use crate::selection::Need;
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use std::collections::BTreeSet;
use std::rc::Rc;
use weft_query_plan::{Conjunction, PathSegment};

impl Builder<'_, '_> {
    /// Builds the place below a need.
    pub(super) fn build_child(
        &mut self,
        need: &Need,
        place: PlaceId,
        frame: &Frame,
        answer: Answer,
        deadline: Level,
    ) -> Result<BTreeSet<GroupId>, PlanError> {
        let name = self.field_name(need.field);
        let keys = match &need.response_key {
            Some(key) if !answer.apart.is_empty() => self.keys_on_types(key, &answer.apart),
            _ => vec![self.stored_as(place, need, &name)],
        };
        let mut used = BTreeSet::new();
        for stored_as in keys {
            let answer = answer.clone();
            used.append(&mut self.build_child_as(
                need,
                place,
                frame,
                answer,
                (stored_as, deadline),
            )?);
        }
        Ok(used)
    }

    /// Builds the place below a need that is stored under a key.
    fn build_child_as(
        &mut self,
        need: &Need,
        place: PlaceId,
        frame: &Frame,
        answer: Answer,
        (stored_as, deadline): (Name, Level),
    ) -> Result<BTreeSet<GroupId>, PlanError> {
        let Some(child) = need.child else {
            return Ok(BTreeSet::new());
        };
        let name = self.field_name(need.field);
        let is_restricted = answer.types != frame.types;
        let below = self.place_below(place, need, &stored_as, is_restricted, &answer)?;
        let item = Rc::new(TreeItem {
            stored_as,
            field: need.field,
            conditions: need.conditions.clone(),
            types: answer.types.clone(),
            place: Some(below),
            child: None,
        });
        let returns_abstract = self
            .search
            .graph
            .return_type(answer.representative, &name)
            .is_some_and(|returned| self.search.graph.is_abstract(returned));
        self.memory.take::<TreeItem>(answer.below.len());
        let mut links = Vec::new();
        for (handle, parents) in answer.below {
            let source = Source::Field {
                parents,
                item: item.clone(),
                is_restricted,
                returns_abstract,
            };
            links.push(self.link(handle, source));
        }
        let mut used = self.build_node(child, below, &links, deadline)?;
        if need.response_key.is_some() || used.is_empty() {
            let first_open = links.iter().find(|&&link| self.links[link].open.is_some());
            if let Some(&link) = first_open.or(links.first()) {
                let gate = self.gate(below, &Conjunction::default());
                used.insert(self.open(link, gate.as_ref())?.0);
            }
        }
        Ok(used)
    }

    fn place_below(
        &mut self,
        place: PlaceId,
        need: &Need,
        stored_as: &Name,
        is_restricted: bool,
        answer: &Answer,
    ) -> Result<PlaceId, PlanError> {
        let mut segments = Vec::new();
        if is_restricted {
            segments.push(PathSegment::Types(self.type_names(&answer.types)));
        }
        segments.push(PathSegment::Key(stored_as.clone()));
        let name = self.field_name(need.field);
        let parent = self.search.graph.object_name(answer.representative);
        if let Ok(definition) = self
            .search
            .graph
            .supergraph()
            .schema()
            .type_field(parent, &name)
        {
            segments.extend(std::iter::repeat_n(
                PathSegment::List,
                list_depth(&definition.ty),
            ));
        }
        let asked_as = need.response_key.as_ref().unwrap_or(stored_as);
        let spot = self.spots.below(self.places[place].spot, asked_as);
        let conditions = both(&self.places[place].conditions, &need.conditions);
        let is_input = need.response_key.is_none();
        self.place(Place {
            spot,
            depth: self.places[place].depth + segments.len(),
            segments,
            conditions,
            is_root: false,
            is_input,
            parent: Some(place),
            types: TypeSet::default(),
            offer: Offer::default(),
            part: self.places[place].part,
        })
    }
}

fn list_depth(ty: &Type) -> usize {
    match ty {
        Type::Named(_) | Type::NonNullNamed(_) => 0,
        Type::List(item) | Type::NonNullList(item) => 1 + list_depth(item),
    }
}
