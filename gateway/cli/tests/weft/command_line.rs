//! Commands that end by themselves: exit codes and messages.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub(crate) fn weft(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("WEFT_CONFIG")
        .env_remove("WEFT_SUPERGRAPH")
        .output()
        .unwrap()
}

/// Runs `weft` in a folder with one file and checks its exit code and a part of what it says on stderr.
fn check(file: (&str, &str), arguments: &[&str], code: i32, message: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file.0), file.1).unwrap();
    let output = weft(folder.path(), arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
    assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    assert!(
        !stderr.contains('\u{1b}'),
        "no colours without a terminal: {stderr}"
    );
}

#[test]
fn a_configuration_is_checked_with_its_line() {
    let good = ("weft.yaml", "supergraph: a.graphql\n");
    check(
        good,
        &["config", "check", "weft.yaml"],
        0,
        "weft.yaml is fine",
    );
    let typo = ("weft.yaml", "supergraph: a.graphql\nserver:\n  lisen: 1\n");
    check(typo, &["config", "check", "weft.yaml"], 1, "weft.yaml:3:3");
    check(
        typo,
        &["config", "check", "weft.yaml"],
        1,
        "did you mean `listen`?",
    );
    check(
        typo,
        &["config", "check", "other.yaml"],
        2,
        "cannot read `other.yaml`",
    );
}

#[test]
fn what_cannot_be_read_says_nothing_about_the_schema() {
    let names_missing = (
        "supergraph.yaml",
        "subgraphs:\n  a:\n    routing_url: http://a\n    schema:\n      file: gone.graphql\n",
    );
    let commands: [&[&str]; 7] = [
        &["compose", "--config"],
        &["check", "--subgraph", "a=supergraph.yaml", "--config"],
        &["lint", "--config"],
        &["api-schema", "--config"],
        &["serve", "--listen", "127.0.0.1:0", "--config"],
        &["dev", "--config"],
        &["config", "check"],
    ];
    for command in commands {
        let arguments = [command, &["other.yaml"][..]].concat();
        check(names_missing, &arguments, 2, "cannot read `other.yaml`");
    }
    for command in &commands[..5] {
        let arguments = [command, &["supergraph.yaml"][..]].concat();
        check(names_missing, &arguments, 2, "gone.graphql");
    }
}

#[test]
fn serving_wrong_files_ends_at_once() {
    let broken = ("a.graphql", "type Query {");
    check(
        broken,
        &[
            "serve",
            "--supergraph",
            "a.graphql",
            "--listen",
            "127.0.0.1:0",
        ],
        1,
        "Error",
    );
    check(
        broken,
        &[
            "serve",
            "--supergraph",
            "b.graphql",
            "--listen",
            "127.0.0.1:0",
        ],
        2,
        "cannot read `b.graphql`",
    );
    check(broken, &["serve"], 2, "--supergraph <FILE>|--config <FILE>");
}

#[test]
fn dev_says_which_file_it_needs() {
    let composed = ("weft.yaml", "supergraph: a.graphql\n");
    check(
        composed,
        &["dev"],
        2,
        "a folder that has `schema/supergraph.yaml`",
    );
    check(
        composed,
        &["dev", "--config", "weft.yaml"],
        1,
        "`a.graphql` is composed already",
    );
}

#[test]
fn a_taken_address_is_named_with_what_to_do() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let file = ("a.graphql", "");
    let arguments = ["serve", "--supergraph", "a.graphql", "--listen", &address];
    check(
        file,
        &arguments,
        2,
        &format!("cannot listen on `{address}`"),
    );
    check(
        file,
        &arguments,
        2,
        "choose another address with `--listen`",
    );
}

#[test]
fn an_address_that_is_none_is_answered_with_one() {
    for address in ["localhost", "127.0.0.1:99999", "4000"] {
        let arguments = ["serve", "--supergraph", "a.graphql", "--listen", address];
        check(("a.graphql", ""), &arguments, 2, "such as `127.0.0.1:4000`");
    }
    let arguments = [
        "serve",
        "--supergraph",
        "b.graphql",
        "--listen",
        "localhost:0",
    ];
    check(("a.graphql", ""), &arguments, 2, "cannot read `b.graphql`");
}

#[test]
fn serving_says_what_does_not_reach_the_subgraphs() {
    let sdl = "schema: {sdl: 'type Query { a: Int }'}";
    let text = format!("subgraphs:\n  a:\n    routing_url: localhost:4001/graphql\n    {sdl}\n");
    let log = served(&[("supergraph.yaml", &text)], "supergraph.yaml");
    assert!(
        log.contains("`headers: {forward: [authorization]}`"),
        "{log}"
    );
    assert!(
        log.contains("subgraph `a` has no address that can be called"),
        "{log}"
    );

    let text = text.replace("localhost", "http://localhost");
    let options = "supergraph: supergraph.yaml\nheaders: {forward: [authorization]}\n";
    let files = [("supergraph.yaml", text.as_str()), ("weft.yaml", options)];
    let log = served(&files, "weft.yaml");
    assert!(!log.contains("authorization"), "{log}");
    assert!(!log.contains("no address"), "{log}");
}

/// What `weft serve` says until it is ready.
fn served(files: &[(&str, &str)], config: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut weft = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(["serve", "--config", config, "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_remove("WEFT_LOG")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = String::new();
    for line in BufReader::new(weft.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        log.push_str(&line);
        log.push('\n');
        if line.contains("ready") {
            break;
        }
    }
    weft.kill().unwrap();
    weft.wait().unwrap();
    log
}

#[test]
fn an_address_where_nobody_listens_is_not_well() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/health", listener.local_addr().unwrap());
    drop(listener);
    check(("a", ""), &["health", &url], 1, "does not answer");
    let without_scheme = url.trim_start_matches("http://");
    check(("a", ""), &["health", without_scheme], 1, "does not answer");
    check(("a", ""), &["health", "unix:///a"], 2, "only `http:`");
}

#[test]
fn the_schemas_of_both_files_are_json() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["gateway", "supergraph"] {
        let output = weft(folder.path(), &["config", "schema", kind]);
        assert!(output.status.success());
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(schema["properties"].is_object(), "{schema}");
    }
}

#[test]
fn completions_and_version_go_to_stdout() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let output = weft(folder.path(), &["completions", shell]);
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("weft"),
            "{shell}"
        );
    }
    let version = weft(folder.path(), &["--version"]);
    assert_eq!(
        version.stdout,
        format!("weft {}\n", env!("CARGO_PKG_VERSION")).into_bytes()
    );
}

#[test]
fn a_mistyped_command_is_answered_with_one_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let output = weft(folder.path(), &["srve"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("'serve'"), "{stderr}");
    assert!(!stderr.contains("supervise"), "{stderr}");
}
