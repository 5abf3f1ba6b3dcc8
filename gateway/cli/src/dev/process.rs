//! A command line in, a supervised process in a group of its own out; the group ends with the process.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use indexmap::IndexMap;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStdin, Command};

/// How long a service may take to stop by itself.
const PATIENCE: Duration = Duration::from_secs(8);

/// A process that is running, with its supervisor. Its stdin is held open by us: closing it ends the process.
pub(crate) struct Process {
    supervisor: Child,
    group: Option<Pid>,
    /// Apart from the child, because waiting for a child closes its stdin.
    _stdin: Option<ChildStdin>,
}

/// Where the output of a process goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// To our own stderr.
    Inherited,
    /// To be read from [`Process::output`].
    Piped,
}

impl Process {
    /// Starts a command line in a folder.
    ///
    /// # Errors
    /// When the folder is not there, or no process can be started.
    pub(crate) fn start(
        command: &str,
        folder: &Path,
        environment: &IndexMap<String, String>,
        output: Output,
    ) -> anyhow::Result<Self> {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let stream = || match output {
            Output::Inherited => Stdio::from(std::io::stderr()),
            Output::Piped => Stdio::piped(),
        };
        let mut supervisor = Command::new(ourselves()?);
        for name in left_by_cargo_run() {
            supervisor.env_remove(name);
        }
        let mut supervisor = supervisor
            .args(["__supervise", "--", command])
            .current_dir(folder)
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(stream())
            .stderr(stream())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run `{command}` in `{}`", folder.display()))?;
        let id = supervisor.id().and_then(|id| i32::try_from(id).ok());
        Ok(Self {
            group: id.and_then(Pid::from_raw),
            _stdin: supervisor.stdin.take(),
            supervisor,
        })
    }

    /// Its stdout and stderr, to be read; once.
    pub(crate) fn output(
        &mut self,
    ) -> (
        Option<tokio::process::ChildStdout>,
        Option<tokio::process::ChildStderr>,
    ) {
        (self.supervisor.stdout.take(), self.supervisor.stderr.take())
    }

    /// Waits until it ends by itself, and says how. Can be given up and called again.
    pub(crate) async fn ended(&mut self) -> Ended {
        let status = self.supervisor.wait().await;
        self.signal(Signal::KILL);
        Ended(status.ok().and_then(|status| status.code()))
    }

    /// Asks it to stop, waits, and makes sure.
    pub(crate) async fn stop(mut self) {
        self.signal(Signal::TERM);
        let _ = tokio::time::timeout(PATIENCE, self.supervisor.wait()).await;
        self.signal(Signal::KILL);
        let _ = self.supervisor.wait().await;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
    }
}

/// How a process ended: its exit code, if it was not killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended(pub(crate) Option<i32>);

impl Ended {
    /// What happened and what to do, after the name of what ended.
    pub(crate) fn describe(self, command: &str) -> String {
        let program = command.split_whitespace().next().unwrap_or(command);
        match self.0 {
            Some(127) if program == "cargo" => {
                "`cargo` was not found: install Rust from https://rustup.rs, or put `cargo` on the PATH".to_owned()
            }
            Some(127) => format!("`{program}` was not found: check `{command}` and the PATH"),
            Some(126) => format!("`{program}` cannot be run: check its permissions"),
            // How a shell reports that its command was killed.
            Some(code) if code > 128 => format!("`{command}` was killed by signal {}", code - 128),
            Some(code) => format!("`{command}` ended with exit code {code}: see its output above"),
            None => format!("`{command}` was killed"),
        }
    }
}

/// The variables with which `cargo run` describes our own package. A build below them would differ from the same build in
/// another terminal, for build scripts that look at them, and compile half of the dependencies anew each time.
fn left_by_cargo_run() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    })
}

/// This program. On Linux by a name that also works after the file was built anew.
fn ourselves() -> anyhow::Result<std::path::PathBuf> {
    let linux = Path::new("/proc/self/exe");
    if linux.exists() {
        return Ok(linux.to_owned());
    }
    std::env::current_exe().context("cannot find this program's own file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_command_ended_says_what_to_do() {
        for (code, command, expected) in [
            (
                Some(127),
                "cargo run",
                "install Rust from https://rustup.rs",
            ),
            (Some(127), "pyton a.py", "`pyton` was not found"),
            (Some(126), "./a", "cannot be run"),
            (Some(3), "./a", "ended with exit code 3"),
            (Some(137), "./a", "was killed by signal 9"),
            (None, "./a", "was killed"),
        ] {
            let text = Ended(code).describe(command);
            assert!(text.contains(expected), "{text}");
        }
    }
}
