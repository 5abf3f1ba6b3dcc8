//! The `@link`s of the supergraph: version, alias, imports and definitions of every specification that it carries.
//!
//! A specification keeps its own name unless that is no GraphQL name or would make another name ambiguous; then it
//! gets a short one that begins like no other name in the graph.

use apollo_compiler::Name;
use rustc_hash::FxHashSet;

use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::links::SPECIFICATIONS;
use crate::ingest::subgraph::Subgraph;
use crate::ingest::version::Version;
use crate::merge::merged::SupergraphLink;

/// A specification before it has its alias.
#[derive(Debug, Clone)]
pub(super) struct Specification {
    /// The URL without the version.
    pub identity: String,
    /// Its version.
    pub version: Version,
    /// Its directives, by their names in it and in the supergraph, without `@`.
    pub directives: Vec<(String, String)>,
    /// Whether it is one of the field's, whose definitions come with it.
    pub is_known: bool,
}

impl Specification {
    fn name(&self) -> &str {
        self.identity.rsplit('/').next().unwrap_or_default()
    }
}

/// The links for these specifications, in order.
pub(super) fn links(
    specifications: &[Specification],
    subgraphs: &[Subgraph],
) -> Vec<SupergraphLink> {
    let mut aliases = Aliases::new(specifications, subgraphs);
    specifications
        .iter()
        .map(|specification| {
            let name = specification.name();
            let alias = aliases.alias(specification);
            SupergraphLink {
                url: format!("{}/{}", specification.identity, specification.version),
                purpose: specification.is_known.then(|| purpose(name)).flatten(),
                imports: imports(specification, &alias),
                definitions: definitions(specification, &alias),
                alias: (alias != name).then_some(alias),
            }
        })
        .collect()
}

/// The names that are imported: those that differ from what the alias makes of them.
fn imports(specification: &Specification, alias: &str) -> Vec<(String, String)> {
    specification
        .directives
        .iter()
        .filter(|(element, name)| {
            let by_join = element == FederationDirective::CacheTag.name() && specification.is_known;
            let default = default_name(specification.name(), alias, element);
            !by_join && (!specification.is_known || *name != default)
        })
        .map(|(element, name)| (format!("@{element}"), format!("@{name}")))
        .collect()
}

fn default_name(specification: &str, alias: &str, element: &str) -> String {
    if element == specification {
        alias.to_owned()
    } else {
        format!("{alias}__{element}")
    }
}

/// All directives and scalars of a specification of the field.
fn definitions(specification: &Specification, alias: &str) -> String {
    let own = specification.name();
    let newest = Version::new(2, u32::MAX);
    let elements = FederationDirective::ALL.into_iter().filter(|directive| {
        specification.is_known
            && directive.own_specification() == Some(own)
            && *directive != FederationDirective::CacheTag
    });
    let mut text = String::new();
    for directive in elements {
        let used = specification
            .directives
            .iter()
            .find(|(element, _)| element == directive.name());
        let name = match used {
            Some((_, name)) => name.clone(),
            None => default_name(own, alias, directive.name()),
        };
        let scalar = directive
            .scalar()
            .map(|scalar| format!("{alias}__{scalar}"));
        let definition = directive.definition(newest, scalar.as_deref().unwrap_or_default());
        text.push_str(&format!("directive @{name}{definition}\n"));
        if let Some(scalar) = scalar {
            text.push_str(&format!("scalar {scalar}\n"));
        }
    }
    text
}

fn purpose(specification: &str) -> Option<&'static str> {
    match specification {
        "inaccessible" | "authenticated" | "requiresScopes" | "policy" | "context" => {
            Some("SECURITY")
        }
        "cacheTag" | "connect" => Some("EXECUTION"),
        _ => None,
    }
}

/// The version in which the supergraph has one of the field's specifications.
pub(super) fn known(name: &str, directives: Vec<(String, String)>) -> Specification {
    let minor = match name {
        "tag" => 3,
        "inaccessible" => 2,
        _ => 1,
    };
    Specification {
        identity: format!("{SPECIFICATIONS}{name}"),
        version: Version::new(0, minor),
        directives,
        is_known: true,
    }
}

struct Aliases<'a> {
    specifications: &'a [Specification],
    used: FxHashSet<String>,
    names: FxHashSet<String>,
    count: usize,
}

impl<'a> Aliases<'a> {
    fn new(specifications: &'a [Specification], subgraphs: &[Subgraph]) -> Self {
        let mut names: FxHashSet<String> = FxHashSet::default();
        for subgraph in subgraphs {
            names.extend(subgraph.types.keys().map(ToString::to_string));
            names.extend(
                subgraph
                    .directive_definitions
                    .keys()
                    .map(ToString::to_string),
            );
        }
        for specification in specifications {
            names.insert(specification.name().to_owned());
            let imported = specification
                .directives
                .iter()
                .map(|(_, name)| name.clone());
            names.extend(imported);
        }
        Self {
            specifications,
            used: ["link", "join"].map(str::to_owned).into_iter().collect(),
            names,
            count: 0,
        }
    }

    fn alias(&mut self, specification: &Specification) -> String {
        let name = specification.name();
        let alias = if self.is_usable(name, specification) {
            name.to_owned()
        } else {
            self.unique(name)
        };
        self.used.insert(alias.clone());
        alias
    }

    fn is_usable(&self, alias: &str, owner: &Specification) -> bool {
        let conflicts = self.specifications.iter().any(|specification| {
            let is_owner = specification.identity == owner.identity;
            specification.directives.iter().any(|(element, name)| {
                let (prefix, rest) = name.split_once("__").unwrap_or((name, ""));
                let prefixed =
                    !rest.is_empty() && prefix == alias && !(is_owner && rest == element);
                let same = name == alias && !(is_owner && element == specification.name());
                prefixed || same
            })
        });
        Name::is_valid_syntax(alias)
            && !alias.contains("__")
            && !alias.ends_with('_')
            && !self.used.contains(alias)
            && !conflicts
    }

    /// A prefix that no name has, a number, and the letters of the name.
    fn unique(&mut self, name: &str) -> String {
        let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
        let alias = format!("{}{}{letters}", self.free_prefix(), self.count);
        self.count += 1;
        alias
    }

    fn free_prefix(&self) -> String {
        let starts = std::iter::once('_').chain('a'..='z').chain('A'..='Z');
        let is_free = |prefix: &String| {
            !self
                .names
                .iter()
                .any(|name| name.starts_with(prefix.as_str()))
        };
        let short = starts.clone().map(|first| first.to_string());
        let long =
            starts.flat_map(|first| ('a'..='z').map(move |second| format!("{first}{second}")));
        short
            .chain(long)
            .find(is_free)
            .unwrap_or_else(|| "weft".to_owned())
    }
}
