//! Which parts of an answer the client gets as they are: shapes of answers and of the response in, marked members out.
//!
//! A list or object qualifies when the client asked for exactly its members in exactly that order, one fetch writes it,
//! nothing reads in it and nothing in it may be hidden. The scanner then only checks that part: kinds of values, keys,
//! nulls. It becomes one slice, or is read value by value after all, where something is not as the client must get it.

use crate::compile::client_shape::{
    ClientKind, ClientShapes, ClientType, CompositeId, ShapeField, Source,
};
use crate::compile::fetches::{CompiledCall, CompiledFetch, CompiledItem, Step, Target, Work};
use crate::compile::layout::Layout;
use crate::compile::scan_shape::{LeafKind, MemberTarget, ScanId, ScanKind, ScanObject};
use crate::json::Expected;
use crate::store::LayoutId;
use apollo_compiler::Name;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a value must be to be passed on as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerbatimType {
    pub(crate) non_null: bool,
    pub(crate) kind: VerbatimKind,
}

/// What a value that is not null must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerbatimKind {
    Leaf(LeafKind),
    List(Box<VerbatimType>),
    /// Exactly those members in that order.
    Object(VerbatimMembers),
}

/// Members, each with `"key":`.
pub(crate) type VerbatimMembers = Box<[(Expected, VerbatimType)]>;

/// What decides whether a part may be passed on.
pub(crate) struct Verbatim<'plan> {
    pub(crate) scans: &'plan [ScanObject],
    pub(crate) layouts: &'plan [Layout],
    pub(crate) shapes: &'plan ClientShapes,
    /// The shapes of the objects of each layout.
    composites: FxHashMap<LayoutId, Vec<CompositeId>>,
    /// Layouts of objects that fetches read from, or below.
    read: FxHashSet<LayoutId>,
    /// How many shapes of answers write each layout.
    writers: FxHashMap<LayoutId, usize>,
}

/// A member that may be passed on: shape, member, target.
type Mark = (ScanId, usize, usize, VerbatimType);

/// Marks members of the scan shapes.
pub(crate) fn mark(
    scans: &mut [ScanObject],
    layouts: &[Layout],
    shapes: &ClientShapes,
    root: (LayoutId, CompositeId),
    fetches: &[CompiledFetch],
) {
    let mut verbatim = Verbatim {
        scans,
        layouts,
        shapes,
        composites: FxHashMap::default(),
        read: FxHashSet::default(),
        writers: FxHashMap::default(),
    };
    verbatim.note_composites(root.0, root.1);
    verbatim.note_reads(root.0, fetches);
    for scan in verbatim.scans {
        *verbatim.writers.entry(scan.layout).or_default() += 1;
    }
    let mut marks = Vec::new();
    for fetch in fetches {
        match &fetch.work {
            Work::Root { scan, .. } => {
                verbatim.members(*scan, &[verbatim.scan(*scan).layout], &mut marks);
            }
            Work::Entities(calls) => {
                for (position, call) in calls.iter().enumerate() {
                    let homes = verbatim.homes(root.0, calls, position);
                    verbatim.members(call.scan, &homes, &mut marks);
                }
            }
        }
    }
    for (scan, member, target, ty) in marks {
        let member = &mut scans[scan.0 as usize].members[member];
        if let Some((_, MemberTarget::Field { verbatim, .. })) = member.targets.get_mut(target) {
            *verbatim = Some(Box::new(ty));
        }
    }
}

impl Verbatim<'_> {
    fn scan(&self, id: ScanId) -> &ScanObject {
        &self.scans[id.0 as usize]
    }

    fn note_composites(&mut self, layout: LayoutId, composite: CompositeId) {
        let known = self.composites.entry(layout).or_default();
        if known.contains(&composite) {
            return;
        }
        known.push(composite);
        for shape in self.shape_positions(composite) {
            let shapes = self.shapes;
            for field in &shapes.objects[shape as usize].fields {
                let Source::Slot(slot) = field.source else {
                    continue;
                };
                let child = self.layouts[layout.0 as usize].children[slot as usize];
                if let (Some(child), Some(composite)) = (child, composite_of(&field.ty)) {
                    self.note_composites(child, composite);
                }
            }
        }
    }

    fn shape_positions(&self, composite: CompositeId) -> Vec<u32> {
        let composite = &self.shapes.composites[composite.0 as usize];
        let by_type = composite.by_type.iter().map(|(_, shape)| *shape);
        by_type.chain(composite.any).collect()
    }

    fn note_reads(&mut self, root: LayoutId, fetches: &[CompiledFetch]) {
        for fetch in fetches {
            match &fetch.work {
                Work::Root { target, .. } => drop(self.follow(root, &target.steps)),
                Work::Entities(calls) => {
                    for call in calls {
                        self.note_call(root, call);
                    }
                }
            }
        }
    }

    fn note_call(&mut self, root: LayoutId, call: &CompiledCall) {
        for target in &call.targets {
            self.follow(root, &target.steps);
        }
        for context in &call.contexts {
            for (target, sources) in call.targets.iter().zip(&context.sources) {
                for source in sources {
                    let ancestors = target.steps.get(..source.depth).unwrap_or_default();
                    if let Some(layout) = self.follow(root, ancestors) {
                        self.note_items(layout, &source.items);
                    }
                }
            }
        }
        for representation in &call.representations {
            for (layout, items) in &representation.items {
                self.note_items(*layout, items);
            }
        }
        for source in &call.memo {
            if let Some(layout) = self.follow(root, &source.target.steps) {
                self.note_items(layout, &source.items);
            }
        }
    }

    /// The layout where a path ends; all on the way are read.
    fn follow(&mut self, root: LayoutId, steps: &[Step]) -> Option<LayoutId> {
        let mut layout = root;
        self.read.insert(layout);
        for step in steps {
            match step {
                Step::Slot(slot) => {
                    layout = self.layouts[layout.0 as usize].children[*slot as usize]?;
                    self.read.insert(layout);
                }
                Step::List | Step::Types(_) => {}
                Step::Nowhere => return None,
            }
        }
        Some(layout)
    }

    fn note_items(&mut self, layout: LayoutId, items: &[CompiledItem]) {
        for item in items {
            match item {
                CompiledItem::Field { slot, items, .. } => {
                    let children = &self.layouts[layout.0 as usize].children;
                    let child = slot.and_then(|slot| children[slot as usize]);
                    if let Some(child) = child {
                        self.read.insert(child);
                        self.note_items(child, items);
                    }
                }
                CompiledItem::Fragment { items, .. } => self.note_items(layout, items),
                CompiledItem::Typename { .. } => {}
            }
        }
    }

    /// The layouts of all objects that the entities of a call are merged into.
    fn homes(&mut self, root: LayoutId, calls: &[CompiledCall], position: usize) -> Vec<LayoutId> {
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let served = calls
            .iter()
            .enumerate()
            .filter(|(other, call)| *other == position || call.wider_calls.contains(&number));
        let targets: Vec<&Target> = served.flat_map(|(_, call)| &call.targets).collect();
        targets
            .into_iter()
            .filter_map(|target| self.follow(root, &target.steps))
            .collect()
    }

    /// Looks for members of objects that are merged into objects of the layouts `homes`.
    fn members(&self, id: ScanId, homes: &[LayoutId], marks: &mut Vec<Mark>) {
        for (position, member) in self.scan(id).members.iter().enumerate() {
            for (number, (_, target)) in member.targets.iter().enumerate() {
                let MemberTarget::Field {
                    kind, stored_as, ..
                } = target
                else {
                    continue;
                };
                let Some(child) = scan_of(kind) else {
                    continue;
                };
                let layout = self.scan(child).layout;
                if homes.is_empty() || !self.is_below_all(homes, stored_as, layout) {
                    continue;
                }
                match self.member_type(homes, stored_as, kind) {
                    Some(ty) => marks.push((id, position, number, ty)),
                    None => self.members(child, &[layout], marks),
                }
            }
        }
    }

    fn is_below_all(&self, homes: &[LayoutId], key: &Name, child: LayoutId) -> bool {
        homes.iter().all(|home| {
            let home = &self.layouts[home.0 as usize];
            let slot = home.slot(key);
            slot.is_some_and(|slot| home.children[slot as usize] == Some(child))
        })
    }

    /// The type of a member wherever a client gets it, where that is the same everywhere.
    fn member_type(&self, homes: &[LayoutId], key: &Name, kind: &ScanKind) -> Option<VerbatimType> {
        let mut found = None;
        for home in homes {
            let slot = self.layouts[home.0 as usize].slot(key)?;
            for field in self.fields_of(*home, slot) {
                let ty = self.value(kind, &field.ty)?;
                let ty = VerbatimType {
                    non_null: false,
                    ..ty
                };
                if found.get_or_insert_with(|| ty.clone()) != &ty {
                    return None;
                }
            }
        }
        found
    }

    fn fields_of(&self, layout: LayoutId, slot: u32) -> Vec<&ShapeField> {
        let composites = self.composites.get(&layout).into_iter().flatten();
        composites
            .flat_map(|composite| self.shape_positions(*composite))
            .flat_map(|shape| &self.shapes.objects[shape as usize].fields)
            .filter(|field| matches!(field.source, Source::Slot(known) if known == slot))
            .collect()
    }

    fn value(&self, kind: &ScanKind, ty: &ClientType) -> Option<VerbatimType> {
        let kind = match (kind, &ty.kind) {
            (ScanKind::Leaf(leaf), ClientKind::Leaf) => VerbatimKind::Leaf(*leaf),
            (ScanKind::List(item), ClientKind::List(ty)) => {
                VerbatimKind::List(Box::new(self.value(item, ty)?))
            }
            (ScanKind::Object(scan), ClientKind::Object(_)) => self.object(*scan)?,
            _ => return None,
        };
        Some(VerbatimType {
            non_null: ty.non_null,
            kind,
        })
    }

    fn object(&self, id: ScanId) -> Option<VerbatimKind> {
        let scan = self.scan(id);
        let layout = &self.layouts[scan.layout.0 as usize];
        let is_alone = self.writers.get(&scan.layout) == Some(&1);
        let is_whole = layout.keys.len() == scan.members.len();
        if !is_alone || !is_whole || scan.needs_type || self.read.contains(&scan.layout) {
            return None;
        }
        let mut found = None;
        for composite in self.composites.get(&scan.layout)? {
            let composite = &self.shapes.composites[composite.0 as usize];
            let shape = composite.any.filter(|_| !composite.is_abstract)?;
            let members = self.object_members(scan, &self.shapes.objects[shape as usize].fields)?;
            if found.get_or_insert_with(|| members.clone()) != &members {
                return None;
            }
        }
        found.map(VerbatimKind::Object)
    }

    fn object_members(&self, scan: &ScanObject, fields: &[ShapeField]) -> Option<VerbatimMembers> {
        if fields.len() != scan.members.len() {
            return None;
        }
        let members = scan.members.iter().zip(fields);
        let members = members.map(|(member, field)| {
            let key = self.shapes.text(&field.key);
            let [(None, MemberTarget::Field { slot, kind, .. })] = &*member.targets else {
                return None;
            };
            let is_same = key == member.key_and_colon.text()
                && matches!(field.source, Source::Slot(known) if known == *slot);
            let ty = self.value(kind, &field.ty).filter(|_| is_same)?;
            Some((Expected::new(key), ty))
        });
        members.collect()
    }
}

fn scan_of(kind: &ScanKind) -> Option<ScanId> {
    match kind {
        ScanKind::Leaf(_) => None,
        ScanKind::Object(scan) => Some(*scan),
        ScanKind::List(item) => scan_of(item),
    }
}

fn composite_of(ty: &ClientType) -> Option<CompositeId> {
    match &ty.kind {
        ClientKind::Object(composite) => Some(*composite),
        ClientKind::List(item) => composite_of(item),
        ClientKind::Leaf | ClientKind::Enum(_) => None,
    }
}
