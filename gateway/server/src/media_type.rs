//! Which of GraphQL's two response media types a client wants, by its `Accept` header.
//!
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types>

use http::HeaderMap;
use http::header::ACCEPT;

use crate::media_range::MediaRange;

/// The form of a response: it decides content type and status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/graphql-response+json`: a refused request has a 4xx status.
    GraphqlResponse,
    /// `application/json`: whatever is a well-formed GraphQL answer has status 200.
    Json,
}

impl MediaType {
    /// The `Content-Type` of a response in this form.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The media type that the client accepts with the highest quality; `None` when it accepts neither.
///
/// Where both are accepted alike, the newer wins if the client names it. A client that does not (`*/*`, or no `Accept` at
/// all) was probably written before there was a newer one.
pub(crate) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    if !headers.contains_key(ACCEPT) {
        return Some(MediaType::Json);
    }
    let mut newer = Preference::default();
    let mut older = Preference::default();
    for range in MediaRange::all(headers) {
        let Some(quality) = quality(&range) else {
            continue;
        };
        newer.consider("graphql-response+json", &range.name, quality);
        older.consider("json", &range.name, quality);
    }
    let named = newer.specificity == EXACT && newer.quality == older.quality;
    let best = if named || newer.quality > older.quality {
        (MediaType::GraphqlResponse, newer.quality)
    } else {
        (MediaType::Json, older.quality)
    };
    (best.1 > 0).then_some(best.0)
}

/// The specificity of a range that names a type in full.
const EXACT: u8 = 3;

/// The quality of the most specific range seen so far.
#[derive(Default)]
struct Preference {
    specificity: u8,
    quality: u16,
}

impl Preference {
    fn consider(&mut self, subtype: &str, range: &str, quality: u16) {
        let specificity = match range.split_once('/') {
            Some(("*", "*")) => 1,
            Some(("application", "*")) => 2,
            Some(("application", exact)) if exact == subtype => EXACT,
            _ => return,
        };
        if specificity > self.specificity
            || (specificity == self.specificity && quality > self.quality)
        {
            *self = Self {
                specificity,
                quality,
            };
        }
    }
}

/// The quality of a media range in thousandths; `None` for one that asks for another charset than UTF-8.
fn quality(range: &MediaRange<'_>) -> Option<u16> {
    let mut quality = 1000;
    for (key, value) in range.parameters() {
        if key == "q" {
            let parsed = value.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0);
            quality = (parsed * 1000.0) as u16;
        } else if key == "charset" && !value.eq_ignore_ascii_case("utf-8") {
            return None;
        }
    }
    Some(quality)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn check(accept: &str, expected: Option<MediaType>) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        assert_eq!(negotiate(&headers), expected, "{accept}");
    }

    #[test]
    fn the_newer_type_goes_to_clients_that_name_it() {
        check(
            "application/json, application/graphql-response+json",
            Some(MediaType::GraphqlResponse),
        );
        check(
            "application/graphql-response+json, */*",
            Some(MediaType::GraphqlResponse),
        );
        assert_eq!(negotiate(&HeaderMap::new()), Some(MediaType::Json));
        check("*/*", Some(MediaType::Json));
        check("application/*", Some(MediaType::Json));
        check("application/json, */*", Some(MediaType::Json));
    }

    #[test]
    fn the_higher_quality_wins() {
        check(
            "application/graphql-response+json;q=0.5, application/json",
            Some(MediaType::Json),
        );
        check(
            "application/graphql-response+json, application/json;q=0.9",
            Some(MediaType::GraphqlResponse),
        );
    }

    #[test]
    fn a_specific_range_overrules_a_wildcard() {
        check(
            "*/*, application/graphql-response+json;q=0",
            Some(MediaType::Json),
        );
        check("*/*;q=0.1, application/json;q=0.2", Some(MediaType::Json));
    }

    #[test]
    fn other_types_and_other_charsets_are_not_acceptable() {
        check("text/html", None);
        check("application/json;charset=utf-16", None);
        check("application/json;q=0", None);
        check("Application/JSON; charset=UTF-8", Some(MediaType::Json));
    }
}
