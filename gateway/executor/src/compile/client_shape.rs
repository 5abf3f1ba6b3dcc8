//! What the client gets: the operation in, for each place and runtime type its keys in order, with slots, out.

use crate::compile::conditions::Conditions;
use crate::compile::layout::Layout;
use crate::compile::scan_shape::ScanBuilder;
use crate::compile::types::{TypeSet, TypeTable};
use crate::store::{LayoutId, TypeId};
use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::ops::Range;
use weft_query_plan::Operation;

/// A [`Composite`]'s position in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CompositeId(pub(crate) u32);

/// The shapes of the objects at one place.
#[derive(Debug, Default)]
pub(crate) struct Composite {
    /// Whether the place's type is an interface or a union.
    pub(crate) is_abstract: bool,
    /// By runtime type.
    pub(crate) by_type: Vec<(TypeId, u32)>,
    /// Where the runtime type does not matter or is always the same.
    pub(crate) any: Option<u32>,
}

/// The fields of an object, in the client's order.
#[derive(Debug)]
pub(crate) struct ObjectShape {
    pub(crate) fields: Box<[ShapeField]>,
}

/// A field of the client's.
#[derive(Debug)]
pub(crate) struct ShapeField {
    /// `"key":` in [`ClientShapes::text`]; what comes before it in the object stands before it there too.
    pub(crate) key: Range<u32>,
    /// Where its value is.
    pub(crate) source: Source,
    /// Its type.
    pub(crate) ty: ClientType,
    /// Its coordinate, for messages: in [`ClientShapes::text`].
    pub(crate) coordinate: Range<u32>,
}

/// Where a value is.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// In a slot.
    Slot(u32),
    /// Nowhere: no fetch asks for it.
    Nothing,
    /// It is always the same text.
    Literal(Range<u32>),
    /// It was answered before execution, under that response key.
    Prerendered(Name),
}

/// A type of the API schema.
#[derive(Debug)]
pub(crate) struct ClientType {
    pub(crate) non_null: bool,
    pub(crate) kind: ClientKind,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum ClientKind {
    /// A leaf, copied as it is.
    Leaf,
    /// An enum with values that clients may not see, by position in the list of enums.
    Enum(u32),
    /// A list.
    List(Box<ClientType>),
    /// An object.
    Object(CompositeId),
}

/// All shapes of an operation.
#[derive(Debug, Default)]
pub(crate) struct ClientShapes {
    pub(crate) composites: Vec<Composite>,
    pub(crate) objects: Vec<ObjectShape>,
    pub(crate) text: Vec<u8>,
}

type MemoKey = (LayoutId, Name, Vec<*const SelectionSet>);

/// Builds the shapes of one operation.
pub(crate) struct ShapeBuilder<'plan, 'scan> {
    pub(crate) operation: &'plan Operation,
    pub(crate) conditions: &'plan Conditions,
    pub(crate) layouts: &'plan [Layout],
    pub(crate) scan: &'scan mut ScanBuilder<'plan>,
    pub(crate) shapes: ClientShapes,
    memo: FxHashMap<MemoKey, CompositeId>,
}

impl<'plan, 'scan> ShapeBuilder<'plan, 'scan> {
    /// Nothing is built yet.
    pub(crate) fn new(
        operation: &'plan Operation,
        conditions: &'plan Conditions,
        layouts: &'plan [Layout],
        scan: &'scan mut ScanBuilder<'plan>,
    ) -> Self {
        Self {
            operation,
            conditions,
            layouts,
            scan,
            shapes: ClientShapes::default(),
            memo: FxHashMap::default(),
        }
    }

    /// The shape of the whole response.
    pub(crate) fn root(&mut self, layout: LayoutId) -> CompositeId {
        let set = &self.operation.operation().selection_set;
        self.composite(layout, &set.ty, vec![set])
    }

    fn composite(
        &mut self,
        layout: LayoutId,
        declared: &Name,
        sets: Vec<&'plan SelectionSet>,
    ) -> CompositeId {
        let pointers = sets.iter().map(|set| std::ptr::from_ref(*set)).collect();
        let key = (layout, declared.clone(), pointers);
        if let Some(known) = self.memo.get(&key) {
            return *known;
        }
        let id = CompositeId(position(self.shapes.composites.len()));
        self.shapes.composites.push(Composite::default());
        self.memo.insert(key, id);
        let composite = self.build_composite(layout, declared, &sets);
        self.shapes.composites[id.0 as usize] = composite;
        id
    }

    fn build_composite(
        &mut self,
        layout: LayoutId,
        declared: &Name,
        sets: &[&'plan SelectionSet],
    ) -> Composite {
        let supergraph = self.scan.supergraph;
        let declared_id = self.scan.types.intern(supergraph, declared);
        if !self.scan.types.is_abstract(declared_id) {
            let any = Some(self.object(layout, declared_id, sets));
            return Composite {
                is_abstract: false,
                by_type: Vec::new(),
                any,
            };
        }
        let possible = self.scan.types.possible(declared_id);
        let by_type = possible
            .types()
            .iter()
            .filter(|id| self.scan.types.is_visible(**id))
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
            .map(|id| (id, self.object(layout, id, sets)))
            .collect();
        let any = self
            .is_same_for_all(sets, declared_id, &possible)
            .then(|| self.object(layout, declared_id, sets));
        Composite {
            is_abstract: true,
            by_type,
            any,
        }
    }

    /// Whether the selections do not depend on the runtime type: each type has the keys that all have, and none is its name.
    fn is_same_for_all(
        &mut self,
        sets: &[&'plan SelectionSet],
        declared: TypeId,
        possible: &TypeSet,
    ) -> bool {
        let of_all = self.collected(sets, declared);
        let has_typename = |fields: &Vec<&Field>| fields.iter().any(|it| it.name == "__typename");
        !of_all.values().any(has_typename)
            && possible.types().iter().all(|&id| {
                let own = self.collected(sets, id);
                own.len() == of_all.len() && own.keys().all(|key| of_all.contains_key(*key))
            })
    }

    fn collected(
        &mut self,
        sets: &[&'plan SelectionSet],
        type_id: TypeId,
    ) -> IndexMap<&'plan Name, Vec<&'plan Field>> {
        let mut collected = IndexMap::new();
        for set in sets {
            self.collect(set, type_id, &mut collected);
        }
        collected
    }

    fn possible(&mut self, condition: &Name) -> TypeSet {
        let id = self.scan.types.intern(self.scan.supergraph, condition);
        self.scan.types.possible(id)
    }

    fn object(&mut self, layout: LayoutId, type_id: TypeId, sets: &[&'plan SelectionSet]) -> u32 {
        let fields = self
            .collected(sets, type_id)
            .into_iter()
            .enumerate()
            .map(|(position, (key, fields))| self.field(layout, type_id, (position, key), &fields))
            .collect();
        self.shapes.objects.push(ObjectShape { fields });
        position(self.shapes.objects.len() - 1)
    }

    /// <https://spec.graphql.org/draft/#CollectFields()>; a type that is still abstract fits what all its types fit.
    fn collect(
        &mut self,
        set: &'plan SelectionSet,
        type_id: TypeId,
        out: &mut IndexMap<&'plan Name, Vec<&'plan Field>>,
    ) {
        let document = self.operation.document();
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    if self.conditions.include(&field.directives) {
                        out.entry(field.response_key()).or_default().push(field);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let applies = match &fragment.type_condition {
                        Some(condition) => self.applies(condition, type_id),
                        None => true,
                    };
                    if applies && self.conditions.include(&fragment.directives) {
                        self.collect(&fragment.selection_set, type_id, out);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = document.fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    if self.conditions.include(&spread.directives)
                        && self.applies(fragment.type_condition(), type_id)
                    {
                        self.collect(&fragment.selection_set, type_id, out);
                    }
                }
            }
        }
    }

    fn applies(&mut self, condition: &Name, type_id: TypeId) -> bool {
        let set = self.possible(condition);
        self.scan.types.fits(type_id, &set)
    }

    fn field(
        &mut self,
        layout: LayoutId,
        type_id: TypeId,
        (position, key): (usize, &'plan Name),
        fields: &[&'plan Field],
    ) -> ShapeField {
        let field = fields[0];
        let before = if position == 0 { '{' } else { ',' };
        let type_name = self.scan.types.name(type_id).clone();
        let source = self.source(layout, key, &type_name, &field.name);
        let ty = field_type(self.scan.supergraph, &type_name, field);
        let child = match source {
            Source::Slot(slot) => self.layouts[layout.0 as usize].children[slot as usize],
            _ => None,
        };
        ShapeField {
            key: {
                let text = self.text(&format!("{before}\"{key}\":"));
                text.start + 1..text.end
            },
            source,
            ty: self.client_type(&ty, child, fields),
            coordinate: self.text(&format!("{type_name}.{}", field.name)),
        }
    }

    fn source(&mut self, layout: LayoutId, key: &Name, type_name: &Name, field: &Name) -> Source {
        match field.as_str() {
            "__typename" => Source::Literal(self.text(&format!("\"{type_name}\""))),
            "__schema" | "__type" => Source::Prerendered(key.clone()),
            _ => match self.layouts[layout.0 as usize].slot(key) {
                Some(slot) => Source::Slot(slot),
                None => Source::Nothing,
            },
        }
    }

    fn client_type(
        &mut self,
        ty: &Type,
        child: Option<LayoutId>,
        fields: &[&'plan Field],
    ) -> ClientType {
        let non_null = ty.is_non_null();
        let kind = match ty {
            Type::List(item) | Type::NonNullList(item) => {
                ClientKind::List(Box::new(self.client_type(item, child, fields)))
            }
            Type::Named(name) | Type::NonNullNamed(name) => self.named(name, child, fields),
        };
        ClientType { non_null, kind }
    }

    fn named(
        &mut self,
        name: &Name,
        child: Option<LayoutId>,
        fields: &[&'plan Field],
    ) -> ClientKind {
        let is_composite = fields
            .iter()
            .any(|field| !field.selection_set.selections.is_empty());
        match (is_composite, child) {
            (true, Some(child)) => {
                let sets = fields.iter().map(|field| &field.selection_set).collect();
                ClientKind::Object(self.composite(child, name, sets))
            }
            (true, None) => ClientKind::Leaf,
            (false, _) => match self.scan.enumeration(name) {
                Some(position) if self.scan.enums[position as usize].has_hidden() => {
                    ClientKind::Enum(position)
                }
                _ => ClientKind::Leaf,
            },
        }
    }

    fn text(&mut self, text: &str) -> Range<u32> {
        let start = position(self.shapes.text.len());
        self.shapes.text.extend_from_slice(text.as_bytes());
        start..position(self.shapes.text.len())
    }
}

impl ClientShapes {
    /// A piece of prerendered text.
    #[inline]
    pub(crate) fn text(&self, range: &Range<u32>) -> &[u8] {
        self.text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default()
    }
}

impl ShapeField {
    /// The key with the bracket or comma before it.
    #[inline]
    pub(crate) fn lead(&self) -> Range<u32> {
        self.key.start - 1..self.key.end
    }
}

impl Composite {
    /// The shape for an object of that runtime type.
    #[inline]
    pub(crate) fn shape(&self, type_id: TypeId, types: &TypeTable) -> Option<u32> {
        if !self.is_abstract {
            return self.any;
        }
        let known = self.by_type.iter().find(|(id, _)| *id == type_id);
        match known {
            Some((_, shape)) => Some(*shape),
            None if types.is_abstract(type_id) => self.any,
            None => None,
        }
    }
}

/// The type of a field, as the object type has it: it may be narrower than the interface's.
fn field_type(supergraph: &weft_supergraph::Supergraph, type_name: &Name, field: &Field) -> Type {
    let definition = match supergraph.api_schema().types.get(type_name) {
        Some(ExtendedType::Object(object)) => object.fields.get(&field.name),
        Some(ExtendedType::Interface(interface)) => interface.fields.get(&field.name),
        _ => None,
    };
    definition.map_or_else(
        || field.definition.ty.clone(),
        |definition| definition.ty.clone(),
    )
}

fn position(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
