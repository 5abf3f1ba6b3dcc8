//! Builds the `join__` directives that say which subgraph has what.

use apollo_compiler::ast::{Argument, Directive, Value};
use apollo_compiler::{Name, Node};
use indexmap::IndexMap;

use crate::ingest::context_value::ContextValue;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, FieldDefinition};
use crate::merge::Merging;
use crate::merge::application::Applied;
use crate::merge::override_field::Overrides;
use crate::merge::sources::{FieldSource, FieldSources};

/// A directive of ours.
pub(super) fn directive(name: &'static str, arguments: Vec<Node<Argument>>) -> Node<Directive> {
    Node::new(Directive {
        name: Name::new_static_unchecked(name),
        arguments,
    })
}

/// An argument of ours.
pub(super) fn argument(name: &'static str, value: Value) -> Node<Argument> {
    super::application::argument(name, value)
}

fn string(name: &'static str, value: impl Into<String>) -> Node<Argument> {
    argument(name, Value::String(value.into()))
}

impl Merging<'_> {
    /// `graph: USERS`.
    pub(super) fn graph_argument(&self, subgraph: usize) -> Node<Argument> {
        argument(
            "graph",
            Value::Enum(self.merged.graphs[subgraph].value.clone()),
        )
    }

    /// The `@join__field`s of a field; none where every subgraph of the type has it alike.
    pub(super) fn join_fields(
        &self,
        sources: &FieldSources<'_>,
        parent: &str,
        all_types_equal: bool,
        overrides: &Overrides,
    ) -> Vec<Node<Directive>> {
        if !self.needs_join_field(sources, parent, all_types_equal, overrides) {
            return Vec::new();
        }
        sources
            .present
            .iter()
            .filter(|source| {
                !overrides.is_unused(source.subgraph) || overrides.label(source.subgraph).is_some()
            })
            .map(|source| self.join_field(source, all_types_equal, overrides))
            .collect()
    }

    fn needs_join_field(
        &self,
        sources: &FieldSources<'_>,
        parent: &str,
        all_types_equal: bool,
        overrides: &Overrides,
    ) -> bool {
        let has_parent = |subgraph: usize| self.subgraphs[subgraph].types.contains_key(parent);
        let is_special = |source: &FieldSource<'_>| {
            let field = source.field;
            field.is_external()
                || field.has(Federation::Provides)
                || field.has(Federation::Requires)
                || field
                    .arguments
                    .values()
                    .any(|argument| argument.has(Federation::FromContext))
        };
        !all_types_equal
            || overrides.needs_join_field()
            || sources.present.iter().any(is_special)
            || sources.absent().any(has_parent)
            || sources
                .present
                .iter()
                .any(|source| overrides.is_unused(source.subgraph) && has_parent(source.subgraph))
    }

    fn join_field(
        &self,
        source: &FieldSource<'_>,
        all_types_equal: bool,
        overrides: &Overrides,
    ) -> Node<Directive> {
        let field = source.field;
        let mut arguments = vec![self.graph_argument(source.subgraph)];
        for (name, meaning) in [
            ("requires", Federation::Requires),
            ("provides", Federation::Provides),
        ] {
            let application = field.application(meaning);
            let fields = application.and_then(|application| application.string_argument("fields"));
            arguments.extend(fields.map(|fields| string(name, fields)));
        }
        if !all_types_equal {
            arguments.push(string("type", field.ty.to_string()));
        }
        if field.is_external() {
            arguments.push(argument("external", Value::Boolean(true)));
        }
        let from = field
            .application(Federation::Override)
            .and_then(|application| application.string_argument("from"));
        arguments.extend(from.map(|from| string("override", from)));
        if overrides.is_used(source.subgraph) {
            arguments.push(argument("usedOverridden", Value::Boolean(true)));
        }
        let label = overrides.label(source.subgraph);
        arguments.extend(label.map(|label| string("overrideLabel", label)));
        let contexts = self.context_arguments(source.subgraph, field);
        if !contexts.is_empty() {
            arguments.push(argument("contextArguments", Value::List(contexts)));
        }
        directive("join__field", arguments)
    }

    fn context_arguments(&self, subgraph: usize, field: &FieldDefinition) -> Vec<Node<Value>> {
        let entry = |name: &'static str, value: String| {
            let value = Node::new(Value::String(value));
            (Name::new_static_unchecked(name), value)
        };
        field
            .arguments
            .values()
            .filter_map(|argument| {
                let application = argument.application(Federation::FromContext)?;
                let value = ContextValue::parse(application.string_argument("field")?)?;
                let context = format!("{}__{}", self.subgraphs[subgraph].name, value.context);
                Some(Node::new(Value::Object(vec![
                    entry("context", context),
                    entry("name", argument.name.to_string()),
                    entry("type", argument.ty.to_string()),
                    entry("selection", value.selection_text),
                ])))
            })
            .collect()
    }

    /// `@join__directive`s: directives that are passed on as they are, with the subgraphs that have them.
    pub(super) fn join_directives(&self, sources: &[Applied<'_>]) -> Vec<Node<Directive>> {
        let mut graphs: IndexMap<(String, String), (Vec<usize>, &Application)> = IndexMap::new();
        for (subgraph, applications) in sources {
            for application in *applications {
                let Some(name) = self.joined_name(*subgraph, application) else {
                    continue;
                };
                let key = (name, application.node.to_string());
                let entry = graphs
                    .entry(key)
                    .or_insert_with(|| (Vec::new(), application));
                entry.0.push(*subgraph);
            }
        }
        graphs
            .into_iter()
            .map(|((name, _), (subgraphs, application))| {
                self.join_directive(name, &subgraphs, application)
            })
            .collect()
    }

    fn join_directive(
        &self,
        name: String,
        subgraphs: &[usize],
        application: &Application,
    ) -> Node<Directive> {
        let graphs = subgraphs
            .iter()
            .map(|subgraph| Node::new(Value::Enum(self.merged.graphs[*subgraph].value.clone())))
            .collect();
        let entries = application
            .node
            .arguments
            .iter()
            .map(|argument| (argument.name.clone(), argument.value.clone()))
            .collect();
        directive(
            "join__directive",
            vec![
                argument("graphs", Value::List(graphs)),
                string("name", name),
                argument("args", Value::Object(entries)),
            ],
        )
    }

    /// The name that a passed-on directive has there; `None` for all others.
    fn joined_name(&self, subgraph: usize, application: &Application) -> Option<String> {
        let links = &self.subgraphs[subgraph].links;
        let name = &application.node.name;
        let (feature, element) = links.directive_source(name)?;
        let is_cache_tag = application.meaning == Some(Federation::CacheTag);
        if feature.is_specification("connect") {
            return Some(name.to_string());
        }
        if !is_cache_tag {
            return None;
        }
        if element == feature.name {
            return Some(element);
        }
        Some(format!("{}__{element}", feature.name))
    }
}
