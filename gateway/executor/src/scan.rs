//! Reads a subgraph's body once, guided by what was asked: bytes in, objects with filled slots out.

mod verbatim;

use crate::compile::Variant;
use crate::compile::scan_shape::{LeafKind, Member, MemberTarget, ScanId, ScanKind, ScanObject};
use crate::errors::{Cause, Errors};
use crate::json::{Cursor, Kind, Malformed};
use crate::store::{ErrorId, ObjectId, Slice, Store, TypeId, Value};
use std::borrow::Cow;
use std::ops::Range;

/// What a body held.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its `data`.
    pub(crate) data: Data,
    /// Its `errors`.
    pub(crate) errors: Vec<ReportedError>,
}

/// The `data` of an answer.
#[derive(Debug)]
pub(crate) enum Data {
    /// There is none, or it is no object.
    Missing,
    /// It is null.
    Null,
    /// The fields of a root type, as a new object.
    Root(ObjectId),
    /// For each call its entities; `None` where it has no list of them.
    Entities(Vec<Option<Vec<Value>>>),
}

/// An error as the subgraph reported it; ranges are in the body.
#[derive(Debug, Default)]
pub(crate) struct ReportedError {
    /// With quotes.
    pub(crate) message: Option<Range<usize>>,
    /// The path in the subgraph's answer.
    pub(crate) path: Vec<ReportedSegment>,
    /// An object.
    pub(crate) extensions: Option<Range<usize>>,
}

/// A step of a path in a subgraph's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReportedSegment {
    /// A response key with quotes.
    Key(Range<usize>),
    /// A list index.
    Index(usize),
}

/// An expected `_entities` field.
#[derive(Debug)]
pub(crate) struct ExpectedCall<'plan> {
    /// Its response key with quotes.
    pub(crate) key: Cow<'plan, [u8]>,
    /// An entity's shape.
    pub(crate) scan: ScanId,
    /// The type of each entity, as far as it is known.
    pub(crate) types: Vec<TypeId>,
}

/// Reads one body.
pub(crate) struct Scanner<'run> {
    pub(crate) variant: &'run Variant,
    pub(crate) store: &'run mut Store,
    pub(crate) errors: &'run mut Errors,
    pub(crate) cursor: Cursor<'run>,
    /// The body's number in the store.
    pub(crate) body: u16,
    /// The fetch's position in the plan.
    pub(crate) fetch: u32,
    /// How many errors are noted one by one.
    pub(crate) error_limit: usize,
    /// Items of lists that are open.
    pub(crate) items: Vec<Value>,
    /// Whether parts that the client gets as they are may become one slice.
    pub(crate) may_pass_on: bool,
    /// Whether some did.
    pub(crate) has_passed_on: bool,
}

impl Scanner<'_> {
    /// The answer to root fields.
    pub(crate) fn root(&mut self, scan: ScanId) -> Result<Answer, Malformed> {
        self.answer(|scanner| {
            let object = scanner.object(scan, None)?;
            Ok(Data::Root(object))
        })
    }

    /// The answer to entity calls.
    pub(crate) fn entities(&mut self, calls: &[ExpectedCall<'_>]) -> Result<Answer, Malformed> {
        self.answer(|scanner| {
            let mut lists: Vec<Option<Vec<Value>>> = calls.iter().map(|_| None).collect();
            scanner.each_member(|scanner, key| {
                let key = scanner.cursor.slice(&key);
                match calls.iter().position(|call| *call.key == *key) {
                    Some(position) => lists[position] = scanner.entity_list(&calls[position])?,
                    None => scanner.cursor.skip()?,
                }
                Ok(())
            })?;
            Ok(Data::Entities(lists))
        })
    }

    fn answer(
        &mut self,
        mut data: impl FnMut(&mut Self) -> Result<Data, Malformed>,
    ) -> Result<Answer, Malformed> {
        let mut answer = Answer {
            data: Data::Missing,
            errors: Vec::new(),
        };
        if self.cursor.peek()? != Kind::Object {
            return self.cursor.malformed("the answer is no object");
        }
        self.each_member(|scanner, key| {
            match (scanner.cursor.slice(&key), scanner.cursor.peek()?) {
                (b"\"data\"", Kind::Object) => answer.data = data(scanner)?,
                (b"\"data\"", Kind::Null) => {
                    scanner.cursor.literal()?;
                    answer.data = Data::Null;
                }
                (b"\"errors\"", Kind::List) => answer.errors = scanner.reported_errors()?,
                _ => scanner.cursor.skip()?,
            }
            Ok(())
        })?;
        self.cursor.finish()?;
        Ok(answer)
    }

    fn each_member(
        &mut self,
        mut member: impl FnMut(&mut Self, Range<usize>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.cursor.open(b'{')?;
        let mut more = !self.cursor.is_empty(b'}');
        while more {
            let key = self.cursor.key()?;
            member(self, key)?;
            more = self.cursor.another(b'}')?;
        }
        Ok(())
    }

    fn each_item(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.cursor.open(b'[')?;
        let mut more = !self.cursor.is_empty(b']');
        while more {
            item(self)?;
            more = self.cursor.another(b']')?;
        }
        Ok(())
    }

    fn entity_list(&mut self, call: &ExpectedCall<'_>) -> Result<Option<Vec<Value>>, Malformed> {
        if self.cursor.peek()? != Kind::List {
            self.cursor.skip_value()?;
            return Ok(None);
        }
        let mut entities = Vec::with_capacity(call.types.len());
        self.each_item(|scanner| {
            let value = match scanner.cursor.peek()? {
                Kind::Object => {
                    let type_id = call.types.get(entities.len()).copied();
                    Value::Object(scanner.object(call.scan, type_id)?)
                }
                _ => scanner.value(&ScanKind::Object(call.scan))?,
            };
            entities.push(value);
            Ok(())
        })?;
        Ok(Some(entities))
    }

    /// An object; `type_id` is its type as far as it is known, where the shape does not say.
    fn object(&mut self, scan: ScanId, type_id: Option<TypeId>) -> Result<ObjectId, Malformed> {
        let variant = self.variant;
        let scan = variant.scan(scan);
        let slots = variant.layout(scan.layout).slots();
        let object = self
            .store
            .new_object(scan.layout, slots, type_id.unwrap_or(scan.type_id));
        if scan.needs_type {
            self.look_for_type(scan, object)?;
        }
        self.cursor.open(b'{')?;
        let mut more = !self.cursor.is_empty(b'}');
        let first = self.store.object(object).slots;
        let mut next = 0;
        let mut in_order = true;
        while more {
            self.cursor.skip_whitespace();
            let expected = scan.members.get(next);
            if expected.is_some_and(|member| self.cursor.take_expected(&member.key_and_colon)) {
                next += 1;
            } else {
                in_order = false;
                let key = self.cursor.key()?;
                let key = self.cursor.slice(&key);
                match find(&scan.members, next, key) {
                    Some(position) => next = position + 1,
                    None => {
                        self.cursor.skip_value()?;
                        more = self.cursor.another(b'}')?;
                        continue;
                    }
                }
            }
            if let Some(member) = scan.members.get(next - 1) {
                self.member(member, object, first)?;
            }
            more = self.cursor.another(b'}')?;
        }
        if !in_order || next != scan.members.len() {
            self.note_missing(scan, object);
        }
        Ok(object)
    }

    /// Reads the runtime type before the members, where they depend on it.
    fn look_for_type(&mut self, scan: &ScanObject, object: ObjectId) -> Result<(), Malformed> {
        let start = self.cursor.clone();
        self.each_member(|scanner, key| {
            let key = scanner.cursor.slice(&key);
            let member = scan.members.iter().find(|member| member.key() == key);
            let is_typename = member.is_some_and(|member| {
                matches!(member.targets.first(), Some((_, MemberTarget::Typename)))
            });
            match is_typename {
                true => scanner.typename(object),
                false => scanner.cursor.skip(),
            }
        })?;
        self.cursor = start;
        Ok(())
    }

    /// `first` is the object's first slot.
    fn member(&mut self, member: &Member, object: ObjectId, first: u32) -> Result<(), Malformed> {
        let target = match &*member.targets {
            [(_, target)] => Some(target),
            targets => {
                let type_id = self.store.object(object).type_id;
                targets
                    .iter()
                    .find(|(types, _)| match types {
                        Some(types) => self.variant.types.fits(type_id, types),
                        None => true,
                    })
                    .map(|(_, target)| target)
            }
        };
        match target {
            Some(MemberTarget::Field {
                slot,
                kind,
                verbatim,
                ..
            }) => {
                let value = match verbatim {
                    Some(ty) => self.verbatim(ty, kind)?,
                    None => self.value(kind)?,
                };
                self.store.values[(first + slot) as usize] = value;
                Ok(())
            }
            Some(MemberTarget::Typename) => self.typename(object),
            None => self.cursor.skip(),
        }
    }

    /// An interface's name comes from an interface object: it says nothing new.
    fn typename(&mut self, object: ObjectId) -> Result<(), Malformed> {
        let range = self.cursor.skip_value()?;
        let quoted = self.cursor.slice(&range);
        let name = quoted
            .get(1..quoted.len().saturating_sub(1))
            .unwrap_or_default();
        let types = &self.variant.types;
        let known = self.store.object(object).type_id;
        if types.is_abstract(known)
            && let Some(id) = types.find(name)
            && !types.is_abstract(id)
        {
            self.store.object_mut(object).type_id = id;
        }
        Ok(())
    }

    fn note_missing(&mut self, scan: &ScanObject, object: ObjectId) {
        for member in &scan.members {
            let type_id = self.store.object(object).type_id;
            let was_asked = match &member.types {
                Some(types) => self.variant.types.fits(type_id, types),
                None => true,
            };
            if let (true, [(_, MemberTarget::Field { slot, .. })]) = (was_asked, &*member.targets)
                && self.store.get(object, *slot) == Value::Absent
            {
                let error = self.note(Cause::Missing);
                self.store.set(object, *slot, Value::Failed(error));
            }
        }
    }

    fn note(&mut self, cause: Cause) -> ErrorId {
        match self.errors.len() {
            noted if noted >= self.error_limit.max(1) => {
                ErrorId(u32::try_from(noted - 1).unwrap_or_default())
            }
            _ => self.errors.push(self.fetch, cause),
        }
    }

    fn value(&mut self, kind: &ScanKind) -> Result<Value, Malformed> {
        match (self.cursor.peek()?, kind) {
            (Kind::Null, _) => {
                self.cursor.literal()?;
                Ok(Value::Null)
            }
            (found, ScanKind::Leaf(leaf)) => self.leaf(*leaf, found),
            (Kind::Object, ScanKind::Object(scan)) => Ok(Value::Object(self.object(*scan, None)?)),
            (Kind::List, ScanKind::List(item)) => self.list(item),
            (found, ScanKind::Object(_)) => self.wrong_kind("an object", found),
            (found, ScanKind::List(_)) => self.wrong_kind("a list", found),
        }
    }

    fn list(&mut self, kind: &ScanKind) -> Result<Value, Malformed> {
        let from = self.items.len();
        self.each_item(|scanner| {
            let value = scanner.value(kind)?;
            scanner.items.push(value);
            Ok(())
        })?;
        Ok(self.store.new_list(&mut self.items, from))
    }

    fn wrong_kind(&mut self, expected: &'static str, found: Kind) -> Result<Value, Malformed> {
        self.cursor.skip_value()?;
        let found = found.describe();
        Ok(Value::Failed(self.note(Cause::Value { expected, found })))
    }

    /// <https://spec.graphql.org/draft/#sec-Scalars>, result coercion, of a value that was serialized before.
    fn leaf(&mut self, leaf: LeafKind, found: Kind) -> Result<Value, Malformed> {
        let start = self.cursor.position();
        let fits = match (found, leaf) {
            (_, LeafKind::Any) => self.cursor.skip_value().map(|_| true)?,
            (Kind::String, LeafKind::String | LeafKind::Id) => {
                self.cursor.string().map(|_| true)?
            }
            (Kind::String, LeafKind::Enum(position)) => {
                let text = self.cursor.string()?;
                self.variant.enums[position as usize].contains(self.cursor.slice(&text))
            }
            (Kind::Number, LeafKind::Float) => self.cursor.number().map(|_| true)?,
            (Kind::Number, LeafKind::Int) => {
                let is_integer = self.cursor.number()?.is_integer;
                let text = self.cursor.slice(&(start..self.cursor.position()));
                is_integer && is_32_bits(text)
            }
            (Kind::Number, LeafKind::Id) => {
                let number = self.cursor.number()?;
                if number.is_integer {
                    let text = self.cursor.slice(&(start..self.cursor.position()));
                    return Ok(self.store.write_quoted(text));
                }
                false
            }
            (Kind::Boolean, LeafKind::Boolean) => self.cursor.literal().map(|()| true)?,
            _ => self.cursor.skip_value().map(|_| false)?,
        };
        if !fits {
            let (expected, found) = (leaf.describe(), found.describe());
            return Ok(Value::Failed(self.note(Cause::Value { expected, found })));
        }
        Ok(Value::Leaf(self.slice(start)))
    }

    /// Bodies are at most 4 GiB large, see [`Store::keep`].
    fn slice(&self, start: usize) -> Slice {
        let narrow = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
        Slice {
            body: self.body,
            start: narrow(start),
            end: narrow(self.cursor.position()),
        }
    }

    fn reported_errors(&mut self) -> Result<Vec<ReportedError>, Malformed> {
        let mut errors = Vec::new();
        self.each_item(|scanner| {
            if errors.len() >= scanner.error_limit || scanner.cursor.peek()? != Kind::Object {
                return scanner.cursor.skip();
            }
            errors.push(scanner.reported_error()?);
            Ok(())
        })?;
        Ok(errors)
    }

    fn reported_error(&mut self) -> Result<ReportedError, Malformed> {
        let mut error = ReportedError::default();
        self.each_member(|scanner, key| {
            match (scanner.cursor.slice(&key), scanner.cursor.peek()?) {
                (b"\"message\"", Kind::String) => error.message = Some(scanner.cursor.string()?),
                (b"\"path\"", Kind::List) => error.path = scanner.reported_path()?,
                (b"\"extensions\"", Kind::Object) => {
                    error.extensions = Some(scanner.cursor.skip_value()?);
                }
                _ => scanner.cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(error)
    }

    fn reported_path(&mut self) -> Result<Vec<ReportedSegment>, Malformed> {
        let mut path = Vec::new();
        self.each_item(|scanner| {
            let kind = scanner.cursor.peek()?;
            let value = scanner.cursor.skip_value()?;
            let text = scanner.cursor.slice(&value);
            match kind {
                Kind::String => path.push(ReportedSegment::Key(value)),
                Kind::Number => {
                    let index = std::str::from_utf8(text)
                        .ok()
                        .and_then(|text| text.parse().ok());
                    path.push(ReportedSegment::Index(index.unwrap_or(usize::MAX)));
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(path)
    }
}

impl LeafKind {
    fn describe(self) -> &'static str {
        match self {
            Self::Int => "an Int",
            Self::Float => "a Float",
            Self::String => "a String",
            Self::Boolean => "a Boolean",
            Self::Id => "an ID",
            Self::Enum(_) => "a value of the enum",
            Self::Any => "a value",
        }
    }
}

fn is_32_bits(text: &[u8]) -> bool {
    text.len() < 10 || std::str::from_utf8(text).is_ok_and(|text| text.parse::<i32>().is_ok())
}

/// Servers answer in the order of the request: the search starts where the last one ended.
fn find(members: &[Member], next: usize, key: &[u8]) -> Option<usize> {
    let next = next.min(members.len());
    let is_it = |member: &Member| member.key() == key;
    members[next..]
        .iter()
        .position(is_it)
        .map(|position| position + next)
        .or_else(|| members[..next].iter().position(is_it))
}
