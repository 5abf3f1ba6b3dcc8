//! Which slots the objects at each place of the response have: fetches in, one layout for each place out.
//!
//! Places whose objects may be shared get the same layout: what an entity call returns below an entity is one object
//! for all places that the entity stands at, unless two of them use one key for different fields.

use crate::store::LayoutId;
use apollo_compiler::Name;
use indexmap::IndexMap;
use rustc_hash::FxHashSet;

/// The slots of an object.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Key by slot.
    pub(crate) keys: Vec<Name>,
    /// Layout of what is below, by slot.
    pub(crate) children: Vec<Option<LayoutId>>,
}

impl Layout {
    /// How many slots it has.
    pub(crate) fn slots(&self) -> u32 {
        u32::try_from(self.keys.len()).unwrap_or(u32::MAX)
    }

    /// The slot of a key.
    pub(crate) fn slot(&self, key: &str) -> Option<u32> {
        let position = self.keys.iter().position(|known| known == key)?;
        u32::try_from(position).ok()
    }
}

/// A place while layouts are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PlaceId(usize);

#[derive(Debug, Default)]
struct Place {
    merged_into: Option<PlaceId>,
    fields: IndexMap<Name, PlaceField>,
}

#[derive(Debug, Default, Clone)]
struct PlaceField {
    /// What is written under the key: field names with arguments, sorted.
    meanings: Vec<String>,
    child: Option<PlaceId>,
}

/// Collects places, then numbers their slots.
#[derive(Debug, Default)]
pub(crate) struct LayoutBuilder {
    places: Vec<Place>,
}

impl LayoutBuilder {
    /// A new place.
    pub(crate) fn place(&mut self) -> PlaceId {
        self.places.push(Place::default());
        PlaceId(self.places.len() - 1)
    }

    fn find(&self, mut id: PlaceId) -> PlaceId {
        while let Some(merged) = self.places[id.0].merged_into {
            id = merged;
        }
        id
    }

    /// Notes that a field is written at a place.
    pub(crate) fn field(&mut self, place: PlaceId, key: &Name, meaning: String) {
        let place = self.find(place);
        let field = self.places[place.0].fields.entry(key.clone()).or_default();
        if let Err(position) = field.meanings.binary_search(&meaning) {
            field.meanings.insert(position, meaning);
        }
    }

    /// The place below a field.
    pub(crate) fn child(&mut self, place: PlaceId, key: &Name) -> PlaceId {
        let place = self.find(place);
        if let Some(child) = self.places[place.0]
            .fields
            .get(key)
            .and_then(|field| field.child)
        {
            return self.find(child);
        }
        let child = self.place();
        self.places[place.0]
            .fields
            .entry(key.clone())
            .or_default()
            .child = Some(child);
        child
    }

    /// Gives what is below the fields of `from` and below the same fields of `to` one layout, where no key means two
    /// things.
    pub(crate) fn share_children(&mut self, from: PlaceId, to: PlaceId) {
        let (from, to) = (self.find(from), self.find(to));
        let pairs: Vec<_> = self.places[from.0]
            .fields
            .iter()
            .filter_map(|(key, field)| {
                let other = self.places[to.0].fields.get(key)?;
                let agree = field.meanings == other.meanings;
                Some((field.child?, other.child?)).filter(|_| agree)
            })
            .collect();
        for (child, other) in pairs {
            let mut seen = FxHashSet::default();
            if self.agree(child, other, &mut seen) {
                self.merge(child, other);
            }
        }
    }

    fn agree(
        &self,
        one: PlaceId,
        other: PlaceId,
        seen: &mut FxHashSet<(PlaceId, PlaceId)>,
    ) -> bool {
        let (one, other) = (self.find(one), self.find(other));
        if one == other || !seen.insert((one, other)) {
            return true;
        }
        self.places[one.0].fields.iter().all(|(key, field)| {
            let Some(same) = self.places[other.0].fields.get(key) else {
                return true;
            };
            field.meanings == same.meanings
                && match (field.child, same.child) {
                    (Some(child), Some(other_child)) => self.agree(child, other_child, seen),
                    _ => true,
                }
        })
    }

    fn merge(&mut self, one: PlaceId, other: PlaceId) {
        let (one, other) = (self.find(one), self.find(other));
        if one == other {
            return;
        }
        let fields = std::mem::take(&mut self.places[other.0].fields);
        self.places[other.0].merged_into = Some(one);
        for (key, field) in fields {
            let root = self.find(one);
            let mine = self.places[root.0].fields.entry(key).or_default();
            if mine.meanings.is_empty() {
                mine.meanings = field.meanings;
            }
            match (mine.child, field.child) {
                (Some(child), Some(other_child)) => self.merge(child, other_child),
                (None, child) => mine.child = child,
                (Some(_), None) => {}
            }
        }
    }

    /// All layouts, and how to find the one of a place.
    pub(crate) fn finish(self) -> (Vec<Layout>, Places) {
        let mut ids = vec![LayoutId(0); self.places.len()];
        let mut roots = Vec::new();
        for (position, place) in self.places.iter().enumerate() {
            if place.merged_into.is_none() {
                ids[position] = LayoutId(u32::try_from(roots.len()).unwrap_or(u32::MAX));
                roots.push(position);
            }
        }
        let merged: Vec<_> = (0..ids.len())
            .map(|position| ids[self.find(PlaceId(position)).0])
            .collect();
        let ids = merged;
        let layouts = roots
            .iter()
            .map(|root| {
                let fields = &self.places[*root].fields;
                Layout {
                    keys: fields.keys().cloned().collect(),
                    children: fields
                        .values()
                        .map(|field| field.child.map(|child| ids[child.0]))
                        .collect(),
                }
            })
            .collect();
        (layouts, Places { ids })
    }
}

/// The layout of each place.
#[derive(Debug)]
pub(crate) struct Places {
    ids: Vec<LayoutId>,
}

impl Places {
    /// The layout of a place.
    pub(crate) fn layout(&self, place: PlaceId) -> LayoutId {
        self.ids[place.0]
    }
}

#[cfg(test)]
mod tests {
    use super::LayoutBuilder;
    use apollo_compiler::name;

    #[test]
    fn places_that_agree_share_a_layout_with_the_fields_of_both() {
        let mut builder = LayoutBuilder::default();
        let (entity, target) = (builder.place(), builder.place());
        for (place, field) in [(entity, "id"), (target, "name")] {
            builder.field(place, &name!("author"), "author".to_owned());
            let child = builder.child(place, &name!("author"));
            builder.field(child, &name!("same"), "same".to_owned());
            builder.field(
                child,
                &apollo_compiler::Name::new_unchecked(field),
                field.to_owned(),
            );
        }
        builder.share_children(entity, target);
        let children = [
            builder.child(entity, &name!("author")),
            builder.child(target, &name!("author")),
        ];
        let (layouts, places) = builder.finish();
        let [one, other] = children.map(|child| places.layout(child));
        assert_eq!(one, other);
        assert_eq!(layouts[one.0 as usize].keys, ["same", "id", "name"]);
    }

    #[test]
    fn a_key_that_means_two_fields_keeps_the_places_apart() {
        let mut builder = LayoutBuilder::default();
        let (entity, target) = (builder.place(), builder.place());
        for (place, meaning) in [(entity, "posts(first:1)"), (target, "posts(first:2)")] {
            builder.field(place, &name!("author"), "author".to_owned());
            let child = builder.child(place, &name!("author"));
            builder.field(child, &name!("posts"), meaning.to_owned());
        }
        builder.share_children(entity, target);
        let children = [
            builder.child(entity, &name!("author")),
            builder.child(target, &name!("author")),
        ];
        let (_, places) = builder.finish();
        assert_ne!(places.layout(children[0]), places.layout(children[1]));
    }
}
