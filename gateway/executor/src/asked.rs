//! What a fetch asks about: its entities in groups, one for each `_entities` field. Entities that take different values from
//! their ancestors are in different groups.

use crate::compile::Variant;
use crate::compile::contexts::{CompiledContext, CompiledSource, suffix};
use crate::compile::fetches::{CompiledCall, CompiledItem, Step, Target};
use crate::errors::{Cause, Errors};
use crate::representations::{Gap, Representations, write_list, write_value};
use crate::store::{ErrorId, ObjectId, Store, Value};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;

/// Entities that one `_entities` field asks about.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// The call, by position in the fetch.
    pub(crate) call: usize,
    /// Which group of the call's entities this is.
    pub(crate) number: usize,
    /// The entities.
    pub(crate) representations: Representations,
    /// What came for each of them, kept while other objects may turn out to be the same entities.
    pub(crate) answers: Vec<Option<Value>>,
    /// What they take from ancestors, one for each context of the call.
    pub(crate) values: Vec<Taken>,
}

/// What entities take from an ancestor.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Taken {
    /// A value, as JSON.
    Value(Vec<u8>),
    /// Nothing: they go without it.
    Nothing,
    /// Nothing, because of an error: whatever the subgraph makes of the fields that take it, it does not count.
    Failed(ErrorId),
}

impl Asked {
    /// Keeps what came for some of the entities.
    pub(crate) fn note(&mut self, range: &Range<usize>, list: &[Value]) {
        if self.answers.len() < range.end {
            self.answers.resize(range.end, None);
        }
        for (position, value) in range.clone().zip(list) {
            self.answers[position] = Some(*value);
        }
    }

    /// Whether something that its entities take has failed.
    pub(crate) fn lacks_values(&self) -> bool {
        let mut values = self.values.iter();
        values.any(|value| matches!(value, Taken::Failed(_)))
    }

    /// Lets the fields below entities fail whose values have failed.
    pub(crate) fn fail_fields(
        &self,
        variant: &Variant,
        store: &mut Store,
        call: &CompiledCall,
        list: &[Value],
    ) {
        for (context, value) in call.contexts.iter().zip(&self.values) {
            let Taken::Failed(error) = value else {
                continue;
            };
            for field in &context.fields_below {
                for entity in list {
                    fail_field(variant, store, *entity, &field.steps, *error);
                }
            }
        }
    }

    /// The response key, with quotes.
    pub(crate) fn key<'call>(&self, call: &'call CompiledCall) -> Cow<'call, [u8]> {
        match self.number {
            0 => Cow::Borrowed(&call.response_key),
            number => Cow::Owned(numbered(&call.response_key, number)),
        }
    }

    /// Writes its variables, but for the representations themselves: `"name":` is the last thing written.
    pub(crate) fn write_variables(&self, call: &CompiledCall, out: &mut Vec<u8>) {
        for (context, value) in call.contexts.iter().zip(&self.values) {
            let Taken::Value(value) = value else {
                continue;
            };
            separate(out);
            let name = format!("\"{}{}\":", context.variable, suffix(self.number));
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(value);
        }
        separate(out);
        match self.number {
            0 => out.extend_from_slice(&call.variable),
            number => out.extend_from_slice(&numbered(&call.variable, number)),
        }
    }
}

/// `"name"` or `"name":` with a number behind the name.
fn numbered(quoted: &[u8], number: usize) -> Vec<u8> {
    let end = quoted.iter().rposition(|byte| *byte == b'"');
    let (name, rest) = quoted.split_at(end.unwrap_or(quoted.len()));
    [name, suffix(number).as_bytes(), rest].concat()
}

/// Groups the entities of a call with contexts, at some of its targets, by the values that they take.
pub(crate) fn by_context(
    variant: &Variant,
    store: &mut Store,
    errors: &mut Errors,
    root: ObjectId,
    fetch: u32,
    call: (usize, &CompiledCall),
    targets: &[usize],
) -> Vec<Asked> {
    let (position, call) = call;
    let mut groups = Groups {
        variant,
        errors,
        fetch,
        call,
        missing: vec![None; call.contexts.len()],
        numbers: FxHashMap::default(),
        asked: vec![Asked {
            call: position,
            ..Asked::default()
        }],
    };
    let walk = store.new_walk();
    for &target in targets {
        for trail in trails(variant, store, root, &call.targets[target]) {
            let Some(object) = trail.last().copied().flatten() else {
                continue;
            };
            let mark = &mut store.object_mut(object).mark;
            if mark.0 != walk {
                *mark = (walk, 0);
                groups.add(store, position, target, object, &trail);
            }
        }
    }
    groups.asked
}

/// The objects on the way to an object, by how many steps lead there.
type Trail = Vec<Option<ObjectId>>;

/// The ways to all objects at a target.
fn trails(variant: &Variant, store: &Store, root: ObjectId, target: &Target) -> Vec<Trail> {
    let mut found = Vec::new();
    let mut trail = Vec::with_capacity(target.steps.len() + 1);
    follow(
        variant,
        store,
        Value::Object(root),
        &target.steps,
        &mut trail,
        &mut found,
    );
    found
}

fn follow(
    variant: &Variant,
    store: &Store,
    value: Value,
    steps: &[Step],
    trail: &mut Trail,
    found: &mut Vec<Trail>,
) {
    trail.push(match value {
        Value::Object(object) => Some(object),
        _ => None,
    });
    match (steps.split_first(), value) {
        (None, Value::Object(_)) => found.push(trail.clone()),
        (Some((Step::Slot(slot), rest)), Value::Object(object)) => {
            let below = store.get(object, *slot);
            follow(variant, store, below, rest, trail, found);
        }
        (Some((Step::List, rest)), Value::List { start, length }) => {
            for item in store.items(start, length) {
                follow(variant, store, *item, rest, trail, found);
            }
        }
        (Some((Step::Types(types), rest)), Value::Object(object))
            if variant.types.fits(store.object(object).type_id, types) =>
        {
            follow(variant, store, value, rest, trail, found);
        }
        _ => {}
    }
    trail.pop();
}

/// The groups of one call.
struct Groups<'run> {
    variant: &'run Variant,
    errors: &'run mut Errors,
    fetch: u32,
    call: &'run CompiledCall,
    /// For each context the error of entities that lack its value.
    missing: Vec<Option<ErrorId>>,
    numbers: FxHashMap<Vec<Taken>, usize>,
    asked: Vec<Asked>,
}

impl Groups<'_> {
    fn add(
        &mut self,
        store: &Store,
        call: usize,
        target: usize,
        object: ObjectId,
        trail: &[Option<ObjectId>],
    ) {
        let type_id = store.object(object).type_id;
        let mut representations = self.call.representations.iter();
        let fitting = representations.find(|one| self.variant.types.fits(type_id, &one.types));
        let Some(representation) = fitting else {
            return;
        };
        match self.values(store, target, trail) {
            Ok(values) => {
                let number = self.number(call, values);
                let known = &mut self.asked[number].representations;
                known.add(self.variant, store, object, representation);
            }
            Err(error) => {
                let failed = &mut self.asked[0].representations.failed;
                failed.push((object, error));
            }
        }
    }

    /// The group with those values.
    fn number(&mut self, call: usize, values: Vec<Taken>) -> usize {
        if let Some(&number) = self.numbers.get(&values) {
            return number;
        }
        let number = self.numbers.len();
        if number > 0 {
            self.asked.push(Asked {
                call,
                number,
                ..Asked::default()
            });
        }
        self.asked[number].values.clone_from(&values);
        self.numbers.insert(values, number);
        number
    }

    /// What an entity takes; an error where none of its fields can be asked without it.
    fn values(
        &mut self,
        store: &Store,
        target: usize,
        trail: &[Option<ObjectId>],
    ) -> Result<Vec<Taken>, ErrorId> {
        let mut values = Vec::with_capacity(self.call.contexts.len());
        for (position, context) in self.call.contexts.iter().enumerate() {
            let found = context_value(self.variant, store, context, target, trail);
            let value = match found {
                Ok(value) => Taken::Value(value),
                Err(Gap::Failed(error)) if context.fields_below.is_empty() => return Err(error),
                Err(Gap::Failed(error)) => Taken::Failed(error),
                Err(Gap::Absent) => Taken::Nothing,
            };
            let has_value = matches!(&value, Taken::Value(value) if value != b"null");
            if context.is_required && !has_value {
                return Err(self.missing(position, context));
            }
            values.push(value);
        }
        Ok(values)
    }

    fn missing(&mut self, position: usize, context: &CompiledContext) -> ErrorId {
        let (errors, fetch) = (&mut *self.errors, self.fetch);
        *self.missing[position].get_or_insert_with(|| {
            let argument = context.argument.clone();
            errors.push(fetch, Cause::Context { argument })
        })
    }
}

/// The value that the nearest fitting ancestor has.
fn context_value(
    variant: &Variant,
    store: &Store,
    context: &CompiledContext,
    target: usize,
    trail: &[Option<ObjectId>],
) -> Result<Vec<u8>, Gap> {
    let sources = context.sources.get(target).map(Vec::as_slice);
    let fitting = sources.unwrap_or_default().iter().find_map(|source| {
        let object = trail.get(source.depth).copied().flatten()?;
        let type_id = store.object(object).type_id;
        let fits = variant.types.fits(type_id, &source.types);
        fits.then_some((source, object))
    });
    let (source, object): (&CompiledSource, ObjectId) = fitting.ok_or(Gap::Absent)?;
    let mut out = Vec::new();
    write_leaf(&mut out, variant, store, object, &source.items)?;
    Ok(out)
}

/// Lets a field fail wherever the steps lead to it.
fn fail_field(variant: &Variant, store: &mut Store, value: Value, steps: &[Step], error: ErrorId) {
    match (steps.split_first(), value) {
        (Some((Step::Slot(slot), rest)), Value::Object(object)) => {
            let below = store.get(object, *slot);
            if !rest.is_empty() {
                fail_field(variant, store, below, rest, error);
            } else if below != Value::Absent {
                store.set(object, *slot, Value::Failed(error));
            }
        }
        (Some((Step::List, rest)), Value::List { start, length }) => {
            for item in start..start + length {
                let item = store.values[item as usize];
                fail_field(variant, store, item, rest, error);
            }
        }
        (Some((Step::Types(types), rest)), Value::Object(object))
            if variant.types.fits(store.object(object).type_id, types) =>
        {
            fail_field(variant, store, value, rest, error);
        }
        _ => {}
    }
}

/// Writes the one value at the end of a way.
fn write_leaf(
    out: &mut Vec<u8>,
    variant: &Variant,
    store: &Store,
    object: ObjectId,
    items: &[CompiledItem],
) -> Result<(), Gap> {
    for item in items {
        match item {
            CompiledItem::Field { slot, items, .. } => {
                let value = store.get(object, slot.ok_or(Gap::Absent)?);
                return write_leaf_of(out, variant, store, value, items);
            }
            CompiledItem::Fragment { types, items }
                if variant.types.fits(store.object(object).type_id, types) =>
            {
                return write_leaf(out, variant, store, object, items);
            }
            CompiledItem::Fragment { .. } | CompiledItem::Typename { .. } => {}
        }
    }
    Err(Gap::Absent)
}

/// Of the objects in a list, the list of their leaves.
fn write_leaf_of(
    out: &mut Vec<u8>,
    variant: &Variant,
    store: &Store,
    value: Value,
    items: &[CompiledItem],
) -> Result<(), Gap> {
    match value {
        Value::Object(below) => write_leaf(out, variant, store, below, items),
        Value::List { start, length } => {
            write_list(out, store.items(start, length), |out, item| {
                write_leaf_of(out, variant, store, item, items)
            })
        }
        leaf => write_value(out, variant, store, leaf, &[]),
    }
}

/// Puts a comma before the next member of an object.
pub(crate) fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}
