//! The SDL that composition reads: async-graphql's federation export in; one text out, the same at every start, with the
//! directives that async-graphql cannot emit. Works on the parsed document, never on text.

mod additions;
mod links;

use std::sync::Arc;

use anyhow::anyhow;
use apollo_compiler::ast::{Definition, Document};
use async_graphql::{
    ObjectType, SDLExportOptions, Schema, ServerResult, SubscriptionType, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};

/// A directive that is put where async-graphql has no attribute for it.
#[derive(Clone, Copy, Debug)]
pub struct SdlAddition {
    /// Where: `Type`, `Type.field` or `Type.field(argument:)`.
    pub coordinate: &'static str,
    /// What: `@authenticated`, `@key(fields: "id")`.
    pub directives: &'static str,
}

/// The SDL of `schema` with `additions`; fails when an addition names what does not exist.
pub fn federation_sdl<Q, M, S>(
    schema: &Schema<Q, M, S>,
    additions: &[SdlAddition],
) -> anyhow::Result<String>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let options = SDLExportOptions::new()
        .federation()
        .compose_directive()
        .include_specified_by();
    rewrite(&schema.sdl_with_options(options), additions)
}

fn rewrite(exported: &str, additions: &[SdlAddition]) -> anyhow::Result<String> {
    let mut document = Document::parse(exported, "exported.graphql")
        .map_err(|error| anyhow!("the exported schema does not parse: {}", error.errors))?;
    for addition in additions {
        additions::attach(&mut document, addition)?;
    }
    drop_known_definitions(&mut document);
    links::rewrite_links(&mut document);
    document.definitions.sort_by_key(sort_key);
    Ok(document.serialize().indent_prefix("  ").to_string())
}

/// What GraphQL itself defines must not be defined again. `@oneOf` is young: not every tool knows it, so it stays.
fn drop_known_definitions(document: &mut Document) {
    const KNOWN: [&str; 4] = ["include", "skip", "deprecated", "specifiedBy"];
    document.definitions.retain(|definition| match definition {
        Definition::DirectiveDefinition(directive) => !KNOWN.contains(&directive.name.as_str()),
        _ => true,
    });
}

/// The schema extension first, then directives, then roots, then types by name.
fn sort_key(definition: &Definition) -> (u8, String) {
    let name = definition
        .name()
        .map(ToString::to_string)
        .unwrap_or_default();
    let group = match (definition, name.as_str()) {
        (Definition::SchemaExtension(_) | Definition::SchemaDefinition(_), _) => 0,
        (Definition::DirectiveDefinition(_), _) => 1,
        (_, "Query") => 2,
        (_, "Mutation") => 3,
        (_, "Subscription") => 4,
        _ => 5,
    };
    (group, name)
}

/// Answers `_service { sdl }` with the rewritten SDL.
pub(crate) struct ServeSdl(pub(crate) Arc<str>);

impl ExtensionFactory for ServeSdl {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(ServeSdl(self.0.clone()))
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for ServeSdl {
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if info.parent_type == "_Service" && info.name == "sdl" {
            return Ok(Some(Value::String(self.0.to_string())));
        }
        next.run(context, info).await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
