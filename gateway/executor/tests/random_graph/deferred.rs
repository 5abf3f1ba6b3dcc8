//! The same operations with `@defer`: the parts of the answer, merged, are the whole answer of one server.

use crate::case::{Case, Graph};
use crate::chance::Chance;
use crate::delays::Delays;
use crate::world::Subgraphs;
use serde_json::Value;
use std::collections::HashMap;
use weft_executor::{
    CompileOptions, ExecutionOptions, ExecutionRequest, IncrementalFormat, execute_incrementally,
};

/// Defers some fragments of a random operation, where it has any.
pub(crate) fn check(graph: &Graph, number: u64) {
    let mut case = Case::new(graph, number + 500, with_defer);
    let expected = case.expected();
    let (plan, variables) = case.prepared(&CompileOptions::default());
    if !plan.is_deferring() {
        return;
    }
    let delays = case.chance.percent(50).then(|| case.chance.next());
    let case = case;
    let client = Subgraphs::new(&case.world, Delays::new(delays));
    let mut merged = Merged::default();
    futures::executor::block_on(execute_incrementally(
        &plan,
        ExecutionRequest::new(&variables),
        &client,
        &ExecutionOptions::default(),
        IncrementalFormat::Current,
        |increment| {
            merged.add(
                &serde_json::from_slice(&increment.body).unwrap(),
                &case.told,
            )
        },
    ));

    let details = || {
        format!(
            "{}\nfaults {:?} {delays:?}\npayloads {:#?}\nrequests {:#?}\n{}",
            case.told,
            case.world.faults,
            merged.payloads,
            client.log.lock().unwrap(),
            graph.drawn.sdl
        )
    };
    assert!(
        !merged.has_next && merged.pending.is_empty(),
        "{}",
        details()
    );
    // A part that asks for a key reads it in the subgraph where it is entered, which may be down.
    let may_fail_alone = case.world.faults.has_broken_subgraph();
    let agree = match merged.has_errors {
        true => expected.has_errors || may_fail_alone,
        false => !expected.has_errors,
    };
    assert!(agree, "{}", details());
    // A null that travels stops at the part that it is in, and goes further on a server that answers at once.
    if !expected.has_errors && !merged.has_errors {
        let expected: Value = serde_json::from_str(&expected.data).unwrap();
        assert_eq!(merged.data, expected, "{}", details());
    }
    let problems = client.problems.lock().unwrap().clone();
    assert!(problems.is_empty(), "{problems:?} {}", details());
}

/// Puts `@defer` on some of the inline fragments.
fn with_defer(text: &str, chance: &mut Chance) -> String {
    let mut pieces = text.split("... ");
    let mut out = pieces.next().unwrap().to_owned();
    for piece in pieces {
        out.push_str("... ");
        match chance.percent(60) {
            true => out.push_str(&piece.replacen('{', "@defer {", 1)),
            false => out.push_str(piece),
        }
    }
    out
}

/// What a client puts together from payloads.
#[derive(Default)]
struct Merged {
    data: Value,
    /// The paths of parts that are to come, by id.
    pending: HashMap<String, Vec<Value>>,
    has_errors: bool,
    has_next: bool,
    payloads: Vec<Value>,
}

impl Merged {
    fn add(&mut self, payload: &Value, case: &str) {
        self.payloads.push(payload.clone());
        let list = |key: &str| payload[key].as_array().cloned().unwrap_or_default();
        if let Some(data) = payload.get("data") {
            self.data = data.clone();
        }
        self.has_errors |= payload.get("errors").is_some();
        for part in list("pending") {
            let path = part["path"].as_array().unwrap().clone();
            self.pending.insert(id(&part), path);
        }
        for part in list("incremental") {
            self.has_errors |= part.get("errors").is_some();
            let mut path = self.pending[&id(&part)].clone();
            path.extend(part["subPath"].as_array().cloned().unwrap_or_default());
            let mut place = &mut self.data;
            for step in &path {
                place = match step {
                    Value::String(key) => place.get_mut(key.as_str()),
                    index => place.get_mut(usize::try_from(index.as_u64().unwrap()).unwrap()),
                }
                .unwrap_or_else(|| panic!("there is nothing at {path:?}\n{payload:#}\n{case}"));
            }
            merge(place, &part["data"]).unwrap_or_else(|twice| {
                panic!("{twice} is sent twice\n{:#?}\n{case}", self.payloads)
            });
        }
        for part in list("completed") {
            self.has_errors |= part.get("errors").is_some();
            assert!(
                self.pending.remove(&id(&part)).is_some(),
                "{payload:#}\n{case}"
            );
        }
        self.has_next = payload["hasNext"].as_bool().unwrap();
    }
}

fn id(part: &Value) -> String {
    part["id"].as_str().unwrap().to_owned()
}

/// Objects and lists are merged; a leaf that is there already is sent twice.
fn merge(old: &mut Value, new: &Value) -> Result<(), Value> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                match old.get_mut(key) {
                    Some(old) => merge(old, value)?,
                    None => drop(old.insert(key.clone(), value.clone())),
                }
            }
            Ok(())
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() && !new.is_empty() => {
            let mut pairs = old.iter_mut().zip(new);
            pairs.try_for_each(|(old, new)| merge(old, new))
        }
        (_, new) => Err(new.clone()),
    }
}
