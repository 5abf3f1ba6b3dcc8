//! Programs that the tests use: where they are, and how they are installed where they are not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program, or a set of programs, from one Debian package.
pub struct Tool {
    /// What it is for.
    pub name: &'static str,
    /// Where one of its programs may be: absolute paths, or names to look for in `PATH`.
    /// A `*` stands for any folder.
    pub candidates: &'static [&'static str],
    /// The packages that bring it.
    pub packages: &'static [&'static str],
}

/// Everything that the test command needs besides Rust.
pub const NEEDED: &[Tool] = &[POSTGRESQL, NODE, CHROMIUM, COMPOSE];

/// The database server that the services are tested on, beside SQLite.
pub const POSTGRESQL: Tool = Tool {
    name: "PostgreSQL",
    candidates: &["/usr/lib/postgresql/*/bin/initdb", "initdb"],
    packages: &["postgresql"],
};

/// Runs the browser tests.
pub const NODE: Tool = Tool {
    name: "Node.js with npm",
    candidates: &["npm"],
    packages: &["nodejs", "npm"],
};

/// The browser in which the playground is tested.
pub const CHROMIUM: Tool = Tool {
    name: "Chromium",
    candidates: &["chromium", "chromium-browser", "google-chrome"],
    packages: &["chromium"],
};

/// Reads the container files; an engine is not needed.
pub const COMPOSE: Tool = Tool {
    name: "the compose client",
    candidates: &[
        "/usr/libexec/docker/cli-plugins/docker-compose",
        "/usr/lib/docker/cli-plugins/docker-compose",
        "docker-compose",
    ],
    packages: &["docker-compose"],
};

impl Tool {
    /// The program's path, where it is installed.
    pub fn find(&self) -> Option<PathBuf> {
        self.candidates
            .iter()
            .find_map(|candidate| locate(candidate))
    }

    /// Finds it, or installs it.
    ///
    /// # Errors
    /// What is missing and the command that installs it, when it cannot be installed from here.
    pub fn ensure(&self) -> Result<PathBuf, String> {
        if let Some(path) = self.find() {
            return Ok(path);
        }
        let installed = apt_get(&["update", "-qq"])
            && apt_get(&[&["install", "-y", "-qq"], self.packages].concat());
        self.find().filter(|_| installed).ok_or_else(|| {
            format!(
                "{} is needed by the tests and could not be installed from here: run `apt-get install {}` \
                 (or your system's equivalent) and try again",
                self.name,
                self.packages.join(" ")
            )
        })
    }
}

fn locate(candidate: &str) -> Option<PathBuf> {
    if let Some((folder, rest)) = candidate.split_once("/*/") {
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path().join(rest)))
            .filter(|path| path.exists())
            .collect();
        found.sort();
        return found.pop();
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(candidate))
        .find(|path| Path::new(path).is_file())
}

fn apt_get(arguments: &[&str]) -> bool {
    let run = |program: &str, leading: &[&str]| {
        Command::new(program)
            .args(leading)
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    run("apt-get", &[]) || run("sudo", &["-n", "apt-get"])
}
