//! `@composeDirective`: which custom directives the supergraph keeps, from which specification and version.

mod version;

use apollo_compiler::Name;
use apollo_compiler::ast::DirectiveDefinition;
use indexmap::IndexMap;
use rustc_hash::FxHashSet;
use weft_diagnostic::{Diagnostic, Label, Severity};

use crate::codes::{
    DIRECTIVE_COMPOSITION_ERROR, DIRECTIVE_COMPOSITION_INFO, DIRECTIVE_COMPOSITION_WARN,
    INVALID_LINK_DIRECTIVE_USAGE,
};
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::links::Feature;
use crate::ingest::subgraph::{Application, Directives, Subgraph};
use crate::merge::supergraph_links::Specification;
use crate::suggestion::did_you_mean;
use version::Latest;

/// The custom directives that are kept.
#[derive(Default)]
pub(super) struct Composed {
    /// For each subgraph, the directives that it composes.
    per_subgraph: Vec<FxHashSet<Name>>,
    definitions: IndexMap<Name, DirectiveDefinition>,
    specifications: Vec<Specification>,
}

impl Composed {
    pub(super) fn is_composed(&self, subgraph: usize, name: &str) -> bool {
        self.per_subgraph
            .get(subgraph)
            .is_some_and(|names| names.contains(name))
    }

    pub(super) fn definition(&self, name: &str) -> Option<&DirectiveDefinition> {
        self.definitions.get(name)
    }

    pub(super) fn definitions(&self) -> impl Iterator<Item = &DirectiveDefinition> {
        self.definitions.values()
    }

    pub(super) fn specifications(&self) -> &[Specification] {
        &self.specifications
    }
}

/// One directive that one subgraph composes.
struct Item<'a> {
    subgraph: usize,
    application: &'a Application,
    feature: &'a Feature,
    /// Its name in the specification.
    element: String,
    /// Its name in the subgraph.
    name: Name,
}

/// Reads all `@composeDirective`s.
pub(super) fn collect(
    subgraphs: &[Subgraph],
    errors: &mut Vec<Diagnostic>,
    hints: &mut Vec<Diagnostic>,
) -> Composed {
    let mut collector = Collector {
        subgraphs,
        errors,
        hints,
        rejected_features: FxHashSet::default(),
        rejected_names: FxHashSet::default(),
    };
    let items = collector.items();
    let latest = collector.latest_features(&items);
    collector.check_names(&items);
    collector.finish(items, latest)
}

struct Collector<'a, 'b> {
    subgraphs: &'a [Subgraph],
    errors: &'b mut Vec<Diagnostic>,
    hints: &'b mut Vec<Diagnostic>,
    rejected_features: FxHashSet<String>,
    rejected_names: FxHashSet<Name>,
}

impl<'a> Collector<'a, '_> {
    fn items(&mut self) -> Vec<Item<'a>> {
        let mut items = Vec::new();
        for (index, subgraph) in self.subgraphs.iter().enumerate() {
            for application in subgraph.applications(Federation::ComposeDirective) {
                items.extend(self.item(index, subgraph, application));
            }
        }
        items
    }

    fn item(
        &mut self,
        index: usize,
        subgraph: &'a Subgraph,
        application: &'a Application,
    ) -> Option<Item<'a>> {
        let argument = application.string_argument("name").unwrap_or_default();
        let Some(name) = argument.strip_prefix('@') else {
            return self.reject_unmarked(subgraph, application, argument);
        };
        let source = subgraph.links.directive_source(name);
        let is_specified = source
            .as_ref()
            .is_some_and(|(feature, element)| is_federation(feature, element));
        if is_specified {
            return self.federation_item(subgraph, application, name);
        }
        if !subgraph.directive_definitions.contains_key(name) {
            let known = subgraph.directive_definitions.keys().map(Name::as_str);
            let help = did_you_mean(name, known);
            let message = format!("`@{name}` is not defined in this subgraph");
            return self.reject(subgraph, application, message, help);
        }
        let Some((feature, element)) = source else {
            let message = format!("`@{name}` belongs to no linked specification");
            let help = "link a specification that imports it: `@link(url: \"https://example.com/own/v1.0\", \
                        import: [\"@name\"])`";
            return self.reject(subgraph, application, message, Some(help.to_owned()));
        };
        if feature.directive_name(&element) != name {
            let message =
                format!("`@{name}` is imported under another name and cannot be composed");
            return self.reject(subgraph, application, message, None);
        }
        if is_supergraph_name(name) {
            return self.reject_reserved(subgraph, application, name);
        }
        if let Some(conflict) = self.conflict(name) {
            let message =
                format!("`@{name}` cannot be composed: `{conflict}` has that name in a subgraph");
            return self.reject(subgraph, application, message, None);
        }
        Some(Item {
            subgraph: index,
            application,
            feature,
            element,
            name: Name::new_unchecked(name),
        })
    }

    /// The composed-by-default directive that has this name in some subgraph.
    fn conflict(&self, name: &str) -> Option<Federation> {
        [Federation::Tag, Federation::Inaccessible]
            .into_iter()
            .find(|directive| {
                self.subgraphs
                    .iter()
                    .any(|subgraph| subgraph.directive_name(*directive) == name)
            })
    }

    fn federation_item(
        &mut self,
        subgraph: &'a Subgraph,
        application: &'a Application,
        name: &str,
    ) -> Option<Item<'a>> {
        let by_default = [
            Federation::Tag,
            Federation::Inaccessible,
            Federation::Authenticated,
            Federation::RequiresScopes,
            Federation::Policy,
            Federation::Context,
        ];
        let is_default = by_default
            .iter()
            .any(|directive| subgraph.directive_name(*directive) == name);
        if !is_default {
            let message = format!("`@{name}` is federation's own and cannot be composed");
            return self.reject(subgraph, application, message, None);
        }
        let message = format!("`@{name}` is composed without being asked");
        self.hints.push(
            Diagnostic::new(DIRECTIVE_COMPOSITION_INFO, Severity::Info, message)
                .with_label(subgraph.node_label(&application.node, "not needed"))
                .with_help("remove this `@composeDirective`"),
        );
        None
    }

    fn reject_unmarked(
        &mut self,
        subgraph: &Subgraph,
        application: &Application,
        written: &str,
    ) -> Option<Item<'a>> {
        let (message, name) = match written {
            "" => (
                "`@composeDirective` needs the name of a directive".to_owned(),
                "name",
            ),
            other => (format!("`{other}` needs a leading `@`"), other),
        };
        let help = format!("write `@{}(name: \"@{name}\")`", application.node.name);
        self.reject(subgraph, application, message, Some(help))
    }

    fn reject_reserved(
        &mut self,
        subgraph: &Subgraph,
        application: &Application,
        name: &str,
    ) -> Option<Item<'a>> {
        let message = format!("`@{name}` is, or could be, a directive of the supergraph itself");
        let label = subgraph.node_label(&application.node, "asked for here");
        let error = Diagnostic::error(INVALID_LINK_DIRECTIVE_USAGE, message)
            .with_label(label)
            .with_help("import it under another name: `{ name: \"@x\", as: \"@y\" }`");
        self.errors.push(error);
        None
    }

    fn reject(
        &mut self,
        subgraph: &Subgraph,
        application: &Application,
        message: String,
        help: Option<String>,
    ) -> Option<Item<'a>> {
        let label = subgraph.node_label(&application.node, "asked for here");
        let mut error = Diagnostic::error(DIRECTIVE_COMPOSITION_ERROR, message).with_label(label);
        error.help = help;
        self.errors.push(error);
        None
    }

    fn check_names(&mut self, items: &[Item<'a>]) {
        let mut by_name: IndexMap<&Name, Vec<&Item<'a>>> = IndexMap::new();
        let mut by_element: IndexMap<&str, Vec<&Item<'a>>> = IndexMap::new();
        for item in items {
            by_name.entry(&item.name).or_default().push(item);
            by_element.entry(&item.element).or_default().push(item);
        }
        for (name, items) in by_name {
            let first = items[0];
            if items.iter().any(|item| item.element != first.element) {
                self.reject_name(name, "names different directives in the subgraphs", &items);
            }
            let other_feature = |item: &&Item<'a>| item.feature.identity != first.feature.identity;
            if items.iter().any(other_feature) {
                self.reject_name(
                    name,
                    "is of different specifications in the subgraphs",
                    &items,
                );
            }
        }
        for items in by_element.values() {
            let first = items[0];
            if items.iter().any(|item| item.name != first.name) {
                for item in items {
                    self.rejected_names.insert(item.name.clone());
                }
                self.reject_name(&first.name, "has different names in the subgraphs", items);
            }
            self.hint_on_other_names(first, items);
        }
    }

    fn reject_name(&mut self, name: &Name, problem: &str, items: &[&Item<'a>]) {
        self.rejected_names.insert(name.clone());
        let error = Diagnostic::error(
            DIRECTIVE_COMPOSITION_ERROR,
            format!("the composed directive `@{name}` {problem}"),
        );
        let labels = items.iter().map(|item| self.item_label(item));
        let error = labels.fold(error, Diagnostic::with_label);
        self.errors.push(error);
    }

    fn item_label(&self, item: &Item<'a>) -> Label {
        let message = format!(
            "`@{}` is `@{}` of `{}`",
            item.name,
            item.element,
            item.feature.url()
        );
        self.subgraphs[item.subgraph].node_label(&item.application.node, message)
    }

    fn hint_on_other_names(&mut self, first: &Item<'a>, items: &[&Item<'a>]) {
        for (index, subgraph) in self.subgraphs.iter().enumerate() {
            let composes = items.iter().any(|item| item.subgraph == index);
            let Some(feature) = subgraph
                .links
                .by_identity(&first.feature.identity)
                .filter(|_| !composes)
            else {
                continue;
            };
            let imported = feature
                .imports
                .iter()
                .any(|import| import.name == format!("@{}", first.element));
            let name = feature.directive_name(&first.element);
            if name == first.name.as_str() || !(imported || first.element == feature.name) {
                continue;
            }
            let message = format!(
                "`@{}` is composed, and called `@{name}` in a subgraph that does not compose it",
                first.name
            );
            self.hints.push(
                Diagnostic::new(DIRECTIVE_COMPOSITION_WARN, Severity::Warning, message)
                    .with_label(subgraph.node_label(&feature.application, "imported here"))
                    .with_help("give it one name everywhere"),
            );
        }
    }

    fn finish(mut self, items: Vec<Item<'a>>, latest: Latest<'a>) -> Composed {
        let mut composed = Composed {
            per_subgraph: vec![FxHashSet::default(); self.subgraphs.len()],
            ..Composed::default()
        };
        let mut directives: IndexMap<String, IndexMap<Name, String>> = IndexMap::new();
        for item in &items {
            let identity = &item.feature.identity;
            if !self.rejected_features.contains(identity)
                && !self.rejected_names.contains(&item.name)
            {
                composed.per_subgraph[item.subgraph].insert(item.name.clone());
            }
            directives
                .entry(identity.clone())
                .or_default()
                .insert(item.name.clone(), item.element.clone());
        }
        for (identity, (feature, subgraphs)) in &latest {
            let Some(names) = directives.get(identity) else {
                continue;
            };
            for (name, element) in names {
                if let Some(definition) = self.definition(feature, subgraphs, name, element) {
                    composed.definitions.insert(name.clone(), definition);
                }
            }
            composed.specifications.push(specification(feature, names));
        }
        composed
    }

    /// The definition in a subgraph that links the newest version.
    fn definition(
        &mut self,
        feature: &Feature,
        subgraphs: &[usize],
        name: &Name,
        element: &str,
    ) -> Option<DirectiveDefinition> {
        let found = subgraphs.iter().find_map(|index| {
            let subgraph = &self.subgraphs[*index];
            let link = subgraph.links.by_identity(&feature.identity)?;
            let own_name = link.directive_name(element);
            subgraph.directive_definitions.get(own_name.as_str())
        });
        if let Some(definition) = found {
            return Some(DirectiveDefinition {
                name: name.clone(),
                ..definition.as_ref().clone()
            });
        }
        let message = format!(
            "no subgraph that links `{}` defines `@{name}`",
            feature.url()
        );
        let error = Diagnostic::error(DIRECTIVE_COMPOSITION_ERROR, message)
            .with_help("define it where the newest version is linked");
        let error = subgraphs.iter().fold(error, |error, index| {
            error.with_subgraph(&self.subgraphs[*index].name)
        });
        self.errors.push(error);
        None
    }
}

/// Whether a directive is one of federation's, or of those that supergraphs are written with.
fn is_federation(feature: &Feature, element: &str) -> bool {
    Federation::from_name(element).is_some_and(|directive| directive.belongs_to(feature))
        || feature.is_specification("link")
        || feature.is_specification("join")
}

/// Whether `link` or `join` owns the name.
fn is_supergraph_name(name: &str) -> bool {
    let owner = name.split_once("__").map_or(name, |(prefix, _)| prefix);
    ["link", "join"].contains(&owner)
}

fn specification(feature: &Feature, names: &IndexMap<Name, String>) -> Specification {
    Specification {
        identity: feature.identity.clone(),
        version: feature.version,
        directives: names
            .iter()
            .map(|(name, element)| (element.clone(), name.to_string()))
            .collect(),
        is_known: false,
    }
}
