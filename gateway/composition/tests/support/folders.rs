//! Reading folders of cases.

use std::fs;
use std::path::{Path, PathBuf};

/// What lies in a folder, by name.
pub(crate) fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}
