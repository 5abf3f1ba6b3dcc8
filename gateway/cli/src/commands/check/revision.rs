//! Files of a git revision, read with `git` in the folder where they lie now: an absolute path works as well as one from
//! the current folder, and a repository inside another folder as well as one around it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::Context;

/// The text of a file in a revision.
///
/// # Errors
/// What keeps git from reading it, and what to do.
pub(crate) fn show(revision: &str, path: &str) -> anyhow::Result<String> {
    let asked = ask(revision, path)?;
    if !asked.status.success() {
        anyhow::bail!(unreadable(revision, path, &asked.stderr));
    }
    String::from_utf8(asked.stdout)
        .with_context(|| format!("`{path}` in `{revision}` is not UTF-8"))
}

/// The same; `None` where the revision is there and the file is not.
///
/// # Errors
/// What keeps git from reading the revision.
pub(crate) fn show_if_there(revision: &str, path: &str) -> anyhow::Result<Option<String>> {
    match show(revision, path) {
        Err(_) if is_known(revision, path) => Ok(None),
        shown => shown.map(Some),
    }
}

fn ask(revision: &str, path: &str) -> anyhow::Result<Output> {
    let is_name = !revision.starts_with('-') && !revision.is_empty();
    anyhow::ensure!(is_name, "`{revision}` is no git revision");
    let (folder, rest) = place(path);
    // `./` makes git read the path from the folder and not from the top of the repository.
    git(&folder, &["show", &format!("{revision}:./{rest}")])
}

fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
    Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .context("cannot run `git`")
}

/// The nearest folder around a path that is there, and the path from it.
fn place(path: &str) -> (PathBuf, String) {
    let path = Path::new(path);
    let around = path.ancestors().skip(1).map(|folder| {
        if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        }
    });
    let folder = around
        .into_iter()
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("."));
    let rest = path.strip_prefix(folder).unwrap_or(path);
    (folder.to_path_buf(), rest.display().to_string())
}

fn is_known(revision: &str, path: &str) -> bool {
    let commit = format!("{revision}^{{commit}}");
    let asked = git(
        &place(path).0,
        &["rev-parse", "--verify", "--quiet", &commit],
    );
    asked.is_ok_and(|asked| asked.status.success())
}

/// Why git has no such text, and what to do.
fn unreadable(revision: &str, path: &str, complaint: &[u8]) -> String {
    let complaint = String::from_utf8_lossy(complaint);
    let complaint = complaint.trim();
    if complaint.contains("not a git repository") {
        return format!("`{path}` is in no git repository: give another file to compare with");
    }
    if is_known(revision, path) {
        return format!(
            "cannot read `{path}` in `{revision}`: commit the file there, or give another revision ({complaint})"
        );
    }
    format!(
        "`{revision}` is no revision that is here: check its spelling; in a shallow clone get it first, as with \
         `git fetch origin main` ({complaint})"
    )
}
