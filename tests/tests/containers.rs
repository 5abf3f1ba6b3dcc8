//! The container files, checked as far as that goes without an engine.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::process::Command;

use weft_tests::harness::root;

#[test]
fn the_container_files_hold_together() {
    let output = Command::new("bash")
        .arg("tests/containers/check.sh")
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
