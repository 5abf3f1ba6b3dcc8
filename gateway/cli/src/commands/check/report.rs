//! The verdict: parts with their findings, as data for every format.

use serde::Serialize;
use weft_diagnostic::Span;
use weft_schema_check::{Change, Criticality};

use super::{FailOn, ProfileName};

/// What a part came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Nothing that is refused.
    Pass,
    /// Something that is refused.
    Fail,
    /// Not looked at, since an earlier part failed.
    Skip,
}

impl Status {
    /// Of a part that has something that is refused, or not.
    pub(crate) fn of(failing: bool) -> Self {
        if failing { Self::Fail } else { Self::Pass }
    }

    /// As it is printed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One thing that the check found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    /// The element, as a schema coordinate; for a document, its name.
    pub(crate) path: String,
    /// How grave it is.
    pub(crate) criticality: Criticality,
    /// What kind of thing it is.
    pub(crate) code: String,
    /// One sentence.
    pub(crate) message: String,
    /// The part of the verdict that it belongs to.
    pub(crate) part: String,
    /// Where it stands.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    /// Why it is no reason to refuse, although its criticality is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepted: Option<String>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    /// The subgraph; empty where the file is none's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) subgraph: String,
    /// The file.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        let start = span.start();
        let source = span.source();
        let name = if source.name() == source.path() {
            ""
        } else {
            source.name()
        };
        Self {
            subgraph: name.to_owned(),
            // Code scanning and annotations know files by their plain paths.
            file: span.source().path().trim_start_matches("./").to_owned(),
            line: start.line,
            column: start.column,
        }
    }
}

/// One part of the verdict.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Part {
    /// Its name.
    pub(crate) name: String,
    /// What it came to.
    pub(crate) status: Status,
    #[serde(skip)]
    pub(crate) findings: Vec<Finding>,
}

/// The whole verdict.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) profile: ProfileName,
    pub(crate) fail_on: FailOn,
    pub(crate) parts: Vec<Part>,
    /// What became of each known operation.
    pub(crate) operations: Vec<OperationVerdict>,
}

/// What becomes of an operation.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OperationVerdict {
    /// Its name, or its id in a manifest.
    pub(crate) name: String,
    /// `broken`, `potentially affected` or `unaffected`.
    pub(crate) status: &'static str,
    /// The file where it starts, or where it breaks: that can be one with a fragment.
    pub(crate) file: String,
    /// The line there.
    pub(crate) line: usize,
    /// The column there.
    #[serde(skip)]
    pub(crate) column: usize,
    /// Why: messages of GraphQL, and coordinates of changes.
    pub(crate) reasons: Vec<String>,
    /// How its plan changes, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<PlanVerdict>,
}

/// How a plan changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PlanVerdict {
    /// Fetches before and after.
    pub(crate) fetches: [usize; 2],
    /// Dependent steps before and after.
    pub(crate) steps: [usize; 2],
    /// Subgraphs that were not asked before.
    pub(crate) subgraphs_gained: Vec<String>,
    /// Subgraphs that are not asked any more.
    pub(crate) subgraphs_lost: Vec<String>,
}

impl std::fmt::Display for PlanVerdict {
    /// How a plan changes, in one line.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [fetches, steps] = [self.fetches, self.steps];
        write!(
            formatter,
            "{} → {} fetches, {} → {} steps",
            fetches[0], fetches[1], steps[0], steps[1]
        )?;
        for name in &self.subgraphs_gained {
            write!(formatter, ", asks `{name}` now")?;
        }
        for name in &self.subgraphs_lost {
            write!(formatter, ", asks `{name}` no longer")?;
        }
        Ok(())
    }
}

impl Report {
    /// A verdict without parts.
    pub(crate) fn new(profile: ProfileName, fail_on: FailOn) -> Self {
        Self {
            profile,
            fail_on,
            parts: Vec::new(),
            operations: Vec::new(),
        }
    }

    /// Adds a part of changes with their places.
    pub(crate) fn add_changes(
        &mut self,
        name: &str,
        status: Status,
        changes: impl IntoIterator<Item = (Change, Option<Span>)>,
    ) {
        let finding = |(change, span): (Change, Option<Span>)| Finding {
            path: change.path,
            criticality: change.criticality,
            code: change.code.to_owned(),
            message: change.message,
            part: name.to_owned(),
            place: span.map(Place::from),
            accepted: None,
        };
        self.parts.push(Part {
            name: name.to_owned(),
            status,
            findings: changes.into_iter().map(finding).collect(),
        });
    }

    /// Gives what stands in no schema, such as a subgraph that went, the start of the file that lists the subgraphs.
    pub(crate) fn place_in(&mut self, config: &str) {
        let findings = self.parts.iter_mut().flat_map(|part| &mut part.findings);
        for finding in findings.filter(|finding| finding.place.is_none()) {
            finding.place = Some(Place {
                subgraph: String::new(),
                file: config.trim_start_matches("./").to_owned(),
                line: 1,
                column: 1,
            });
        }
    }

    /// Gives every part that was looked at the status that its findings ask for.
    pub(crate) fn settle(&mut self) {
        for index in 0..self.parts.len() {
            let refused = self.parts[index]
                .findings
                .iter()
                .any(|finding| self.refuses(finding));
            if self.parts[index].status != Status::Skip {
                self.parts[index].status = Status::of(refused);
            }
        }
    }

    /// What all parts together came to.
    pub(crate) fn status(&self) -> Status {
        Status::of(self.parts.iter().any(|part| part.status == Status::Fail))
    }

    /// The findings of all parts, in their order.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.parts.iter().flat_map(|part| &part.findings)
    }

    /// Whether a finding is a reason to refuse.
    pub(crate) fn refuses(&self, finding: &Finding) -> bool {
        finding.accepted.is_none() && self.fail_on.refuses(finding.criticality)
    }

    /// How many findings have that criticality.
    pub(crate) fn count(&self, criticality: Criticality) -> usize {
        self.findings()
            .filter(|finding| finding.criticality == criticality)
            .count()
    }
}
