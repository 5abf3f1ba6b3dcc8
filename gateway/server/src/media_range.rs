//! The media ranges of an `Accept` header, each with its parameters.
//!
//! <https://www.rfc-editor.org/rfc/rfc9110#name-accept>

use http::HeaderMap;
use http::header::ACCEPT;

/// One media range, such as `application/json;q=0.9`.
pub(crate) struct MediaRange<'a> {
    /// Its type in lower case; empty where the header is not text.
    pub(crate) name: String,
    parameters: &'a str,
}

impl<'a> MediaRange<'a> {
    /// All ranges of a request, in the client's order.
    pub(crate) fn all(headers: &'a HeaderMap) -> impl Iterator<Item = Self> {
        let values = headers.get_all(ACCEPT).iter();
        let texts = values.map(|value| value.to_str().unwrap_or(""));
        texts.flat_map(|text| text.split(',')).map(Self::parse)
    }

    fn parse(text: &'a str) -> Self {
        let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
        Self {
            name: name.trim().to_ascii_lowercase(),
            parameters,
        }
    }

    /// The names of its parameters in lower case, with their values without quotes.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, &'a str)> {
        self.parameters.split(';').map(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_matches('"');
            (key.trim().to_ascii_lowercase(), value)
        })
    }
}
