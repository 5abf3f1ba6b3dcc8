//! The playground: a path in, a file that the binary carries out, under a strict content security policy.
//!
//! `gateway/console/README.md` is the contract. Files are stored compressed with brotli.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../console/dist"]
#[allow_missing = true]
struct Files;

const POLICY: &str = include_str!("../../console/content-security-policy.txt");
const STABLE: &str = "public, max-age=31536000, immutable";
const CHECKED: &str = "no-cache";
/// What `index.html` says before the server's own path is put in.
const DEFAULT_ENDPOINT: &str = "content=\"/graphql\"";

/// The routes of the playground, which sends its operations to `endpoint`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(endpoint: &str) -> Router<S> {
    let endpoint = format!("content=\"{}\"", escape_attribute(endpoint));
    let index = move || async move { index(&endpoint) };
    Router::new()
        .route("/", get(index))
        .route(
            "/assets/{name}",
            get(|Path(name): Path<String>, headers: HeaderMap| async move {
                compressed(&format!("assets/{name}"), &headers, STABLE)
            }),
        )
        .route(
            "/licenses.md",
            get(|headers: HeaderMap| async move { compressed("licenses.md", &headers, CHECKED) }),
        )
}

fn index(endpoint: &str) -> Response {
    let Some(file) = Files::get("index.html") else {
        let hint = "the console is not part of this build: run `npm ci && npm run build` in gateway/console";
        return (StatusCode::NOT_FOUND, hint).into_response();
    };
    let page = String::from_utf8_lossy(&file.data).replacen(DEFAULT_ENDPOINT, endpoint, 1);
    answer("index.html", Bytes::from(page), CHECKED)
}

fn compressed(name: &str, headers: &HeaderMap, cache: &'static str) -> Response {
    let Some(file) = Files::get(&format!("{name}.br")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let data = Bytes::from(file.data.into_owned());
    if !accepts_brotli(headers) {
        return match decompress(&data) {
            Ok(plain) => answer(name, Bytes::from(plain), cache),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
    }
    let mut response = answer(name, data, cache);
    response
        .headers_mut()
        .insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    response
}

fn answer(name: &str, data: Bytes, cache: &'static str) -> Response {
    let mut response = Response::new(Body::from(data));
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(POLICY.trim_ascii());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("md") => "text/markdown; charset=utf-8",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(ACCEPT_ENCODING).iter();
    offered
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let refused = parts.any(|it| matches!(it, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            name.eq_ignore_ascii_case("br") && !refused
        })
}

fn decompress(data: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::with_capacity(data.len() * 4);
    brotli_decompressor::BrotliDecompress(&mut &data[..], &mut plain)?;
    Ok(plain)
}

fn escape_attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn the_page_names_the_servers_own_path() {
        let file = Files::get("index.html").unwrap();
        let page = String::from_utf8_lossy(&file.data);
        assert!(page.contains(DEFAULT_ENDPOINT), "{page}");
    }

    #[test]
    fn every_stored_file_decompresses_to_something_with_a_known_media_type() {
        let mut seen = 0;
        for name in Files::iter().filter(|name| name.ends_with(".br")) {
            let plain = decompress(&Files::get(&name).unwrap().data).unwrap();
            assert!(!plain.is_empty(), "{name}");
            let name = name.trim_end_matches(".br");
            assert_ne!(media_type(name), "application/octet-stream", "{name}");
            seen += 1;
        }
        assert!(seen > 5);
    }

    #[test]
    fn brotli_goes_only_to_clients_that_take_it() {
        for (value, accepted) in [
            ("gzip, br", true),
            ("br;q=0.5", true),
            ("gzip, br;q=0", false),
            ("gzip", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(accepts_brotli(&headers), accepted, "{value}");
        }
    }
}
