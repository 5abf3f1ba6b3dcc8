//! A gateway in; loads its supergraph and swaps in another whenever the inputs change, for as long as it runs.

use std::sync::Arc;
use std::time::Duration;

use weft_diagnostic::Diagnostic;

use super::{Inputs, Loaded, Origins, build, read_inputs};
use crate::gateway::Gateway;

/// How often one looks at most as long as there is no supergraph.
const UNTIL_READY: Duration = Duration::from_secs(1);

/// What became of the supergraph.
#[derive(Debug)]
pub enum Change {
    /// A supergraph is in use, the first or another one.
    Swapped {
        /// Whether it is the first.
        first: bool,
        /// Hints of composition.
        hints: Vec<Diagnostic>,
    },
    /// The inputs cannot be read or do not make a supergraph; the last one, if any, goes on serving.
    Refused {
        /// Why.
        diagnostics: Vec<Diagnostic>,
        /// Whether there is one that goes on serving.
        serving: bool,
    },
}

/// Loads the gateway's supergraph, then looks every `interval` whether the inputs changed. Reports each change once;
/// ends with the gateway.
pub async fn follow(
    gateway: Arc<Gateway>,
    origins: Origins,
    interval: Duration,
    mut report: impl FnMut(Change),
) {
    let mut follower = Follower {
        gateway,
        origins,
        seen: None,
        problem: Vec::new(),
    };
    let stop = follower.gateway.stop_signal().clone();
    let following = async {
        loop {
            if let Some(change) = follower.look().await {
                report(change);
            }
            let pause = if follower.gateway.is_ready() {
                interval
            } else {
                interval.min(UNTIL_READY)
            };
            tokio::time::sleep(pause).await;
        }
    };
    stop.run_until_cancelled(following).await;
}

struct Follower {
    gateway: Arc<Gateway>,
    origins: Origins,
    /// The inputs that were tried last, whether they made a supergraph or not.
    seen: Option<Inputs>,
    /// What was wrong with reading inputs, so that it is told once.
    problem: Vec<Diagnostic>,
}

impl Follower {
    async fn look(&mut self) -> Option<Change> {
        let inputs = read_inputs(
            self.gateway.configuration(),
            &self.origins,
            self.gateway.transport(),
        )
        .await;
        let inputs = match inputs {
            Ok(inputs) => inputs,
            Err(diagnostics) => return self.refused(diagnostics),
        };
        self.problem.clear();
        if self.seen.as_ref() == Some(&inputs) {
            return None;
        }
        self.seen = Some(inputs.clone());
        let built = tokio::task::spawn_blocking(move || build(&inputs))
            .await
            .ok()?;
        match built {
            Ok(Loaded { supergraph, hints }) => {
                let first = !self.gateway.is_ready();
                self.gateway.swap(supergraph);
                Some(Change::Swapped { first, hints })
            }
            Err(diagnostics) => self.refused(diagnostics),
        }
    }

    fn refused(&mut self, diagnostics: Vec<Diagnostic>) -> Option<Change> {
        if self.problem == diagnostics {
            return None;
        }
        self.problem.clone_from(&diagnostics);
        Some(Change::Refused {
            diagnostics,
            serving: self.gateway.is_ready(),
        })
    }
}
