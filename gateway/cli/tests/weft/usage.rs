//! From traffic to a verdict: `weft serve` counts who uses what, `weft check --usage` says whom a change meets.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const SUPERGRAPH: &str = "\
subgraphs:
  a:
    routing_url: http://127.0.0.1:1
    schema:
      file: a.graphql
";

const OPTIONS: &str = "\
supergraph: supergraph.yaml
usage:
  file: usage.json
  interval: 1h
";

const OLD: &str = "type Query { used: Int seldom(x: Int): Int unused: Int }\n";
const NEW: &str = "type Query { other: Int }\n";

/// A gateway, and its address.
fn serve(folder: &Path) -> (Child, String) {
    let mut weft = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(["serve", "--config", "weft.yaml", "--listen", "127.0.0.1:0"])
        .current_dir(folder)
        .env_remove("WEFT_LOG")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(weft.stderr.take().unwrap());
    let (mut address, mut line) = (String::new(), String::new());
    while !line.contains("ready") {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "it ended");
        if let Some((_, rest)) = line.split_once("http://") {
            address = rest.split('/').next().unwrap().to_owned();
        }
    }
    // Its later lines must not fill the pipe.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    (weft, address)
}

fn send(address: &str, client: &str, query: &str) {
    let body = serde_json::json!({ "query": query }).to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n\
         x-client-name: {client}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// A gateway that answers some requests and is told to stop.
fn run(folder: &Path, requests: &[(&str, &str)]) {
    let (mut weft, address) = serve(folder);
    for (client, query) in requests {
        send(&address, client, query);
    }
    let stopped = Command::new("kill").arg(weft.id().to_string()).status();
    assert!(stopped.unwrap().success());
    assert!(weft.wait().unwrap().success());
}

#[test]
fn a_check_names_the_clients_that_a_gateway_has_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (name, text) in [
        ("supergraph.yaml", SUPERGRAPH),
        ("weft.yaml", OPTIONS),
        ("a.graphql", OLD),
        ("new.graphql", NEW),
    ] {
        fs::write(path.join(name), text).unwrap();
    }
    run(
        path,
        &[
            ("web", "{ used }"),
            ("web", "{ used }"),
            ("app", "{ used seldom(x: 1) }"),
        ],
    );
    // What is counted after a restart is added.
    run(path, &[("web", "{ used }")]);

    let output = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(["check", "--old", "a.graphql", "--new", "new.graphql"])
        .args(["--usage", "usage.json", "--format", "json"])
        .current_dir(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let text = report.to_string();
    assert!(text.contains("web") && text.contains("app"), "{report:#}");
    assert_eq!(output.status.code(), Some(1), "{report:#}");

    let usage: Value =
        serde_json::from_str(&fs::read_to_string(path.join("usage.json")).unwrap()).unwrap();
    let requests = |coordinate: &str, client: &str| {
        let entries = usage["usage"].as_array().unwrap().iter();
        let entry =
            entries.filter(|entry| entry["coordinate"] == coordinate && entry["client"] == client);
        entry
            .map(|entry| entry["requests"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(requests("Query.used", "web"), 3, "{usage:#}");
    assert_eq!(requests("Query.used", "app"), 1);
    assert_eq!(requests("Query.seldom(x:)", "app"), 1);
    assert_eq!(requests("Query.unused", "web"), 0);
}
