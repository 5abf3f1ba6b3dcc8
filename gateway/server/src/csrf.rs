//! Refuses requests that a browser may have sent for a foreign page without asking first.
//!
//! A POST with a JSON body needs no look: a browser sends it to another site only after a preflight that CORS answers.
//! GETs and WebSocket upgrades are judged by `Sec-Fetch-Site` and `Origin`, which pages cannot forge; clients that are
//! not browsers send neither. See `docs/decisions/server.md`.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, StatusCode};

use crate::configuration::{CorsOptions, CsrfOptions};
use crate::request_error::{RequestError, code};

/// Checks a request that a browser sends without a preflight.
///
/// # Errors
/// Status 403 when a foreign page that CORS does not allow may be behind it.
pub(crate) fn check(
    headers: &HeaderMap,
    csrf: &CsrfOptions,
    cors: &CorsOptions,
) -> Result<(), RequestError> {
    let asked_first = || {
        csrf.required_headers
            .iter()
            .any(|name| headers.contains_key(name.as_str()))
    };
    if !csrf.enabled || same_site(headers) || origin_allowed(headers, cors) || asked_first() {
        return Ok(());
    }
    Err(RequestError {
        malformed: true,
        ..RequestError::new(
            StatusCode::FORBIDDEN,
            code::CSRF_PREVENTED,
            format!(
                "a foreign page may have sent this request: add its origin to `cors.origins`, or send one of the headers `{}`",
                csrf.required_headers.join("`, `")
            ),
        )
    })
}

fn same_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin_host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, host)| host);
    host.is_some() && host == origin_host
}

fn origin_allowed(headers: &HeaderMap, cors: &CorsOptions) -> bool {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    cors.origins
        .iter()
        .any(|allowed| allowed == "*" || Some(allowed.as_str()) == origin)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn allowed(headers: &[(&'static str, &str)], origins: &[&str]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let cors = CorsOptions {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            credentials: false,
        };
        check(&headers, &CsrfOptions::default(), &cors).is_ok()
    }

    #[test]
    fn clients_that_are_not_browsers_pass() {
        assert!(allowed(&[("host", "api.example.com")], &[]));
    }

    #[test]
    fn our_own_page_and_the_address_bar_pass() {
        assert!(allowed(&[("sec-fetch-site", "same-origin")], &[]));
        assert!(allowed(&[("sec-fetch-site", "none")], &[]));
        assert!(allowed(
            &[("host", "a:4000"), ("origin", "http://a:4000")],
            &[]
        ));
    }

    #[test]
    fn foreign_pages_are_refused_unless_allowed() {
        let foreign = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ];
        assert!(!allowed(&foreign, &[]));
        assert!(!allowed(&foreign, &["https://shop.example"]));
        assert!(allowed(&foreign, &["https://evil.example"]));
        assert!(allowed(&foreign, &["*"]));
        assert!(!allowed(&[("host", "a"), ("origin", "null")], &[]));
        assert!(allowed(
            &[("sec-fetch-site", "cross-site"), ("x-weft-preflight", "1")],
            &[]
        ));
    }
}
