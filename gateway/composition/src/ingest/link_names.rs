//! Names that linked specifications bring in must be unambiguous: each means one element of one specification.
//!
//! A specification owns its alias as a directive's name (`@tag`) and as a prefix (`tag__`); an import owns the name
//! that it is imported under.

use crate::ingest::links::{Feature, Import};

/// A name that means two things, and what to do about it.
pub struct Conflict {
    /// What is ambiguous.
    pub problem: String,
    /// The remedy.
    pub help: &'static str,
}

const REMOVE_ONE: &str = "remove one of the two links, and import from the other";
const RENAME: &str = "give the specification another name with `as:`, or the import one with \
                      `{ name: \"@x\", as: \"@y\" }`";

/// What is ambiguous when `added` joins the specifications that are linked already.
pub fn conflict(known: &[Feature], added: &Feature) -> Option<Conflict> {
    let twice = known
        .iter()
        .find(|feature| feature.identity == added.identity)
        .map(|feature| Conflict {
            problem: format!("`{}` is linked twice", feature.identity),
            help: REMOVE_ONE,
        });
    twice.or_else(|| {
        ambiguous_name(known, added).map(|problem| Conflict {
            problem,
            help: RENAME,
        })
    })
}

fn ambiguous_name(known: &[Feature], added: &Feature) -> Option<String> {
    alias_problem(added)
        .or_else(|| alias_conflict(known, added))
        .or_else(|| {
            let mut seen: Vec<&Import> = Vec::new();
            added.imports.iter().find_map(|import| {
                let problem = import_conflict(known, added, import, &seen);
                seen.push(import);
                problem
            })
        })
}

fn alias_problem(feature: &Feature) -> Option<String> {
    let alias = &feature.name_in_schema;
    let stands_for_federation = ["tag", "inaccessible"].iter().any(|name| {
        feature.is_specification(name)
            && *alias == format!("federation__{name}")
            && feature.imports.is_empty()
    });
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    let starts = alias.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let problem = if alias.contains("__") && !stands_for_federation {
        "contains `__`"
    } else if alias.ends_with('_') {
        "ends in `_`"
    } else if !starts || !alias.chars().all(allowed) {
        "is not a GraphQL name"
    } else {
        return None;
    };
    Some(format!(
        "`{alias}` cannot stand for `{}`: it {problem}",
        feature.url()
    ))
}

fn alias_conflict(known: &[Feature], added: &Feature) -> Option<String> {
    let alias = &added.name_in_schema;
    known.iter().find_map(|feature| {
        let same = feature.name_in_schema == *alias;
        let import = feature.imports.iter().find(|import| {
            let prefixed = prefix(bare(&import.alias)).is_some_and(|(prefix, _)| prefix == alias);
            prefixed || import.alias == format!("@{alias}")
        });
        match import {
            Some(import) => Some(confusable(import, feature, added)),
            None => same.then(|| {
                format!(
                    "`{alias}` stands for both `{}` and `{}`",
                    feature.url(),
                    added.url()
                )
            }),
        }
    })
}

fn import_conflict(
    known: &[Feature],
    owner: &Feature,
    import: &Import,
    seen: &[&Import],
) -> Option<String> {
    let (element, name) = (bare(&import.name), bare(&import.alias));
    let is_directive = import.name.starts_with('@');
    if let Some((alias, rest)) = prefix(name) {
        if alias == owner.name_in_schema && rest != element {
            return Some(confusable(import, owner, owner));
        }
        if let Some(other) = known.iter().find(|other| other.name_in_schema == alias) {
            return Some(confusable(import, owner, other));
        }
    }
    if is_directive && name == owner.name_in_schema && element != owner.name {
        return Some(confusable(import, owner, owner));
    }
    if let Some(other) = known
        .iter()
        .find(|other| is_directive && other.name_in_schema == name)
    {
        return Some(confusable(import, owner, other));
    }
    if let Some(other) = seen
        .iter()
        .find(|other| (other.name == import.name) != (other.alias == import.alias))
    {
        return Some(format!(
            "`{}` as `{}` and `{}` as `{}` cannot both be imported",
            other.name, other.alias, import.name, import.alias
        ));
    }
    let imported = |other: &&Feature| {
        other
            .imports
            .iter()
            .any(|known| known.alias == import.alias)
    };
    known.iter().find(imported).map(|other| {
        format!(
            "`{}` is imported from both `{}` and `{}`",
            import.alias,
            other.url(),
            owner.url()
        )
    })
}

fn confusable(import: &Import, owner: &Feature, other: &Feature) -> String {
    format!(
        "`{}`, imported from `{}`, could also be a name of `{}`",
        import.alias,
        owner.url(),
        other.url()
    )
}

fn bare(name: &str) -> &str {
    name.trim_start_matches('@')
}

fn prefix(name: &str) -> Option<(&str, &str)> {
    name.split_once("__")
        .filter(|(alias, rest)| !alias.is_empty() && !rest.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use crate::ingest::link_reader::read_links;
    use apollo_compiler::parser::Parser;
    use weft_diagnostic::Source;

    fn check(links: &str, expected: Option<&str>) {
        let text =
            format!("extend schema @link(url: \"https://specs.apollo.dev/link/v1.0\") {links}");
        let document = Parser::new().parse_ast(&text, "a").unwrap();
        let result = read_links(&document, &Source::new("a", "a", &text));
        let message = result.err().map(|errors| errors[0].message.clone());
        match expected {
            Some(part) => assert!(
                message
                    .as_ref()
                    .is_some_and(|message| message.contains(part)),
                "{text}: {message:?}"
            ),
            None => assert_eq!(message, None, "{text}"),
        }
    }

    #[test]
    fn a_specification_that_is_linked_twice_is_to_be_linked_once() {
        let text = r#"extend schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://a.example/own/v1.0") @link(url: "https://a.example/own/v1.0", as: "other")"#;
        let document = Parser::new().parse_ast(text, "a").unwrap();
        let errors = read_links(&document, &Source::new("a", "a", text))
            .err()
            .unwrap();
        assert!(errors[0].message.contains("is linked twice"));
        assert!(errors[0].help.as_ref().unwrap().starts_with("remove one"));
    }

    #[test]
    fn a_name_means_one_thing() {
        let tag = r#"@link(url: "https://specs.apollo.dev/tag/v0.3")"#;
        let federation =
            r#"@link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@tag"])"#;
        check(
            &format!("{federation} {tag}"),
            Some("could also be a name of"),
        );
        check(
            &format!("{tag} {federation}"),
            Some("could also be a name of"),
        );
        check(tag, None);
        check(
            r#"@link(url: "https://a.example/own/v1.0", as: "a__b")"#,
            Some("contains `__`"),
        );
        check(
            r#"@link(url: "https://a.example/own/v1.0", import: ["@x"]) @link(url: "https://b.example/other/v1.0", import: ["@x"])"#,
            Some("is imported from both"),
        );
        check(
            r#"@link(url: "https://a.example/own/v1.0") @link(url: "https://b.example/own/v1.0")"#,
            Some("stands for both"),
        );
    }
}
