//! The list of formats: one line here and one file in `formats/` for each. A report in, text out.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use super::report::{Finding, Report};

mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

/// How a verdict is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people at a terminal
    #[default]
    Text,
    /// One JSON object, `version` 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Code quality report of GitLab
    Gitlab,
    /// JUnit XML: each part is a suite
    Junit,
    /// For a comment on a change
    Markdown,
}

/// A format, and the file to write it to; stdout without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormatTarget {
    /// The format.
    pub(crate) format: Format,
    /// The file.
    pub(crate) file: Option<PathBuf>,
}

impl FromStr for FormatTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = <Format as ValueEnum>::from_str(name, false).map_err(|_| {
            "write `text`, `json`, `sarif`, `github`, `gitlab`, `junit` or `markdown`".to_owned()
        })?;
        Ok(Self { format, file })
    }
}

/// The verdict in a format.
pub(crate) fn print(report: &Report, format: Format) -> String {
    match format {
        Format::Text => text::print(report),
        Format::Json => json::print(report),
        Format::Sarif => sarif::print(report),
        Format::Github => github::print(report),
        Format::Gitlab => gitlab::print(report),
        Format::Junit => junit::print(report),
        Format::Markdown => markdown::print(report),
    }
}

/// The same for the same finding in every run, wherever its line moves to.
fn fingerprint(finding: &Finding) -> String {
    let parts = [
        &finding.part,
        &finding.code,
        &finding.path,
        &finding.message,
    ];
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests;
