//! Diagnostics: what is wrong (or worth a hint) in a text that a user wrote.
//!
//! A [`Diagnostic`] is data. Rules create it, the command line draws it, CI formats serialise it; nothing in
//! this crate renders. Sources are shared through [`Source`], so that a label points into the text it is about.
//!
//! ```
//! use weft_diagnostic::{Code, Diagnostic, Label, Severity, Source};
//!
//! const NO_QUERIES: Code = Code::new("NO_QUERIES");
//! let source = Source::new("users", "users.graphql", "type User { id: ID }");
//! let diagnostic = Diagnostic::error(NO_QUERIES, "no subgraph defines a field of `Query`")
//!     .with_label(Label::new(source.span(5..9), "the only type"))
//!     .with_help("add a `type Query` with at least one field to a subgraph");
//! assert_eq!(diagnostic.severity, Severity::Error);
//! assert_eq!(diagnostic.labels[0].span.start().line, 1);
//! ```

mod source;

use serde::{Deserialize, Serialize};
use std::fmt;

pub use source::{Position, Source, Span};

/// The stable name of a kind of diagnostic, such as `INVALID_FIELD_SHARING`: people search for it and
/// `weft explain` documents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

impl Code {
    /// A code by its upper-case name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name, as users see it.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, and probably does not do what its author means.
    Warning,
    /// Worth knowing.
    Info,
    /// Of interest when one looks for a cause.
    Debug,
}

/// A place in a source, and what it has to do with the diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there, for example ``"`price` is `Int` here"``.
    pub message: String,
}

impl Label {
    /// A label for `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }
}

/// One thing that is wrong or worth a hint, with all places that take part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule says so.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence: lower-case start, names in backticks, no full stop.
    pub message: String,
    /// The places involved, the most telling first; one or more per subgraph involved.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// The subgraphs involved, also those in which no place can be named.
    pub subgraphs: Vec<String>,
    /// The element it is about, as a schema coordinate (`Type.field(argument:)`), where there is one.
    pub coordinate: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of the given severity without labels.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            subgraphs: Vec::new(),
            coordinate: None,
        }
    }

    /// An error without labels.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// Adds a place; its source's name joins the subgraphs involved.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        let name = label.span.source().name();
        if !self.subgraphs.iter().any(|known| known == name) {
            self.subgraphs.push(name.to_owned());
        }
        self.labels.push(label);
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names a subgraph that is involved without a place.
    #[must_use]
    pub fn with_subgraph(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if !self.subgraphs.contains(&name) {
            self.subgraphs.push(name);
        }
        self
    }

    /// Names the element that it is about.
    #[must_use]
    pub fn with_coordinate(mut self, coordinate: impl Into<String>) -> Self {
        self.coordinate = Some(coordinate.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    /// `CODE: message`, on one line, without places.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}
