//! How long a call for entities that is ready in part waits for the rest of what it would ask.

use std::time::Duration;

use tokio::time::Instant;
use weft_executor::Patience;

use crate::configuration::Configuration;

/// Of a request's time, this part may pass before what nothing else waits for leaves as it is.
const SAFEGUARD: u32 = 4;

/// The longest waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallWait {
    /// While other calls wait for the answer.
    short: Duration,
    /// From the request's beginning on, where none do.
    long: Duration,
}

impl CallWait {
    /// As configured.
    pub(crate) fn new(configuration: &Configuration) -> Self {
        Self {
            short: configuration.traffic.entity_call_wait.0,
            long: configuration.server.request_timeout.0 / SAFEGUARD,
        }
    }

    /// When a call leaves at the latest, of a request that began at some time. What came in a moment is not worth more than a
    /// moment's wait, and when all subgraphs are slow, answers that belong together are further apart.
    pub(crate) fn end(self, patience: Patience, began: Instant, now: Instant) -> Instant {
        let short = now + self.short.min(now.duration_since(began));
        match patience {
            Patience::Short => short,
            Patience::Long => short.max(began + self.long),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait() -> CallWait {
        CallWait {
            short: Duration::from_millis(2),
            long: Duration::from_secs(5),
        }
    }

    #[test]
    fn nothing_waits_longer_than_the_request_has_taken() {
        let began = Instant::now();
        let millisecond = Duration::from_millis(1);
        for (now, end) in [(0, 0), (1, 2), (2, 4), (10, 12)] {
            let found = wait().end(Patience::Short, began, began + now * millisecond);
            assert_eq!(found - began, end * millisecond, "after {now} ms");
        }
    }

    #[test]
    fn what_nothing_waits_for_leaves_in_time_for_the_deadline() {
        let began = Instant::now();
        let second = Duration::from_secs(1);
        let found = wait().end(Patience::Long, began, began + second);
        assert_eq!(found - began, 5 * second);
        let found = wait().end(Patience::Long, began, began + 6 * second);
        assert_eq!(found - began, Duration::from_millis(6_002));
    }
}
