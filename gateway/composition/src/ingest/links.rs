//! The specifications that a subgraph links (`@link`, or `@core` in old texts) and the names that follow from it.

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::version::Version;

/// Where the specifications of the field live.
pub const SPECIFICATIONS: &str = "https://specs.apollo.dev/";

/// All links of a subgraph.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// One per link, `@link` itself included where the text links it.
    pub features: Vec<Feature>,
}

/// A linked specification.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Its URL without the version: `https://specs.apollo.dev/federation`.
    pub identity: String,
    /// The last part of the identity: `federation`.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// What it is called here: `as:`, or its name.
    pub name_in_schema: String,
    /// The names that `import:` brings in.
    pub imports: Vec<Import>,
    /// `for: SECURITY | EXECUTION`.
    pub purpose: Option<String>,
    /// The `@link` application.
    pub application: Node<Directive>,
}

/// One imported element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its name in the specification, with `@` for a directive.
    pub name: String,
    /// Its name here, with `@` for a directive.
    pub alias: String,
}

impl Links {
    /// The link to the specification with that identity.
    pub fn by_identity(&self, identity: &str) -> Option<&Feature> {
        self.features
            .iter()
            .find(|feature| feature.identity == identity)
    }

    /// The link to one of the field's specifications (`federation`, `tag`, …).
    pub fn specification(&self, name: &str) -> Option<&Feature> {
        self.features
            .iter()
            .find(|feature| feature.is_specification(name))
    }

    /// The link to Federation.
    pub fn federation(&self) -> Option<&Feature> {
        self.specification("federation")
    }

    /// Which feature, and which of its elements, the directive `@name` (given without `@`) is.
    pub fn directive_source(&self, name: &str) -> Option<(&Feature, String)> {
        self.element_source(&format!("@{name}"))
            .map(|(feature, element)| (feature, element.trim_start_matches('@').to_owned()))
    }

    /// Which feature, and which of its elements, the type `name` is.
    pub fn type_source(&self, name: &str) -> Option<(&Feature, String)> {
        self.element_source(name)
    }

    fn element_source(&self, name: &str) -> Option<(&Feature, String)> {
        let imported = self.features.iter().find_map(|feature| {
            let import = feature.imports.iter().find(|import| import.alias == name)?;
            Some((feature, import.name.clone()))
        });
        imported.or_else(|| self.prefixed_source(name))
    }

    fn prefixed_source(&self, name: &str) -> Option<(&Feature, String)> {
        let (mark, bare) = match name.strip_prefix('@') {
            Some(bare) => ("@", bare),
            None => ("", name),
        };
        if let Some((namespace, element)) = bare.split_once("__") {
            let feature = self.by_name_in_schema(namespace)?;
            return Some((feature, format!("{mark}{element}")));
        }
        let feature = self.by_name_in_schema(bare)?;
        (mark == "@").then(|| (feature, format!("@{}", feature.name)))
    }

    fn by_name_in_schema(&self, name: &str) -> Option<&Feature> {
        self.features
            .iter()
            .find(|feature| feature.name_in_schema == name)
    }

    /// What federation's directive is called, without `@`.
    pub fn name_of(&self, meaning: FederationDirective, federation_1: bool) -> String {
        let own = meaning
            .own_specification()
            .and_then(|name| self.specification(name));
        match self.federation() {
            Some(federation) => federation.directive_name(meaning.name()),
            None => match own {
                Some(feature) => feature.directive_name(meaning.name()),
                None if federation_1 => meaning.name().to_owned(),
                None => format!("federation__{}", meaning.name()),
            },
        }
    }
}

impl Feature {
    /// Whether it is the field's specification with that name.
    pub fn is_specification(&self, name: &str) -> bool {
        self.identity.strip_prefix(SPECIFICATIONS) == Some(name)
    }

    /// What the feature's directive is called here, both without `@`.
    pub fn directive_name(&self, element: &str) -> String {
        let full = format!("@{element}");
        match self.imports.iter().find(|import| import.name == full) {
            Some(import) => import.alias.trim_start_matches('@').to_owned(),
            None if element == self.name => self.name_in_schema.clone(),
            None => format!("{}__{element}", self.name_in_schema),
        }
    }

    /// What the feature's type is called here.
    pub fn type_name(&self, element: &str) -> String {
        match self.imports.iter().find(|import| import.name == element) {
            Some(import) => import.alias.clone(),
            None => format!("{}__{element}", self.name_in_schema),
        }
    }

    /// Its URL with the version.
    pub fn url(&self) -> String {
        format!("{}/{}", self.identity, self.version)
    }
}
