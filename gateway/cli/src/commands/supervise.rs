//! `weft __supervise` (hidden): runs one command for `weft dev` and ends it when `weft dev` is gone, however it ended.
//!
//! The supervisor leads a process group of its own. Its stdin is a pipe that `weft dev` holds open and never writes
//! to: end of file means that nobody is left to stop the command. See `docs/decisions/dev-command.md`.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::Context;
use rustix::process::{Signal, getpid, kill_process_group};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::{CommandResult, Outcome};

/// How long the command may take to stop by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Options of `weft __supervise`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A command line for the shell
    command: String,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(supervise(&arguments.command))
}

async fn supervise(command: &str) -> CommandResult {
    // Signals to the group are for the command; handled here, so that they do not end the supervisor before it.
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(std::process::Stdio::null())
        .spawn()
        .context("cannot start `sh`")?;
    let mut abandoned = abandoned();
    loop {
        tokio::select! {
            status = child.wait() => std::process::exit(exit_code(status?)),
            _ = &mut abandoned => break,
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    }
    let group = getpid();
    let _ = kill_process_group(group, Signal::TERM);
    let _ = tokio::time::timeout(PATIENCE, child.wait()).await;
    let _ = kill_process_group(group, Signal::KILL);
    Ok(Outcome::Success)
}

/// The command's own code, or what a shell says of a command that was killed.
fn exit_code(status: ExitStatus) -> i32 {
    let killed = status.signal().map(|signal| 128 + signal);
    status.code().or(killed).unwrap_or(2)
}

/// Resolves when the other end of stdin is closed. A thread of its own reads: nothing else notices the end of a pipe.
fn abandoned() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut ignored = [0; 64];
        while std::io::stdin()
            .read(&mut ignored)
            .is_ok_and(|count| count > 0)
        {}
        let _ = sender.send(());
    });
    receiver
}
