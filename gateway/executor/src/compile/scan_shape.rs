//! What the scanner expects in a subgraph's answer: the selections of a fetch in, members with slots out.

use crate::compile::conditions::Conditions;
use crate::compile::layout::{Layout, LayoutBuilder, PlaceId, Places};
use crate::compile::types::{TypeSet, TypeTable, UNKNOWN};
use crate::compile::verbatim::VerbatimType;
use crate::json::Expected;
use crate::store::{LayoutId, TypeId};
use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use indexmap::IndexMap;
use weft_query_plan::{FetchField, FetchSelection, FetchSelectionSet};
use weft_supergraph::Supergraph;

/// A [`ScanObject`]'s position in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScanId(pub(crate) u32);

/// The members of an object in an answer.
#[derive(Debug)]
pub(crate) struct ScanObject {
    /// What its slots mean.
    pub(crate) layout: LayoutId,
    /// The type of its place.
    pub(crate) type_id: TypeId,
    /// In the order in which they were asked.
    pub(crate) members: Box<[Member]>,
    /// Whether the runtime type decides what a member is.
    pub(crate) needs_type: bool,
    place: PlaceId,
}

/// A member, by its response key.
#[derive(Debug)]
pub(crate) struct Member {
    /// The key with quotes and a colon.
    pub(crate) key_and_colon: Expected,
    /// For which types it was asked; `None` for all.
    pub(crate) types: Option<TypeSet>,
    /// What it is; the first that fits the runtime type.
    pub(crate) targets: Box<[(Option<TypeSet>, MemberTarget)]>,
}

impl Member {
    /// The key with quotes.
    #[inline]
    pub(crate) fn key(&self) -> &[u8] {
        let key = self.key_and_colon.text().split_last();
        key.map_or(&[], |(_, key)| key)
    }
}

/// Where a member's value goes.
#[derive(Debug)]
pub(crate) enum MemberTarget {
    /// It is the runtime type's name.
    Typename,
    /// It is a field.
    Field {
        /// Its slot.
        slot: u32,
        /// What the value must be.
        kind: ScanKind,
        /// Its key in the merged response.
        stored_as: Name,
        /// What it must be for the client to get it as it is, where that may be.
        verbatim: Option<Box<VerbatimType>>,
    },
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScanKind {
    /// A leaf.
    Leaf(LeafKind),
    /// An object.
    Object(ScanId),
    /// A list.
    List(Box<ScanKind>),
}

/// What a leaf's text must be: <https://spec.graphql.org/draft/#sec-Scalars>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeafKind {
    /// A whole number of 32 bits.
    Int,
    /// A number.
    Float,
    /// A string.
    String,
    /// true or false.
    Boolean,
    /// A string, or a whole number that becomes one.
    Id,
    /// A value of an enum, by position in the list of enums.
    Enum(u32),
    /// Anything: a scalar of the schema's own.
    Any,
}

/// An enum's values.
#[derive(Debug)]
pub(crate) struct EnumValues {
    name: Name,
    /// Each with quotes, and whether clients may see it.
    values: Vec<(Box<[u8]>, bool)>,
}

impl EnumValues {
    /// How many values it has.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether the text with quotes is a value.
    pub(crate) fn contains(&self, text: &[u8]) -> bool {
        self.values.iter().any(|(value, _)| value.as_ref() == text)
    }

    /// Whether clients may see the value.
    pub(crate) fn is_visible(&self, text: &[u8]) -> bool {
        self.values
            .iter()
            .any(|(value, visible)| value.as_ref() == text && *visible)
    }

    /// Whether it has values that clients may not see.
    pub(crate) fn has_hidden(&self) -> bool {
        self.values.iter().any(|(_, visible)| !visible)
    }
}

type Collected<'plan> = IndexMap<&'plan Name, Vec<(Option<TypeSet>, &'plan FetchField)>>;

/// Builds scan shapes and, on the way, the places that they write.
pub(crate) struct ScanBuilder<'plan> {
    pub(crate) supergraph: &'plan Supergraph,
    pub(crate) conditions: &'plan Conditions,
    pub(crate) types: TypeTable,
    pub(crate) places: LayoutBuilder,
    pub(crate) enums: Vec<EnumValues>,
    scans: Vec<Option<ScanObject>>,
}

impl<'plan> ScanBuilder<'plan> {
    /// Nothing is built yet.
    pub(crate) fn new(supergraph: &'plan Supergraph, conditions: &'plan Conditions) -> Self {
        Self {
            supergraph,
            conditions,
            types: TypeTable::new(),
            places: LayoutBuilder::default(),
            enums: Vec::new(),
            scans: Vec::new(),
        }
    }

    /// The shape of objects with those selections at a place whose type is `type_id`.
    pub(crate) fn object(
        &mut self,
        sets: &[&'plan FetchSelectionSet],
        type_id: TypeId,
        place: PlaceId,
    ) -> ScanId {
        let id = ScanId(u32::try_from(self.scans.len()).unwrap_or(u32::MAX));
        self.scans.push(None);
        let mut collected = Collected::default();
        for set in sets {
            self.collect(set, None, type_id, &mut collected);
        }
        let members: Box<[Member]> = collected
            .into_iter()
            .map(|(key, fields)| self.member(key, &fields, place))
            .collect();
        self.scans[id.0 as usize] = Some(ScanObject {
            layout: LayoutId(0),
            type_id,
            needs_type: members.iter().any(|member| member.targets.len() > 1),
            members,
            place,
        });
        id
    }

    /// Notes the fields of selections at a place that they are copied to.
    pub(crate) fn register(&mut self, set: &FetchSelectionSet, place: PlaceId) {
        for item in &set.items {
            match item {
                FetchSelection::Field(field) if field.name == "__typename" => {}
                FetchSelection::Field(field) => {
                    self.places.field(place, &field.stored_as, meaning(field));
                    if !field.selection.items.is_empty() {
                        let child = self.places.child(place, &field.stored_as);
                        self.register(&field.selection, child);
                    }
                }
                FetchSelection::Fragment(fragment) => self.register(&fragment.selection, place),
            }
        }
    }

    fn collect(
        &mut self,
        set: &'plan FetchSelectionSet,
        types: Option<&TypeSet>,
        place_type: TypeId,
        out: &mut Collected<'plan>,
    ) {
        for item in &set.items {
            match item {
                FetchSelection::Field(field) => {
                    if field.conditions.holds(|name| self.conditions.value(name)) {
                        out.entry(&field.response_key)
                            .or_default()
                            .push((types.cloned(), field));
                    }
                }
                FetchSelection::Fragment(fragment) => {
                    if !fragment
                        .conditions
                        .holds(|name| self.conditions.value(name))
                    {
                        continue;
                    }
                    let narrowed = match &fragment.type_condition {
                        Some(condition) => self.narrow(condition, types, place_type),
                        None => types.cloned(),
                    };
                    self.collect(&fragment.selection, narrowed.as_ref(), place_type, out);
                }
            }
        }
    }

    fn narrow(
        &mut self,
        condition: &Name,
        types: Option<&TypeSet>,
        place_type: TypeId,
    ) -> Option<TypeSet> {
        let id = self.types.intern(self.supergraph, condition);
        let set = self.types.possible(id);
        if place_type != UNKNOWN && self.types.fits(place_type, &set) {
            return types.cloned();
        }
        Some(match types {
            Some(types) => types.intersection(&set),
            None => set,
        })
    }

    fn member(
        &mut self,
        key: &Name,
        fields: &[(Option<TypeSet>, &'plan FetchField)],
        place: PlaceId,
    ) -> Member {
        let mut groups: Vec<(Option<TypeSet>, Vec<&'plan FetchField>)> = Vec::new();
        for (types, field) in fields {
            match groups
                .iter_mut()
                .find(|(_, group)| is_same_target(group[0], field))
            {
                Some((group_types, group)) => {
                    *group_types = union(group_types.as_ref(), types.as_ref());
                    group.push(field);
                }
                None => groups.push((types.clone(), vec![field])),
            }
        }
        let types = groups
            .iter()
            .map(|(types, _)| types.clone())
            .reduce(|one, other| union(one.as_ref(), other.as_ref()))
            .flatten();
        Member {
            key_and_colon: Expected::new(format!("\"{key}\":").as_bytes()),
            types,
            targets: groups
                .into_iter()
                .map(|(types, group)| (types, self.target(&group, place)))
                .collect(),
        }
    }

    fn target(&mut self, group: &[&'plan FetchField], place: PlaceId) -> MemberTarget {
        let field = group[0];
        if field.name == "__typename" {
            return MemberTarget::Typename;
        }
        for field in group {
            self.places.field(place, &field.stored_as, meaning(field));
        }
        let kind = self.kind(&field.ty, group, place);
        MemberTarget::Field {
            slot: 0,
            kind,
            stored_as: field.stored_as.clone(),
            verbatim: None,
        }
    }

    fn kind(&mut self, ty: &Type, group: &[&'plan FetchField], place: PlaceId) -> ScanKind {
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                ScanKind::List(Box::new(self.kind(item, group, place)))
            }
            Type::Named(name) | Type::NonNullNamed(name) => {
                if group.iter().all(|field| field.selection.items.is_empty()) {
                    return ScanKind::Leaf(self.leaf(name));
                }
                let child = self.places.child(place, &group[0].stored_as);
                let sets: Vec<_> = group.iter().map(|field| &field.selection).collect();
                let type_id = self.types.intern(self.supergraph, name);
                ScanKind::Object(self.object(&sets, type_id, child))
            }
        }
    }

    fn leaf(&mut self, name: &Name) -> LeafKind {
        match name.as_str() {
            "Int" => LeafKind::Int,
            "Float" => LeafKind::Float,
            "String" => LeafKind::String,
            "Boolean" => LeafKind::Boolean,
            "ID" => LeafKind::Id,
            _ => match self.enumeration(name) {
                Some(position) => LeafKind::Enum(position),
                None => LeafKind::Any,
            },
        }
    }

    /// The position of an enum in the list of enums.
    pub(crate) fn enumeration(&mut self, name: &Name) -> Option<u32> {
        let known = self.enums.iter().position(|known| known.name == *name);
        let position = known.or_else(|| {
            self.enums.push(enum_values(self.supergraph, name)?);
            Some(self.enums.len() - 1)
        })?;
        u32::try_from(position).ok()
    }

    /// The finished shapes, with their slots.
    pub(crate) fn finish(
        scans: Vec<Option<ScanObject>>,
        places: &Places,
        layouts: &[Layout],
    ) -> Vec<ScanObject> {
        let mut scans: Vec<_> = scans.into_iter().flatten().collect();
        for scan in &mut scans {
            scan.layout = places.layout(scan.place);
            let layout = &layouts[scan.layout.0 as usize];
            for (_, target) in scan
                .members
                .iter_mut()
                .flat_map(|member| &mut member.targets)
            {
                if let MemberTarget::Field {
                    slot, stored_as, ..
                } = target
                {
                    *slot = layout.slot(stored_as).unwrap_or_default();
                }
            }
        }
        scans
    }

    /// Takes the shapes out, to be finished when all places are known.
    pub(crate) fn take_scans(&mut self) -> Vec<Option<ScanObject>> {
        std::mem::take(&mut self.scans)
    }
}

fn is_same_target(one: &FetchField, other: &FetchField) -> bool {
    one.stored_as == other.stored_as
        && (one.name == "__typename") == (other.name == "__typename")
        && is_same_kind(&one.ty, &other.ty)
}

fn is_same_kind(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (
            Type::List(one) | Type::NonNullList(one),
            Type::List(other) | Type::NonNullList(other),
        ) => is_same_kind(one, other),
        (
            Type::Named(one) | Type::NonNullNamed(one),
            Type::Named(other) | Type::NonNullNamed(other),
        ) => one == other,
        _ => false,
    }
}

fn union(one: Option<&TypeSet>, other: Option<&TypeSet>) -> Option<TypeSet> {
    Some(one?.union(other?))
}

/// What a field of a fetch is: two with one meaning give one value for one object.
pub(crate) fn meaning(field: &FetchField) -> String {
    let mut arguments: Vec<_> = field
        .arguments
        .iter()
        .map(|argument| {
            format!(
                "{}:{}",
                argument.name,
                argument.value.serialize().no_indent()
            )
        })
        .collect();
    arguments.sort_unstable();
    format!("{}({})", field.name, arguments.join(","))
}

fn enum_values(supergraph: &Supergraph, name: &Name) -> Option<EnumValues> {
    let ExtendedType::Enum(definition) = supergraph.schema().types.get(name)? else {
        return None;
    };
    let visible = match supergraph.api_schema().types.get(name) {
        Some(ExtendedType::Enum(definition)) => Some(definition),
        _ => None,
    };
    Some(EnumValues {
        name: name.clone(),
        values: definition
            .values
            .keys()
            .map(|value| {
                let is_visible = visible.is_some_and(|visible| visible.values.contains_key(value));
                (format!("\"{value}\"").into_bytes().into(), is_visible)
            })
            .collect(),
    })
}
