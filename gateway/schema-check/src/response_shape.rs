//! Which fields can meet under one response name, and so must have the same shape
//! (<https://spec.graphql.org/draft/#SameResponseShape()>): a field that loses `null` can end that for valid operations.
//!
//! Composite types fall into *scopes*: types that fragments lead to from one another. Two fields of one scope meet under
//! one response name when their object types differ (an alias can give them one name), or when they have the same name
//! and one of the types is abstract. Where two fields meet, the scopes of their types meet too, whatever the names.

use std::collections::VecDeque;

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::reach::{Reach, related};

/// The fields of a schema by the places where they can meet.
pub(crate) struct ResponseShapes<'a> {
    schema: &'a Schema,
    scope_of: FxHashMap<&'a str, usize>,
    /// The fields of each scope's reachable types.
    fields: Vec<Vec<Member<'a>>>,
    /// Scopes whose fields meet under any names; symmetric.
    meeting: FxHashMap<usize, FxHashSet<usize>>,
}

#[derive(Clone, Copy)]
struct Member<'a> {
    parent: &'a str,
    is_object: bool,
    field: &'a FieldDefinition,
}

impl<'a> ResponseShapes<'a> {
    /// Finds the scopes of a schema and which of them meet.
    pub(crate) fn of(schema: &'a Schema) -> Self {
        let scope_of = scopes(schema);
        let count = scope_of.values().max().map_or(0, |last| last + 1);
        let reach = Reach::of(schema);
        let mut fields: Vec<Vec<Member<'a>>> = vec![Vec::new(); count];
        for (name, definition) in &schema.types {
            let (is_object, list) = match definition {
                ExtendedType::Object(object) => (true, &object.fields),
                ExtendedType::Interface(interface) => (false, &interface.fields),
                _ => continue,
            };
            let parent = name.as_str();
            if reach.output(parent) && !definition.is_built_in() {
                let members = list.values().map(|field| Member {
                    parent,
                    is_object,
                    field,
                });
                fields[scope_of[parent]].extend(members);
            }
        }
        let mut shapes = Self {
            schema,
            scope_of,
            fields,
            meeting: FxHashMap::default(),
        };
        shapes.meet();
        shapes
    }

    /// A field that could stand beside `before` of `parent` under one response name, and cannot beside `after`.
    pub(crate) fn conflict(
        &self,
        new: &Schema,
        parent: &str,
        before: &FieldDefinition,
        after: &FieldDefinition,
    ) -> Option<String> {
        let own = *self.scope_of.get(parent)?;
        let is_object = self.schema.get_object(parent).is_some();
        let same_scope = self.fields[own].iter().filter(|other| {
            other.parent != parent
                && ((is_object && other.is_object) || other.field.name == before.name)
        });
        let met = self.meeting.get(&own).into_iter().flatten();
        let elsewhere = met.flat_map(|scope| &self.fields[*scope]);
        let mut conflicts = same_scope
            .chain(elsewhere)
            .filter(|other| !(other.parent == parent && other.field.name == before.name))
            .filter(|other| self.same_shape(&before.ty, &other.field.ty))
            .filter(|other| {
                let Ok(field) = new.type_field(other.parent, &other.field.name) else {
                    return false;
                };
                !same_wrapping(&after.ty, &field.ty)
            });
        // One of the same name is what people write; others need an alias.
        let first = conflicts.next()?;
        let named = std::iter::once(first)
            .chain(conflicts)
            .find(|other| other.field.name == before.name)
            .unwrap_or(first);
        Some(format!("{}.{}", named.parent, named.field.name))
    }

    fn same_shape(&self, one: &Type, other: &Type) -> bool {
        let (left, right) = (one.inner_named_type(), other.inner_named_type());
        let composite = |name: &str| self.scope_of.contains_key(name);
        same_wrapping(one, other) && (left == right || (composite(left) && composite(right)))
    }

    /// Finds the scopes that meet: those with two object types meet themselves, and lead to others.
    fn meet(&mut self) {
        let mut waiting: VecDeque<(usize, usize)> = VecDeque::new();
        for scope in 0..self.fields.len() {
            let below = self.pairs_below(scope, scope, true);
            waiting.extend(below);
        }
        while let Some((left, right)) = waiting.pop_front() {
            if self.meeting.entry(left).or_default().insert(right) {
                self.meeting.entry(right).or_default().insert(left);
                let below = self.pairs_below(left, right, false);
                waiting.extend(below);
            }
        }
    }

    /// The scopes of fields that can stand under one response name.
    fn pairs_below(&self, left: usize, right: usize, by_scope: bool) -> FxHashSet<(usize, usize)> {
        let mut by_wrapping: FxHashMap<String, [FxHashSet<(usize, &str)>; 2]> =
            FxHashMap::default();
        for (side, scope) in [(0, left), (1, right)] {
            for member in &self.fields[scope] {
                let below = self
                    .scope_of
                    .get(member.field.ty.inner_named_type().as_str());
                if let Some(below) = below
                    && (!by_scope || member.is_object)
                {
                    let parent = if by_scope { member.parent } else { "" };
                    let sides = by_wrapping.entry(wrapping(&member.field.ty)).or_default();
                    sides[side].insert((*below, parent));
                }
            }
        }
        let mut pairs = FxHashSet::default();
        for [one, other] in by_wrapping.values() {
            for (below, parent) in one {
                let beside = other
                    .iter()
                    .filter(|(_, beside)| !by_scope || beside != parent);
                pairs.extend(beside.map(|(other, _)| (*below, *other)));
            }
        }
        pairs
    }
}

/// Numbers the composite types by what fragments connect.
fn scopes(schema: &Schema) -> FxHashMap<&str, usize> {
    let related = related(schema);
    let mut scope_of: FxHashMap<&str, usize> = FxHashMap::default();
    let mut count = 0;
    for (name, definition) in &schema.types {
        let composite =
            definition.is_object() || definition.is_interface() || definition.is_union();
        if !composite || scope_of.contains_key(name.as_str()) {
            continue;
        }
        let mut waiting = vec![name.as_str()];
        while let Some(one) = waiting.pop() {
            if scope_of.insert(one, count).is_none() {
                waiting.extend(related.get(one).into_iter().flatten());
            }
        }
        count += 1;
    }
    scope_of
}

fn same_wrapping(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (Type::Named(_), Type::Named(_)) | (Type::NonNullNamed(_), Type::NonNullNamed(_)) => true,
        (Type::List(one), Type::List(other))
        | (Type::NonNullList(one), Type::NonNullList(other)) => same_wrapping(one, other),
        _ => false,
    }
}

fn wrapping(ty: &Type) -> String {
    match ty {
        Type::Named(_) => String::new(),
        Type::NonNullNamed(_) => "!".to_owned(),
        Type::List(item) => format!("[{}]", wrapping(item)),
        Type::NonNullList(item) => format!("[{}]!", wrapping(item)),
    }
}
