//! A subgraph's process while `weft dev` runs: started, restarted when it ends or its sources change, stopped at the end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::anyhow;
use futures::future::try_join_all;
use tokio::sync::oneshot;
use weft_server::configuration::{DevProcess, SupergraphFile};

use super::process::{Ended, Output, Process};
use super::{Session, build, readiness, watch};

/// How long a service may take until it answers.
const PATIENCE: Duration = Duration::from_secs(120);
/// Before a service that ended is started again: doubled each time, up to the second.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(16));

/// A subgraph that has a process.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) routing_url: String,
    pub(crate) process: DevProcess,
}

impl Service {
    /// All subgraphs of a file that have a process.
    pub(crate) fn all(file: &SupergraphFile) -> Vec<Self> {
        let with_process =
            |(name, entry): (&String, &weft_server::configuration::SubgraphEntry)| {
                Some(Self {
                    name: name.clone(),
                    routing_url: entry.routing_url.clone(),
                    process: entry.dev.clone()?,
                })
            };
        file.subgraphs.iter().filter_map(with_process).collect()
    }
}

/// Starts all services and waits until each answers.
///
/// # Errors
/// When one ends or does not answer in time: which, why, what to do.
pub(crate) async fn start_all(session: &Session, services: Vec<Service>) -> anyhow::Result<()> {
    if services.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = services
        .iter()
        .map(|service| service.name.clone())
        .collect();
    session
        .screen
        .note(&format!("starting {}", names.join(", ")));
    let waiting = Arc::new(Mutex::new(names));
    let starting = services.into_iter().map(|service| {
        let waiting = Arc::clone(&waiting);
        async move {
            let name = service.name.clone();
            start(session, service).await?;
            lock(&waiting).retain(|other| *other != name);
            anyhow::Ok(())
        }
    });
    tokio::select! {
        started = try_join_all(starting) => started.map(drop),
        () = readiness::tell_progress(session, || lock(&waiting).clone()) => Ok(()),
    }
}

fn lock(names: &Mutex<Vec<String>>) -> std::sync::MutexGuard<'_, Vec<String>> {
    names
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Starts one service, whose task then keeps it running, and waits for its first answer.
async fn start(session: &Session, service: Service) -> anyhow::Result<()> {
    let (ready, is_ready) = oneshot::channel();
    let keeper = Keeper {
        session: session.clone(),
        service,
    };
    session.tasks.spawn(keeper.run(ready));
    is_ready
        .await
        .unwrap_or_else(|_| Err(anyhow!("stopped while starting")))
}

/// Why a process is not running any more.
enum Finished {
    Stopped,
    Changed(Box<Process>),
    Ended(Ended),
}

struct Keeper {
    session: Session,
    service: Service,
}

impl Keeper {
    async fn run(self, ready: oneshot::Sender<anyhow::Result<()>>) {
        let mut process = match self.first_start().await {
            Ok(Some(process)) => process,
            Ok(None) => return,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        let mut backoff = BACKOFF.0;
        loop {
            process = match self.finished(process).await {
                Finished::Stopped => return,
                Finished::Changed(old) => {
                    backoff = BACKOFF.0;
                    match self.rebuild(*old).await {
                        Some(process) => process,
                        None => return,
                    }
                }
                Finished::Ended(ended) => {
                    let why = ended.describe(&self.service.process.command);
                    self.say_bad(&format!(
                        "has ended: {why}; starting it again in {} s",
                        backoff.as_secs()
                    ));
                    if self.stopped_within(backoff).await {
                        return;
                    }
                    backoff = (backoff * 2).min(BACKOFF.1);
                    match self.spawn_again() {
                        Ok(process) => process,
                        Err(error) => {
                            return self.say_bad(&format!("cannot be started: {error:#}"));
                        }
                    }
                }
            }
        }
    }

    /// Starts the process and waits for its first answer; `None` when everything stops meanwhile.
    async fn first_start(&self) -> anyhow::Result<Option<Process>> {
        let mut process = self.spawn()?;
        let name = &self.service.name;
        let failure = tokio::select! {
            () = readiness::ready(&self.session, &self.service) => return Ok(Some(process)),
            ended = process.ended() => {
                let why = ended.describe(&self.service.process.command);
                return Err(anyhow!("subgraph `{name}` does not start: {why}"));
            }
            () = self.session.stop.cancelled() => None,
            () = tokio::time::sleep(PATIENCE) => Some(anyhow!(
                "subgraph `{name}` runs, but does not answer within {} s: does it listen on the address of its `routing_url` \
                 ({}), and is `dev.health` right?",
                PATIENCE.as_secs(),
                self.service.routing_url
            )),
        };
        process.stop().await;
        failure.map_or(Ok(None), Err)
    }

    /// Waits for the end of the process, for a change of its sources, or for the end of everything.
    async fn finished(&self, mut process: Process) -> Finished {
        tokio::select! {
            ended = process.ended() => return Finished::Ended(ended),
            () = watch::changed(&self.service.process.watch) => return Finished::Changed(Box::new(process)),
            () = self.session.stop.cancelled() => {}
        }
        process.stop().await;
        Finished::Stopped
    }

    /// Builds anew and restarts; the old process goes on when the build fails.
    async fn rebuild(&self, old: Process) -> Option<Process> {
        let name = &self.service.name;
        if let Err(error) = build::one(&self.session, &self.service, name).await {
            if self.session.stop.is_cancelled() {
                old.stop().await;
                return None;
            }
            self.session
                .screen
                .bad(&format!("{error:#}; the running `{name}` goes on"));
            return Some(old);
        }
        old.stop().await;
        self.session.screen.note(&format!("restarting {name}"));
        match self.spawn_again() {
            Ok(process) => Some(process),
            Err(error) => {
                self.say_bad(&format!("cannot be started: {error:#}"));
                None
            }
        }
    }

    /// Starts the process once more; its schema is asked for when it answers.
    fn spawn_again(&self) -> anyhow::Result<Process> {
        let process = self.spawn()?;
        let (session, service) = (self.session.clone(), self.service.clone());
        tokio::spawn(async move {
            let stop = session.stop.clone();
            let answering = readiness::ready(&session, &service);
            if stop.run_until_cancelled(answering).await.is_some() {
                session.running.forget(&service.name);
            }
        });
        Ok(process)
    }

    fn spawn(&self) -> anyhow::Result<Process> {
        let DevProcess {
            command, cwd, env, ..
        } = &self.service.process;
        let mut env = env.clone();
        if !self.session.screen.colours() {
            env.entry("NO_COLOR".to_owned()).or_insert("1".to_owned());
        }
        let mut process = Process::start(command, cwd, &env, Output::Piped)?;
        let (stdout, stderr) = process.output();
        let screen = &self.session.screen;
        if let Some(stdout) = stdout {
            tokio::spawn(screen.clone().copy(self.service.name.clone(), stdout));
        }
        if let Some(stderr) = stderr {
            tokio::spawn(screen.clone().copy(self.service.name.clone(), stderr));
        }
        Ok(process)
    }

    async fn stopped_within(&self, time: Duration) -> bool {
        let stopping = self.session.stop.cancelled();
        tokio::time::timeout(time, stopping).await.is_ok()
    }

    fn say_bad(&self, text: &str) {
        self.session
            .screen
            .bad(&format!("subgraph `{}` {text}", self.service.name));
    }
}
