//! Where the requests of a connection come in: GraphQL on a short way of its own, everything else by the router.
//!
//! A router boxes futures and bodies, and writes down what it matched. For one path that is known beforehand this would
//! cost more than reading the request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use futures::FutureExt;
use futures::future::Either;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tower::{Service, ServiceBuilder};
use tower_http::cors::CorsLayer;

use crate::client_patience::{Counted, Overdue, Progress};
use crate::gateway::Gateway;
use crate::{compression, routes};

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Entry {
    gateway: Arc<Gateway>,
    router: Router,
    /// `None` without origins: no header is sent, and browsers keep foreign pages out.
    cors: Option<CorsLayer>,
}

impl Entry {
    /// The way in to a gateway.
    pub(crate) fn new(gateway: &Arc<Gateway>) -> Self {
        Self {
            router: routes::router(Arc::clone(gateway)),
            cors: routes::cors(&gateway.configuration().cors),
            gateway: Arc::clone(gateway),
        }
    }

    /// Answers the requests of a connection until either side ends it.
    pub(crate) async fn serve(self, stream: TcpStream, peer: SocketAddr) {
        let Self {
            gateway,
            router,
            cors,
        } = self;
        let stop = gateway.stop_signal().clone();
        let options = &gateway.configuration().server;
        let path = options.path.clone();
        let (patience, idle) = (options.client_timeout.0, options.idle_timeout.0);
        let progress = Progress::default();
        let stream = Counted::new(stream, progress.clone());
        let graphql = ServiceBuilder::new()
            .option_layer(cors)
            // The future has some kilobytes, which are not to be moved from layer to layer.
            .service_fn(move |request| Box::pin(graphql(Arc::clone(&gateway), request, peer)));
        let begun = progress.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let answering = begun.begin(request.version());
            let answered = if request.uri().path() == path {
                Either::Left(graphql.clone().call(request))
            } else {
                Either::Right(router.clone().call(request))
            };
            answered.inspect(move |_| drop(answering))
        });
        let mut builder = Builder::new(TokioExecutor::new());
        // WebSockets within HTTP/2.
        builder.http2().enable_connect_protocol();
        let serving = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut serving = pin!(serving);
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
            overdue = progress.overdue(patience, idle) => match overdue {
                Overdue::Stuck => {
                    tracing::debug!("a connection is given up: its client neither sends nor takes anything");
                    return;
                }
                Overdue::Idle => {
                    serving.as_mut().graceful_shutdown();
                    serving.await
                }
            },
        };
        if let Err(error) = ended {
            // Clients that go away in the middle are everyday.
            tracing::debug!(error, "a connection ended early");
        }
    }
}

async fn graphql(
    gateway: Arc<Gateway>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    // Only answers of GraphQL: the console's files are compressed already.
    let accepted = match gateway.configuration().server.compression {
        true => compression::accepted(request.headers()),
        false => None,
    };
    let response = routes::graphql(gateway, request, peer).await;
    Ok(match accepted {
        Some(accepted) if compression::is_worth_it(&response) => {
            compression::compressed(response, accepted).await
        }
        _ => response,
    })
}
