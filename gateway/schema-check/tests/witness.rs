//! Pairs of schemas against a witness: an operation that is valid before and not after must come with a breaking change.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod witness {
    pub(crate) mod mutation;
    pub(crate) mod operation;
    pub(crate) mod random;
}

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use weft_schema_check::{Criticality, Profile, diff};
use witness::mutation;
use witness::operation;
use witness::random::Random;

const BASE: &str = r#"
directive @run(a: Int! = 1, e: E) repeatable on FIELD | QUERY | INLINE_FRAGMENT
type Query { node(id: ID!): Node pet(kind: Kind = CAT, in: In): Pet pets(first: Int! = 10, filter: [Filter!]): [Pet!]! me: User list: [Node] s: String i: Int! }
type Mutation { set(in: In!, kind: Kind): User tag(e: E!): Int }
interface Node { id: ID! name: String }
interface Named implements Node { id: ID! name: String title(short: Boolean = true): String }
union Pet = Cat | Dog
type Cat implements Named & Node { id: ID! name: String title(short: Boolean = true): String lives: Int home: House owner: User }
type Dog implements Node { id: ID! name: String legs: Int hut: Hut owner: User! tricks: [String] }
type User implements Node { id: ID! name: String pets: [Pet] friend: User kind: Kind age: Int mood: Mood }
type House { size: Int rooms: [String!] owner: User }
type Hut { area: Int rooms: [String!] owner: User }
type Lost { a: Int b: Pet }
enum Kind { CAT DOG FISH }
enum Mood { GOOD BAD }
enum E { A B }
input In { x: Int! = 1 y: String z: [Int!] k: Kind f: Filter }
input Filter { kind: Kind! text: String = "t" in: In }
"#;

fn rejects(schema: &Valid<Schema>, operation: &str) -> bool {
    ExecutableDocument::parse_and_validate(schema, operation, "operation.graphql").is_err()
}

/// How many of these pairs had an operation that broke.
fn judge(seeds: std::ops::Range<u64>, most_mutations: u64) -> usize {
    let old = Schema::parse_and_validate(BASE, "old.graphql").unwrap();
    let mut witnessed = 0;
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
        let breaking = changes
            .iter()
            .any(|change| change.criticality == Criticality::Breaking);
        let mut broke = false;
        for _ in 0..60 {
            let operation = operation::random(&old, random);
            if rejects(&old, &operation) || !rejects(&new, &operation) {
                continue;
            }
            broke = true;
            assert!(
                breaking,
                "seed {seed}, {steps:?} breaks without a breaking change:\n{operation}\n{changes:#?}"
            );
        }
        witnessed += usize::from(broke);
    }
    witnessed
}

#[test]
fn no_single_change_that_breaks_an_operation_is_missed() {
    let witnessed = judge(0..300, 1);
    assert!(witnessed > 25, "only {witnessed} pairs broke an operation");
}

#[test]
fn no_stack_of_changes_that_breaks_an_operation_is_missed() {
    let witnessed = judge(10_000..10_120, 3);
    assert!(witnessed > 15, "only {witnessed} pairs broke an operation");
}
