//! The operation in, what the client gets out: shapes for each place and runtime type, and for each part of an answer that comes in parts.

use crate::compile::client_shape::{
    ClientKind, ClientShapes, ClientType, Composite, CompositeId, Later, ObjectShape, ShapeField,
    Source, Start,
};
use crate::compile::conditions::Conditions;
use crate::compile::deferred::{Place, Tag, TagId, Tags, View};
use crate::compile::layout::Layout;
use crate::compile::scan_shape::ScanBuilder;
use crate::compile::types::TypeSet;
use crate::store::{LayoutId, TypeId};
use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::Range;
use weft_query_plan::{Operation, key_on_type};

type MemoKey = (LayoutId, Name, Vec<(*const SelectionSet, Tag)>, View);

/// A selection set, with the deferred fragment that it belongs to.
type Set<'plan> = (&'plan SelectionSet, Tag);

/// Fields by response key, each with the deferred fragment that it belongs to.
type Collected<'plan> = IndexMap<&'plan Name, Vec<(&'plan Field, Tag)>>;

/// Builds the shapes of one operation.
pub(crate) struct ShapeBuilder<'plan, 'scan> {
    pub(crate) operation: &'plan Operation,
    pub(crate) conditions: &'plan Conditions,
    pub(crate) layouts: &'plan [Layout],
    pub(crate) scan: &'scan mut ScanBuilder<'plan>,
    pub(crate) shapes: ClientShapes,
    memo: FxHashMap<MemoKey, CompositeId>,
    tags: Tags,
}

impl<'plan, 'scan> ShapeBuilder<'plan, 'scan> {
    /// Nothing is built yet.
    pub(crate) fn new(
        operation: &'plan Operation,
        conditions: &'plan Conditions,
        layouts: &'plan [Layout],
        scan: &'scan mut ScanBuilder<'plan>,
        later: BTreeSet<usize>,
    ) -> Self {
        Self {
            operation,
            conditions,
            layouts,
            scan,
            shapes: ClientShapes::default(),
            memo: FxHashMap::default(),
            tags: Tags::new(later),
        }
    }

    /// The shape of the whole response.
    pub(crate) fn root(&mut self, layout: LayoutId) -> CompositeId {
        let set = &self.operation.operation().selection_set;
        self.composite(layout, &set.ty, vec![(set, None)], &View::new())
    }

    fn composite(
        &mut self,
        layout: LayoutId,
        declared: &Name,
        sets: Vec<Set<'plan>>,
        view: &View,
    ) -> CompositeId {
        let pointers = sets.iter();
        let pointers = pointers
            .map(|(set, tag)| (std::ptr::from_ref(*set), *tag))
            .collect();
        let key = (layout, declared.clone(), pointers, view.clone());
        if let Some(known) = self.memo.get(&key) {
            return *known;
        }
        let id = CompositeId(position(self.shapes.composites.len()));
        self.shapes.composites.push(Composite::default());
        self.memo.insert(key, id);
        let composite = self.build_composite(layout, declared, &sets, view);
        self.shapes.composites[id.0 as usize] = composite;
        id
    }

    fn build_composite(
        &mut self,
        layout: LayoutId,
        declared: &Name,
        sets: &[Set<'plan>],
        view: &View,
    ) -> Composite {
        let supergraph = self.scan.supergraph;
        let declared_id = self.scan.types.intern(supergraph, declared);
        if !self.scan.types.is_abstract(declared_id) {
            let any = Some(self.object(layout, declared_id, sets, view));
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
            .map(|id| (id, self.object(layout, id, sets, view)))
            .collect();
        let any = self
            .is_same_for_all(sets, declared_id, &possible)
            .then(|| self.object(layout, declared_id, sets, view));
        Composite {
            is_abstract: true,
            by_type,
            any,
        }
    }

    /// Whether the selections do not depend on the runtime type: each type has the keys that all have, and none is its name.
    fn is_same_for_all(
        &mut self,
        sets: &[Set<'plan>],
        declared: TypeId,
        possible: &TypeSet,
    ) -> bool {
        let of_all = self.collected(sets, declared).0;
        let has_typename =
            |fields: &Vec<(&Field, Tag)>| fields.iter().any(|(it, _)| it.name == "__typename");
        !of_all.values().any(has_typename)
            && possible.types().iter().all(|&id| {
                let own = self.collected(sets, id).0;
                own.len() == of_all.len() && own.keys().all(|key| of_all.contains_key(*key))
            })
    }

    fn collected(
        &mut self,
        sets: &[Set<'plan>],
        type_id: TypeId,
    ) -> (Collected<'plan>, Vec<TagId>) {
        let (mut collected, mut starts) = (Collected::new(), Vec::new());
        for &(set, tag) in sets {
            self.collect(set, tag, type_id, &mut collected, &mut starts);
        }
        (collected, starts)
    }

    fn possible(&mut self, condition: &Name) -> TypeSet {
        let id = self.scan.types.intern(self.scan.supergraph, condition);
        self.scan.types.possible(id)
    }

    /// What the view has of an object.
    fn object(
        &mut self,
        layout: LayoutId,
        type_id: TypeId,
        sets: &[Set<'plan>],
        view: &View,
    ) -> u32 {
        let (collected, starts) = self.collected(sets, type_id);
        let (mut fields, mut deeper) = (Vec::new(), Vec::new());
        for (key, all) in collected {
            let place = match self.tags.place(&all, view) {
                Place::Elsewhere => continue,
                Place::Here => &mut fields,
                Place::Deeper => &mut deeper,
            };
            let position = place.len();
            place.push(self.field(layout, type_id, (position, key), &all, view));
        }
        deeper.retain(|field| self.has_something(&field.ty));
        let mut own = Vec::new();
        for start in starts {
            if self.tags.around(start).as_slice() == view.as_slice() {
                own.push(self.start(layout, type_id, sets, start));
            }
        }
        let starts = own;
        let later = (!starts.is_empty() || !deeper.is_empty()).then(|| {
            Box::new(Later {
                starts: starts.into(),
                deeper: deeper.into(),
            })
        });
        let fields = fields.into();
        self.shapes.objects.push(ObjectShape { fields, later });
        position(self.shapes.objects.len() - 1)
    }

    /// What a deferred fragment brings of the object where it stands.
    fn start(
        &mut self,
        layout: LayoutId,
        type_id: TypeId,
        sets: &[Set<'plan>],
        start: TagId,
    ) -> Start {
        // What it shares with others is found on the way.
        let alone = self.object(layout, type_id, sets, &vec![start]);
        let mut shapes = Vec::new();
        for (number, view) in self.tags.views_of(start) {
            let shape = match number {
                Some(_) => self.object(layout, type_id, sets, &view),
                None => alone,
            };
            if number.is_none() || self.object_has_something(shape) {
                shapes.push((number, shape));
            }
        }
        Start {
            part: self.tags.part(start),
            shapes: shapes.into(),
        }
    }

    /// Whether a view has anything at or below objects of that type.
    fn has_something(&self, ty: &ClientType) -> bool {
        match &ty.kind {
            ClientKind::Leaf | ClientKind::Enum(_) => true,
            ClientKind::List(item) => self.has_something(item),
            ClientKind::Object(composite) => {
                let composite = &self.shapes.composites[composite.0 as usize];
                let by_type = composite.by_type.iter().map(|(_, shape)| *shape);
                let mut shapes = by_type.chain(composite.any);
                shapes.any(|shape| self.object_has_something(shape))
            }
        }
    }

    fn object_has_something(&self, shape: u32) -> bool {
        let shape = &self.shapes.objects[shape as usize];
        !shape.fields.is_empty() || shape.later.is_some()
    }

    /// <https://spec.graphql.org/draft/#CollectFields()>; a type that is still abstract fits what all its types fit.
    fn collect(
        &mut self,
        set: &'plan SelectionSet,
        tag: Tag,
        type_id: TypeId,
        out: &mut Collected<'plan>,
        starts: &mut Vec<TagId>,
    ) {
        let document = self.operation.document();
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    if self.conditions.include(&field.directives) {
                        let fields = out.entry(field.response_key()).or_default();
                        fields.push((field, tag));
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let applies = match &fragment.type_condition {
                        Some(condition) => self.applies(condition, type_id),
                        None => true,
                    };
                    if applies && self.conditions.include(&fragment.directives) {
                        let tag = self.tags.enter(&fragment.directives, tag, starts);
                        self.collect(&fragment.selection_set, tag, type_id, out, starts);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = document.fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    if self.conditions.include(&spread.directives)
                        && self.applies(fragment.type_condition(), type_id)
                    {
                        let tag = self.tags.enter(&spread.directives, tag, starts);
                        self.collect(&fragment.selection_set, tag, type_id, out, starts);
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
        fields: &[(&'plan Field, Tag)],
        view: &View,
    ) -> ShapeField {
        let field = fields[0].0;
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
            ty: self.client_type(&ty, child, fields, view),
            coordinate: self.text(&format!("{type_name}.{}", field.name)),
        }
    }

    fn source(&mut self, layout: LayoutId, key: &Name, type_name: &Name, field: &Name) -> Source {
        match field.as_str() {
            "__typename" => Source::Literal(self.text(&format!("\"{type_name}\""))),
            "__schema" | "__type" => Source::Prerendered(key.clone()),
            _ => {
                let layout = &self.layouts[layout.0 as usize];
                let of_type = layout.slot(&key_on_type(key, type_name));
                match of_type.or_else(|| layout.slot(key)) {
                    Some(slot) => Source::Slot(slot),
                    None => Source::Nothing,
                }
            }
        }
    }

    fn client_type(
        &mut self,
        ty: &Type,
        child: Option<LayoutId>,
        fields: &[(&'plan Field, Tag)],
        view: &View,
    ) -> ClientType {
        let non_null = ty.is_non_null();
        let kind = match ty {
            Type::List(item) | Type::NonNullList(item) => {
                ClientKind::List(Box::new(self.client_type(item, child, fields, view)))
            }
            Type::Named(name) | Type::NonNullNamed(name) => self.named(name, child, fields, view),
        };
        ClientType { non_null, kind }
    }

    fn named(
        &mut self,
        name: &Name,
        child: Option<LayoutId>,
        fields: &[(&'plan Field, Tag)],
        view: &View,
    ) -> ClientKind {
        let is_composite = fields
            .iter()
            .any(|(field, _)| !field.selection_set.selections.is_empty());
        match (is_composite, child) {
            (true, Some(child)) => {
                let sets = fields.iter();
                let sets = sets
                    .map(|(field, tag)| (&field.selection_set, *tag))
                    .collect();
                ClientKind::Object(self.composite(child, name, sets, view))
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
