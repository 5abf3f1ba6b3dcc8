//! Preparing documents away from the event loop: as many at a time as there are processors, and none for longer than
//! planning may take or than somebody waits.

use std::sync::Arc;

use tokio::task::JoinError;
use weft_planner::{PlanOptions, Stop};

use crate::graph::Graph;

/// Does work on a document, on a thread where it may take its time. It plans with the options that it gets, which end planning
/// at `planning.time_limit`, or when the caller goes away.
///
/// # Errors
/// When the work panics.
pub(crate) async fn prepare_aside<T: Send + 'static>(
    graph: &Arc<Graph>,
    work: impl FnOnce(&Graph, &PlanOptions) -> T + Send + 'static,
) -> Result<T, JoinError> {
    let permit = Arc::clone(graph.preparing()).acquire_owned().await;
    let stop = Stop::default();
    let options = PlanOptions {
        stop: stop.clone(),
        ..graph.planning().clone()
    };
    let abandoned = StopOnDrop(stop);
    let limit = graph.planning_time();
    let graph = Arc::clone(graph);
    let mut working = tokio::task::spawn_blocking(move || {
        // Held until the end of the work, also when nobody waits for it any more.
        let _permit = permit;
        work(&graph, &options)
    });
    match tokio::time::timeout(limit, &mut working).await {
        Ok(done) => done,
        Err(_) => {
            abandoned.0.stop();
            working.await
        }
    }
}

struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
