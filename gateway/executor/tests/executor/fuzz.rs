//! Seconds of what the fuzz targets do for minutes: samples, changed at random.

#[path = "../../fuzz/harness.rs"]
mod harness;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};

const TOKENS: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "0",
    "-1.5e9",
    "\"id\"",
    "\"errors\":[",
    "\"data\":",
    "\"__typename\":",
    "\"Cat\"",
    "\"User\"",
    "[[[[",
    "\u{0}",
    "\\ud800",
    "\"path\":[\"users\",0,",
    "é",
    " ",
];

#[derive(Debug, Clone)]
enum Change {
    Remove {
        at: usize,
        length: usize,
    },
    Insert {
        at: usize,
        token: usize,
    },
    Replace {
        at: usize,
        byte: u8,
    },
    Repeat {
        from: usize,
        length: usize,
        at: usize,
    },
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = || any::<usize>();
    let change = prop_oneof![
        (at(), 1..40_usize).prop_map(|(at, length)| Change::Remove { at, length }),
        (at(), 0..TOKENS.len()).prop_map(|(at, token)| Change::Insert { at, token }),
        (at(), prop_oneof![any::<u8>(), Just(b'"'), Just(b'{')])
            .prop_map(|(at, byte)| Change::Replace { at, byte }),
        (at(), 1..60_usize, at()).prop_map(|(from, length, at)| Change::Repeat {
            from,
            length,
            at
        }),
    ];
    proptest::collection::vec(change, 0..6)
}

fn apply(sample: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = sample.as_bytes().to_vec();
    for change in changes {
        let size = bytes.len().max(1);
        match *change {
            Change::Remove { at, length } => {
                let at = (at % size).min(bytes.len());
                let end = (at + length).min(bytes.len());
                bytes.drain(at..end);
            }
            Change::Insert { at, token } => {
                let at = (at % size).min(bytes.len());
                bytes.splice(at..at, TOKENS[token].bytes());
            }
            Change::Replace { at, byte } => {
                if let Some(place) = bytes.get_mut(at % size) {
                    *place = byte;
                }
            }
            Change::Repeat { from, length, at } => {
                let (from, at) = ((from % size).min(bytes.len()), (at % size).min(bytes.len()));
                let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

#[test]
fn the_samples_themselves_are_fine() {
    harness::answers(harness::ANSWERS.as_bytes());
}

/// Inputs that the fuzzer found to reach something new.
fn corpus(target: &str, run: fn(&[u8])) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/");
    let files = std::fs::read_dir(format!("{folder}{target}")).unwrap();
    let mut count = 0;
    for file in files {
        run(&std::fs::read(file.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "the corpus of `{target}` is empty");
}

#[test]
fn the_kept_corpus_does_no_harm() {
    corpus("answers", harness::answers);
    corpus("passed_on", harness::passed_on);
    corpus("request_body", harness::request_body);
    corpus("variables", harness::variables);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn any_answer_gives_a_response(changes in changes()) {
        harness::answers(&apply(harness::ANSWERS, &changes));
    }

    #[test]
    fn what_is_passed_on_says_the_same_as_what_is_read(changes in changes()) {
        harness::passed_on(&apply(harness::WHOLE, &changes));
    }

    #[test]
    fn any_body_is_scanned_or_refused(changes in changes()) {
        let sample = r#"{"query":"{ a(b: \"\u00e9\") }","operationName":"A","variables":{"x":[1,{"y":null}]},"extensions":{}}"#;
        harness::request_body(&apply(sample, &changes));
    }

    #[test]
    fn any_variables_are_coerced_or_refused(changes in changes()) {
        let sample = r#"{"filter":{"kind":"BIG","deep":{"all":[{"count":2},{"id":7}]}},"ids":[["a",1],null],"x":false}"#;
        harness::variables(&apply(sample, &changes));
    }
}
