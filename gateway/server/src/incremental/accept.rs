//! Whether a client takes an answer in parts, and in which form: its `Accept` header.

use http::HeaderMap;
use weft_executor::IncrementalFormat;

use crate::media_range::MediaRange;

/// How a client takes an answer in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// `multipart/mixed`, without more.
    Plain,
    /// `multipart/mixed; incrementalSpec=v0.2`: the same form by its name.
    Named,
    /// `multipart/mixed; deferSpec=20220824`: the form of August 2022.
    Older,
}

impl Accepted {
    /// The form of the parts.
    pub(crate) fn format(self) -> IncrementalFormat {
        match self {
            Self::Plain | Self::Named => IncrementalFormat::Current,
            Self::Older => IncrementalFormat::Older,
        }
    }

    /// The `Content-Type` of the answer.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Plain => "multipart/mixed; boundary=\"-\"",
            Self::Named => "multipart/mixed; boundary=\"-\"; incrementalSpec=v0.2",
            Self::Older => "multipart/mixed; boundary=\"-\"; deferSpec=20220824",
        }
    }
}

/// The first form that a client accepts by its name; a client that only says `*/*` gets its answer whole.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Accepted> {
    MediaRange::all(headers).find_map(|range| of_range(&range))
}

fn of_range(range: &MediaRange<'_>) -> Option<Accepted> {
    if range.name != "multipart/mixed" {
        return None;
    }
    let mut found = Accepted::Plain;
    for (key, value) in range.parameters() {
        match (key.as_str(), value) {
            ("deferspec", "20220824") => found = Accepted::Older,
            ("incrementalspec", "v0.2") => found = Accepted::Named,
            // Subscriptions by multipart are another protocol, and a form that is not known here cannot be given.
            ("deferspec" | "incrementalspec" | "subscriptionspec", _) => return None,
            ("q", quality) if quality.parse() == Ok(0.0) => return None,
            _ => {}
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use http::header::ACCEPT;

    use super::*;

    fn check(accept: &str, expected: Option<Accepted>) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        assert_eq!(accepted(&headers), expected, "{accept}");
    }

    #[test]
    fn the_form_is_that_which_the_client_names() {
        check("multipart/mixed, application/json", Some(Accepted::Plain));
        check(
            "multipart/mixed;deferSpec=20220824,application/json",
            Some(Accepted::Older),
        );
        check(
            "application/json, multipart/mixed; incrementalSpec=\"v0.2\"",
            Some(Accepted::Named),
        );
    }

    #[test]
    fn clients_that_do_not_name_it_get_answers_whole() {
        check("*/*", None);
        check("application/json", None);
        check("multipart/mixed;q=0, application/json", None);
        check("multipart/mixed;subscriptionSpec=1.0", None);
        check("multipart/mixed;deferSpec=20990101", None);
    }
}
