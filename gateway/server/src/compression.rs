//! Compressed answers, for clients that accept them. The body of a compressed answer carries its encoder, which is large: only
//! answers that are compressed have one.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Request};
use hyper::body::Body as _;
use tower::{Layer, Service};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// Smaller answers fit into one packet either way.
const WORTH_COMPRESSING: u64 = 1024;

/// What a client says about encodings.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(ACCEPT_ENCODING).cloned()
}

/// Whether an answer is large enough. One that comes in parts has no size: parts must not wait in a compressor for more.
pub(crate) fn is_worth_it(response: &Response) -> bool {
    size(response).is_some_and(|size| size >= WORTH_COMPRESSING)
}

fn size(response: &Response) -> Option<u64> {
    let announced = || {
        let length = response.headers().get(CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    };
    response.body().size_hint().exact().or_else(announced)
}

/// The answer in an encoding that the client accepts; as it is where there is none.
pub(crate) async fn compressed(response: Response, accepted: HeaderValue) -> Response {
    let mut request = Request::new(());
    request.headers_mut().insert(ACCEPT_ENCODING, accepted);
    let size = size(&response);
    let mut response = Some(response);
    let answered = tower::service_fn(move |_: Request<()>| {
        ready(Ok::<_, Infallible>(response.take().unwrap_or_default()))
    });
    let layer = CompressionLayer::new().quality(CompressionLevel::Fastest);
    match layer.layer(answered).call(request).await {
        Ok(response) => with_length(response.map(Body::new), size),
        Err(never) => match never {},
    }
}

/// An answer that was left as it is still has the size that it had.
fn with_length(mut response: Response, size: Option<u64>) -> Response {
    if let (false, Some(size)) = (response.headers().contains_key(CONTENT_ENCODING), size) {
        let length = HeaderValue::from(size);
        response.headers_mut().insert(CONTENT_LENGTH, length);
    }
    response
}
