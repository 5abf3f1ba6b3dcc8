//! The playground in a headless Chromium, before the real shop and before a stub of its own.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::path::PathBuf;
use std::process::Command;

use subgraph_service::test_support::Engine;
use weft_tests::harness::root;
use weft_tests::harness::shop::Shop;

fn folder() -> PathBuf {
    root().join("tests/browser")
}

fn npm(arguments: &[&str], url: Option<&str>) {
    let mut command = Command::new("npm");
    command
        .args(arguments)
        .current_dir(folder())
        .env_remove("WEFT_URL");
    if let Some(url) = url {
        command.env("WEFT_URL", url);
    }
    let output = command.output().unwrap_or_else(|error| {
        panic!("Node.js with npm is needed for the browser tests: {error}")
    });
    assert!(
        output.status.success(),
        "npm {}:\n{}\n{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_playground_works_in_a_browser() {
    let shop = Shop::start(Engine::Sqlite).await.unwrap();
    let url = format!("http://{}", shop.gateway.address);
    tokio::task::spawn_blocking(move || {
        npm(&["ci", "--no-audit", "--no-fund"], None);
        npm(&["test"], Some(&url));
        npm(&["test"], None);
    })
    .await
    .unwrap();
    shop.stop().await.unwrap();
}
