//! The settings of `weft check` and `weft lint`: rules that are off, accepted changes, contracts.
//!
//! ```yaml
//! off: [FIELD_DESCRIPTION_CHANGED]
//! accepted:
//!   - { code: FIELD_REMOVED, path: Query.old, reason: nobody calls it, expires: 2026-12-31 }
//! contracts:
//!   public: { exclude: [internal], hide_unreachable: true }
//! ```

use std::path::Path;

use anyhow::Context;
use indexmap::IndexMap;
use serde::Deserialize;
use weft_composition::contract::Contract;
use weft_composition::rules::catalogue::explanations;
use weft_schema_check::lint::RULES;
use weft_schema_check::usage::UsageIndex;
use weft_schema_check::{Change, Criticality};

use super::date;
use super::report::{Finding, Report};

/// A settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Codes that are not reported.
    pub(crate) off: Vec<String>,
    accepted: Vec<Accepted>,
    contracts: IndexMap<String, ContractText>,
}

/// A change that is no reason to refuse.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    code: String,
    path: String,
    reason: String,
    /// The last day on which it holds.
    expires: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ContractText {
    include: Vec<String>,
    exclude: Vec<String>,
    hide_unreachable: bool,
}

impl Settings {
    /// Reads a file; no file sets nothing.
    pub(crate) fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
        Self::parse(&text).with_context(|| format!("`{shown}` is not valid"))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let settings: Self = serde_saphyr::from_str(text)?;
        for accepted in &settings.accepted {
            let (path, date) = (&accepted.path, &accepted.expires);
            anyhow::ensure!(
                date::is_date(date),
                "`expires` of `{path}` is `{date}`: write `YYYY-MM-DD`"
            );
            let given = !accepted.reason.trim().is_empty();
            anyhow::ensure!(
                given,
                "`reason` of `{path}` is empty: say why it is accepted"
            );
        }
        Ok(settings)
    }

    /// The contracts by name.
    pub(crate) fn contracts(&self) -> Vec<(String, Contract)> {
        let contract = |(name, text): (&String, &ContractText)| {
            let contract = Contract {
                include: text.include.clone(),
                exclude: text.exclude.clone(),
                hide_unreachable: text.hide_unreachable,
            };
            (name.clone(), contract)
        };
        self.contracts.iter().map(contract).collect()
    }

    /// Warns of codes that nothing has: what they are for does not happen.
    pub(crate) fn unknown_codes(&self) -> Vec<String> {
        let known = known_codes();
        let accepted = self.accepted.iter().map(|one| &one.code);
        let mut unknown: Vec<&String> = self
            .off
            .iter()
            .chain(accepted)
            .filter(|code| !known.contains(&code.as_str()))
            .collect();
        unknown.dedup();
        let warning = |code: &String| format!("the settings name `{code}`, which is no code");
        unknown.into_iter().map(warning).collect()
    }

    /// Warns of acceptances that are over, whether their change is still there or not.
    fn over(&self, report: &Report, today: &str) -> Vec<String> {
        let over = self.accepted.iter();
        over.filter(|one| one.expires.as_str() < today)
            .map(|one| {
                let is_there = report
                    .findings()
                    .any(|finding| finding.code == one.code && finding.path == one.path);
                let advice = if is_there {
                    "accept it again or take the change back"
                } else {
                    "it is not there, take the line out"
                };
                format!(
                    "`{}` of `{}` was accepted until {} ({}): {advice}",
                    one.code, one.path, one.expires, one.reason
                )
            })
            .collect()
    }

    /// Takes out what is off and marks what is accepted; warns of acceptances that are over.
    pub(crate) fn apply(&self, report: &mut Report, today: &str) -> Vec<String> {
        let mut warnings = self.unknown_codes();
        warnings.extend(self.over(report, today));
        for part in &mut report.parts {
            part.findings
                .retain(|finding| !self.off.contains(&finding.code));
            for finding in &mut part.findings {
                let of_finding =
                    |one: &&Accepted| one.code == finding.code && one.path == finding.path;
                let Some(accepted) = self.accepted.iter().find(of_finding) else {
                    continue;
                };
                if accepted.expires.as_str() >= today {
                    finding.accepted =
                        Some(format!("{}, until {}", accepted.reason, accepted.expires));
                }
            }
        }
        warnings
    }
}

/// Every code that a check or a lint can report.
fn known_codes() -> Vec<&'static str> {
    let diagnostics = explanations().into_iter().map(|one| one.code.as_str());
    let rules = RULES.iter().map(|rule| rule.code.as_str());
    let operations = [
        "OPERATION_AFFECTED",
        "OPERATION_BROKEN",
        "OPERATION_PLAN_CHANGED",
    ];
    diagnostics
        .chain(rules)
        .chain(operations)
        .chain(weft_schema_check::change_codes())
        .chain(weft_schema_check::federation::change_codes())
        .collect()
}

/// Accepts breaking changes of the API that the usage shows no client to meet; names the clients of others.
pub(crate) fn accept_unused(report: &mut Report, usage: &UsageIndex) {
    for part in report.parts.iter_mut().filter(|part| part.name == "api") {
        for finding in &mut part.findings {
            if finding.criticality == Criticality::Breaking {
                judge(finding, usage);
            }
        }
    }
}

fn judge(finding: &mut Finding, usage: &UsageIndex) {
    let known = weft_schema_check::change_codes();
    let Some(code) = known.into_iter().find(|code| *code == finding.code) else {
        return;
    };
    let change = Change {
        path: finding.path.clone(),
        criticality: finding.criticality,
        code,
        message: String::new(),
    };
    match usage.clients(&change) {
        Some(clients) if clients.is_empty() => {
            finding.accepted = Some("no client used it in the usage export".to_owned());
        }
        Some(clients) => {
            let name = |name: &str| {
                if name.is_empty() {
                    "unnamed clients".to_owned()
                } else {
                    format!("`{name}`")
                }
            };
            let list: Vec<String> = clients
                .iter()
                .take(5)
                .map(|(client, requests)| format!("{} ({requests} requests)", name(client)))
                .collect();
            finding
                .message
                .push_str(&format!("; used by {}", list.join(", ")));
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::commands::check::report::Status;
    use crate::commands::check::{FailOn, ProfileName};

    fn judged(settings: &str, today: &str) -> (Report, Vec<String>) {
        let change = Change {
            path: "Query.a".to_owned(),
            criticality: Criticality::Breaking,
            code: "FIELD_REMOVED",
            message: "gone".to_owned(),
        };
        let mut report = Report::new(ProfileName::Spec, FailOn::Breaking);
        report.add_changes("api", Status::Pass, [(change, None)]);
        let warnings = Settings::parse(settings).unwrap().apply(&mut report, today);
        report.settle();
        (report, warnings)
    }

    const ACCEPTED: &str =
        "accepted: [{ code: FIELD_REMOVED, path: Query.a, reason: unused, expires: 2026-06-30 }]";

    #[test]
    fn an_accepted_change_passes_until_its_day_is_over() {
        assert_eq!(judged(ACCEPTED, "2026-06-30").0.status(), Status::Pass);
        let (late, warnings) = judged(ACCEPTED, "2026-07-01");
        assert_eq!(late.status(), Status::Fail);
        assert_eq!(
            warnings,
            [
                "`FIELD_REMOVED` of `Query.a` was accepted until 2026-06-30 (unused): accept it again or take the change back"
            ]
        );
    }

    #[test]
    fn a_code_that_is_off_is_not_reported() {
        let (report, _) = judged("off: [FIELD_REMOVED]", "2026-01-01");
        assert_eq!(report.findings().count(), 0);
        assert_eq!(report.status(), Status::Pass);
    }

    #[test]
    fn what_the_settings_say_in_vain_is_told() {
        let (_, warnings) = judged("off: [FIELD_REMOVE, KEY_REMOVED, FIELD_NAME]", "2026-01-01");
        assert_eq!(
            warnings,
            ["the settings name `FIELD_REMOVE`, which is no code"]
        );
        let gone = ACCEPTED.replace("Query.a", "Query.z");
        let (_, warnings) = judged(&gone, "2026-07-01");
        assert!(
            warnings[0].ends_with("it is not there, take the line out"),
            "{warnings:?}"
        );
    }

    #[test]
    fn acceptance_needs_a_reason_and_a_date() {
        assert!(Settings::parse(&ACCEPTED.replace("unused", "''")).is_err());
        assert!(Settings::parse(&ACCEPTED.replace("2026-06-30", "never")).is_err());
        assert!(Settings::parse("unknown: 1").is_err());
    }
}
