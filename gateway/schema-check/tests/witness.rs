//! Pairs of schemas against a witness: an operation that is valid before and not after, values of variables that are
//! taken before and not after, an answer that the old schema does not allow: each must come with a breaking change.
//!
//! `WITNESS_PAIRS=50000 cargo test -p weft-schema-check --test witness` judges more pairs than the test command does.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod witness {
    pub(crate) mod answer;
    pub(crate) mod mutation;
    pub(crate) mod operation;
    pub(crate) mod random;
}

use apollo_compiler::ast::Type;
use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;
use weft_schema_check::operations::{ChangeIndex, Fate, judge as judge_document};
use weft_schema_check::{Criticality, Profile, diff};
use witness::answer::{self, Side};
use witness::mutation;
use witness::operation;
use witness::random::Random;

const BASE: &str = r#"
directive @oneOf on INPUT_OBJECT
directive @run(a: Int! = 1, e: E, by: By) repeatable on FIELD | QUERY | INLINE_FRAGMENT | FRAGMENT_SPREAD | VARIABLE_DEFINITION
directive @note(text: String) on FIELD_DEFINITION | OBJECT
scalar Date
type Query { node(id: ID!): Node pet(kind: Kind = CAT, in: In): Pet pets(first: Int! = 10, filter: [Filter!]): [Pet!]! me(by: By): User list: [Node] s: String i: Int! on(date: Date): Date box: Box! place: Place }
type Mutation { set(in: In!, kind: Kind): User tag(e: E!, by: By!): Int }
type Subscription { pets(kind: [Kind!]! = [CAT]): Pet now: Date! }
interface Node { id: ID! name: String }
interface Named implements Node { id: ID! name: String title(short: Boolean = true): String }
interface Sized { size: Int }
union Pet = Cat | Dog
union Place = House | Hut
type Cat implements Named & Node { id: ID! name: String title(short: Boolean = true): String lives: Int home: House owner: User }
type Dog implements Node { id: ID! name: String legs: Int hut: Hut owner: User! tricks: [String] }
type User implements Node { id: ID! name: String pets: [Pet] friend: User kind: Kind age: Int mood: Mood born: Date nick: String @deprecated }
type House implements Sized { size: Int rooms: [String!] owner: User }
type Hut implements Sized { size: Int area: Int rooms: [String!] owner: User }
type Box { size: Int! items: [[Item!]] }
type Item { weight: Int! mood: Mood! @note(text: "n") }
type Lost { a: Int b: Pet }
enum Kind { CAT DOG FISH }
enum Mood { GOOD BAD }
enum E { A B }
input In { x: Int! = 1 y: String z: [Int!] k: Kind f: Filter d: Date }
input Filter { kind: Kind! text: String = "t" in: In moods: [Mood!] }
input By @oneOf { id: ID name: String filter: Filter }
"#;

/// A document that is valid, `@oneOf` included, of which the compiler knows nothing.
fn valid(schema: &Valid<Schema>, operation: &str) -> Option<Valid<ExecutableDocument>> {
    let index = ChangeIndex::default();
    let verdict = judge_document(schema, schema, operation, "operation.graphql", &index);
    if verdict.fate != Fate::Unaffected {
        return None;
    }
    ExecutableDocument::parse_and_validate(schema, operation, "operation.graphql").ok()
}

fn takes(
    schema: &Valid<Schema>,
    operation: &Operation,
    values: &serde_json::Map<String, Value>,
) -> bool {
    let map: JsonMap = serde_json::from_value(Value::Object(values.clone())).unwrap();
    coerce_variable_values(schema, operation, &map).is_ok()
        && operation.variables.iter().all(|variable| {
            let value = values.get(variable.name.as_str());
            value.is_none_or(|value| one_of_holds(schema, &variable.ty, value))
        })
}

fn one_of_holds(schema: &Schema, ty: &Type, value: &Value) -> bool {
    match (value, schema.types.get(ty.inner_named_type())) {
        (Value::Array(items), _) => {
            let item = ty.item_type();
            items.iter().all(|value| one_of_holds(schema, item, value))
        }
        (Value::Object(fields), Some(ExtendedType::InputObject(input))) => {
            let one = fields.len() == 1 && fields.values().all(|value| !value.is_null());
            (one || !input.directives.has("oneOf"))
                && fields.iter().all(|(name, value)| {
                    let field = input.fields.get(name.as_str());
                    field.is_none_or(|field| one_of_holds(schema, &field.ty, value))
                })
        }
        _ => true,
    }
}

/// What can break for an operation that was valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    Operation,
    Variables,
    Answer,
}

/// What breaks for this operation; `None` when nothing does, or when it was not valid.
fn broken(
    old: &Valid<Schema>,
    new: &Valid<Schema>,
    text: &str,
    random: &mut Random,
) -> Option<Break> {
    let before = valid(old, text)?;
    let Some(after) = valid(new, text) else {
        return Some(Break::Operation);
    };
    let (asked, asks) = (
        before.operations.iter().next()?,
        after.operations.iter().next()?,
    );
    let variables = asked
        .variables
        .iter()
        .map(|one| (one.name.as_str(), &*one.ty));
    let values = operation::values(old, variables, random);
    if takes(old, asked, &values) && !takes(new, asks, &values) {
        return Some(Break::Variables);
    }
    let old = Side {
        schema: old,
        document: &before,
    };
    let new = Side {
        schema: new,
        document: &after,
    };
    let unexpected = (0..3).any(|_| !answer::is_expected(&old, &new, random));
    unexpected.then_some(Break::Answer)
}

/// What broke in each of these pairs in which something did.
fn judge(seeds: std::ops::Range<u64>, most_mutations: u64) -> Vec<Break> {
    let old = Schema::parse_and_validate(BASE, "old.graphql").unwrap();
    let mut witnessed = Vec::new();
    for seed in seeds {
        let random = &mut Random::new(seed);
        let count = 1 + random.below(most_mutations);
        let mut schema = Schema::clone(&old);
        let steps: Vec<String> = (0..count)
            .map(|_| mutation::mutate(&mut schema, random))
            .collect();
        let Ok(new) = schema.validate() else {
            continue;
        };
        let changes = diff(&old, &new, Profile::Spec);
        let is_breaking = changes
            .iter()
            .any(|change| change.criticality == Criticality::Breaking);
        // Where a breaking change is reported, a few operations say whether it was one.
        for _ in 0..if is_breaking { 15 } else { 60 } {
            let text = operation::random(&old, random);
            let Some(why) = broken(&old, &new, &text, random) else {
                continue;
            };
            witnessed.push(why);
            assert!(
                is_breaking,
                "seed {seed}, {steps:?} breaks without a breaking change ({why:?}):\n{text}\n{changes:#?}"
            );
            break;
        }
    }
    witnessed
}

fn pairs(otherwise: u64) -> u64 {
    let asked = std::env::var("WITNESS_PAIRS").ok();
    asked
        .and_then(|count| count.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn no_single_change_that_breaks_an_operation_is_missed() {
    let count = pairs(200);
    let witnessed = judge(0..count, 1);
    for kind in [Break::Operation, Break::Variables, Break::Answer] {
        assert!(witnessed.contains(&kind), "no pair broke by {kind:?}");
    }
    let witnessed = witnessed.len();
    eprintln!("{witnessed} of {count} pairs broke an operation");
    assert!(
        witnessed as u64 > count / 12,
        "only {witnessed} pairs broke an operation"
    );
}

#[test]
fn no_stack_of_changes_that_breaks_an_operation_is_missed() {
    let count = pairs(80);
    let witnessed = judge(1_000_000..1_000_000 + count, 3).len();
    eprintln!("{witnessed} of {count} pairs broke an operation");
    assert!(
        witnessed as u64 > count / 8,
        "only {witnessed} pairs broke an operation"
    );
}
