//! The `@link` (or `@core`) features of a supergraph: under which names their directives and types appear.

use apollo_compiler::ast::{Directive, Value};
use apollo_compiler::{Name, Node, Schema};
use weft_diagnostic::Diagnostic;

use super::{INVALID_SUPERGRAPH, UNSUPPORTED_LINKED_FEATURE, span_of};

/// The features that we know, and the newest version of each.
const KNOWN: &[(&str, (u32, u32))] = &[
    ("core", (0, 2)),
    ("link", (1, 0)),
    ("join", (0, 5)),
    ("tag", (0, 3)),
    ("inaccessible", (0, 2)),
    ("authenticated", (0, 1)),
    ("requiresScopes", (0, 1)),
    ("policy", (0, 1)),
    ("cost", (0, 1)),
    ("context", (0, 1)),
    ("cacheTag", (0, 1)),
];

const APOLLO: &str = "https://specs.apollo.dev/";

/// One feature in use.
#[derive(Debug, Clone)]
pub(crate) struct Feature {
    /// The specification's name where it is one of `specs.apollo.dev`, otherwise the whole URL without version.
    pub(crate) identity: String,
    /// Its version.
    pub(crate) version: (u32, u32),
    /// The prefix of its elements.
    pub(crate) prefix: String,
    /// Imported elements: their name in the specification (`@tag`, `Import`) and here.
    imports: Vec<(String, String)>,
}

/// All features in use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features(Vec<Feature>);

impl Features {
    /// Reads the directives of the schema definition.
    pub(crate) fn read(schema: &Schema, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut features = Vec::new();
        for directive in &schema.schema_definition.directives.0 {
            let url = match directive.name.as_str() {
                "core" => "feature",
                _ => "url",
            };
            let Some(url) = directive.specified_argument_by_name(url) else {
                continue;
            };
            let Some(feature) = url.as_str().and_then(|url| Feature::read(url, directive)) else {
                continue;
            };
            check_supported(&feature, directive, schema, diagnostics);
            features.push(feature);
        }
        let features = Self(features);
        if features.get("join").is_none() {
            diagnostics.push(
                Diagnostic::error(
                    INVALID_SUPERGRAPH,
                    "the schema does not link the `join` specification, so it is no supergraph",
                )
                .with_help("compose subgraph schemas with `weft compose` to get a supergraph"),
            );
        }
        features
    }

    /// The feature of `specs.apollo.dev` with that name.
    pub(crate) fn get(&self, identity: &str) -> Option<&Feature> {
        self.0.iter().find(|feature| feature.identity == identity)
    }

    /// The name here of a directive of a feature, for example `inaccessible`; `None` when it is not linked.
    pub(crate) fn directive(&self, identity: &str, directive: &str) -> Option<String> {
        Some(self.get(identity)?.directive_name(directive))
    }

    /// Whether a type of that name belongs to a feature and not to the graph.
    pub(crate) fn owns_type(&self, name: &str) -> bool {
        self.0.iter().any(|feature| {
            feature.has_prefix(name) || feature.imports.iter().any(|(_, here)| here == name)
        })
    }

    /// Whether a directive of that name belongs to a feature and not to the graph.
    pub(crate) fn owns_directive(&self, name: &str) -> bool {
        self.0.iter().any(|feature| {
            feature.has_prefix(name)
                || feature.prefix == name
                || (feature.imports.iter())
                    .any(|(_, here)| here.strip_prefix('@').is_some_and(|here| here == name))
        })
    }
}

impl Feature {
    fn read(url: &str, directive: &Directive) -> Option<Self> {
        let (base, version) = match url.trim_end_matches('/').rsplit_once('/') {
            Some((base, last)) => match version(last) {
                Some(version) => (base, version),
                None => (url.trim_end_matches('/'), (0, 0)),
            },
            None => (url, (0, 0)),
        };
        let last = base.rsplit('/').next()?;
        let identity = base.strip_prefix(APOLLO).unwrap_or(base);
        let alias = directive
            .specified_argument_by_name("as")
            .and_then(|name| name.as_str());
        let imports = directive.specified_argument_by_name("import");
        Some(Self {
            identity: identity.to_owned(),
            version,
            prefix: alias.unwrap_or(last).to_owned(),
            imports: imports.map(read_imports).unwrap_or_default(),
        })
    }

    /// The name here of one of its directives.
    pub(crate) fn directive_name(&self, directive: &str) -> String {
        let wanted = format!("@{directive}");
        if let Some((_, here)) = self.imports.iter().find(|(name, _)| *name == wanted) {
            return here.trim_start_matches('@').to_owned();
        }
        if directive == self.identity {
            return self.prefix.clone();
        }
        format!("{}__{directive}", self.prefix)
    }

    /// The name here of one of its types.
    pub(crate) fn type_name(&self, name: &str) -> String {
        match self.imports.iter().find(|(imported, _)| imported == name) {
            Some((_, here)) => here.clone(),
            None => format!("{}__{name}", self.prefix),
        }
    }

    fn has_prefix(&self, name: &str) -> bool {
        name.strip_prefix(self.prefix.as_str())
            .is_some_and(|rest| rest.starts_with("__"))
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn read_imports(list: &Node<Value>) -> Vec<(String, String)> {
    let one = |value: &Node<Value>| -> Option<(String, String)> {
        if let Some(name) = value.as_str() {
            return Some((name.to_owned(), name.to_owned()));
        }
        let fields = value.as_object()?;
        let text = |key: &str| {
            let found = fields.iter().find(|(name, _)| name == key);
            found.and_then(|(_, value)| value.as_str())
        };
        let name = text("name")?;
        Some((name.to_owned(), text("as").unwrap_or(name).to_owned()))
    };
    list.as_list()
        .unwrap_or_default()
        .iter()
        .filter_map(one)
        .collect()
}

/// A feature that execution or security needs must be one that we know, in a version that we know.
fn check_supported(
    feature: &Feature,
    directive: &Node<Directive>,
    schema: &Schema,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let purpose = directive.specified_argument_by_name("for");
    let purpose: Option<&Name> = purpose.and_then(|purpose| purpose.as_enum());
    let known = KNOWN.iter().find(|(name, _)| *name == feature.identity);
    let (major, minor) = feature.version;
    let message = match (known, purpose) {
        (Some((_, newest)), _) if feature.version <= *newest => return,
        (_, None) if feature.identity != "join" => return,
        (Some((name, (newest_major, newest_minor))), _) => format!(
            "version {major}.{minor} of `{name}` is newer than {newest_major}.{newest_minor}, the newest that this gateway knows"
        ),
        (None, _) => format!(
            "the supergraph needs the feature `{}` for `{}`, which this gateway does not know",
            feature.identity,
            purpose.map_or("EXECUTION", Name::as_str),
        ),
    };
    let diagnostic = Diagnostic::error(UNSUPPORTED_LINKED_FEATURE, message);
    let label = span_of(schema, directive.location(), "linked here");
    diagnostics.push(label.into_iter().fold(
        diagnostic.with_help("use a gateway that supports it, or compose without it"),
        Diagnostic::with_label,
    ));
}
