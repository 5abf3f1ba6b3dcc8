//! What the client gets: for each place and runtime type its keys in order, with slots.

use crate::compile::types::TypeTable;
use crate::store::TypeId;
use apollo_compiler::Name;
use std::ops::Range;

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
    /// What of it comes later; nothing, in most operations.
    pub(crate) later: Option<Box<Later>>,
}

/// What a part of the answer leaves to others, and where it goes on.
#[derive(Debug)]
pub(crate) struct Later {
    /// The deferred fragments that stand at the object.
    pub(crate) starts: Box<[Start]>,
    /// Fields that another part has answered, and below which this one has fields of its own.
    pub(crate) deeper: Box<[ShapeField]>,
}

/// A deferred fragment at an object.
#[derive(Debug)]
pub(crate) struct Start {
    /// Its number.
    pub(crate) part: usize,
    /// What it brings of the object: shapes, in the order in which they are written. What other parts bring too has a number.
    pub(crate) shapes: Box<[(Option<usize>, u32)]>,
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
