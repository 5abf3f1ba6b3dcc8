//! When a client's token ends: read from the claim `exp` of a JSON Web Token (RFC 7519), which is not verified here. Whoever
//! forges a later end gains nothing: subgraphs verify the token, and refuse it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;

/// A token that ends later than this is as good as one that does not.
const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[derive(Deserialize)]
struct Claims {
    exp: Option<f64>,
}

/// How long the token among those headers is good for; `None` where there is none, or none that ends.
pub(super) fn time_left(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut parts = token.trim().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let json = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    let ends = claims.exp?.max(0.0);
    let now = now.duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    let left = Duration::try_from_secs_f64((ends - now).max(0.0)).unwrap_or(LONG);
    (left < LONG).then_some(left)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn check(authorization: &str, seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        let left = time_left(&headers, UNIX_EPOCH + Duration::from_secs(NOW));
        assert_eq!(left.map(|left| left.as_secs()), seconds, "{authorization}");
    }

    fn token(claims: &str) -> String {
        format!("Bearer e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_is_good_until_its_end() {
        check(&token(&format!(r#"{{"exp":{}}}"#, NOW + 90)), Some(90));
        check(
            &token(&format!(r#"{{"sub":"1","exp":{}.5}}"#, NOW + 90)),
            Some(90),
        );
        check(&token(r#"{"exp":1}"#), Some(0));
        check(&token(r#"{"exp":-5}"#), Some(0));
    }

    #[test]
    fn whatever_is_no_token_that_ends_has_no_end() {
        check(&token("{}"), None);
        check(&token(r#"{"exp":"soon"}"#), None);
        check(&token(r#"{"exp":1e300}"#), None);
        check("Bearer opaque", None);
        check("Bearer a.%%%.c", None);
        check("Basic dTpw", None);
        assert_eq!(time_left(&HeaderMap::new(), SystemTime::now()), None);
    }
}
