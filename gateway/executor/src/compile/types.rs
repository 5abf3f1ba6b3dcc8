//! The types that a plan meets, as small numbers: names in, sets of types out.

use crate::store::TypeId;
use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;
use rustc_hash::FxHashMap;
use weft_supergraph::Supergraph;

/// The composite types of one plan. Abstract types bring all their possible types along.
#[derive(Debug)]
pub(crate) struct TypeTable {
    ids: FxHashMap<Box<str>, TypeId>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: Name,
    /// `__typename` in a representation: the name with quotes.
    quoted: Box<[u8]>,
    /// For an abstract type the object types that a value can have; `None` for an object type.
    possible: Option<Vec<TypeId>>,
    /// Whether clients may see it.
    visible: bool,
}

/// The type of an object of which nothing is known: no condition fits it.
pub(crate) const UNKNOWN: TypeId = TypeId(0);

/// Types that fit a condition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TypeSet {
    sorted: Vec<TypeId>,
}

impl TypeSet {
    /// The set of those types.
    pub(crate) fn new(mut types: Vec<TypeId>) -> Self {
        types.sort_unstable();
        types.dedup();
        Self { sorted: types }
    }

    /// Whether an object type is in it.
    #[inline]
    pub(crate) fn contains(&self, id: TypeId) -> bool {
        match self.sorted.as_slice() {
            [] => false,
            [single] => *single == id,
            sorted if sorted.len() <= 8 => sorted.contains(&id),
            sorted => sorted.binary_search(&id).is_ok(),
        }
    }

    /// Its types.
    pub(crate) fn types(&self) -> &[TypeId] {
        &self.sorted
    }

    /// The types of both.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self::new([self.types(), other.types()].concat())
    }

    /// The types that are in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self {
            sorted: self
                .sorted
                .iter()
                .copied()
                .filter(|id| other.contains(*id))
                .collect(),
        }
    }
}

impl TypeTable {
    /// No types yet.
    pub(crate) fn new() -> Self {
        Self {
            ids: FxHashMap::default(),
            entries: vec![Entry {
                name: apollo_compiler::name!("Unknown"),
                quoted: Box::default(),
                possible: Some(Vec::new()),
                visible: false,
            }],
        }
    }

    /// How many types there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of a type, which is added where it is new.
    pub(crate) fn intern(&mut self, supergraph: &Supergraph, name: &Name) -> TypeId {
        if let Some(id) = self.ids.get(name.as_str()) {
            return *id;
        }
        let id = TypeId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        self.ids.insert(name.as_str().into(), id);
        self.entries.push(Entry {
            name: name.clone(),
            quoted: format!("\"{name}\"").into_bytes().into(),
            possible: None,
            visible: supergraph.api_schema().types.contains_key(name),
        });
        let possible = possible_types(supergraph, name).map(|names| {
            names
                .iter()
                .map(|name| self.intern(supergraph, name))
                .collect()
        });
        self.entries[id.0 as usize].possible = possible;
        id
    }

    /// The number of a type that was met before.
    #[inline]
    pub(crate) fn find(&self, name: &[u8]) -> Option<TypeId> {
        let name = std::str::from_utf8(name).ok()?;
        self.ids.get(name).copied()
    }

    /// A type's name.
    pub(crate) fn name(&self, id: TypeId) -> &Name {
        &self.entries[id.0 as usize].name
    }

    /// A type's name with quotes.
    #[inline]
    pub(crate) fn quoted(&self, id: TypeId) -> &[u8] {
        &self.entries[id.0 as usize].quoted
    }

    /// Whether it is an interface or a union.
    #[inline]
    pub(crate) fn is_abstract(&self, id: TypeId) -> bool {
        self.entries[id.0 as usize].possible.is_some()
    }

    /// Whether clients may see it.
    pub(crate) fn is_visible(&self, id: TypeId) -> bool {
        self.entries[id.0 as usize].visible
    }

    /// The object types that a value of that type can have.
    pub(crate) fn possible(&self, id: TypeId) -> TypeSet {
        match &self.entries[id.0 as usize].possible {
            Some(possible) => TypeSet::new(possible.clone()),
            None => TypeSet::new(vec![id]),
        }
    }

    /// Whether an object of type `id` is certain to be in `set`, also where only its abstract type is known.
    #[inline]
    pub(crate) fn fits(&self, id: TypeId, set: &TypeSet) -> bool {
        match &self.entries[id.0 as usize].possible {
            None => set.contains(id),
            Some(possible) => !possible.is_empty() && possible.iter().all(|id| set.contains(*id)),
        }
    }
}

fn possible_types(supergraph: &Supergraph, name: &Name) -> Option<Vec<Name>> {
    let schema = supergraph.schema();
    match schema.types.get(name)? {
        ExtendedType::Union(union) => Some(
            union
                .members
                .iter()
                .map(|member| member.name.clone())
                .collect(),
        ),
        ExtendedType::Interface(_) => Some(
            schema
                .types
                .iter()
                .filter_map(|(object, definition)| match definition {
                    ExtendedType::Object(definition)
                        if definition.implements_interfaces.contains(name) =>
                    {
                        Some(object.clone())
                    }
                    _ => None,
                })
                .collect(),
        ),
        _ => None,
    }
}
