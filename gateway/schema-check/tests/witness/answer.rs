//! The witness for answers: one is made up as the new schema allows it, and must be one that clients of the old schema
//! expect. New possible types and new enum values are not judged: they change no shape.

use std::collections::BTreeMap;

use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use super::random::Random;

/// A document with the schema that it is valid for.
pub(crate) struct Side<'a> {
    pub(crate) schema: &'a Valid<Schema>,
    pub(crate) document: &'a Valid<ExecutableDocument>,
}

enum Answer {
    Null,
    /// The name of its type.
    Leaf(String),
    List(Vec<Answer>),
    /// The name of the object's type, and its fields by response name.
    Object(String, BTreeMap<String, Answer>),
}

/// Whether a random answer of the new side is one that the old side allows.
pub(crate) fn is_expected(old: &Side<'_>, new: &Side<'_>, random: &mut Random) -> bool {
    let (Some(before), Some(after)) = (
        old.document.operations.iter().next(),
        new.document.operations.iter().next(),
    ) else {
        return true;
    };
    let root = after.selection_set.ty.as_str();
    let answer = new.object(root, &[&after.selection_set], random);
    let Answer::Object(_, answered) = answer else {
        return true;
    };
    let own = before.selection_set.ty.as_str();
    old.allows_fields(own, &[&before.selection_set], &answered)
}

impl<'a> Side<'a> {
    fn value(&self, ty: &Type, sets: &[&'a SelectionSet], random: &mut Random) -> Answer {
        if !ty.is_non_null() && random.chance(25) {
            return Answer::Null;
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                let items = (0..random.below(3)).map(|_| self.value(item, sets, random));
                Answer::List(items.collect())
            }
            Type::Named(name) | Type::NonNullNamed(name) => {
                let possible = self.possible(name);
                match random.pick(&possible) {
                    Some(object) => self.object(object, sets, random),
                    None => Answer::Leaf(name.to_string()),
                }
            }
        }
    }

    fn object(&self, name: &str, sets: &[&'a SelectionSet], random: &mut Random) -> Answer {
        let mut answers = BTreeMap::new();
        for (key, fields) in self.collect(name, sets) {
            let below: Vec<&SelectionSet> = fields.iter().map(|one| &one.selection_set).collect();
            let ty = &self.definition(name, fields[0]);
            answers.insert(key.to_owned(), self.value(ty, &below, random));
        }
        Answer::Object(name.to_owned(), answers)
    }

    /// The type of the field on the object, which may be narrower than on the interface that it is selected on.
    fn definition(&self, object: &str, field: &Field) -> Type {
        match self.schema.type_field(object, &field.name) {
            Ok(definition) => definition.ty.clone(),
            Err(_) => field.definition.ty.clone(),
        }
    }

    /// The objects that a value of a type can be; none for a leaf.
    fn possible(&self, name: &str) -> Vec<&'a str> {
        let objects = self.schema.types.iter().filter(|(_, one)| one.is_object());
        objects
            .map(|(object, _)| object.as_str())
            .filter(|object| *object == name || self.schema.is_subtype(name, object))
            .collect()
    }

    /// The selected fields by response name, of what applies to an object.
    fn collect(
        &self,
        object: &str,
        sets: &[&'a SelectionSet],
    ) -> BTreeMap<&'a str, Vec<&'a Field>> {
        let mut fields: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
        let mut waiting: Vec<&'a Selection> = Vec::new();
        waiting.extend(sets.iter().flat_map(|set| &set.selections));
        let applies = |on: &str| on == object || self.schema.is_subtype(on, object);
        while let Some(selection) = waiting.pop() {
            match selection {
                Selection::Field(field) => {
                    fields.entry(field.response_key()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    if condition.is_none_or(|on| applies(on)) {
                        waiting.extend(&fragment.selection_set.selections);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|one| applies(one.type_condition())) {
                        waiting.extend(&fragment.selection_set.selections);
                    }
                }
            }
        }
        fields
    }

    fn allows(&self, ty: &Type, sets: &[&'a SelectionSet], answer: &Answer) -> bool {
        match (answer, ty) {
            (Answer::Null, ty) => !ty.is_non_null(),
            (Answer::List(items), Type::List(item) | Type::NonNullList(item)) => {
                items.iter().all(|one| self.allows(item, sets, one))
            }
            (Answer::Leaf(name), Type::Named(own) | Type::NonNullNamed(own)) => {
                own.as_str() == name
            }
            (Answer::Object(name, answers), Type::Named(own) | Type::NonNullNamed(own)) => {
                let possible = self.possible(own);
                !possible.is_empty()
                    && (!possible.contains(&name.as_str())
                        || self.allows_fields(name, sets, answers))
            }
            _ => false,
        }
    }

    fn allows_fields(
        &self,
        object: &str,
        sets: &[&'a SelectionSet],
        answers: &BTreeMap<String, Answer>,
    ) -> bool {
        self.collect(object, sets).into_iter().all(|(key, fields)| {
            let below: Vec<&SelectionSet> = fields.iter().map(|one| &one.selection_set).collect();
            // What was promised is what the selected type says, not what the object has.
            answers.get(key).is_some_and(|answer| {
                fields
                    .iter()
                    .all(|field| self.allows(&field.definition.ty, &below, answer))
            })
        })
    }
}
