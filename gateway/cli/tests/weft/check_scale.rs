//! `weft check` of a large graph: 150 subgraphs with 1,000 known operations.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

const SUBGRAPHS: usize = 150;
/// A build without optimisation gets a fifth.
const OPERATIONS: usize = if cfg!(debug_assertions) { 200 } else { 1_000 };
/// Fields that each subgraph adds to the entity of the next subgraph.
const LENT_FIELDS: usize = 3;

const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 5 });

/// Subgraph `number` owns one entity, an input, an enum and a list at the root, and lends fields to the next entity.
fn subgraph(number: usize) -> String {
    let next = (number + 1) % SUBGRAPHS;
    let lent: String = (0..LENT_FIELDS)
        .map(|field| format!("  lent{field}From{number}: Int\n"))
        .collect();
    format!(
        "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@shareable\"])
type Query {{
  entity{number}(id: ID!): Entity{number}
  list{number}(filter: Filter{number}): [Entity{number}!]!
}}
enum Level{number} {{ LOW HIGH }}
input Filter{number} {{
  level: Level{number}
  text: String
}}
interface Named {{
  name: String
}}
type Page @shareable {{
  first: Int
  size: Int
}}
type Entity{number} implements Named @key(fields: \"id\") {{
  id: ID!
  name: String
  level: Level{number}
  page: Page
  next: Entity{next}
  retired: Int
}}
type Entity{next} @key(fields: \"id\") {{
  id: ID!
{lent}}}
"
    )
}

/// An operation through three subgraphs; one in fifty asks for a field that will be gone.
fn operation(number: usize) -> String {
    let subgraph = number % SUBGRAPHS;
    let before = (subgraph + SUBGRAPHS - 1) % SUBGRAPHS;
    let next = (subgraph + 1) % SUBGRAPHS;
    let retired = if number.is_multiple_of(50) {
        "retired"
    } else {
        ""
    };
    format!(
        "query Operation{number}($id: ID!, $level: Level{subgraph}) {{
  entity{subgraph}(id: $id) {{ name level lent0From{before} {retired}
    next {{ name page {{ first }} lent1From{subgraph} next {{ name }} }} }}
  list{subgraph}(filter: {{ level: $level }}) {{ id next {{ lent2From{subgraph} entity: next {{ lent0From{next} }} }} }}
}}
"
    )
}

fn write_graph(folder: &Path) {
    let mut config = "subgraphs:\n".to_owned();
    for number in 0..SUBGRAPHS {
        fs::write(folder.join(format!("s{number}.graphql")), subgraph(number)).unwrap();
        writeln!(config, "  s{number}:\n    routing_url: http://s{number}.example\n    schema:\n      file: ./s{number}.graphql").unwrap();
    }
    fs::write(folder.join("supergraph.yaml"), config).unwrap();
    let operations: String = (0..OPERATIONS).map(operation).collect();
    fs::write(folder.join("operations.graphql"), operations).unwrap();
}

#[test]
fn a_check_of_many_subgraphs_and_operations_ends_in_time() {
    let folder = tempfile::tempdir().unwrap();
    write_graph(folder.path());
    let proposed = subgraph(0).replace("  retired: Int\n", "");
    fs::write(folder.path().join("proposed.graphql"), proposed).unwrap();
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(["check", "--config", "supergraph.yaml"])
        .args(["--subgraph", "s0=proposed.graphql"])
        .args(["--operations", "operations.graphql", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let elapsed = start.elapsed();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let operations = report["operations"].as_array().unwrap();
    let broken = operations.iter().filter(|one| one["status"] == "broken");
    // Those that ask for `retired` of entity 0: every fiftieth of those that start at subgraph 0.
    let expected = (0..OPERATIONS)
        .filter(|number| number.is_multiple_of(50) && number.is_multiple_of(SUBGRAPHS));
    assert_eq!(operations.len(), OPERATIONS);
    assert_eq!(broken.count(), expected.count());
    eprintln!("{SUBGRAPHS} subgraphs, {OPERATIONS} operations: {elapsed:?}");
    assert!(elapsed < LIMIT, "{elapsed:?}");
}
