//! What a GraphQL error is about and what to do: near names, directives that are not imported, related declarations.

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FieldDefinition};
use weft_diagnostic::{Diagnostic, Label, Source, Span};

use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::links::{Links, SPECIFICATIONS};
use crate::ingest::version::Version;
use crate::suggestion::did_you_mean;

/// What is known of the text that the errors are about.
pub(super) struct Advice<'a> {
    document: &'a Document,
    known: Vec<String>,
    links: &'a Links,
    source: &'a Source,
}

impl<'a> Advice<'a> {
    pub(super) fn new(
        document: &'a Document,
        additions: &Document,
        links: &'a Links,
        source: &'a Source,
    ) -> Self {
        Self {
            document,
            known: known_names(document, additions),
            links,
            source,
        }
    }

    /// The error with help and with labels at the declarations that it names.
    pub(super) fn add_to(&self, mut error: Diagnostic) -> Diagnostic {
        if let Some(rest) = error.message.strip_prefix("cannot find ") {
            let written = rest.split('`').nth(1).unwrap_or_default();
            error.help = match written.strip_prefix('@') {
                Some(directive) => self.help_on_directive(directive),
                None => self.near(written),
            };
            return error;
        }
        if let Some(again) = self.repeated_field(&error) {
            error.labels.clear();
            error = error.with_label(Label::new(self.span(&again), "declared again here"));
        }
        for name in self.related(&error) {
            error = error.with_label(Label::new(self.span(&name), "declared here"));
        }
        error
    }

    fn span(&self, name: &Name) -> Span {
        let place = name.location();
        let bytes = place.map_or(0..0, |place| place.offset()..place.end_offset());
        self.source.span(bytes)
    }

    /// The name of the field that an error marks as declared again, with its description and all.
    fn repeated_field(&self, error: &Diagnostic) -> Option<Name> {
        let marked = error.labels.first()?.span.range();
        let field = error
            .message
            .strip_prefix("duplicate definitions for the `")?;
        let field = field.split('`').next()?;
        let declared = self.document.definitions.iter().flat_map(fields);
        let mut names = declared.map(|declared| declared.name.clone());
        names.find(|name| {
            let place = name.location();
            name == field && place.is_some_and(|place| marked.contains(&place.offset()))
        })
    }

    fn near(&self, written: &str) -> Option<String> {
        did_you_mean(written, self.known.iter().map(String::as_str))
    }

    fn help_on_directive(&self, name: &str) -> Option<String> {
        if name == "oneOf" {
            return Some("define it: `directive @oneOf on INPUT_OBJECT`".to_owned());
        }
        let Some(directive) = FederationDirective::from_name(name) else {
            return self.near(&format!("@{name}"));
        };
        let linked = self.links.federation().map(|feature| feature.version);
        let since = directive.since().max(Version::new(2, 0));
        Some(match linked {
            None => format!(
                "it is a directive of Federation 2: add `extend schema @link(url: \
                 \"{SPECIFICATIONS}federation/{since}\", import: [\"@{name}\"])`"
            ),
            Some(version) if version < since => {
                format!("link Federation {since} or newer, and import `@{name}`")
            }
            Some(_) => format!(
                "add `\"@{name}\"` to the imports from Federation, or write `@{}`",
                self.links.name_of(directive, false)
            ),
        })
    }

    /// The declarations that the message names, apart from the place that it has already.
    fn related(&self, error: &Diagnostic) -> Vec<Name> {
        let marked = error.labels.first().map(|label| label.span.range());
        let named: Vec<&str> = error.message.split('`').skip(1).step_by(2).collect();
        let declared = match named.as_slice() {
            [field, type_name] if error.message.starts_with("duplicate definitions") => {
                vec![self.declaration(type_name, field)]
            }
            [name]
                if error
                    .message
                    .ends_with("is defined multiple times in the schema") =>
            {
                vec![self.definition(name)]
            }
            _ => named
                .iter()
                .filter_map(|coordinate| coordinate.split_once('.'))
                .map(|(type_name, field)| self.declaration(type_name, field))
                .collect(),
        };
        let is_elsewhere = |name: &Name| {
            let place = name.location().map(|place| place.offset());
            place.is_some_and(|place| {
                marked
                    .as_ref()
                    .is_none_or(|marked| !marked.contains(&place))
            })
        };
        declared
            .into_iter()
            .flatten()
            .filter(is_elsewhere)
            .collect()
    }

    /// The first definition with that name.
    fn definition(&self, name: &str) -> Option<Name> {
        let mut names = self
            .document
            .definitions
            .iter()
            .filter_map(|definition| definition.name());
        names.find(|declared| declared.as_str() == name).cloned()
    }

    fn declaration(&self, type_name: &str, field: &str) -> Option<Name> {
        self.document
            .definitions
            .iter()
            .filter(|definition| {
                definition
                    .name()
                    .is_some_and(|name| name.as_str() == type_name)
            })
            .find_map(|definition| {
                fields(definition)
                    .iter()
                    .find(|declared| declared.name == field)
                    .map(|declared| declared.name.clone())
            })
    }
}

fn fields(definition: &Definition) -> &[Node<FieldDefinition>] {
    match definition {
        Definition::ObjectTypeDefinition(node) => &node.fields,
        Definition::ObjectTypeExtension(node) => &node.fields,
        Definition::InterfaceTypeDefinition(node) => &node.fields,
        Definition::InterfaceTypeExtension(node) => &node.fields,
        _ => &[],
    }
}

fn known_names(document: &Document, additions: &Document) -> Vec<String> {
    let definitions = document.definitions.iter().chain(&additions.definitions);
    definitions
        .filter_map(|definition| match definition {
            Definition::DirectiveDefinition(directive) => Some(format!("@{}", directive.name)),
            _ => definition.name().map(ToString::to_string),
        })
        .chain(["Int", "Float", "String", "Boolean", "ID"].map(str::to_owned))
        .collect()
}
