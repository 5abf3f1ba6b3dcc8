//! The usage file: JSON of `version` 1, one entry for each coordinate, client and day. Counts in, a file that is either the
//! old one or the new one out.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Key {
    /// The field, argument, type or directive.
    pub(super) coordinate: String,
    /// The name that the client gave itself.
    #[serde(default)]
    pub(super) client: String,
    /// The day in UTC, `YYYY-MM-DD`.
    pub(super) day: String,
}

/// Requests by what they used.
pub(super) type Counts = BTreeMap<Key, u64>;

/// The usage file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum UsageError {
    /// By the file system.
    #[error("`{}`: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What is there is something else.
    #[error("`{}` is not a usage file of version 1 ({reason}): move it away", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    usage: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    key: Key,
    requests: u64,
}

/// Adds counts to those of a file, and leaves out days before `oldest`.
///
/// # Errors
/// [`UsageError`], after which the file is as it was.
pub(super) fn add(path: &Path, counts: &Counts, oldest: &str) -> Result<(), UsageError> {
    let mut all = read(path)?;
    for (key, requests) in counts {
        *all.entry(key.clone()).or_default() += requests;
    }
    all.retain(|key, _| key.day.as_str() >= oldest);
    write(path, all).map_err(|error| UsageError::File {
        path: path.to_owned(),
        error,
    })
}

fn read(path: &Path) -> Result<Counts, UsageError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Counts::new()),
        Err(error) => {
            return Err(UsageError::File {
                path: path.to_owned(),
                error,
            });
        }
    };
    let foreign = |reason: String| UsageError::Foreign {
        path: path.to_owned(),
        reason,
    };
    let file: File = serde_json::from_slice(&text).map_err(|error| foreign(error.to_string()))?;
    if file.version != 1 {
        return Err(foreign(format!("its version is {}", file.version)));
    }
    let mut counts = Counts::new();
    for entry in file.usage {
        *counts.entry(entry.key).or_default() += entry.requests;
    }
    Ok(counts)
}

/// Writes beside the file and puts the new one in its place, so that readers see one or the other.
fn write(path: &Path, counts: Counts) -> std::io::Result<()> {
    let entries = counts
        .into_iter()
        .map(|(key, requests)| Entry { key, requests });
    let file = File {
        version: 1,
        usage: entries.collect(),
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let mut text = serde_json::to_vec_pretty(&file)?;
    text.push(b'\n');
    let written = std::fs::File::create(&beside).and_then(|mut target| {
        target.write_all(&text)?;
        target.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&beside, path));
    if placed.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    placed
}

/// The day of a moment, in UTC.
pub(super) fn day(moment: SystemTime) -> String {
    DateTime::<Utc>::from(moment).date_naive().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn counts(entries: &[(&str, &str, &str, u64)]) -> Counts {
        let key = |(coordinate, client, day, requests): &(&str, &str, &str, u64)| {
            let key = Key {
                coordinate: (*coordinate).to_owned(),
                client: (*client).to_owned(),
                day: (*day).to_owned(),
            };
            (key, *requests)
        };
        entries.iter().map(key).collect()
    }

    #[test]
    fn counts_are_added_to_those_of_the_file_and_old_days_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage.json");
        let first = counts(&[
            ("A.b", "web", "2026-01-01", 2),
            ("A.b", "web", "2025-01-01", 9),
        ]);
        add(&path, &first, "2024-01-01").unwrap();
        add(
            &path,
            &counts(&[("A.b", "web", "2026-01-01", 3)]),
            "2025-06-01",
        )
        .unwrap();
        assert_eq!(
            read(&path).unwrap(),
            counts(&[("A.b", "web", "2026-01-01", 5)])
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_of_another_kind_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage.json");
        for text in ["", "{}", r#"{"version": 2, "usage": []}"#] {
            std::fs::write(&path, text).unwrap();
            let error = add(
                &path,
                &counts(&[("A.b", "", "2026-01-01", 1)]),
                "2025-01-01",
            );
            assert!(error.unwrap_err().to_string().contains("move it away"));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (19_782, "2024-02-29"),
            (20_454, "2026-01-01"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            let moment = UNIX_EPOCH + Duration::from_secs(days * 86_400 + 86_399);
            assert_eq!(day(moment), expected);
        }
    }
}
