//! The binary: what it prints, how it ends.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
};

use subgraph_service::test_support::{Engine, TestDatabase};

fn users() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_users"));
    command
        .env_remove("DATABASE_URL")
        .env_remove("LISTEN_ADDR")
        .env_remove("RUST_LOG")
        .env("NO_COLOR", "1");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_committed_schema_is_the_printed_one() {
    let output = users().arg("--print-schema").output().unwrap();
    assert!(output.status.success());
    let committed = include_str!("../../../../schema/users.graphql");
    assert_eq!(
        text(&output.stdout),
        committed,
        "renew it: `cargo run -p users -- --print-schema > schema/users.graphql`"
    );
}

#[test]
fn an_unknown_option_is_refused_with_a_hint() {
    let output = users().arg("--lisen").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("--listen"),
        "{}",
        text(&output.stderr)
    );
}

#[tokio::test]
async fn a_taken_port_says_so() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = users()
        .args(["--listen", &address, "--database-url", &database.url])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains(&address) && message.contains("taken") && message.contains("--listen"),
        "{message}"
    );
}

#[test]
fn a_database_that_cannot_be_opened_says_which() {
    let output = users()
        .args(["--database-url", "sqlite:///no/such/folder/users.sqlite"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("/no/such/folder/users.sqlite"),
        "{}",
        text(&output.stderr)
    );
}

#[tokio::test]
async fn sigterm_ends_it_in_peace() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let mut child = users()
        .args(["--listen", "127.0.0.1:0", "--database-url", &database.url])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_line(&mut child, "listening");
    let killed = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn wait_for_line(child: &mut Child, part: &str) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let found = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains(part));
    assert!(found, "the log never said {part:?}");
    // Who stops reading makes the writer fail.
    std::thread::spawn(move || lines.for_each(drop));
}

fn chore(database: &TestDatabase, arguments: &[&str]) -> Output {
    users()
        .args(["--database-url", &database.url])
        .args(arguments)
        .output()
        .unwrap()
}

#[tokio::test]
async fn keys_are_rotated_from_the_command_line() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let rotated = chore(&database, &["rotate-keys", "--publish-seconds", "30"]);
    assert!(rotated.status.success(), "{}", text(&rotated.stderr));
    assert!(text(&rotated.stdout).contains("signs in 30 seconds"));
    let again = chore(&database, &["rotate-keys"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        text(&again.stderr).contains("wait"),
        "{}",
        text(&again.stderr)
    );
}

#[tokio::test]
async fn a_role_is_granted_from_the_command_line() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let unknown = chore(&database, &["grant-role", "nobody@example.com", "staff"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        text(&unknown.stderr).contains("sign up first"),
        "{}",
        text(&unknown.stderr)
    );
}
