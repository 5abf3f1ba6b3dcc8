//! The directives of Federation: which there are, since which version, and how they are defined.
//!
//! One line of [`FederationDirective::ALL`] and one arm per question make a directive known everywhere.

use std::fmt;

use crate::ingest::links::Feature;
use crate::ingest::version::Version;

/// A directive with a meaning for composition, whatever its name in a subgraph's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FederationDirective {
    /// `@key`
    Key,
    /// `@requires`
    Requires,
    /// `@provides`
    Provides,
    /// `@external`
    External,
    /// `@extends`
    Extends,
    /// `@tag`
    Tag,
    /// `@shareable`
    Shareable,
    /// `@inaccessible`
    Inaccessible,
    /// `@override`
    Override,
    /// `@composeDirective`
    ComposeDirective,
    /// `@interfaceObject`
    InterfaceObject,
    /// `@authenticated`
    Authenticated,
    /// `@requiresScopes`
    RequiresScopes,
    /// `@policy`
    Policy,
    /// `@context`
    Context,
    /// `@fromContext`
    FromContext,
    /// `@cost`
    Cost,
    /// `@listSize`
    ListSize,
    /// `@cacheTag`
    CacheTag,
}

impl FederationDirective {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Key,
        Self::Requires,
        Self::Provides,
        Self::External,
        Self::Extends,
        Self::Tag,
        Self::Shareable,
        Self::Inaccessible,
        Self::Override,
        Self::ComposeDirective,
        Self::InterfaceObject,
        Self::Authenticated,
        Self::RequiresScopes,
        Self::Policy,
        Self::Context,
        Self::FromContext,
        Self::Cost,
        Self::ListSize,
        Self::CacheTag,
    ];

    /// Its name in the specification, without `@`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Requires => "requires",
            Self::Provides => "provides",
            Self::External => "external",
            Self::Extends => "extends",
            Self::Tag => "tag",
            Self::Shareable => "shareable",
            Self::Inaccessible => "inaccessible",
            Self::Override => "override",
            Self::ComposeDirective => "composeDirective",
            Self::InterfaceObject => "interfaceObject",
            Self::Authenticated => "authenticated",
            Self::RequiresScopes => "requiresScopes",
            Self::Policy => "policy",
            Self::Context => "context",
            Self::FromContext => "fromContext",
            Self::Cost => "cost",
            Self::ListSize => "listSize",
            Self::CacheTag => "cacheTag",
        }
    }

    /// The directive with that name in the specification.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|directive| directive.name() == name)
    }

    /// The first version of Federation that has it; `v1.0` for those that need no `@link`.
    pub const fn since(self) -> Version {
        match self {
            Self::Key
            | Self::Requires
            | Self::Provides
            | Self::External
            | Self::Extends
            | Self::Tag => Version::new(1, 0),
            Self::Shareable | Self::Inaccessible | Self::Override => Version::new(2, 0),
            Self::ComposeDirective => Version::new(2, 1),
            Self::InterfaceObject => Version::new(2, 3),
            Self::Authenticated | Self::RequiresScopes => Version::new(2, 5),
            Self::Policy => Version::new(2, 6),
            Self::Context | Self::FromContext => Version::new(2, 8),
            Self::Cost | Self::ListSize => Version::new(2, 9),
            Self::CacheTag => Version::new(2, 12),
        }
    }

    /// Whether a linked specification defines it: Federation's, or its own.
    pub fn belongs_to(self, feature: &Feature) -> bool {
        let own = self.own_specification();
        feature.is_specification("federation")
            || own.is_some_and(|own| feature.is_specification(own))
    }

    /// The specification apart from Federation's that also defines it, by the last part of its URL.
    pub const fn own_specification(self) -> Option<&'static str> {
        match self {
            Self::Tag => Some("tag"),
            Self::Inaccessible => Some("inaccessible"),
            Self::Authenticated => Some("authenticated"),
            Self::RequiresScopes => Some("requiresScopes"),
            Self::Policy => Some("policy"),
            Self::Context | Self::FromContext => Some("context"),
            Self::Cost | Self::ListSize => Some("cost"),
            Self::CacheTag => Some("cacheTag"),
            _ => None,
        }
    }

    /// The scalars that its definition uses, by their names in the specification.
    pub const fn scalar(self) -> Option<&'static str> {
        match self {
            Self::Key | Self::Requires | Self::Provides => Some("FieldSet"),
            Self::RequiresScopes => Some("Scope"),
            Self::Policy => Some("Policy"),
            Self::FromContext => Some("ContextFieldValue"),
            _ => None,
        }
    }

    /// Its definition after `directive @name`, at a version of Federation; `scalar` is what its scalar is called.
    pub fn definition(self, version: Version, scalar: &str) -> String {
        let repeatable = |since: Version| if version >= since { " repeatable" } else { "" };
        match self {
            Self::Key => format!(
                "(fields: {scalar}!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE"
            ),
            Self::Requires | Self::Provides => format!("(fields: {scalar}!) on FIELD_DEFINITION"),
            Self::External => "(reason: String) on OBJECT | FIELD_DEFINITION".to_owned(),
            Self::Extends => " on OBJECT | INTERFACE".to_owned(),
            Self::Tag => {
                let schema = if version >= Version::new(2, 3) {
                    " | SCHEMA"
                } else {
                    ""
                };
                format!("(name: String!) repeatable on {}{schema}", Self::ELEMENTS)
            }
            Self::Shareable => {
                format!(
                    "{} on OBJECT | FIELD_DEFINITION",
                    repeatable(Version::new(2, 2))
                )
            }
            Self::Inaccessible => format!(" on {}", Self::ELEMENTS),
            Self::Override if version < Version::new(2, 7) => {
                "(from: String!) on FIELD_DEFINITION".to_owned()
            }
            Self::Override => "(from: String!, label: String) on FIELD_DEFINITION".to_owned(),
            Self::ComposeDirective => "(name: String) repeatable on SCHEMA".to_owned(),
            Self::InterfaceObject => " on OBJECT".to_owned(),
            Self::Authenticated => format!(" on {}", Self::PROTECTED),
            Self::RequiresScopes => format!("(scopes: [[{scalar}!]!]!) on {}", Self::PROTECTED),
            Self::Policy => format!("(policies: [[{scalar}!]!]!) on {}", Self::PROTECTED),
            Self::Context => "(name: String!) repeatable on INTERFACE | OBJECT | UNION".to_owned(),
            Self::FromContext => format!("(field: {scalar}) on ARGUMENT_DEFINITION"),
            Self::Cost => format!("(weight: Int!) on {}", Self::WEIGHTED),
            Self::ListSize => {
                "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], \
                 requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION"
                    .to_owned()
            }
            Self::CacheTag => {
                "(format: String!) repeatable on OBJECT | FIELD_DEFINITION".to_owned()
            }
        }
    }

    const ELEMENTS: &str = "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | \
         ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION";
    const PROTECTED: &str = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM";
    const WEIGHTED: &str =
        "ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR";
}

impl fmt::Display for FederationDirective {
    /// The name in the specification with `@`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "@{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use apollo_compiler::parser::Parser;

    #[test]
    fn every_definition_is_graphql_at_every_version() {
        for directive in FederationDirective::ALL {
            for minor in 0..15 {
                let definition = directive.definition(Version::new(2, minor), "S");
                let text = format!("directive @x{definition}");
                assert!(
                    Parser::new().parse_ast(&text, "definition").is_ok(),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn names_lead_back_to_their_directive() {
        for directive in FederationDirective::ALL {
            assert_eq!(
                FederationDirective::from_name(directive.name()),
                Some(directive)
            );
        }
    }
}
