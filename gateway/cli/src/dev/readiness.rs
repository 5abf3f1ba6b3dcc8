//! Waits until services answer, with progress.

use std::time::{Duration, Instant};

use url::Url;

use super::Session;
use super::service::Service;

const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Returns once the service answers; never when it does not.
pub(crate) async fn ready(session: &Session, service: &Service) {
    let Some(request) = probe(session, service) else {
        return;
    };
    loop {
        if let Some(request) = request.try_clone()
            && request
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
        {
            return;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Asks `dev.health`, or the GraphQL endpoint where it is absent.
fn probe(session: &Session, service: &Service) -> Option<reqwest::RequestBuilder> {
    let client = session.transport.client();
    let request = match &service.process.health {
        Some(health) => client.get(health.clone()),
        None => client
            .post(service.routing_url.parse::<Url>().ok()?)
            .header("content-type", "application/json")
            .body(r#"{"query":"{ __typename }"}"#),
    };
    Some(request.timeout(Duration::from_secs(2)))
}

/// Says every few seconds which services are waited for; never returns.
pub(crate) async fn tell_progress(session: &Session, waiting_for: impl Fn() -> Vec<String>) {
    let started = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let names = waiting_for().join(", ");
        let seconds = started.elapsed().as_secs();
        session
            .screen
            .note(&format!("waiting for {names} ({seconds} s)"));
    }
}
