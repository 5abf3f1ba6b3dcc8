//! Watches source folders by looking at them: returns when a file appeared, vanished or was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const LOOK_AGAIN: Duration = Duration::from_secs(1);
const DEPTH: usize = 12;

/// Returns after something below the paths has changed and then stayed the same for a moment; never without paths.
pub(crate) async fn changed(paths: &[PathBuf]) {
    if paths.is_empty() {
        return std::future::pending().await;
    }
    let before = look(paths).await;
    let mut last = before.clone();
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        let now = look(paths).await;
        if now != before && now == last {
            return;
        }
        last = now;
    }
}

/// What is there: each file with the time of its last change.
type Picture = Vec<(PathBuf, Option<SystemTime>)>;

async fn look(paths: &[PathBuf]) -> Picture {
    let paths = paths.to_vec();
    let looking = tokio::task::spawn_blocking(move || {
        let mut picture = Picture::new();
        for path in &paths {
            collect(path, DEPTH, &mut picture);
        }
        picture.sort();
        picture
    });
    looking.await.unwrap_or_default()
}

fn collect(path: &Path, depth: usize, picture: &mut Picture) {
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    if !metadata.is_dir() {
        picture.push((path.to_owned(), metadata.modified().ok()));
        return;
    }
    let hidden = path
        .file_name()
        .is_some_and(|name| name == "target" || name == "node_modules" || name == ".git");
    if hidden || depth == 0 {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), depth - 1, picture);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[tokio::test]
    async fn a_new_file_in_a_watched_folder_is_a_change() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        let paths = [folder.path().to_owned()];
        let before = look(&paths).await;
        assert_eq!(before, look(&paths).await);
        fs::write(folder.path().join("src/a.rs"), "a").unwrap();
        assert_ne!(before, look(&paths).await);
    }

    #[tokio::test]
    async fn what_compilers_write_is_no_change() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("target")).unwrap();
        let paths = [folder.path().to_owned()];
        let before = look(&paths).await;
        fs::write(folder.path().join("target/a.o"), "a").unwrap();
        assert_eq!(before, look(&paths).await);
    }
}
