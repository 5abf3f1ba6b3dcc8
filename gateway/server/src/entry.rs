//! Where the requests of a connection come in: GraphQL on a short way of its own, everything else by the router.
//!
//! A router boxes futures and bodies, and writes down what it matched. For one path that is known beforehand this would
//! cost more than reading the request.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use futures::future::Either;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tower::{Service, ServiceBuilder};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::cors::CorsLayer;

use crate::gateway::Gateway;
use crate::routes;

/// Smaller answers fit into one packet either way.
const WORTH_COMPRESSING: u16 = 1024;

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Entry {
    gateway: Arc<Gateway>,
    router: Router,
    /// `None` without origins: no header is sent, and browsers keep foreign pages out.
    cors: Option<CorsLayer>,
    /// Only answers of GraphQL: the console's files are compressed already.
    compression: CompressionLayer<Compressed>,
}

impl Entry {
    /// The way in to a gateway.
    pub(crate) fn new(gateway: &Arc<Gateway>) -> Self {
        let configuration = gateway.configuration();
        let compressed = Compressed(configuration.server.compression);
        Self {
            router: routes::router(Arc::clone(gateway)),
            cors: routes::cors(&configuration.cors),
            compression: CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(compressed),
            gateway: Arc::clone(gateway),
        }
    }

    /// Answers the requests of a connection until either side ends it.
    pub(crate) async fn serve(self, stream: TcpStream, peer: SocketAddr) {
        let Self {
            gateway,
            router,
            cors,
            compression,
        } = self;
        let stop = gateway.stop_signal().clone();
        let path = gateway.configuration().server.path.clone();
        let graphql = ServiceBuilder::new()
            .option_layer(cors)
            .layer(compression)
            // The future has some kilobytes, which are not to be moved from layer to layer.
            .service_fn(move |request| {
                Box::pin(routes::graphql(Arc::clone(&gateway), request, peer))
            });
        let service = service_fn(move |request: Request<Incoming>| {
            if request.uri().path() == path {
                let answering = graphql.clone().call(request);
                Either::Left(async { answering.await.map(short) })
            } else {
                let answering = router.clone().call(request);
                Either::Right(async { answering.await.map(long) })
            }
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
        };
        if let Err(error) = ended {
            // Clients that go away in the middle are everyday.
            tracing::debug!(error, "a connection ended early");
        }
    }
}

fn short<L, R>(response: Response<L>) -> Response<http_body_util::Either<L, R>> {
    response.map(http_body_util::Either::Left)
}

fn long<L, R>(response: Response<R>) -> Response<http_body_util::Either<L, R>> {
    response.map(http_body_util::Either::Right)
}

/// Which answers are compressed: large ones, where it is switched on.
#[derive(Clone, Copy)]
struct Compressed(bool);

impl Predicate for Compressed {
    fn should_compress<B: Body>(&self, response: &Response<B>) -> bool {
        // Parts must not wait in a compressor for more to come.
        let media_type = response.headers().get(http::header::CONTENT_TYPE);
        let in_parts = media_type.is_some_and(|it| it.as_bytes().starts_with(b"multipart/"));
        self.0 && !in_parts && SizeAbove::new(WORTH_COMPRESSING).should_compress(response)
    }
}
