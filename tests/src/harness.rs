//! Starts real processes on ports that the system gives, and stops them when the test ends.

pub mod gateway;
pub mod shop;
pub mod subscription;
pub mod tools;

use std::path::{Path, PathBuf};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
