//! Reads `@link` (or `@core`) applications on the schema into [`Links`], or says what is wrong with them.

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Directive, Document, Value};
use weft_diagnostic::{Code, Diagnostic, Label, Source};

use crate::codes::{
    INVALID_LINK_DIRECTIVE_USAGE, INVALID_LINK_IDENTIFIER, UNKNOWN_FEDERATION_LINK_VERSION,
    UNKNOWN_LINK_VERSION,
};
use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::link_names::{self, Conflict};
use crate::ingest::links::{Feature, Import, Links, SPECIFICATIONS};
use crate::ingest::version::Version;
use crate::suggestion::did_you_mean;

/// The newest version of Federation that is known.
pub const NEWEST_FEDERATION: Version = Version::new(2, 14);

/// All links of the document.
pub fn read_links(document: &Document, source: &Source) -> Result<Links, Vec<Diagnostic>> {
    let applications = schema_directives(document);
    let Some(link_name) = link_directive_name(&applications) else {
        return Ok(Links::default());
    };
    let mut reader = LinkReader {
        source,
        features: Vec::new(),
        errors: Vec::new(),
    };
    for application in applications
        .iter()
        .filter(|application| application.name == link_name.as_str())
    {
        reader.read(application);
    }
    reader.finish(&link_name)
}

/// All directives on the schema definition and its extensions.
pub fn schema_directives(document: &Document) -> Vec<Node<Directive>> {
    document
        .definitions
        .iter()
        .flat_map(|definition| match definition {
            Definition::SchemaDefinition(schema) => schema.directives.0.as_slice(),
            Definition::SchemaExtension(extension) => extension.directives.0.as_slice(),
            _ => &[],
        })
        .cloned()
        .collect()
}

/// What `@link` is called in a document with these directives on its schema; `None` when it links nothing.
fn link_directive_name(applications: &[Node<Directive>]) -> Option<String> {
    let linked_itself = applications.iter().find(|application| {
        let Some((identity, _)) = url_argument(application).and_then(|url| split_url(url).ok())
        else {
            return false;
        };
        let default = match identity.strip_prefix(SPECIFICATIONS) {
            Some(name @ ("link" | "core")) => name,
            _ => return false,
        };
        application.name == string_argument(application, "as").unwrap_or(default)
    });
    match linked_itself {
        Some(application) => Some(application.name.to_string()),
        None => applications
            .iter()
            .any(|application| application.name == "link" && links_federation(application))
            .then(|| "link".to_owned()),
    }
}

/// A link to Federation needs no link to `@link` itself; without either, `@link` is a directive like any other.
fn links_federation(application: &Node<Directive>) -> bool {
    url_argument(application)
        .and_then(|url| url.strip_prefix(SPECIFICATIONS))
        .is_some_and(|rest| rest.starts_with("federation"))
}

struct LinkReader<'a> {
    source: &'a Source,
    features: Vec<Feature>,
    errors: Vec<Diagnostic>,
}

impl LinkReader<'_> {
    fn read(&mut self, application: &Node<Directive>) {
        let Some(url) = url_argument(application) else {
            let message = "a `@link` needs the URL of a specification, such as \
                           `url: \"https://specs.apollo.dev/federation/v2.9\"`";
            return self.fail(INVALID_LINK_DIRECTIVE_USAGE, message, application);
        };
        match split_url(url) {
            Err(problem) => self.fail(
                INVALID_LINK_IDENTIFIER,
                format!("`{url}` is not the URL of a specification: {problem}"),
                application,
            ),
            Ok((identity, version)) => self.read_feature(application, identity, version),
        }
    }

    fn read_feature(&mut self, application: &Node<Directive>, identity: String, version: Version) {
        let name = identity.rsplit('/').next().unwrap_or_default().to_owned();
        let name_in_schema =
            string_argument(application, "as").map_or_else(|| name.clone(), str::to_owned);
        let mut feature = Feature {
            identity,
            name,
            version,
            name_in_schema,
            imports: Vec::new(),
            purpose: enum_argument(application, "for"),
            application: application.clone(),
        };
        if !self.check_version(&feature) {
            return;
        }
        feature.imports = self.read_imports(application, &feature);
        match link_names::conflict(&self.features, &feature) {
            None => self.features.push(feature),
            Some(Conflict { problem, help }) => {
                let help = Some(help.to_owned());
                self.fail_at(INVALID_LINK_DIRECTIVE_USAGE, problem, application, help);
            }
        }
    }

    fn check_version(&mut self, feature: &Feature) -> bool {
        let known =
            |newest: Version| feature.version.major == newest.major && feature.version <= newest;
        if feature.is_specification("federation") && !known(NEWEST_FEDERATION) {
            let message = format!(
                "there is no version `{}` of Federation; the newest known is `{NEWEST_FEDERATION}`",
                feature.version
            );
            self.fail(
                UNKNOWN_FEDERATION_LINK_VERSION,
                message,
                &feature.application,
            );
            return false;
        }
        if feature.is_specification("link") && !known(Version::new(1, 0)) {
            let message = format!(
                "there is no version `{}` of `@link`; use `v1.0`",
                feature.version
            );
            self.fail(UNKNOWN_LINK_VERSION, message, &feature.application);
            return false;
        }
        true
    }

    fn read_imports(&mut self, application: &Node<Directive>, feature: &Feature) -> Vec<Import> {
        let Some(value) = argument(application, "import") else {
            return Vec::new();
        };
        let elements = match value.as_ref() {
            Value::List(elements) => elements.clone(),
            Value::Null => Vec::new(),
            _ => vec![value.clone()],
        };
        let known = known_elements(feature);
        elements
            .iter()
            .filter_map(|element| match read_import(element) {
                Ok(import) => {
                    self.check_import(&import, known.as_deref(), feature, element);
                    Some(import)
                }
                Err(problem) => {
                    self.fail_at(INVALID_LINK_DIRECTIVE_USAGE, problem, element, None);
                    None
                }
            })
            .collect()
    }

    fn check_import(
        &mut self,
        import: &Import,
        known: Option<&[String]>,
        feature: &Feature,
        element: &Node<Value>,
    ) {
        if import.name.starts_with('@') != import.alias.starts_with('@') {
            let message = format!(
                "`{}` cannot be imported as `{}`: a directive's name starts with `@` in both, a type's in neither",
                import.name, import.alias
            );
            self.fail_at(INVALID_LINK_DIRECTIVE_USAGE, message, element, None);
        }
        let Some(known) = known else { return };
        if known.contains(&import.name) {
            return;
        }
        let message = format!("`{}` is not part of `{}`", import.name, feature.url());
        let help = self.import_help(import, known, feature);
        self.fail_at(INVALID_LINK_DIRECTIVE_USAGE, message, element, help);
    }

    fn import_help(&self, import: &Import, known: &[String], feature: &Feature) -> Option<String> {
        let with_mark = format!("@{}", import.name);
        if known.contains(&with_mark) {
            return Some(format!(
                "a directive is imported with its mark: `{with_mark}`"
            ));
        }
        let newer = FederationDirective::from_name(import.name.trim_start_matches('@'))
            .filter(|_| feature.is_specification("federation"));
        match newer {
            Some(directive) => Some(format!(
                "link `{SPECIFICATIONS}federation/{}` or newer to use `{directive}`",
                directive.since()
            )),
            None => did_you_mean(&import.name, known.iter().map(String::as_str)),
        }
    }

    /// A link that is wrong as a whole; one whose URL is wrong is shown by its URL.
    fn fail(&mut self, code: Code, message: impl Into<String>, application: &Node<Directive>) {
        let url = argument(application, "url").or_else(|| argument(application, "feature"));
        match url.filter(|_| code != INVALID_LINK_DIRECTIVE_USAGE) {
            Some(url) => self.fail_at(code, message, url, remedy(code)),
            None => self.fail_at(code, message, application, remedy(code)),
        }
    }

    fn fail_at<T>(
        &mut self,
        code: Code,
        message: impl Into<String>,
        node: &Node<T>,
        help: Option<String>,
    ) {
        let bytes = node
            .location()
            .map_or(0..0, |location| location.offset()..location.end_offset());
        let mut diagnostic = Diagnostic::error(code, message)
            .with_label(Label::new(self.source.span(bytes), "here"));
        diagnostic.help = help;
        self.errors.push(diagnostic);
    }

    fn finish(mut self, link_name: &str) -> Result<Links, Vec<Diagnostic>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let has_itself = self
            .features
            .iter()
            .any(|feature| feature.is_specification("link") || feature.is_specification("core"));
        if let Some(first) = self.features.first().filter(|_| !has_itself) {
            let itself = Feature {
                identity: format!("{SPECIFICATIONS}link"),
                name: "link".to_owned(),
                version: Version::new(1, 0),
                name_in_schema: link_name.to_owned(),
                imports: Vec::new(),
                purpose: None,
                application: first.application.clone(),
            };
            self.features.insert(0, itself);
        }
        Ok(Links {
            features: self.features,
        })
    }
}

/// What to do about a link that is wrong as a whole.
fn remedy(code: Code) -> Option<String> {
    let help = match code {
        INVALID_LINK_IDENTIFIER => "write a URL such as `https://specs.apollo.dev/federation/v2.9`",
        UNKNOWN_FEDERATION_LINK_VERSION => "link a version that is known, or update `weft`",
        UNKNOWN_LINK_VERSION => "link `https://specs.apollo.dev/link/v1.0`, or leave that link out",
        _ => return None,
    };
    Some(help.to_owned())
}

/// What can be imported from a specification of the field, directives with `@`; `None` when it is not one of those.
fn known_elements(feature: &Feature) -> Option<Vec<String>> {
    let name = feature.identity.strip_prefix(SPECIFICATIONS)?;
    match name {
        "federation" => Some(elements(|directive| directive.since() <= feature.version)),
        "link" => Some(vec!["@link".into(), "Purpose".into(), "Import".into()]),
        _ => {
            let own = elements(|directive| directive.own_specification() == Some(name));
            (!own.is_empty()).then_some(own)
        }
    }
}

fn elements(belongs: impl Fn(FederationDirective) -> bool) -> Vec<String> {
    let mut names = Vec::new();
    for directive in FederationDirective::ALL {
        if !belongs(directive) {
            continue;
        }
        names.push(directive.to_string());
        let scalar = directive.scalar().map(str::to_owned);
        names.extend(scalar.filter(|scalar| !names.contains(scalar)));
    }
    names
}

fn read_import(element: &Node<Value>) -> Result<Import, String> {
    match element.as_ref() {
        Value::String(name) => Ok(Import {
            name: name.clone(),
            alias: name.clone(),
        }),
        Value::Object(entries) => read_renamed_import(entries),
        _ => Err(format!(
            "`{element}` cannot be imported: write a string, or `{{ name: \"@key\", as: \"@primaryKey\" }}`"
        )),
    }
}

fn read_renamed_import(entries: &[(apollo_compiler::Name, Node<Value>)]) -> Result<Import, String> {
    let (mut name, mut alias) = (None, None);
    for (key, value) in entries {
        let slot = match key.as_str() {
            "name" => &mut name,
            "as" => &mut alias,
            _ => return Err(format!("an import has `name` and `as`, not `{key}`")),
        };
        let text = value
            .as_str()
            .ok_or_else(|| format!("`{key}` of an import is a string, not `{value}`"))?;
        if !apollo_compiler::Name::is_valid_syntax(text.trim_start_matches('@')) {
            return Err(format!("`{text}` is not a GraphQL name"));
        }
        *slot = Some(text.to_owned());
    }
    let name = name.ok_or("an import needs a `name`")?;
    Ok(Import {
        alias: alias.unwrap_or_else(|| name.clone()),
        name,
    })
}

/// The identity and the version in a specification's URL.
fn split_url(url: &str) -> Result<(String, Version), String> {
    let url = url.split(['#', '?']).next().unwrap_or_default();
    let (scheme, rest) = url
        .split_once("://")
        .ok_or("it has no scheme such as `https://`")?;
    let rest = rest.trim_end_matches('/');
    let (path, version) = rest.rsplit_once('/').ok_or("it has no path")?;
    let version = Version::parse(version)
        .ok_or_else(|| format!("it ends in `{version}` instead of a version such as `v1.0`"))?;
    let name = path.rsplit_once('/').map(|(_, name)| name);
    if name.is_none_or(str::is_empty) {
        return Err("it has no name before the version".to_owned());
    }
    Ok((format!("{scheme}://{path}"), version))
}

fn argument<'a>(application: &'a Node<Directive>, name: &str) -> Option<&'a Node<Value>> {
    application
        .arguments
        .iter()
        .find(|argument| argument.name == name)
        .map(|argument| &argument.value)
}

fn string_argument<'a>(application: &'a Node<Directive>, name: &str) -> Option<&'a str> {
    argument(application, name)?.as_str()
}

fn url_argument(application: &Node<Directive>) -> Option<&str> {
    string_argument(application, "url").or_else(|| string_argument(application, "feature"))
}

fn enum_argument(application: &Node<Directive>, name: &str) -> Option<String> {
    argument(application, name)?
        .as_enum()
        .map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn links_of(schema: &str) -> Result<Links, Vec<String>> {
        let source = Source::new("a", "a.graphql", schema);
        let document = apollo_compiler::parser::Parser::new()
            .parse_ast(schema, "a.graphql")
            .unwrap();
        read_links(&document, &source)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_follow_imports_aliases_and_prefixes() {
        let links = links_of(
            r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", as: "fed",
               import: [{ name: "@key", as: "@primaryKey" }, "@tag"])"#,
        )
        .unwrap();
        assert_eq!(links.name_of(FederationDirective::Key, false), "primaryKey");
        assert_eq!(links.name_of(FederationDirective::Tag, false), "tag");
        assert_eq!(
            links.name_of(FederationDirective::Requires, false),
            "fed__requires"
        );
        let (feature, element) = links.directive_source("fed__provides").unwrap();
        assert_eq!(
            (feature.name.as_str(), element.as_str()),
            ("federation", "provides")
        );
    }

    #[test]
    fn old_core_links_are_read() {
        let links = links_of(
            r#"schema @core(feature: "https://specs.apollo.dev/core/v0.1")
               @core(feature: "https://specs.apollo.dev/tag/v0.1") { query: Query }"#,
        )
        .unwrap();
        assert!(links.specification("tag").is_some());
    }

    #[test]
    fn wrong_links_say_what_is_wrong() {
        for (schema, expected) in [
            (
                r#"extend schema @link(url: "https://specs.apollo.dev/federation/v9.0")"#,
                "UNKNOWN_FEDERATION_LINK_VERSION",
            ),
            (
                r#"extend schema @link(url: "https://specs.apollo.dev/federation")"#,
                "INVALID_LINK_IDENTIFIER",
            ),
            (
                r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.0") @link(url: "https://example.org//v1.0")"#,
                "INVALID_LINK_IDENTIFIER",
            ),
            (
                r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@kye"])"#,
                "INVALID_LINK_DIRECTIVE_USAGE",
            ),
            (
                r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["key"])"#,
                "INVALID_LINK_DIRECTIVE_USAGE",
            ),
            (
                r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: [{ as: "@x" }])"#,
                "INVALID_LINK_DIRECTIVE_USAGE",
            ),
        ] {
            let errors = links_of(schema).unwrap_err();
            assert!(errors[0].starts_with(expected), "{schema}: {errors:?}");
        }
    }
}
