//! The merged response while a request runs: objects as runs of slots, leaves as slices of the bodies that arrived.

use bytes::Bytes;

/// A value in a slot or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing was written yet.
    Absent,
    /// A null of a subgraph.
    Null,
    /// A leaf's JSON text.
    Leaf(Slice),
    /// An object; several slots may share one.
    Object(ObjectId),
    /// Items in [`Store::values`].
    List { start: u32, length: u32 },
    /// There is no value because of an error.
    Failed(ErrorId),
}

/// Bytes of one body; body 0 holds what was written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) body: u16,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// An object's position in [`Store::objects`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(pub(crate) u32);

/// An error's position in the request's list of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ErrorId(pub(crate) u32);

/// A type's position in the plan's table of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) u32);

/// A layout's position in the list of layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LayoutId(pub(crate) u32);

/// What is known of an object besides its slots.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object {
    /// Its runtime type, or the abstract type of its place where only that is known.
    pub(crate) type_id: TypeId,
    /// What its slots mean.
    pub(crate) layout: LayoutId,
    /// Its first slot in [`Store::values`].
    pub(crate) slots: u32,
    /// The last walk that met it, and what that walk noted.
    pub(crate) mark: (u32, u32),
}

/// The size of a body beyond which no more room is made in advance.
const MOST_RESERVED: usize = 1 << 18;

/// How much a store held at some time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    objects: usize,
    values: usize,
    written: usize,
}

/// All objects of one request.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) objects: Vec<Object>,
    pub(crate) values: Vec<Value>,
    bodies: Vec<Bytes>,
    written: Vec<u8>,
    walks: u32,
}

impl Store {
    /// Room for what a body of that size may bring; much of a large one may be passed on as it is.
    pub(crate) fn reserve(&mut self, body_bytes: usize) {
        let objects = body_bytes.min(MOST_RESERVED) / 96;
        self.objects.reserve(objects);
        self.values.reserve(objects * 4);
    }

    /// How much it holds.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            objects: self.objects.len(),
            values: self.values.len(),
            written: self.written.len(),
        }
    }

    /// Forgets what came after.
    pub(crate) fn reset(&mut self, mark: Mark) {
        self.objects.truncate(mark.objects);
        self.values.truncate(mark.values);
        self.written.truncate(mark.written);
    }

    /// Keeps a body; `None` where there are too many, or where it is too large for slices of it.
    pub(crate) fn keep(&mut self, body: Bytes) -> Option<u16> {
        u32::try_from(body.len()).ok()?;
        let index = u16::try_from(self.bodies.len() + 1).ok()?;
        self.bodies.push(body);
        Some(index)
    }

    /// The body with that number.
    pub(crate) fn body(&self, index: u16) -> Bytes {
        let position = usize::from(index).checked_sub(1);
        position
            .and_then(|position| self.bodies.get(position))
            .cloned()
            .unwrap_or_default()
    }

    /// A leaf's text.
    #[inline]
    pub(crate) fn text(&self, slice: Slice) -> &[u8] {
        self.around(slice)
            .get(slice.start as usize..slice.end as usize)
            .unwrap_or_default()
    }

    /// The bytes that a leaf's text is a part of.
    #[inline]
    pub(crate) fn around(&self, slice: Slice) -> &[u8] {
        match usize::from(slice.body).checked_sub(1) {
            None => &self.written,
            Some(position) => match self.bodies.get(position) {
                Some(body) => body,
                None => &[],
            },
        }
    }

    /// A leaf with quotes put around a text that needs no escapes.
    pub(crate) fn write_quoted(&mut self, text: &[u8]) -> Value {
        let start = self.written.len();
        self.written.push(b'"');
        self.written.extend_from_slice(text);
        self.written.push(b'"');
        match (u32::try_from(start), u32::try_from(self.written.len())) {
            (Ok(start), Ok(end)) => Value::Leaf(Slice {
                body: 0,
                start,
                end,
            }),
            _ => Value::Absent,
        }
    }

    /// A new object with empty slots.
    #[inline]
    pub(crate) fn new_object(&mut self, layout: LayoutId, slots: u32, type_id: TypeId) -> ObjectId {
        let id = ObjectId(index(self.objects.len()));
        let first = index(self.values.len());
        self.values
            .resize(self.values.len() + slots as usize, Value::Absent);
        self.objects.push(Object {
            type_id,
            layout,
            slots: first,
            mark: (0, 0),
        });
        id
    }

    /// A list of the values from `from` on in `items`, which are taken out.
    pub(crate) fn new_list(&mut self, items: &mut Vec<Value>, from: usize) -> Value {
        let start = index(self.values.len());
        self.values.extend(items.drain(from..));
        Value::List {
            start,
            length: index(self.values.len()) - start,
        }
    }

    /// An object's header.
    #[inline]
    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.0 as usize]
    }

    /// An object's header, to change.
    #[inline]
    pub(crate) fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects[id.0 as usize]
    }

    /// The value in an object's slot.
    #[inline]
    pub(crate) fn get(&self, id: ObjectId, slot: u32) -> Value {
        self.values[(self.object(id).slots + slot) as usize]
    }

    /// Writes an object's slot.
    #[inline]
    pub(crate) fn set(&mut self, id: ObjectId, slot: u32, value: Value) {
        let position = self.object(id).slots + slot;
        self.values[position as usize] = value;
    }

    /// A list's items.
    #[inline]
    pub(crate) fn items(&self, start: u32, length: u32) -> &[Value] {
        &self.values[start as usize..(start + length) as usize]
    }

    /// A number for a walk, to mark the objects that it meets.
    pub(crate) fn new_walk(&mut self) -> u32 {
        self.walks += 1;
        self.walks
    }
}

/// Positions are 32 bits wide: the limits on bodies keep them far below.
fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
