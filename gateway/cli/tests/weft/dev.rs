//! `weft dev` with stub subgraphs as real processes.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::stub_subgraph;

const PATIENCE: Duration = Duration::from_secs(30);

/// A graph of two subgraphs in a folder, and `weft dev` on it.
struct Run {
    folder: TempDir,
    ports: [u16; 3],
    weft: Child,
    log: Arc<Mutex<String>>,
}

impl Run {
    fn start(change: impl FnOnce(&Path, String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.graphql"), "type Query { a: String }").unwrap();
        fs::write(folder.path().join("b.graphql"), "type Query { b: String }").unwrap();
        let ports = free_ports();
        let text = change(folder.path(), supergraph_file(ports));
        fs::write(folder.path().join("supergraph.yaml"), text).unwrap();
        let mut weft = Command::new(env!("CARGO_BIN_EXE_weft"))
            .args(["dev", "--config", "supergraph.yaml", "--listen"])
            .arg(format!("127.0.0.1:{}", ports[0]))
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, lines) = (weft.stderr.take().unwrap(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self {
            folder,
            ports,
            weft,
            log,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    fn says(&self, text: &str) {
        self.eventually(text, || self.log().contains(text));
    }

    fn eventually(&self, what: &str, condition: impl Fn() -> bool) {
        let start = Instant::now();
        while !condition() {
            let log = self.log();
            assert!(start.elapsed() < PATIENCE, "never happened: {what}\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn query(&self, query: &str) -> String {
        post(self.ports[0], &format!("{{\"query\":\"{query}\"}}"))
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.weft.id().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.weft.try_wait().unwrap() {
                return status;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "weft does not end:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn nothing_is_left(&self) {
        for port in &self.ports[1..] {
            self.eventually("the services are gone", || !answers(*port));
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // The supervisors end the services when weft is gone.
        let _ = self.weft.kill();
        let _ = self.weft.wait();
    }
}

fn supergraph_file(ports: [u16; 3]) -> String {
    let subgraph = |name: &str, port: u16| {
        let command = stub_subgraph::command(port, &format!("{name}.graphql"));
        format!(
            "  {name}:\n    routing_url: http://127.0.0.1:{port}/graphql\n    schema: {{ file: {name}.graphql }}\n    dev:\n      command: \"{command}\"\n      env: {{ GREETING: hello }}\n"
        )
    };
    format!(
        "subgraphs:\n{}{}welcome:\n  notes: the password is swordfish\n",
        subgraph("a", ports[1]),
        subgraph("b", ports[2])
    )
}

fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// The body that a POST of JSON gets; empty where nobody answers.
fn post(port: u16, body: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return String::new();
    };
    let length = body.len();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut answer = String::new();
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_string(&mut answer);
    answer
        .split_once("\r\n\r\n")
        .map_or(String::new(), |(_, body)| body.to_owned())
}

#[test]
fn it_starts_all_serves_the_graph_and_stops_all() {
    let mut run = Run::start(|_, text| text);
    run.says("Weft is ready");
    let log = run.log();
    for part in [
        &format!("playground  http://127.0.0.1:{}/", run.ports[0]),
        "a    | stub listens, greeting is Some(\"hello\")",
        "the password is swordfish",
    ] {
        assert!(log.contains(part), "{part} is missing in\n{log}");
    }
    assert_eq!(
        run.query("{ a b }"),
        r#"{"data":{"a":"from a","b":"from b"}}"#
    );
    run.signal(Signal::INT);
    assert_eq!(run.ended().code(), Some(0), "{}", run.log());
    run.nothing_is_left();
}

#[test]
fn nothing_is_left_when_it_is_killed() {
    let mut run = Run::start(|_, text| text);
    run.says("Weft is ready");
    run.signal(Signal::KILL);
    assert_eq!(run.ended().code(), None);
    run.nothing_is_left();
}

#[test]
fn a_changed_schema_is_composed_again_and_a_broken_one_is_shown() {
    let run = Run::start(|_, text| text);
    run.says("Weft is ready");
    fs::write(run.path("b.graphql"), "type Query { b: String c: String }").unwrap();
    run.says("the schema changed");
    assert_eq!(run.query("{ c }"), r#"{"data":{"c":"new"}}"#);
    fs::write(run.path("b.graphql"), "type Query { b: Strin }").unwrap();
    run.says("the last good graph goes on serving");
    assert!(run.log().contains("Strin"), "{}", run.log());
    assert_eq!(run.query("{ c }"), r#"{"data":{"c":"new"}}"#);
}

#[test]
fn schemas_that_do_not_compose_at_the_start_can_be_mended() {
    let run = Run::start(|folder, text| {
        fs::write(folder.join("b.graphql"), "type Query { b: Strin }").unwrap();
        text
    });
    run.says("there is no graph to serve yet");
    fs::write(run.path("b.graphql"), "type Query { b: String }").unwrap();
    run.says("Weft is ready");
}

#[test]
fn a_service_that_ends_is_started_again() {
    let run = Run::start(|_, text| text.replace("command: \"", "command: \"echo $$ >> pids; "));
    run.says("Weft is ready");
    let pids = fs::read_to_string(run.path("pids")).unwrap();
    let first: i32 = pids.lines().next().unwrap().parse().unwrap();
    kill_process(Pid::from_raw(first).unwrap(), Signal::KILL).unwrap();
    run.says("was killed by signal 9; starting it again");
    run.eventually("both answer again", || {
        run.query("{ a b }") == r#"{"data":{"a":"from a","b":"from b"}}"#
    });
}

#[test]
fn a_change_of_the_sources_builds_and_restarts() {
    let run = Run::start(|_, text| {
        text.replacen(
            "    dev:\n",
            "    dev:\n      build: cp source.txt built.txt\n      watch: [source.txt]\n",
            1,
        )
        .replacen("command: \"", "command: \"cat built.txt; ", 1)
    });
    // Written after the start: the build waits for nothing, so it fails and says so.
    run.says("cannot build a");
    drop(run);
    let run = Run::start(|_, text| {
        text.replacen(
            "    dev:\n",
            "    dev:\n      build: touch source.txt\n      watch: [b.graphql]\n",
            1,
        )
    });
    run.says("Weft is ready");
    fs::write(run.path("b.graphql"), "type Query { b: String }\n").unwrap();
    run.says("restarting a");
    run.eventually("it answers again", || {
        run.query("{ a }") == r#"{"data":{"a":"from a"}}"#
    });
}

#[test]
fn a_build_runs_as_in_a_terminal_of_its_own() {
    let build =
        "    dev:\n      build: echo package ${CARGO_PKG_NAME:-unset}, greeting $GREETING\n";
    let run = Run::start(|_, text| text.replacen("    dev:\n", build, 1));
    // These tests run below cargo, as `weft dev` does in `cargo run -- dev`.
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
    run.says("package unset, greeting hello");
}

#[test]
fn a_service_that_does_not_start_is_named_and_nothing_is_left() {
    let mut run =
        Run::start(|_, text| text.replacen("command: \"", "command: \"no-such-program ", 1));
    assert_eq!(run.ended().code(), Some(2));
    run.says("subgraph `a` does not start: `no-such-program` was not found");
    run.nothing_is_left();
}

#[test]
fn a_taken_port_of_a_subgraph_is_named_before_anything_starts() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut run = Run::start(|_, text| {
        text.replacen(
            "routing_url: http://127.0.0.1:",
            &format!("routing_url: http://127.0.0.1:{port}/graphql # "),
            1,
        )
    });
    assert_eq!(run.ended().code(), Some(2));
    run.says(&format!("port {port} of subgraph `a` is taken"));
    assert!(!run.log().contains("starting"), "{}", run.log());
}
