//! The page about one code: why it is raised, a wrong and a right example.

use std::fmt::Write;

use weft_diagnostic::{Code, Severity};

/// What `weft explain CODE` shows, and a section of `docs/errors.md`.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// The severity it is raised with.
    pub severity: Severity,
    /// One sentence: what is the case.
    pub summary: &'static str,
    /// Why it is a problem and what to do, one or two paragraphs.
    pub why: &'static str,
    /// Subgraphs that raise it; empty for a code that no schema text can raise.
    pub wrong: &'static [Example],
    /// The same subgraphs, repaired.
    pub right: &'static [Example],
}

/// A subgraph of an example.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Its name.
    pub subgraph: &'static str,
    /// Its text; see [`Example::full_text`] for what it leaves out.
    pub sdl: &'static str,
}

/// What the texts of examples leave out: they link the newest Federation and import everything from it.
pub const EXAMPLE_HEADER: &str = r#"extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.12",
  import: [
    "@key", "@requires", "@provides", "@external", "@extends", "@tag", "@shareable", "@inaccessible", "@override",
    "@composeDirective", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy", "@context",
    "@fromContext", "@cost", "@listSize", "@cacheTag"
  ]
)
"#;

/// An [`Example`] for a list of them.
pub(crate) const fn example(subgraph: &'static str, sdl: &'static str) -> Example {
    Example { subgraph, sdl }
}

impl Example {
    /// The text that composes: with the `@link` that examples leave out, unless the text has a link of its own or
    /// says that it is one of Federation 1.
    pub fn full_text(&self) -> String {
        if self.leaves_out_link() {
            format!("{EXAMPLE_HEADER}{}", self.sdl)
        } else {
            self.sdl.to_owned()
        }
    }

    fn leaves_out_link(&self) -> bool {
        !self.sdl.contains("@link") && !self.sdl.contains("# Federation 1")
    }
}

impl Explanation {
    /// Whether an example leaves out the link that it composes with.
    pub fn leaves_out_link(&self) -> bool {
        let mut examples = self.wrong.iter().chain(self.right);
        examples.any(Example::leaves_out_link)
    }

    /// The page as Markdown, below a heading of its own.
    pub fn to_markdown(&self) -> String {
        let mut page = format!(
            "## {}\n\n*{}.* {}.\n\n{}\n",
            self.code,
            severity_name(self.severity),
            self.summary,
            self.why
        );
        for (title, examples) in [("Wrong", self.wrong), ("Right", self.right)] {
            if !examples.is_empty() {
                // Writing to a string cannot fail.
                let _ = write!(page, "\n{title}:\n\n```graphql\n{}```\n", listing(examples));
            }
        }
        page
    }
}

/// What a severity is called in front of an explanation.
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Hint (warning)",
        Severity::Info => "Hint",
        Severity::Debug => "Hint (debug)",
    }
}

fn listing(examples: &[Example]) -> String {
    let blocks: Vec<String> = examples
        .iter()
        .map(|example| format!("# {}\n{}\n", example.subgraph, example.sdl.trim()))
        .collect();
    blocks.join("\n")
}
